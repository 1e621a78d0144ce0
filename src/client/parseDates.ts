import { parseDay } from '../base/day';

export type TypedDates =
  | { readonly dates: readonly string[] }
  /** Inclusive. */
  | { readonly from: string; readonly to: string }
  | { readonly problem: string };

/** Reads what a person types for dates: one, several with commas or spaces, or `A to B`. */
export function parseDates(text: string): TypedDates {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const wrong = words.find((word) => word !== 'to' && parseDay(word) === undefined);
  if (wrong !== undefined) return { problem: `“${wrong}” is no date. Write YYYY-MM-DD.` };
  if (!words.includes('to')) {
    return words.length === 0 ? { problem: 'Write a date as YYYY-MM-DD.' } : { dates: [...new Set(words)].sort() };
  }
  const [from, word, to] = words;
  if (words.length !== 3 || word !== 'to' || from === undefined || to === undefined) {
    return { problem: 'Write a range as YYYY-MM-DD to YYYY-MM-DD.' };
  }
  // ISO dates compare as text.
  return from <= to ? { from, to } : { problem: `${from} is after ${to}.` };
}
