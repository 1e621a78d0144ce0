import { setTimeout as delay } from 'node:timers/promises';
import { parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import { messageOf } from '../../base/logger';
import { isGap } from '../../base/status';
import type { BackfillEvent, BackfillEventBody, Plan, PlannedJob } from '../../core/backfill/backfill';
import {
  CUT,
  type CutAttempt,
  type CutCall,
  type CutEnding,
  earlierOf,
  judgeCut,
  judgeCutClean,
} from '../../core/backfill/cutAttempts';
import { isClean, isSuccess, progressOf } from '../../core/backfill/progress';
import { signatureOf } from '../../core/backfill/signature';
import { cleanedText } from '../../core/clean/cleanPlan';
import type { PartitionKey } from '../../core/coverage/coverage';
import { lastOf } from '../../core/logs/logDigest';
import { sameFingerprint } from '../../core/observation/fingerprint';
import { fingerprintOf } from '../../core/observation/observation';
import type { Processor } from '../../core/pipeline';
import { listText } from '../../core/words';
import type { LeftJob } from '../journal';
import { type PartitionWriter, type RemoteFate, WarehouseError } from '../ports';
import type { CallRunnerDeps } from './callRunner';
import type { LeftJobs } from './children';
import type { Rivals } from './rivals';

export interface TakeOverDeps
  extends Pick<CallRunnerDeps, 'plan' | 'journal' | 'warehouse' | 'clock' | 'live' | 'claim' | 'readLog'> {
  /** Of earlier sessions. */
  readonly events: readonly BackfillEvent[];
  readonly leftJobs: LeftJobs;
  readonly rivals: Pick<Rivals, 'doneSince'>;
  readonly processors: ReadonlyMap<string, Processor>;
  /** Asked for only where earlier sessions left jobs of the warehouse's own. */
  readonly writer: () => PartitionWriter;
  /** Runs again what failed, and what was done and is empty now. */
  readonly retryFailed: boolean;
}

/** What there is to do for a session that resumes a backfill. */
export interface TakenOver {
  /** Partitions about which nothing more is to be done. */
  readonly settled: ReadonlySet<PartitionKey>;
  /** How many of them are a failure of the backfill. */
  readonly failures: number;
}

const ASK_MS = 2_000;
/** A remote job that nobody can be asked about for so long is left alone, and its partition with it. */
const SILENCE_MS = 600_000;
const LAST_READ_MS = 30_000;
const MOST_NAMED = 5;

/**
 * What a session does first that resumes a backfill: it waits for the jobs that the dead executor left, finds out what became of what was in
 * flight, looks whether what was done is still there, and puts each decision into the journal with its why.
 */
export class TakeOver {
  readonly #deps: TakeOverDeps;
  readonly #calls: readonly CutCall[];
  readonly #left: ReadonlyMap<PartitionKey, string>;
  readonly #planned: ReadonlyMap<PartitionKey, Plan['partitions'][number]>;
  readonly #endings = new Map<CutCall, CutEnding>();
  readonly #lost = new Set<CutCall>();
  readonly tries: ReadonlyMap<PartitionKey, number>;
  /** Whether all that earlier sessions had begun is accounted for. */
  isOver = false;

  constructor(deps: TakeOverDeps) {
    this.#deps = deps;
    const { calls, tries, left } = earlierOf(deps.events);
    this.#calls = calls;
    this.#left = left;
    this.#planned = new Map(deps.plan.partitions.map((one) => [`${one.processor} ${one.date}`, one]));
    this.tries = tries;
  }

  /** Waits until nothing that earlier sessions started can write any more. @param signal ends it instead. */
  async awaitJobs(signal: AbortSignal): Promise<void> {
    const jobs = await this.#jobs();
    await Promise.all([
      ...jobs.map((job) => this.#awaitJob(job, signal)),
      ...this.#calls.map((call) => this.#awaitRemote(call, signal)),
    ]);
  }

  /**
   * Judges what was in flight, and looks at what was done.
   * @param patiently as of `Patience`. @param signal aborted where nothing is to be run any more.
   */
  async judge(
    patiently: <T>(work: () => Promise<T>, afterAbortMs?: number) => Promise<T>,
    signal: AbortSignal,
  ): Promise<TakenOver> {
    const { claim, journal, plan, events } = this.#deps;
    const told: BackfillEventBody[] = [];
    for (const call of this.#calls) {
      if (this.#lost.has(call)) continue;
      const verdicts = await this.#judgeCall(call, (work) => patiently(work, LAST_READ_MS));
      told.push(...verdicts);
      for (const event of signal.aborted ? [] : verdicts) {
        if (event.type !== 'attemptEnded' || event.outcome !== 'torn') continue;
        const { processor, date } = event;
        told.push({ type: 'waitsAgain', processor, date, why: 'it was torn when its executor died' });
      }
    }
    if (told.length > 0) await journal.append(plan.id, ...told);
    if (this.#lost.size === 0) await claim.forgetEarlier();
    this.isOver = true;

    if (!signal.aborted) {
      const verified = this.#verify(asEvents(events, told));
      const decided = [...verified, ...this.#takeUpAgain(asEvents(events, [...told, ...verified]))];
      if (decided.length > 0) await journal.append(plan.id, ...decided);
      told.push(...decided);
    }
    const { partitions } = progressOf(plan, asEvents(events, told), true);
    const settled = new Set<PartitionKey>();
    let failures = 0;
    for (const [key, state] of partitions) {
      if (state === 'waiting') continue;
      settled.add(key);
      if (state !== 'skipped' && (state === 'running' || !isSuccess(state))) failures += 1;
    }
    return { settled, failures };
  }

  /** Why a partition that waits is not to be run after all: it was to be filled, and somebody has. */
  filledBy(key: PartitionKey): string | undefined {
    const planned = this.#planned.get(key);
    const day = planned === undefined ? undefined : parseDay(planned.date);
    if (planned === undefined || day === undefined || !isGap(planned.status) || isClean(this.#deps.plan)) return undefined;
    if (this.#deps.live.statusOf(planned.processor, day) !== 'complete') return undefined;
    return `it is complete now, and was ${planned.status} when the plan was made`;
  }

  /** Those on record, and those that their executor did not live to put there. */
  async #jobs(): Promise<readonly LeftJob[]> {
    const { claim, leftJobs, plan } = this.#deps;
    const known = new Set(claim.left.known);
    const open = new Set(this.#calls.flatMap(({ attempts }) => attempts.map(({ attempt }) => attempt)));
    const marked = this.#calls.length === 0 ? [] : await leftJobs.marked(plan.id);
    return [...claim.left.jobs, ...marked.filter(({ attempt = '' }) => open.has(attempt) && !known.has(attempt))];
  }

  async #awaitJob(job: LeftJob, signal: AbortSignal): Promise<void> {
    const { leftJobs, clock, plan } = this.#deps;
    const call = this.#calls.find(({ attempts }) => attempts.some(({ attempt }) => attempt === job.attempt));
    const which = call === undefined ? 'A job' : `The job of ${nameOf(call)}`;
    const fate = signal.aborted ? 'it is ended' : 'it is waited for, and judged then';
    await this.#note(`${which} (process ${job.pid}) still runs, left by an executor that died: ${fate}.`);
    const limit = plan.jobs.find(({ processor }) => processor === call?.processor)?.timeoutPerDateMs;
    const first = call?.attempts[0];
    const left =
      call === undefined || first === undefined || limit === undefined
        ? undefined
        : first.startedAt + limit * call.attempts.length - clock.now();
    const how = await leftJobs.adopt(job, signal, left);
    if (call === undefined || how === 'gone') return;
    this.#endings.set(call, { how: 'ended', why: how === 'timeout' ? 'it was ended after its time' : 'it was cancelled' });
  }

  /** A job of the warehouse's own goes on when its executor is gone, and nobody but the warehouse knows of it. */
  async #awaitRemote(call: CutCall, signal: AbortSignal): Promise<void> {
    const remote = call.attempts[0]?.remote;
    if (remote === undefined) return;
    const began = performance.now();
    let said = '';
    for (let askedToEnd = false; ; ) {
      const fate = await this.#fateOf(remote);
      if (fate === 'done' || fate === 'failed' || fate === 'absent') {
        this.#endings.set(call, { how: 'remote', fate, job: remote.job });
        return;
      }
      const text =
        fate === 'running'
          ? `Job ${remote.job} of ${nameOf(call)} still runs in the warehouse: it is waited for.`
          : `Job ${remote.job} of ${nameOf(call)} cannot be asked about: ${fate.unknown}`;
      if (text !== said) await this.#note(text);
      said = text;
      if (fate !== 'running' && performance.now() - began > SILENCE_MS) {
        this.#lost.add(call);
        return;
      }
      if (signal.aborted && !askedToEnd) {
        askedToEnd = true;
        await this.#deps
          .writer()
          .endJob?.(remote)
          .catch(() => undefined);
      }
      await delay(ASK_MS, undefined, signal.aborted ? {} : { signal }).catch(() => undefined);
    }
  }

  async #fateOf(job: NonNullable<CutAttempt['remote']>): Promise<RemoteFate | { readonly unknown: string }> {
    try {
      return (await this.#deps.writer().fateOf?.(job)) ?? 'absent';
    } catch (thrown) {
      return { unknown: messageOf(thrown) };
    }
  }

  async #judgeCall(cut: CutCall, patiently: <T>(work: () => Promise<T>) => Promise<T>): Promise<readonly BackfillEventBody[]> {
    const built = await this.#deps.rivals.doneSince();
    const builderOf = ({ processor, date }: CutAttempt) => built.get(`${processor} ${date}`);
    const call = { ...cut, attempts: cut.attempts.filter((attempt) => builderOf(attempt) === undefined) };
    const others = cut.attempts.filter((attempt) => builderOf(attempt) !== undefined);
    return [
      // What is there now is not the work of this call.
      ...others.map((attempt) => withdrawn(attempt, `backfill ${builderOf(attempt)} has built it since its executor died`)),
      ...(call.attempts.length > 0 ? await this.#judgeOwn(call, this.#endings.get(cut) ?? { how: 'unknown' }, patiently) : []),
    ];
  }

  async #judgeOwn(
    call: CutCall,
    ending: CutEnding,
    patiently: <T>(work: () => Promise<T>) => Promise<T>,
  ): Promise<readonly BackfillEventBody[]> {
    const { live, plan, warehouse, readLog, journal } = this.#deps;
    const processor = this.#deps.processors.get(call.processor);
    const job = plan.jobs.find((one) => one.processor === call.processor);
    if (processor === undefined || job === undefined)
      return call.attempts.map((attempt) => withdrawn(attempt, 'the manifest has no such processor any more'));
    const days = call.attempts.map(({ date }) => parseDay(date) ?? 0);
    let after: Awaited<ReturnType<typeof warehouse.read>>;
    try {
      after = await patiently(() => warehouse.read(processor, days));
    } catch (thrown) {
      if (!(thrown instanceof WarehouseError) || !thrown.isOfOneNode) throw thrown;
      return call.attempts.map((attempt) => ({ ...unread(attempt), category: thrown.kind, message: thrown.message }));
    }
    const told =
      job.method === 'sql' || job.method === 'clean' ? undefined : await readLog(processor, journal.logPath(plan.id, call.log));
    const observed = days.map((day) => after.get(day) ?? { day, rows: 0, checks: [] });
    const evidence = call.attempts.map((attempt, index) => {
      const now = observed[index] ?? { day: days[index] ?? 0, rows: 0, checks: [] };
      const key = `${attempt.processor} ${attempt.date}`;
      // What is there now decides whether an expectation is met.
      live.record(key, this.#factOf(attempt, fingerprintOf(now), 'done'));
      const shortfall = live.shortfall(attempt.processor, now.day);
      const said = told === undefined ? undefined : lastOf(told, attempt.date)?.outcome;
      return {
        attempt,
        after: now,
        ...(shortfall !== undefined && { shortfall }),
        ...(said !== undefined && { told: said }),
      };
    });
    const what = cleanedText(plan.request);
    const verdicts = job.method === 'clean' ? judgeCutClean(evidence, what) : judgeCut(wayOf(job), ending, evidence);
    return verdicts.map((verdict, index): BackfillEventBody => {
      const attempt = call.attempts[index];
      const now = observed[index];
      if (attempt === undefined || now === undefined) throw new Error('There is a verdict for each date.');
      const of = { attempt: attempt.attempt, processor: attempt.processor, date: attempt.date };
      const key = `${of.processor} ${of.date}`;
      if (verdict.kind === 'notAttempted') {
        live.record(key, this.#factOf(attempt, fingerprintOf(now), 'interrupted'));
        return { type: 'notAttempted', ...of, why: verdict.why };
      }
      live.record(key, this.#factOf(attempt, fingerprintOf(now), verdict.outcome));
      const { outcome, category, message, alarm } = verdict;
      return {
        ...{ type: 'attemptEnded', ...of, outcome, after: fingerprintOf(now), rowsAfter: now.rows },
        ...(category !== undefined && { category }),
        ...(message !== undefined && { message, signature: signatureOf(category ?? outcome, message) }),
        ...(alarm === true && { alarm }),
      };
    });
  }

  #factOf(attempt: CutAttempt, after: string, outcome: 'done' | Extract<BackfillEvent, { type: 'attemptEnded' }>['outcome']) {
    const { plan, clock } = this.#deps;
    const { attempt: id, before, inputs } = attempt;
    return { backfill: plan.id, attempt: id, outcome, endedAt: clock.now(), before, after, inputs };
  }

  /** Whether what was done is still as its attempt left it. */
  #verify(events: readonly BackfillEvent[]): readonly BackfillEventBody[] {
    const { live, plan } = this.#deps;
    const { partitions } = progressOf(plan, events, true);
    const emptied: BackfillEventBody[] = [];
    const changed: string[] = [];
    let same = 0;
    for (const [key, state] of partitions) {
      if (state !== 'done') continue;
      const [processor = '', date = ''] = key.split(' ');
      const left = this.#left.get(key);
      const now = live.measuresOf(processor, parseDay(date) ?? 0);
      if (left === undefined || now === undefined || sameFingerprint(left, fingerprintOf(now))) same += 1;
      else if (now.rows > 0) changed.push(key);
      else {
        const message = 'ALARM: it was done, and is empty now: somebody has deleted it since. It is not run again by itself.';
        emptied.push({ type: 'emptied', processor, date, message });
      }
    }
    const notes = [
      ...(same > 0 ? [`${counted(same, 'partition')} done before and still as left: not run again.`] : []),
      ...(changed.length > 0
        ? [`${listText(changed, MOST_NAMED)} done before and changed by somebody else since: not run again.`]
        : []),
    ];
    return [...emptied, ...notes.map((message): BackfillEventBody => ({ type: 'note', message }))];
  }

  /** What was skipped is judged anew, and what failed is tried again where that is asked for. */
  #takeUpAgain(events: readonly BackfillEvent[]): readonly BackfillEventBody[] {
    const { plan, retryFailed } = this.#deps;
    const { partitions } = progressOf(plan, events, true);
    const causes = new Map(
      events.flatMap((event) =>
        event.type === 'attemptEnded' ? [[`${event.processor} ${event.date}`, event.category] as const] : [],
      ),
    );
    return plan.partitions.flatMap(({ processor, date, action }): BackfillEventBody[] => {
      const state = partitions.get(`${processor} ${date}`);
      if (action !== 'run' || state === undefined || state === 'waiting' || state === 'running') return [];
      if (state === 'done' || state === 'cleaned') return [];
      if (state === 'interrupted') return [{ type: 'waitsAgain', processor, date, why: 'it was interrupted' }];
      // A session that died between the two lines had decided so.
      if (state === 'torn' && causes.get(`${processor} ${date}`) === CUT)
        return [{ type: 'waitsAgain', processor, date, why: 'it was torn when an executor died' }];
      if (state === 'skipped')
        return [{ type: 'waitsAgain', processor, date, why: 'it was skipped before, and is judged by what is there now' }];
      return retryFailed ? [{ type: 'waitsAgain', processor, date, why: 'what failed is to be tried again' }] : [];
    });
  }

  async #note(message: string): Promise<void> {
    await this.#deps.journal.append(this.#deps.plan.id, { type: 'note', message });
  }
}

function wayOf({ method }: PlannedJob): 'sql' | 'date' | 'many' {
  if (method === 'clean') return 'sql';
  return method === 'range' || method === 'list' ? 'many' : method;
}

function nameOf({ processor, attempts }: CutCall): string {
  const first = `${processor} ${attempts[0]?.date ?? ''}`;
  return attempts.length > 1 ? `${first} and ${attempts.length - 1} more` : first;
}

function withdrawn({ attempt, processor, date }: CutAttempt, why: string): BackfillEventBody {
  return { type: 'notAttempted', attempt, processor, date, why };
}

function unread({ attempt, processor, date }: CutAttempt) {
  return { type: 'attemptEnded', attempt, processor, date, outcome: 'failed' } as const;
}

/** Events that are not in the journal yet, as if they were. */
function asEvents(events: readonly BackfillEvent[], bodies: readonly BackfillEventBody[]): readonly BackfillEvent[] {
  const last = events.at(-1);
  return [...events, ...bodies.map((body, index) => ({ seq: (last?.seq ?? 0) + index + 1, at: last?.at ?? '', ...body }))];
}
