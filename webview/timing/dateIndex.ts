import { formatDay } from '../../src/base/day';

/** What each frame asks of the dates of a chart. */
interface DateIndex {
  /** The index of each date. */
  readonly places: ReadonlyMap<number, number>;
  /** Indexes of the first dates of months, ascending. */
  readonly months: readonly number[];
}

const known = new WeakMap<Int32Array, DateIndex>();

/** Made once for the dates of a chart. @param days ascending. */
export function dateIndex(days: Int32Array): DateIndex {
  const found = known.get(days);
  if (found !== undefined) return found;
  const months: number[] = [];
  let before = '';
  for (const [index, day] of days.entries()) {
    const month = formatDay(day).slice(0, 7);
    if (month !== before) months.push(index);
    before = month;
  }
  const made = { places: new Map(Array.from(days, (day, index) => [day, index])), months };
  known.set(days, made);
  return made;
}
