import { deviationOf, medianOf } from './robust';

/** As few values can tell that one of them stands out. */
const LEAST_FOR_SPIKE = 3;
/** Of so many values one may stand out; more are how it is. */
const ONE_OF = 10;
const MOST = 12;
/** Deviations from the middle that no noise of a normal kind reaches. */
const FAR = 5.5;
/** A spike is at least so many times the middle (a logarithm); of a few values more, because they hardly tell their own noise. */
const LEAST_FACTOR = Math.log(2.5);
const LEAST_FACTOR_OF_FEW = Math.log(4);
const FEW = 30;
/** Less noise than this is the clock's. */
const LEAST_NOISE = 0.04;
/** Fewer values do not tell what kind of tail they have. */
const LEAST_FOR_TAIL = 20;
/** What takes less than a tenth of the others did nothing, and tells nothing of how long work takes (a logarithm). */
const NOTHING_DONE = Math.log(10);

/**
 * Indexes of values that stand out upwards on their own: further than deviations (Iglewicz and Hoaglin 1993), and further from all others than
 * heavy noise goes. How heavy it is tells the range of the others: of n normal values it is about √(2 ln n) deviations. `leastTimes` was set so
 * that Student's noise with three degrees of freedom raises one alarm in a hundred series, whatever its scale (`test/unit/core/timing` counts it).
 * Descending by value.
 * @param values without their level, so that 0 is the middle, such as logarithms of factors.
 */
export function spikesOf(values: readonly number[]): readonly number[] {
  const count = values.length;
  if (count < LEAST_FOR_SPIKE) return [];
  const order = values.map((_, index) => index).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const most = Math.min(MOST, Math.max(1, Math.floor(count / ONE_OF)));
  for (let size = most; size >= 1; size--) {
    const rest = order.slice(size).map((index) => values[index] ?? 0);
    const lowest = values[order[size - 1] ?? 0] ?? 0;
    if (standsOut(lowest, rest, count)) return order.slice(0, size);
  }
  return [];
}

/** @param rest descending. */
function standsOut(value: number, rest: readonly number[], count: number): boolean {
  const middle = medianOf(rest);
  const excess = value - middle;
  const noise = Math.max(LEAST_NOISE, deviationOf(rest, middle));
  if (excess < (count < FEW ? LEAST_FACTOR_OF_FEW : LEAST_FACTOR) || excess < FAR * noise) return false;
  const lowest = rest.findLast((one) => one > middle - NOTHING_DONE) ?? middle;
  const range = Math.max((rest[0] ?? 0) - middle, middle - lowest);
  return excess > range * leastTimes(count, range / noise);
}

/** How many times as far from the middle as all others a value is at least. @param range of the others, in deviations. */
function leastTimes(count: number, range: number): number {
  if (count < LEAST_FOR_TAIL) return 4 + 8 / count;
  const heaviness = range / Math.sqrt(2 * Math.log(count));
  return Math.min(4.6, (2.4 + 60 / count) * heaviness);
}
