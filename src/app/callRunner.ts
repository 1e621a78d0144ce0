import { type Day, formatDay } from '../base/day';
import { formatSeconds } from '../base/figures';
import type { BackfillEventBody, PlannedJob } from '../core/backfill';
import type { AttemptFact, AttemptInput, PartitionKey } from '../core/coverage';
import { explainVerdict } from '../core/logs/explainVerdict';
import type { LogDigest } from '../core/logs/logDigest';
import { fingerprintOf, type PartitionObservation } from '../core/observation';
import { type CallEnding, type DateVerdict, isChanged, judgeCall } from '../core/outcome';
import type { Processor } from '../core/pipeline';
import { isSuccess } from '../core/progress';
import { argvOf } from '../core/runMethod';
import { signatureOf } from '../core/signature';
import type { WorkItem } from '../core/workSet';
import { type Attempt, endedEvent, logName, nameOf, startedEvent } from './attemptEvents';
import type { ChildExit, ChildRunner } from './children';
import type { Claim, PartitionHold } from './journal';
import type { LiveCoverage } from './liveCoverage';
import { Patience } from './patience';
import { type Clock, LostJobError, type Warehouse, WarehouseError } from './ports';
import { type ReplacementDeps, replacePartition } from './replacePartition';

export interface CallRunnerDeps extends ReplacementDeps {
  readonly warehouse: Warehouse;
  readonly children: ChildRunner;
  readonly clock: Clock;
  /** What the log of a processor's job says. Never rejects. */
  readonly readLog: (processor: Processor, path: string) => Promise<LogDigest>;
  /** The manifest's. */
  readonly folder: string;
  readonly live: LiveCoverage;
  readonly claim: Claim;
  /** How many attempts earlier sessions made at each partition. */
  readonly earlierTries?: ReadonlyMap<PartitionKey, number>;
}

/** Dates of one processor for one call; `inputs` and the claims of `hold` by item. */
export interface CallRequest {
  readonly job: PlannedJob;
  readonly processor: Processor;
  readonly items: readonly WorkItem[];
  readonly inputs: readonly (readonly AttemptInput[])[];
  readonly hold: PartitionHold;
}

/**
 * `again`: it was not reached, and another call may do it. `notReached`: nothing tells that another would. `unreadable`: nothing was attempted,
 * because the partition cannot be read. `lost`: whether its remote job has ended cannot be told, so that the claim on the partition stays.
 */
export type CallEnd = 'done' | 'failed' | 'again' | 'notReached' | 'lost' | { readonly unreadable: string };

/** A cancelled backfill does not wait for ever to learn what became of its last dates. */
const LAST_READ_MS = 30_000;

/** Runs one call after another: reads, journals, executes, reads again, judges, journals. */
export class CallRunner {
  readonly #deps: CallRunnerDeps;
  readonly #signal: AbortSignal;
  readonly #tries: Map<PartitionKey, number>;
  /** The attempt of each child that runs, by its pid. */
  readonly #children = new Map<number, string>();
  readonly #patience: Patience;

