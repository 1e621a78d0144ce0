import { parseDay } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { BackfillEvent, Plan } from './backfill';
import { type DateSeconds, learnSeconds } from './dateSeconds';
import type { BackfillProgress } from './progress';
import { type PoolJob, simulatePool } from './simulate';

/** A date that a call which runs has finished by its log: the journal tells of it when the call has ended. */
export interface ToldDate {
  readonly processor: string;
  readonly day: number;
  readonly seconds: number;
}

/** What is left of a backfill, with how long each of its dates is expected to take. */
export interface LeftPool {
  /** Dates that wait or run, by processor; processors that have none are left out. */
  readonly dates: ReadonlyMap<string, number>;
  /** Seconds that its own dates took, by processor. */
  readonly own: ReadonlyMap<string, readonly number[]>;
  /** How long all of it takes, in seconds. */
  seconds(how?: LeftHow): number;
}

export interface LeftHow {
  /** How many calls at once, over all jobs; the plan's without it. */
  readonly slots?: number;
  /** How many standard deviations longer than expected each date takes. */
  readonly share?: number;
  /** Only its dates, as if nothing else ran. */
  readonly processor?: string;
}

export interface LeftBasis {
  readonly told?: readonly ToldDate[];
  /** What dates of a processor took in other backfills, in the order in which they ran: where neither this one nor its plan tells. */
  readonly others?: (processor: string) => readonly number[];
  /** How many calls of a processor the manifest allows at once; a plan keeps only the lesser of that and its own slots. */
  readonly limits?: ReadonlyMap<string, number>;
}

/** More dates are simulated several at a time: how long they take together hardly differs. */
const MOST_SIMULATED = 600;

/** @returns undefined where nothing is left, and where nothing is known of how long a date takes. */
export function leftPool(
  { plan, events }: { readonly plan: Plan; readonly events: readonly BackfillEvent[] },
  { phase, partitions }: BackfillProgress,
  now: number,
  { told = [], others, limits }: LeftBasis = {},
): LeftPool | undefined {
  if (phase === 'done' || phase === 'failed' || phase === 'cancelled' || phase === 'cancelling') return undefined;
  const waiting = new Map<string, string[]>();
  for (const { processor, date, action } of plan.partitions) {
    const state = partitions.get(`${processor} ${date}`);
    if (action !== 'run' || (state !== 'waiting' && !(phase === 'interrupted' && state === 'interrupted'))) continue;
    const known = waiting.get(processor);
    if (known === undefined) waiting.set(processor, [date]);
    else known.push(date);
  }
  const { seconds, calls } = attemptsOf(events);
  const byLog = groupBy(told, ({ processor }) => processor);
  const finished = new Set(told.map(({ processor, day }) => `${processor} ${day}`));
  const running = (phase === 'interrupted' || phase === 'planned' ? [] : calls).map((call) => {
    const dates = call.dates.filter((date) => !finished.has(`${call.processor} ${parseDay(date)}`));
    return { ...call, dates, isTold: dates.length < call.dates.length };
  });
  const dates = new Map<string, number>();
  for (const [processor, { length }] of waiting) dates.set(processor, length);
  for (const { processor, dates: inHand } of running)
    if (inHand.length > 0) dates.set(processor, (dates.get(processor) ?? 0) + inHand.length);
  if (dates.size === 0) return undefined;
  const learnt = new Map<string, DateSeconds>();
  for (const { processor } of plan.jobs) {
    const past = plan.estimate?.dates?.find((one) => one.processor === processor);
    const { all = [], session = [] } = seconds.get(processor) ?? {};
    const inCall = byLog.get(processor)?.map((one) => one.seconds) ?? [];
    // A growth is of one session, or of one call.
    const [newest, older] = inCall.length > 0 ? [inCall, [...all, ...inCall]] : [session, all];
    const one =
      newest.length >= LEAST_OF_SESSION
        ? learnSeconds(newest, past)
        : (learnSeconds(older, past, false) ?? learnSeconds(others?.(processor) ?? [], undefined, false));
    if (one !== undefined) learnt.set(processor, one);
  }
  const typical = typicalOf([...learnt.values()]);
  if (typical === undefined) return undefined;
  const own = new Map([...seconds].map(([processor, { all }]) => [processor, all]));
  for (const [processor, found] of byLog) own.set(processor, [...(own.get(processor) ?? []), ...found.map((one) => one.seconds)]);
  return {
    dates,
    own,
    seconds: ({ slots = plan.request.slots, share = 0, processor: only } = {}) => {
      const jobs = plan.jobs.flatMap((job): PoolJob | [] => {
        const { processor, method, lane, after = [] } = job;
        if (only !== undefined && processor !== only) return [];
        const { at, spread, known } = learnt.get(processor) ?? typical;
        const begun = running.filter((call) => call.processor === processor);
        const left = waiting.get(processor) ?? [];
        const count = Math.max(1, dates.get(processor) ?? 0);
        // The mean of many dates is surer than one of them, but never surer than what it was learnt from.
        const factor = 1 + share * spread * Math.sqrt(1 / count + 1 / Math.max(1, known));
        return {
          processor,
          slots: slotsAt(plan, job, slots, limits),
          ...(lane !== undefined && { lane }),
          datesPerCall: method === 'range' || method === 'list' ? (job.maxDates ?? Number.POSITIVE_INFINITY) : 1,
          after,
          dates: left.map((date, index) => ({ date, seconds: at(begun.length + index) * factor })),
          running: begun.map((call) => {
            const expected = call.dates.reduce((sum, _, index) => sum + at(index) * factor, 0);
            // Its log told of the last of its dates just now.
            if (call.isTold) return { dates: call.dates, secondsLeft: expected };
            const ran = Math.max(0, (now - call.startedAt) / 1000);
            // What has taken longer than expected is not over at once.
            return { dates: call.dates, secondsLeft: Math.max(expected - ran, Math.min(ran, expected) * 0.1) };
          }),
        };
      });
      return simulatePool(coarse(jobs), slots);
    },
  };
}

