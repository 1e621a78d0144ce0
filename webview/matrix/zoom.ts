import { type Day, formatDay, weekdayOf } from '../../src/base/day';
import { globSpan } from '../../src/base/selection/selection';

/** What a column of the matrix stands for. */
export const UNITS = ['day', 'week', 'month'] as const;
export type Unit = (typeof UNITS)[number];

/** Width of a column in CSS pixels. */
export interface Zoom {
  readonly unit: Unit;
  readonly width: number;
}

/** Width from which a column has room for a number beside its shape. */
export const WIDE = 56;

/** From far to near; no column is too narrow for the shape of its status. */
export const LEVELS: readonly Zoom[] = [
  { unit: 'month', width: 20 },
  { unit: 'month', width: WIDE },
  { unit: 'week', width: 16 },
  { unit: 'week', width: 28 },
  { unit: 'week', width: WIDE },
  { unit: 'day', width: 10 },
  { unit: 'day', width: 16 },
  { unit: 'day', width: 24 },
  { unit: 'day', width: WIDE },
];
const REGULAR: Readonly<Record<Unit, number>> = { month: 1, week: 3, day: 6 };

/** The level at which a unit is shown first. */
export function levelOf(unit: Unit): number {
  return REGULAR[unit];
}

export function zoomAt(level: number): Zoom {
  return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, Math.round(level)))] ?? { unit: 'day', width: 16 };
}

/** The first dates of the columns that cover two dates and what is between; weeks begin on Monday. */
export function startsOf(unit: Unit, from: Day, to: Day): Int32Array {
  if (unit === 'day') return Int32Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const starts: Day[] = [];
  for (let day = from; day <= to; day = nextStart(unit, day)) starts.push(day);
  return Int32Array.from(starts);
}

function nextStart(unit: Unit, day: Day): Day {
  if (unit === 'month') return globSpan(formatDay(day).slice(0, 7)).to + 1;
  const sinceMonday = (weekdayOf(day) + 6) % 7;
  return day + 7 - sinceMonday;
}