  /** @param signal ends what runs. */
  constructor(deps: CallRunnerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    const { journal, plan, earlierTries } = deps;
    this.#tries = new Map(earlierTries);
    this.#patience = new Patience(signal, async (message) => {
      await journal.append(plan.id, { type: 'note', message: `Waiting for the warehouse: ${message}` });
    });
  }

  /** As `Patience` does it: what waits for others costs no attempt. */
  patiently<T>(work: () => Promise<T>, afterAbortMs?: number): Promise<T> {
    return this.#patience.patiently(work, afterAbortMs);
  }

  /** What became of each item. Rejects when the warehouse cannot be read or the journal not be written. */
  async run({ job, processor, items, inputs, hold }: CallRequest): Promise<CallEnd[]> {
    const { journal, warehouse, plan } = this.#deps;
    const days = items.map(({ day }) => day);
    let before: ReadonlyMap<Day, PartitionObservation>;
    try {
      before = await this.patiently(() => warehouse.read(processor, days));
    } catch (thrown) {
      if (this.#signal.aborted) return items.map(() => 'again');
      if (!isOfOneNode(thrown)) throw thrown;
      return items.map(() => ({ unreadable: `it cannot be read (${thrown.kind}): ${thrown.message}` }));
    }
    const attempts = items.map((item, index): Attempt => {
      const number = (this.#tries.get(item.key) ?? 0) + 1;
      this.#tries.set(item.key, number);
      const id = `${item.processor}-${formatDay(item.day)}-${number}`;
      return { id, item, before: observationOf(before, item.day), inputs: inputs[index] ?? [] };
    });
    const log = logName(attempts);
    await journal.append(plan.id, ...attempts.map((attempt) => startedEvent(attempt, log)));

    const began = performance.now();
    let ending: CallEnding;
    try {
      ending =
        job.method === 'sql'
          ? await this.#replace(job, processor, attempts[0], log, hold)
          : await this.#spawn(job, processor, attempts, log);
    } catch (thrown) {
      if (thrown instanceof LostJobError) return this.#leave(attempts, thrown);
      // The transaction did not begin: that is no attempt.
      if (thrown instanceof WarehouseError) await this.#withdraw(attempts, thrown.message);
      throw thrown;
    }
    const seconds = (performance.now() - began) / 1000;
    let after: ReadonlyMap<Day, PartitionObservation>;
    try {
      after = await this.patiently(() => warehouse.read(processor, days), LAST_READ_MS);
    } catch (thrown) {
      if (!isOfOneNode(thrown)) throw thrown;
      return this.#endUnread(attempts, thrown, seconds);
    }
    const told = job.method === 'sql' ? undefined : await this.#deps.readLog(processor, this.#logPath(log));
    return this.#end({ job, attempts, ending, seconds, after, told });
  }

  async #withdraw(attempts: readonly Attempt[], why: string): Promise<void> {
    const { journal, plan } = this.#deps;
    const events = attempts.map((attempt): BackfillEventBody => ({ type: 'notAttempted', ...nameOf(attempt), why }));
    await journal.append(plan.id, ...events);
  }

  /** An attempt without an end is interrupted to whoever reads the journal: nobody can say more of it. */
  async #leave(attempts: readonly Attempt[], { message }: LostJobError): Promise<CallEnd[]> {
    await this.#deps.journal.append(this.#deps.plan.id, { type: 'note', message });
    return attempts.map(() => 'lost');
  }

  /** What was left of the partitions is not known: no fingerprint after them says so. */
  async #endUnread(attempts: readonly Attempt[], { kind, message }: WarehouseError, seconds: number): Promise<CallEnd[]> {
    const { journal, plan, live, clock } = this.#deps;
    const cause = { category: kind, message, signature: signatureOf(kind, message) };
    const share = seconds / Math.max(1, attempts.length);
    for (const { id, item, before, inputs } of attempts) {
      const fact = { backfill: plan.id, attempt: id, outcome: 'failed' as const, endedAt: clock.now(), inputs, ...cause };
      live.record(item.key, { ...fact, before: fingerprintOf(before), seconds: share });
    }
    const events = attempts.map((attempt): BackfillEventBody => {
      return { type: 'attemptEnded', ...nameOf(attempt), outcome: 'failed', seconds: Math.round(share * 1000) / 1000, ...cause };
    });
    await journal.append(plan.id, ...events);
    return attempts.map(() => 'failed');
  }

  #replace(job: PlannedJob, processor: Processor, attempt: Attempt | undefined, log: string, hold: PartitionHold) {
    if (attempt === undefined) throw new Error('A call has at least one date.');
    const { id, item } = attempt;
    const patiently = (work: () => Promise<void>) => this.patiently(work);
    return replacePartition(this.#deps, {
      ...{ job, processor, item, hold, patiently },
      attempt: id,
      log: this.#logPath(log),
      signal: this.#signal,
    });
  }

  async #spawn(job: PlannedJob, processor: Processor, [attempt, ...rest]: readonly Attempt[], log: string): Promise<CallEnding> {
    if (attempt === undefined) throw new Error('A call has at least one date.');
    const { children, writer, folder, claim, plan } = this.#deps;
    const days = [attempt, ...rest].map(({ item }) => item.day);
    // The child may write the very file that is open here.
    await writer?.release();
    const argv = argvOf(job.command, days.map(formatDay));
    const timeoutMs = job.timeoutPerDateMs === undefined ? undefined : job.timeoutPerDateMs * days.length;
    const marks = { BACKFILL_RUN: plan.id, BACKFILL_ATTEMPT: attempt.id };
    let child: number | undefined;
    let untold: { readonly thrown: unknown } | undefined;
    const tell = () => claim.setChildren([...this.#children].map(([pid, one]) => ({ pid, attempt: one })));
    const exit = await children.run(
      {
        argv,
        cwd: folder,
        env: { ...processor.env, ...marks },
        log: this.#logPath(log),
        ...(timeoutMs !== undefined && { timeoutMs }),
      },
      this.#signal,
      (pid) => {
        child = pid;
        this.#children.set(pid, attempt.id);
        try {
          tell();
        } catch (thrown) {
          // The job runs, and is to be waited for before anything else.
          untold = { thrown };
        }
      },
    );
    if (child !== undefined) this.#children.delete(child);
    if (untold !== undefined) throw untold.thrown;
    tell();
    return endingOf(exit, timeoutMs);
  }

  async #end(call: {
    readonly job: PlannedJob;
    readonly attempts: readonly Attempt[];
    readonly ending: CallEnding;
    readonly seconds: number;
    readonly after: ReadonlyMap<Day, PartitionObservation>;
    readonly told: LogDigest | undefined;
  }): Promise<CallEnd[]> {
    const { job, attempts, ending, after, told } = call;
    const { live, journal, plan } = this.#deps;
    const changed = attempts.filter(({ before, item }) => isChanged({ before, after: observationOf(after, item.day) }));
    // What is there now decides whether an expectation is met, that of dates which look at each other included.
    for (const attempt of changed)
      live.record(attempt.item.key, this.#factOf(attempt, after, { kind: 'ended', outcome: 'done' }));
    const verdicts = judgeCall(
      ending,
      job.method === 'range' || job.method === 'list' ? 'many' : 'date',
      attempts.map(({ item, before }) => {
        const shortfall = live.shortfall(item.processor, item.day);
        return { day: item.day, before, after: observationOf(after, item.day), ...(shortfall !== undefined && { shortfall }) };
      }),
    );
    const seconds = call.seconds / Math.max(1, verdicts.filter(({ kind }) => kind === 'ended').length);
    const events: BackfillEventBody[] = [];
    const ends: CallEnd[] = [];
    for (const [index, judged] of verdicts.entries()) {
      const attempt = attempts[index];
      if (attempt === undefined) continue;
      const of = nameOf(attempt);
      const verdict = told === undefined ? judged : explainVerdict(judged, told, of.date);
      if (verdict.kind === 'notAttempted') {
        events.push({ type: 'notAttempted', ...of, why: verdict.why });
        ends.push(verdict.again ? 'again' : 'notReached');
        continue;
      }
      const fact = this.#factOf(attempt, after, verdict, seconds);
      live.record(attempt.item.key, fact);
      events.push(endedEvent(of, fact, observationOf(after, attempt.item.day).rows, seconds, verdict.alarm));
      ends.push(isSuccess(verdict.outcome) ? 'done' : 'failed');
    }
    await journal.append(plan.id, ...events);
    return ends;
  }

  #factOf(
    attempt: Attempt,
    after: ReadonlyMap<Day, PartitionObservation>,
    { outcome, category, message, stages }: Extract<DateVerdict, { kind: 'ended' }>,
    seconds?: number,
  ): AttemptFact {
    return {
      backfill: this.#deps.plan.id,
      attempt: attempt.id,
      outcome,
      endedAt: this.#deps.clock.now(),
      before: fingerprintOf(attempt.before),
      after: fingerprintOf(observationOf(after, attempt.item.day)),
      inputs: attempt.inputs,
      ...(seconds !== undefined && { seconds }),
      ...(stages !== undefined && { stages }),
      ...(category !== undefined && { category }),
      ...(message !== undefined && { message, signature: signatureOf(category ?? outcome, message) }),
    };
  }

  #logPath(log: string): string {
    return this.#deps.journal.logPath(this.#deps.plan.id, log);
  }
}

function observationOf(read: ReadonlyMap<Day, PartitionObservation>, day: Day): PartitionObservation {
  return read.get(day) ?? { day, rows: 0, checks: [] };
}

function isOfOneNode(thrown: unknown): thrown is WarehouseError {
  return thrown instanceof WarehouseError && thrown.isOfOneNode;
}

function endingOf(exit: ChildExit, timeoutMs: number | undefined): CallEnding {
  switch (exit.how) {
    case 'exited':
      if (exit.code === 0) return { how: 'finished' };
      return {
        how: 'failed',
        category: 'exit',
        message: `exit code ${exit.code}${exit.tellingLine === '' ? '' : `: ${exit.tellingLine}`}`,
      };
    case 'signal':
      return { how: 'died', category: 'signal', message: `killed by ${exit.signal}` };
    case 'timeout':
      return { how: 'died', category: 'timeout', message: `ended after its time of ${formatSeconds((timeoutMs ?? 0) / 1000)}` };
    case 'cancelled':
      return { how: 'died', category: 'cancelled', message: 'it was cancelled' };
    case 'notStarted':
      return { how: 'failed', category: 'notStarted', message: exit.message };
  }
}
