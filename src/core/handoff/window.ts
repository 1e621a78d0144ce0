import { type Day, type DayRange, dayOf } from '../../base/day';
import type { Season } from '../pipeline';

/** The dates of a month such as `2021-11`; undefined for anything else. */
export function monthRange(text: string): DayRange | undefined {
  const match = /^(\d{4})-(\d{2})$/.exec(text);
  const [year, month] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || month < 1 || month > 12) return undefined;
  const from: Day = dayOf(year, month, 1);
  return { from, to: dayOf(year, month + 1, 1) - 1 };
}

/** The dates of a season by its name. */
export function seasonRange(seasons: readonly Season[], name: string): DayRange | undefined {
  const found = seasons.find((season) => season.name === name);
  return found === undefined ? undefined : { from: found.from, to: found.to };
}
