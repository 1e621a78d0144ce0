import { type Day, formatDay } from '../../base/day';
import type { BackfillEventBody, PlannedJob } from '../../core/backfill/backfill';
import { type CallEnding, type DateVerdict, isChanged, judgeCall, judgeClean } from '../../core/backfill/outcome';
import { OwnFaults } from '../../core/backfill/ownFaults';
import { isSuccess } from '../../core/backfill/progress';
import type { EndedAttempt } from '../../core/backfill/repeats';
import { signatureOf } from '../../core/backfill/signature';
import { judgeUnchanged, writtenAgainText } from '../../core/backfill/unchanged';
import type { WorkItem } from '../../core/backfill/workSet';
import { cleanedText } from '../../core/clean/cleanPlan';
import type { AttemptFact, AttemptInput, PartitionKey } from '../../core/coverage/coverage';
import { environmentFailure } from '../../core/logs/environmentFailure';
import { explainVerdict } from '../../core/logs/explainVerdict';
import { type LogDigest, lastOf } from '../../core/logs/logDigest';
import { fingerprintOf, type PartitionObservation } from '../../core/observation/observation';
import type { Processor } from '../../core/pipeline';
import type { PartitionHold } from '../journal';
import { type Clock, LostJobError, type Warehouse, WarehouseError } from '../ports';
import { type Attempt, endedEvent, logName, nameOf, startedEvent } from './attemptEvents';
import { asEnded, JobRunner, type JobRunnerDeps, type Said } from './jobRunner';
import type { Patience } from './patience';
import { cleanPartition, type ReplacementDeps, replacePartition } from './replacePartition';
import { type RunningCall, RunningCalls } from './runningCalls';

export interface CallRunnerDeps extends ReplacementDeps, JobRunnerDeps {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  /** What the log of a processor's job says. Never rejects. */
  readonly readLog: (processor: Processor, path: string) => Promise<LogDigest>;
  /** How many attempts earlier sessions made at each partition. */
  readonly earlierTries?: ReadonlyMap<PartitionKey, number>;
  /** Waits for what passes: that costs no attempt. */
  readonly patience: Patience;
  /** Called for each attempt that has ended, before that is on record. */
  readonly onEnded?: (attempt: EndedAttempt) => void;
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
 * `environment`: its job says that its surroundings failed, and how; another call may do it once they are well.
 */
export type CallEnd =
  | 'done'
  | 'failed'
  | 'again'
  | 'notReached'
  | 'lost'
  | { readonly unreadable: string }
  | { readonly environment: string };

/** A cancelled backfill does not wait for ever to learn what became of its last dates. */
const LAST_READ_MS = 30_000;

/** Runs one call after another: reads, journals, executes, reads again, judges, journals. */
export class CallRunner {
  readonly #deps: CallRunnerDeps;
  readonly #running = new RunningCalls();
  readonly #signal: AbortSignal;
  readonly #tries: Map<PartitionKey, number>;
  readonly #jobs: JobRunner;
  readonly #faults = new OwnFaults();

  /** @param signal ends what runs. */
  constructor(deps: CallRunnerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#tries = new Map(deps.earlierTries);
    this.#jobs = new JobRunner(deps);
  }

  /** Ends the job of an attempt, and with it those that share its call. False where it does not run. */
  endJob(attempt: string, by: string): boolean {
    const isEnding = this.#running.end(attempt, by);
    // It may be waiting for what is in the way of all.
    if (isEnding) this.#deps.patience.hurry();
    return isEnding;
  }

