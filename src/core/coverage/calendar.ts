import { type Day, type DayRange, formatDay, todayIn, weekdayOf } from '../../base/day';
import { OFF_KINDS, type OffKind } from '../../base/status';
import type { Due } from '../pipeline';
import type { CoverageInput } from './coverage';

/** In place of an index into OFF_KINDS: the calendar expects something. */
export const EXPECTED = 255;
/** In place of an index into OFF_KINDS: the calendar's table was never read, so nobody can tell. */
export const UNKNOWABLE = 254;

const OFF = {
  offDay: OFF_KINDS.indexOf('offDay'),
  bootstrap: OFF_KINDS.indexOf('bootstrap'),
  excluded: OFF_KINDS.indexOf('excluded'),
  outside: OFF_KINDS.indexOf('outside'),
  future: OFF_KINDS.indexOf('future'),
  notDue: OFF_KINDS.indexOf('notDue'),
} as const satisfies Record<OffKind, number>;
export const NOT_DUE = OFF.notDue;

/** Rows this far from the seasons stay out of the grid: a table with a row of the year 9999 must not cost a million dates. */
const DAYS_KEPT_BEFORE = 20 * 366;
const DAYS_KEPT_AFTER = 366;
/** No grid begins before 1900-01-01 or ends after 2200-01-01, whatever seasons, clock and tables say. */
const EARLIEST_DAY = -25_567;
const LATEST_DAY = 84_006;

/** The last instant that a Date can hold. */
const MOST_MS = 8.64e15;

/** The dates of a grid, and what the clock and the seasons say of each. */
export interface Timeline {
  readonly firstDay: Day;
  readonly dayCount: number;
  /** By the clock of `due.zone`. */
  readonly today: Day;
  /** The newest date that counts. */
  readonly lastDueDay: Day;
  readonly seasons: readonly (DayRange & { readonly name: string })[];
  /** False when the manifest has no seasons: all dates are then one, without bootstrap. */
  readonly declared: boolean;
  /** By date: index into `seasons`, -1 outside. */
  readonly season: Int16Array;
}

/** The calendar date now, by the clock of the pipeline. A zone that the runtime does not know counts as UTC. */
export function todayOf(due: Due, now: number): Day {
  if (!(Math.abs(now) <= MOST_MS)) return EARLIEST_DAY;
  try {
    return todayIn(due.zone, now);
  } catch {
    return Math.floor(now / 86_400_000);
  }
}

/**
 * From the first season (or the first observation) to the last season's end or today, whichever is earlier; wider where rows lie
 * outside of that.
 */
export function timelineOf(input: CoverageInput): Timeline {
  const { pipeline, now } = input;
  const today = todayOf(pipeline.due, now);
  const first = pipeline.seasons[0];
  const last = pipeline.seasons.at(-1);
  const declared = first !== undefined && last !== undefined;
  let low = declared ? first.from : Number.POSITIVE_INFINITY;
  let high = declared ? Math.min(last.to, today) : today;
  const observed = observedDays(input, {
    from: declared ? first.from - DAYS_KEPT_BEFORE : EARLIEST_DAY,
    to: Math.max(declared ? last.to : today, today) + DAYS_KEPT_AFTER,
  });
  if (observed !== undefined) {
    if (declared && high < low) high = observed.to;
    low = Math.min(low, observed.from);
    high = Math.max(high, observed.to);
  }
  if (Number.isFinite(low)) low = Math.max(low, EARLIEST_DAY);
  high = Math.min(high, LATEST_DAY);
  const dayCount = Number.isFinite(low) ? Math.max(0, high - low + 1) : 0;
  const firstDay = Number.isFinite(low) ? low : today;
  const seasons = declared ? pipeline.seasons : [{ name: '', from: firstDay, to: firstDay + dayCount - 1 }];
  const season = new Int16Array(dayCount).fill(-1);
  seasons.forEach(({ from, to }, index) => {
    season.fill(index, Math.max(0, from - firstDay), Math.max(0, to - firstDay + 1));
  });
  return { firstDay, dayCount, today, lastDueDay: today - pipeline.due.afterDays, seasons, declared, season };
}

