import { counted } from '../base/figures';
import { groupBy } from '../base/groupBy';
import type { BackfillEvent, Plan } from './backfill';
import { type DateSeconds, learnSeconds, NINE_OF_TEN } from './dateSeconds';
import type { BackfillProgress } from './progress';
import { type PoolJob, simulatePool } from './simulate';

/** How fast a backfill is, and how long what is left of it takes. */
export interface Forecast {
  /** Partitions that ended a minute, over the last ones that did; pauses and time without an executor do not count. */
  readonly perMinute?: number;
  /** Seconds of work until nothing is left, from the instant it was asked for. Absent where nothing is left, and where nothing is known. */
  readonly left?: SecondsLeft;
}

export interface SecondsLeft {
  /** As likely more as less. */
  readonly p50: number;
  /** Not exceeded nine times of ten. */
  readonly p90: number;
  /** What it rests on, such as `12 dates of this backfill and 40 earlier ones`. */
  readonly basis: string;
}

/** The rate is that of so many partitions. */
const RATE_OF = 30;
/** More dates are simulated several at a time: how long they take together hardly differs. */
const MOST_SIMULATED = 600;

/**
 * Learns from the attempts of a backfill and from the history that its plan brought, and lets what is left run through its slots and lanes.
 * Failed attempts tell nothing of how long a date takes, unless nothing else is known.
 * @param now epoch milliseconds: what runs has run until then.
 */
export function forecastOf(
  { plan, events }: { readonly plan: Plan; readonly events: readonly BackfillEvent[] },
  progress: BackfillProgress,
  now: number,
): Forecast {
  const perMinute = rateOf(events);
  const { waiting, running, interrupted, phase } = progress;
  // What was cut off is run again only by a session that resumes it.
  const open = waiting + running + (phase === 'interrupted' ? interrupted : 0);
  const left = open === 0 ? undefined : leftOf(plan, events, progress, now);
  return { ...(perMinute !== undefined && { perMinute }), ...(left !== undefined && { left }) };
}

function leftOf(plan: Plan, events: readonly BackfillEvent[], progress: BackfillProgress, now: number): SecondsLeft | undefined {
  const { phase, partitions } = progress;
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
  const learnt = new Map<string, DateSeconds>();
  for (const { processor } of plan.jobs) {
    const past = plan.estimate?.dates?.find((one) => one.processor === processor);
    const one = learnSeconds(seconds.get(processor) ?? [], past);
    if (one !== undefined) learnt.set(processor, one);
  }
  const typical = typicalOf([...learnt.values()]);
  if (typical === undefined) return undefined;
  const running = phase === 'interrupted' || phase === 'planned' ? [] : calls;
  const simulate = (share: number) => {
    const jobs = plan.jobs.map((job): PoolJob => {
      const dates = waiting.get(job.processor) ?? [];
      const { at, spread, known } = learnt.get(job.processor) ?? typical;
      const begun = running.filter(({ processor }) => processor === job.processor);
      const count = Math.max(1, dates.length + begun.reduce((sum, call) => sum + call.dates.length, 0));
      // The mean of many dates is surer than one of them, but never surer than what it was learnt from.
      const factor = 1 + share * spread * Math.sqrt(1 / count + 1 / Math.max(1, known));
      return {
        processor: job.processor,
        slots: job.slots,
        ...(job.lane !== undefined && { lane: job.lane }),
        datesPerCall: job.method === 'range' || job.method === 'list' ? (job.maxDates ?? Number.POSITIVE_INFINITY) : 1,
        after: job.after ?? [],
        dates: dates.map((date, index) => ({ date, seconds: at(begun.length + index) * factor })),
        running: begun.map((call) => {
          const ran = Math.max(0, (now - call.startedAt) / 1000);
          const expected = call.dates.reduce((sum, _, index) => sum + at(index) * factor, 0);
          // What has taken longer than expected is not over at once.
          return { dates: call.dates, secondsLeft: Math.max(expected - ran, Math.min(ran, expected) * 0.1) };
        }),
      };
    });
    return simulatePool(coarse(jobs), plan.request.slots);
  };
  const p50 = simulate(0);
  return { p50, p90: Math.max(p50, simulate(NINE_OF_TEN)), basis: basisOf(plan, seconds) };
}

interface RunningCall {
  readonly processor: string;
  readonly dates: string[];
  readonly startedAt: number;
}

/** Seconds of the dates of each processor in the order in which they ended, and the calls that run: attempts of a call share its log. */
function attemptsOf(events: readonly BackfillEvent[]): {
  readonly seconds: ReadonlyMap<string, readonly number[]>;
  readonly calls: readonly RunningCall[];
} {
  const ends: { readonly processor: string; readonly seconds: number; readonly good: boolean }[] = [];
  const open = new Map<string, Extract<BackfillEvent, { type: 'attemptStarted' }>>();
  for (const event of events) {
    // Another session has none of the jobs of the one before.
    if (event.type === 'started') open.clear();
    else if (event.type === 'attemptStarted') open.set(event.attempt, event);
    else if (event.type === 'notAttempted') open.delete(event.attempt);
    else if (event.type === 'attemptEnded') {
      open.delete(event.attempt);
      const { processor, seconds, outcome } = event;
      if (outcome !== 'interrupted' && seconds !== undefined)
        ends.push({ processor, seconds, good: outcome === 'done' || outcome === 'partial' });
    }
  }
  const seconds = new Map<string, readonly number[]>();
  for (const [processor, all] of groupBy(ends, (end) => end.processor)) {
    const good = all.filter((end) => end.good);
    seconds.set(
      processor,
      (good.length > 0 ? good : all).map((end) => end.seconds),
    );
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

function basisOf({ estimate }: Plan, seconds: ReadonlyMap<string, readonly number[]>): string {
  const own = [...seconds.values()].reduce((sum, { length }) => sum + length, 0);
  const past = (estimate?.dates ?? []).reduce((sum, { of }) => sum + of, 0);
  const parts = [
    ...(own > 0 ? [`${counted(own, 'date')} of this backfill`] : []),
    ...(past > 0 ? [own > 0 ? `${counted(past, 'earlier one')}` : counted(past, 'earlier date')] : []),
  ];
  return parts.join(' and ');
}

/** Over the time in which it worked. */
function rateOf(events: readonly BackfillEvent[]): number | undefined {
  let worked = 0;
  let before: number | undefined;
  let paused = false;
  /** Worked milliseconds at which a partition ended. */
  const ends: number[] = [];
  for (const event of events) {
    const at = Date.parse(event.at);
    if (before !== undefined && !paused && event.type !== 'started') worked += Math.max(0, at - before);
    if (event.type === 'started' || event.type === 'continued') paused = false;
    else if (event.type === 'paused') paused = true;
    else if (event.type === 'attemptEnded' && event.seconds !== undefined) ends.push(worked);
    before = at;
  }
  const last = ends.at(-1);
  if (last === undefined) return undefined;
  // Dates of one call end at one instant: the window begins where an earlier one ended.
  const from = ends.findLast((end, index) => index < ends.length - RATE_OF && end < last) ?? 0;
  const minutes = (last - from) / 60_000;
  return minutes <= 0 ? undefined : ends.filter((end) => end > from).length / minutes;
}