  /** What became of each item. Rejects when the warehouse cannot be read or the journal not be written. */
  async run({ job, processor, items, inputs, hold }: CallRequest): Promise<CallEnd[]> {
    const { journal, warehouse, plan } = this.#deps;
    const days = items.map(({ day }) => day);
    let before: ReadonlyMap<Day, PartitionObservation>;
    try {
      before = await this.#deps.patience.patiently(() => warehouse.read(processor, days));
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

    const call = this.#running.begin(
      attempts.map(({ id }) => id),
      this.#signal,
    );
    let began = performance.now();
    const said: Said = {};
    let ending: CallEnding;
    try {
      // What had to wait for others took no time of its own.
      const patiently = <T>(work: () => Promise<T>) =>
        this.#deps.patience.patiently(() => {
          began = performance.now();
          call.signal.throwIfAborted();
          return work();
        });
      ending =
        job.method === 'sql' || job.method === 'clean'
          ? await this.#write({ job, processor, attempt: attempts[0], log, hold, call, patiently })
          : await this.#jobs.run({ job, processor, attempts, log: this.#logPath(log), call, patiently, said });
    } catch (thrown) {
      if (thrown instanceof LostJobError) return this.#leave(attempts, thrown);
      // The transaction did not begin: that is no attempt.
      if (thrown instanceof WarehouseError) await this.#withdraw(attempts, thrown.message);
      throw thrown;
    } finally {
      call.over();
    }
    const seconds = (performance.now() - began) / 1000;
    let after: ReadonlyMap<Day, PartitionObservation>;
    try {
      after = await this.#deps.patience.patiently(() => warehouse.read(processor, days), LAST_READ_MS);
    } catch (thrown) {
      if (!isOfOneNode(thrown)) throw thrown;
      return this.#endUnread(attempts, thrown, seconds);
    }
    const told =
      job.method === 'sql' || job.method === 'clean' ? undefined : await this.#deps.readLog(processor, this.#logPath(log));
    return this.#end({ job, attempts, ending, seconds, after, told, said });
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
      this.#deps.onEnded?.({ processor: item.processor, date: formatDay(item.day), ...fact });
    }
    const events = attempts.map((attempt): BackfillEventBody => {
      return { type: 'attemptEnded', ...nameOf(attempt), outcome: 'failed', seconds: Math.round(share * 1000) / 1000, ...cause };
    });
    await journal.append(plan.id, ...events);
    return attempts.map(() => 'failed');
  }

  #write(replacement: {
    readonly job: PlannedJob;
    readonly processor: Processor;
    readonly attempt: Attempt | undefined;
    readonly log: string;
    readonly hold: PartitionHold;
    readonly call: RunningCall;
    readonly patiently: Patience['patiently'];
  }): Promise<CallEnding> {
    const { attempt, log, call, ...rest } = replacement;
    if (attempt === undefined) throw new Error('A call has at least one date.');
    const one = { ...rest, item: attempt.item, attempt: attempt.id, log: this.#logPath(log), signal: call.signal };
    const isClean = replacement.job.method === 'clean';
    const written = isClean ? cleanPartition(this.#deps, one, attempt.before) : replacePartition(this.#deps, one);
    return written.then((ending) => asEnded(ending, call));
  }

  async #end(call: {
    readonly job: PlannedJob;
    readonly attempts: readonly Attempt[];
    readonly ending: CallEnding;
    readonly seconds: number;
    readonly after: ReadonlyMap<Day, PartitionObservation>;
    readonly told: LogDigest | undefined;
    readonly said: Said;
  }): Promise<CallEnd[]> {
    const { job, attempts, ending, after, told } = call;
    const { live, journal, plan } = this.#deps;
    const changed = attempts.filter(({ before, item }) => isChanged({ before, after: observationOf(after, item.day) }));
    // What is there now decides whether an expectation is met, that of dates which look at each other included.
    for (const attempt of changed)
      live.record(attempt.item.key, this.#factOf(attempt, after, { kind: 'ended', outcome: 'done' }));
    const evidence = attempts.map(({ item, before }) => {
      const shortfall = live.shortfall(item.processor, item.day);
      return { day: item.day, before, after: observationOf(after, item.day), ...(shortfall !== undefined && { shortfall }) };
    });
    const verdicts =
      job.method === 'clean'
        ? evidence.map((date) => judgeClean(ending, date, cleanedText(plan.request)))
        : judgeCall(ending, job.method === 'range' || job.method === 'list' ? 'many' : 'date', evidence);
    const seconds = call.seconds / Math.max(1, verdicts.filter(({ kind }) => kind === 'ended').length);
    const events: BackfillEventBody[] = [];
    const ends: CallEnd[] = [];
    for (const [index, judged] of verdicts.entries()) {
      const attempt = attempts[index];
      if (attempt === undefined) continue;
      const of = nameOf(attempt);
      const date = evidence[index];
      const explained = told === undefined ? judged : explainVerdict(judged, told, of.date);
      const isDoubtful = live.isDoubtful(of.processor, attempt.item.day);
      const said = told === undefined ? undefined : lastOf(told, of.date);
      const verdict =
        date === undefined ? explained : judgeUnchanged(explained, { processor: of.processor, date, isDoubtful, said });
      if (verdict.kind === 'notAttempted') {
        events.push({ type: 'notAttempted', ...of, why: verdict.why });
        ends.push(verdict.again ? 'again' : 'notReached');
        continue;
      }
      const environment = told === undefined ? undefined : this.#environmentOf(attempt, judged, told);
      if (environment !== undefined && !changed.includes(attempt)) {
        events.push({ type: 'notAttempted', ...of, why: `its surroundings failed: ${environment}` });
        ends.push({ environment });
        continue;
      }
      const fact = { ...this.#factOf(attempt, after, verdict, seconds), ...call.said };
      live.record(attempt.item.key, fact);
      events.push(endedEvent(of, fact, observationOf(after, attempt.item.day).rows, seconds, verdict.alarm));
      if (explained !== verdict && verdict.outcome === 'done' && date !== undefined)
        events.push({ type: 'note', message: writtenAgainText(attempt.item.key, date) });
      if (environment !== undefined) {
        events.push({
          type: 'waitsAgain',
          processor: of.processor,
          date: of.date,
          why: `its surroundings failed: ${environment}`,
        });
        ends.push({ environment });
        continue;
      }
      this.#deps.onEnded?.({ ...of, ...fact });
      if (isSuccess(verdict.outcome)) this.#faults.worked(of.processor);
      ends.push(isSuccess(verdict.outcome) ? 'done' : 'failed');
    }
    await journal.append(plan.id, ...events);
    return ends;
  }

  /** What its job says of its surroundings, as long as that is believed. */
  #environmentOf({ item }: Attempt, verdict: DateVerdict, told: LogDigest): string | undefined {
    const cause = environmentFailure(verdict, told, formatDay(item.day));
    return cause === undefined || this.#faults.blames(item.processor, item.key) ? undefined : cause;
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
