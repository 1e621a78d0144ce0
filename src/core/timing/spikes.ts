import { deviationOf, medianOf } from './robust';

/** As few values can tell that one of them stands out. */
export const LEAST_FOR_SPIKE = 3;
/** Of so many values one may stand out; more are how it is. */
const ONE_OF = 10;
const MOST = 12;
/** Deviations from the middle that no noise of a normal kind reaches. */
const FAR = 5.5;
/** A spike is at least so many times the middle (a logarithm); of a few values more, because they hardly tell their own noise. */
const LEAST_FACTOR = Math.log(2.5);
const LEAST_FACTOR_OF_FEW = Math.log(4);
const FEW = 30;
/** Of what stands out by less than so many times what the next does, heavy noise is the simpler reason. */
const GAP = 1.9;
/** One series of so many has a value beyond the tail of its own noise. */
const RARITY = 800;

/**
 * Indexes of values that stand out upwards on their own: further than deviations (Iglewicz and Hoaglin 1993), than the tail that the other
 * values have (an exponential one, as of Pickands 1975) and than the next of them by far. Descending by value.
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
  const next = Math.max(0, (rest[0] ?? 0) - middle);
  if (excess < (count < FEW ? LEAST_FACTOR_OF_FEW : LEAST_FACTOR) || excess < GAP * next) return false;
  if (excess < FAR * deviationOf(rest, middle)) return false;
  const tail = Math.max(3, Math.ceil(rest.length / 10));
  if (rest.length <= 2 * tail) return true;
  const from = (rest[tail] ?? 0) - middle;
  const mean = rest.slice(0, tail).reduce((sum, one) => sum + one - middle - from, 0) / tail;
  return excess > from + mean * Math.log(RARITY * tail);
}
