import type { Day } from '../../base/day';
import { logSeconds, medianOf } from './robust';
import { levelChanges } from './shifts';
import { spikesOf } from './spikes';
import { withoutWeekdays } from './weekly';

/** A date that took far longer than those around it. */
export interface Spike {
  readonly day: Day;
  readonly seconds: number;
  /** What such a date takes otherwise. */
  readonly usual: number;
}

/** From a date on every date takes another time. */
export interface Shift {
  readonly from: Day;
  /** The last date of the new level, where it changed again. */
  readonly to?: Day;
  /** Medians before and since. */
  readonly before: number;
  readonly after: number;
  /** `after` over `before`: 2 is twice as slow, 0.5 twice as fast. */
  readonly factor: number;
}

export interface Regressions {
  readonly spikes: readonly Spike[];
  /** Ascending by date. */
  readonly shifts: readonly Shift[];
}

/** A level that changed by less is not worth a word: by a quarter, and by a second. */
const LEAST_FACTOR = 1.25;
const LEAST_SECONDS = 1;
/** Of less nothing is so many times as long. */
export const HARDLY = 0.5;
/** A single date that takes a few seconds longer is nothing that anybody asks about. */
const LEAST_SPIKE_SECONDS = 5;

/**
 * What stands out in the times of dates: single dates, and changes that stay. Logarithms of seconds without what weekdays explain are
 * searched for changed levels first; spikes are what stands out from the level of its date.
 * @param days ascending.
 * @param leveled the same times without what is explained otherwise, such as a growth over a run.
 */
export function regressionsOf(days: readonly Day[], seconds: readonly number[], leveled = seconds): Regressions {
  const values = withoutWeekdays(leveled.map(logSeconds), days);
  const changes = levelChanges(values, Math.log(LEAST_FACTOR));
  const edges = [0, ...changes.map(({ at }) => at), days.length];
  const levels = edges.slice(1).map((end, index) => {
    const part = [edges[index] ?? 0, end] as const;
    return { middle: medianOf(values.slice(...part)), seconds: medianOf(leveled.slice(...part)) };
  });
  const levelOf = (index: number): number =>
    Math.max(
      0,
      edges.findLastIndex((edge) => edge <= index),
    );
  const shifts = changes.flatMap(({ at }, index): Shift[] => {
    const before = levels[index]?.seconds ?? 0;
    const after = levels[index + 1]?.seconds ?? 0;
    const [from, next] = [days[at], changes[index + 1]?.at];
    if (from === undefined || Math.abs(after - before) < LEAST_SECONDS) return [];
    const to = next === undefined ? undefined : days[next - 1];
    return [{ from, ...(to !== undefined && { to }), before, after, factor: after / Math.max(before, HARDLY) }];
  });
  const rest = values.map((value, index) => value - (levels[levelOf(index)]?.middle ?? 0));
  const spikes = spikesOf(rest).flatMap((index): Spike[] => {
    const usual = levels[levelOf(index)]?.seconds ?? 0;
    const [day, took] = [days[index], seconds[index]];
    return day === undefined || took === undefined || took - usual < LEAST_SPIKE_SECONDS ? [] : [{ day, seconds: took, usual }];
  });
  return { spikes: spikes.sort((a, b) => a.day - b.day), shifts };
}