/** First and last observed date within limits. Without seasons the calendars' dates count too. */
function observedDays({ observations, pipeline }: CoverageInput, limits: DayRange): DayRange | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const columns = pipeline.nodes.map((node) => observations.nodes.get(node.id)?.days);
  if (pipeline.seasons.length === 0) columns.push(...[...observations.calendars.values()].map((calendar) => calendar.days));
  for (const days of columns) {
    if (days === undefined) continue;
    const low = days.find((day) => day >= limits.from && day <= limits.to);
    const high = days.findLast((day) => day >= limits.from && day <= limits.to);
    if (low !== undefined) from = Math.min(from, low);
    if (high !== undefined) to = Math.max(to, high);
  }
  return to >= from ? { from, to } : undefined;
}

/** What a calendar expects, by date of a timeline. */
export interface CalendarTable {
  /** False when its table was never read. */
  readonly known: boolean;
  /** The date's count (games a day), 1 for calendars without one, -1 where nothing is expected. */
  readonly counts: Int32Array;
}

/** Expected dates of a calendar, before bootstrap, exclusions and the clock. */
export function calendarTable(input: CoverageInput, timeline: Timeline, calendarIndex: number): CalendarTable {
  const { firstDay, dayCount, season, seasons } = timeline;
  const counts = new Int32Array(dayCount).fill(-1);
  const calendar = input.pipeline.calendars[calendarIndex];
  if (calendar === undefined) return { known: false, counts };
  if (calendar.kind === 'table') {
    const observed = input.observations.calendars.get(calendar.name);
    if (observed === undefined) return { known: false, counts };
    observed.days.forEach((day, index) => {
      const offset = day - firstDay;
      if (offset >= 0 && offset < dayCount) counts[offset] = observed.counts[index] ?? 0;
    });
    return { known: true, counts };
  }
  for (let offset = 0; offset < dayCount; offset++) {
    const start = seasons[season[offset] ?? -1]?.from;
    if (start === undefined) continue;
    const day = firstDay + offset;
    const weekday = weekdayOf(day);
    const expected =
      calendar.every === 'day' ||
      (calendar.every === 'weekday' && weekday !== 0 && weekday !== 6) ||
      (calendar.every === 'week' && weekday === (calendar.on ?? weekdayOf(start)));
    if (expected) counts[offset] = 1;
  }
  return { known: true, counts };
}

/** By date: why nothing is expected (index into OFF_KINDS), EXPECTED or UNKNOWABLE. What is certain without the clock comes first. */
export function offCodes(input: CoverageInput, timeline: Timeline, table: CalendarTable, bootstrapDays: number): Uint8Array {
  const { firstDay, dayCount, season, seasons, declared, today, lastDueDay } = timeline;
  const excluded = new Uint8Array(dayCount);
  for (const { from, to } of input.pipeline.exclusions) {
    excluded.fill(1, Math.max(0, from - firstDay), Math.max(0, to - firstDay + 1));
  }
  const codes = new Uint8Array(dayCount);
  for (let offset = 0; offset < dayCount; offset++) {
    const day = firstDay + offset;
    const start = seasons[season[offset] ?? -1]?.from;
    if (start === undefined) codes[offset] = OFF.outside;
    else if (excluded[offset] === 1) codes[offset] = OFF.excluded;
    else if (declared && day - start < bootstrapDays) codes[offset] = OFF.bootstrap;
    else if (day > today) codes[offset] = OFF.future;
    else if (day > lastDueDay) codes[offset] = OFF.notDue;
    else if (!table.known) codes[offset] = UNKNOWABLE;
    else codes[offset] = (table.counts[offset] ?? -1) < 0 ? OFF.offDay : EXPECTED;
  }
  return codes;
}

/** The data of an off kind, for people: `day 3 of 14`, `All-Star break`, the calendar's name, the date it is due. */
export function offDetail(
  input: CoverageInput,
  timeline: Timeline,
  kind: OffKind,
  day: Day,
  calendar: number,
  bootstrapDays: number,
): string {
  const { pipeline } = input;
  switch (kind) {
    case 'offDay': {
      const found = pipeline.calendars[calendar];
      return found?.kind === 'every' ? (found.every === 'week' ? 'weekly date' : 'weekday') : (found?.name ?? '');
    }
    case 'bootstrap': {
      const start = timeline.seasons[timeline.season[day - timeline.firstDay] ?? -1]?.from ?? day;
      return `day ${day - start + 1} of ${bootstrapDays}`;
    }
    case 'excluded':
      return pipeline.exclusions.find(({ from, to }) => from <= day && day <= to)?.reason ?? '';
    case 'notDue':
      return formatDay(day + pipeline.due.afterDays);
    case 'outside':
    case 'future':
      return '';
  }
}
