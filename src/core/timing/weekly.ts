import { type Day, weekdayOf } from '../../base/day';
import { deviationOf, medianOf } from './robust';

/** Each weekday of a pattern is known by at least so many dates. */
const LEAST_WEEKS = 3;
/** Dates of a window over which the level is taken as constant. */
const WINDOW = 7;
/** A pattern is one when what the other weeks say of a date explains so much of its noise. */
const EXPLAINS = 0.75;

/**
 * Takes away what weekdays explain, as where a Saturday has three times the games of a Monday: the median by weekday of what is left over a
 * running median of a week (Cleveland et al. 1990 in robust form). Whether there is a pattern is judged by what dates of the same weekday say of
 * one that is left out (Stone 1974): three dates of a weekday explain themselves also where there is none. The same values where no pattern shows.
 */
export function withoutWeekdays(values: readonly number[], days: readonly Day[]): readonly number[] {
  const half = Math.floor(WINDOW / 2);
  if (values.length < LEAST_WEEKS * WINDOW) return values;
  const local = values.map((value, index) => {
    const from = Math.max(0, Math.min(index - half, values.length - WINDOW));
    return value - medianOf(values.slice(from, from + WINDOW));
  });
  const byWeekday = Array.from({ length: 7 }, (): number[] => []);
  for (const [index, value] of local.entries()) byWeekday[weekdayOf(days[index] ?? 0)]?.push(value);
  const known = byWeekday.map((some) => (some.length < LEAST_WEEKS ? [] : some));
  const before = deviationOf(local, 0);
  const after = deviationOf(known.flatMap(byTheOthers), 0);
  if (!(after < EXPLAINS * before)) return values;
  const effects = known.map(medianOf);
  return values.map((value, index) => value - (effects[weekdayOf(days[index] ?? 0)] ?? 0));
}

/** What each of some values differs from the median of the others. */
function byTheOthers(values: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length - 1;
  const half = count >> 1;
  return Array.from(sorted, (value, rank) => {
    const other = (index: number): number => sorted[index < rank ? index : index + 1] ?? 0;
    return value - (count % 2 === 1 ? other(half) : (other(half - 1) + other(half)) / 2);
  });
}