/** Fewer dates than this say too little of a session to forget those before it. */
const LEAST_OF_SESSION = 3;

/** How many calls of a job ran at once if the pool had so many slots. */
function slotsAt(
  { request }: Plan,
  { processor, sequential, slots: own }: Plan['jobs'][number],
  slots: number,
  limits?: ReadonlyMap<string, number>,
): number {
  if (sequential !== undefined || slots === request.slots) return own;
  return Math.min(slots, own < request.slots ? own : (limits?.get(processor) ?? slots));
}

interface OwnSeconds {
  readonly all: readonly number[];
  /** Of the session that runs, or ran last. */
  readonly session: readonly number[];
}

interface RunningCall {
  readonly processor: string;
  readonly dates: string[];
  readonly startedAt: number;
}

/** Seconds of the dates of each processor in the order in which they ended, and the calls that run: attempts of a call share its log. */
function attemptsOf(events: readonly BackfillEvent[]): {
  readonly seconds: ReadonlyMap<string, OwnSeconds>;
  readonly calls: readonly RunningCall[];
} {
  const ends: { readonly processor: string; readonly seconds: number; readonly good: boolean; readonly session: number }[] = [];
  const open = new Map<string, Extract<BackfillEvent, { type: 'attemptStarted' }>>();
  let session = 0;
  for (const event of events) {
    // Another session has none of the jobs of the one before.
    if (event.type === 'started') {
      open.clear();
      session += 1;
    } else if (event.type === 'attemptStarted') open.set(event.attempt, event);
    else if (event.type === 'notAttempted') open.delete(event.attempt);
    else if (event.type === 'attemptEnded') {
      open.delete(event.attempt);
      const { processor, seconds, outcome } = event;
      if (outcome !== 'interrupted' && seconds !== undefined)
        ends.push({ processor, seconds, good: outcome === 'done' || outcome === 'partial', session });
    }
  }
  const seconds = new Map<string, OwnSeconds>();
  for (const [processor, all] of groupBy(ends, (end) => end.processor)) {
    const good = all.filter((end) => end.good);
    const counted = good.length > 0 ? good : all;
    seconds.set(processor, {
      all: counted.map((end) => end.seconds),
      session: counted.filter((end) => end.session === session).map((end) => end.seconds),
    });
  }
  const calls = new Map<string, RunningCall>();
  for (const { processor, date, log, at } of open.values()) {
    const known = calls.get(log);
    if (known === undefined) calls.set(log, { processor, dates: [date], startedAt: Date.parse(at) });
    else known.dates.push(date);
  }
  return { seconds, calls: [...calls.values()] };
}

/** What stands for a processor of which nothing is known. */
function typicalOf(learnt: readonly DateSeconds[]): DateSeconds | undefined {
  if (learnt.length === 0) return undefined;
  const mean = learnt.reduce((sum, { at }) => sum + at(0), 0) / learnt.length;
  return { at: () => mean, spread: 1, known: 1 };
}

/** The same pool with dates taken together where they are too many. */
function coarse(jobs: readonly PoolJob[]): readonly PoolJob[] {
  const total = jobs.reduce((sum, { dates }) => sum + dates.length, 0);
  const together = Math.ceil(total / MOST_SIMULATED);
  if (together <= 1) return jobs;
  const all = [...new Set(jobs.flatMap(({ dates }) => dates.map(({ date }) => date)))].sort();
  const place = new Map(all.map((date, index) => [date, String(Math.floor(index / together))]));
  return jobs.map((job) => {
    const groups = new Map<string, number>();
    for (const { date, seconds } of job.dates) {
      const name = place.get(date) ?? date;
      groups.set(name, (groups.get(name) ?? 0) + seconds);
    }
    return {
      ...job,
      datesPerCall: Math.max(1, Math.round(job.datesPerCall / together)),
      dates: [...groups].map(([date, seconds]) => ({ date, seconds })),
    };
  });
}
