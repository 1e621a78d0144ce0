import { type Day, parseDay } from '../../base/day';
import type { OffKind } from '../../base/status';
import type { AbsentRange } from './report';

/** Why nothing is expected, in a word or two. */
export const OFF_WORDS: Readonly<Record<OffKind, string>> = {
  offDay: 'off-day',
  bootstrap: 'bootstrap',
  excluded: 'excluded',
  outside: 'outside the seasons',
  future: 'future',
  notDue: 'not due',
};

/** `missing`, `failed (wrote nothing)`, `bootstrap`. */
export function absenceWords({ status, reason }: AbsentRange): string {
  if (status === 'off') return OFF_WORDS[reason as OffKind] ?? reason;
  const implied =
    reason === status || reason === 'neverRun' || (status === 'blocked' && reason === 'upstream') || reason === 'unavailable';
  return implied ? status : `${status} (${reason.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)})`;
}

/** `2021-11-05`, `2021-11-05 to 2021-11-09`. */
export function rangeText({ from, to }: AbsentRange): string {
  return from === to ? from : `${from} to ${to}`;
}

/** How many dates a range has. */
export function daysIn({ from, to }: AbsentRange): number {
  return dayOfText(to) - dayOfText(from) + 1;
}

function dayOfText(text: string): Day {
  return parseDay(text) ?? Number.NaN;
}
