import { parseDay } from '../../base/day';
import type { Groups } from './compiledProfile';

const WRITTEN = /\b(\d{4}-\d{2}-\d{2})\b|\bdate\((\d{4}), ?(\d{1,2}), ?(\d{1,2})\)|\b(\d{4})(\d{2})(\d{2})\b/g;

/** All dates in a text as ISO: `2021-11-02`, `datetime.date(2021, 11, 2)` as Python shows it, `20211102`; others are left out. */
export function datesIn(text: string): string[] {
  return [...text.matchAll(WRITTEN)].flatMap(([, iso, year, month = '', day = '', y, m, d]) => {
    const date = iso ?? (year === undefined ? `${y}-${m}-${d}` : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
    return parseDay(date) === undefined ? [] : [date];
  });
}

/** `1,096` and `12.4` as numbers; undefined for what is none. */
export function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text.replaceAll(',', ''));
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Groups that captured a number, by name. */
export function numbersOf(groups: Groups | undefined): [string, number][] {
  return Object.entries(groups ?? {}).flatMap(([name, text]): [string, number][] => {
    const value = numberIn(text);
    return value === undefined ? [] : [[name, value]];
  });
}
