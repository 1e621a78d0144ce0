import { type Day, type DayRange, parseDay, rangesOf } from '../base/day';
import type { Operand } from './command';
import { usageError } from './exitCodes';

export const DATES_OPERAND: Operand = { name: 'DATES', help: 'dates, such as 2021-11-05,2021-11-08 or 2021-11-05..2021-11-30' };

/** Dates that were typed, as ascending ranges that do not touch. */
export function datesOperand(text: string): readonly DayRange[] {
  const days = new Set<Day>();
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [from = '', to = from, ...more] = part.split('..').map((one) => one.trim());
    const [first, last] = [parseDay(from), parseDay(to)];
    if (first === undefined || last === undefined || more.length > 0)
      throw usageError(`'${part}' is no date and no range. Write 2021-11-05, or 2021-11-05..2021-11-30.`);
    if (last < first) throw usageError(`The range ${part} is empty: swap its ends.`);
    if (last - first > LONGEST) throw usageError(`The range ${part} has more than 100 years: check its years.`);
    for (let day = first; day <= last; day++) days.add(day);
  }
  if (days.size === 0) throw usageError('There is no date: write 2021-11-05, or 2021-11-05..2021-11-30.');
  return rangesOf([...days].sort((a, b) => a - b));
}

const LONGEST = 36_525;

/** Every date of ranges. */
export function daysOf(ranges: readonly DayRange[]): readonly Day[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
}
