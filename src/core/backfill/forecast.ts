import { counted } from '../../base/figures';
import type { BackfillEvent, Plan } from './backfill';
import { NINE_OF_TEN } from './dateSeconds';
import { leftPool, type ToldDate } from './leftPool';
import type { BackfillProgress } from './progress';

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
/**
 * Learns from the attempts of a backfill and from the history that its plan brought, and lets what is left run through its slots and lanes.
 * Failed attempts tell nothing of how long a date takes, unless nothing else is known.
 * @param now epoch milliseconds: what runs has run until then.
 * @param told dates that calls which run have finished by their logs.
 */
export function forecastOf(
  { plan, events }: { readonly plan: Plan; readonly events: readonly BackfillEvent[] },
  progress: BackfillProgress,
  now: number,
  told: readonly ToldDate[] = [],
): Forecast {
  const perMinute = rateOf(events);
  const left = secondsLeft(plan, events, progress, now, told);
  return { ...(perMinute !== undefined && { perMinute }), ...(left !== undefined && { left }) };
}

function secondsLeft(
  plan: Plan,
  events: readonly BackfillEvent[],
  progress: BackfillProgress,
  now: number,
  told: readonly ToldDate[],
): SecondsLeft | undefined {
  const pool = leftPool({ plan, events }, progress, now, { told });
  if (pool === undefined) return undefined;
  const p50 = pool.seconds();
  return { p50, p90: Math.max(p50, pool.seconds({ share: NINE_OF_TEN })), basis: basisOf(plan, pool.own) };
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
