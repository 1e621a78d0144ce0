import { type Day, weekdayOf } from '../../base/day';
import { deviationOf, medianOf } from './robust';

/** Each weekday of a pattern is known by at least so many dates. */
const LEAST_WEEKS = 3;
/** Dates of a window over which the level is taken as constant. */
const WINDOW = 7;
/** A pattern is one when it explains so much of the noise. */
const EXPLAINS = 0.8;

/**
 * Takes away what weekdays explain, as where a Saturday has three times the games of a Monday: the median by weekday of what is left over a
 * running median of a week (Cleveland et al. 1990 in robust form). The same values where no pattern shows.
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
  const effects = byWeekday.map((some) => (some.length < LEAST_WEEKS ? 0 : medianOf(some)));
  const effectAt = (index: number): number => effects[weekdayOf(days[index] ?? 0)] ?? 0;
  const before = deviationOf(local, 0);
  const after = deviationOf(
    local.map((value, index) => value - effectAt(index)),
    0,
  );
  if (after > EXPLAINS * before) return values;
  return values.map((value, index) => value - effectAt(index));
}
