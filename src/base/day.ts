/** A calendar date as whole days since 1970-01-01. Never an instant: it has no clock and no zone. */
export type Day = number;

/** An inclusive range of dates: both ends belong to it. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

const MS_PER_DAY = 86_400_000;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Reads `YYYY-MM-DD`. Undefined for anything else, also for days that no calendar has (`2021-02-30`). */
export function parseDay(text: string): Day | undefined {
  const match = ISO_DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, dayOfMonth] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
  const isThere = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  return isThere ? date.getTime() / MS_PER_DAY : undefined;
}

/** The date as `YYYY-MM-DD`. */
export function formatDay(day: Day): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The date of a proleptic Gregorian year, month (1 to 12) and day of the month. */
export function dayOf(year: number, month: number, dayOfMonth: number): Day {
  return Math.floor(Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY);
}

/** The month of a date as `YYYY-MM`. */
export function monthOf(day: Day): string {
  return formatDay(day).slice(0, 7);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: Day): number {
  return (((day + 4) % 7) + 7) % 7;
}

/**
 * The calendar date at an instant in a zone.
 * @param zone an IANA name such as `America/New_York`; throws a RangeError for a name that the runtime does not know.
 */
export function todayIn(zone: string, epochMs: number): Day {
  const text = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(epochMs);
  return parseDay(text) ?? Math.floor(epochMs / MS_PER_DAY);
}

/** The runs of adjacent dates in an ascending list. */
export function rangesOf(ascending: Iterable<Day>): DayRange[] {
  const ranges: { from: Day; to: Day }[] = [];
  for (const day of ascending) {
    const last = ranges.at(-1);
    if (last !== undefined && day === last.to + 1) last.to = day;
    else ranges.push({ from: day, to: day });
  }
  return ranges;
}

/** `2021-11-05`, or `2021-11-05 to 2021-11-09` for more than one date. */
export function formatRange(range: DayRange): string {
  return range.from === range.to ? formatDay(range.from) : `${formatDay(range.from)} to ${formatDay(range.to)}`;
}
