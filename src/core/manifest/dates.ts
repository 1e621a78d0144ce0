import { type Day, type DayRange, formatDay } from '../../base/day';
import type { Calendar, Due, Exclusion, Season } from '../pipeline';
import { type ObjectPlace, object, optional, required, variant } from './collections';
import { present } from './present';
import type { Place, Reader } from './reader';
import { column, date, expression, integer, oneOf, table, text, zone } from './scalars';

/** A century: longer spans are mistyped years, and every date of a span costs memory. */
export const MAX_DAYS = 36_525;

export interface RawSeason extends Season {
  readonly place: Place;
}

export const season = object(
  'a season',
  { name: required(text), start: required(date), end: required(date) },
  ({ name, start, end }, place): RawSeason => {
    checkOrder(start, end, place.at('end'));
    return { name, from: start, to: end, place: place.whole };
  },
);

/** The seasons in ascending order; reports those that overlap or span an impossible time. */
export function orderSeasons(seasons: readonly RawSeason[]): readonly Season[] {
  const ascending = [...seasons].sort((a, b) => a.from - b.from || a.to - b.to);
  const named = new Set<string>();
  let before: RawSeason | undefined;
  for (const current of ascending) {
    if (before !== undefined && current.from <= before.to)
      current.place.error(
        'overlap',
        `Season "${current.name}" starts on ${formatDay(current.from)}, before "${before.name}" ends on ${formatDay(before.to)}: let it start later.`,
      );
    if (current.name !== '' && named.has(current.name))
      current.place.error('duplicateId', `Two seasons are called "${current.name}": rename one.`);
    named.add(current.name);
    if (before === undefined || current.to > before.to) before = current;
  }
  const first = ascending[0];
  const last = ascending.at(-1);
  if (first !== undefined && last !== undefined && last.to - first.from > MAX_DAYS)
    last.place.error(
      'badDate',
      `The seasons span more than 100 years (${formatDay(first.from)} to ${formatDay(last.to)}): check their years.`,
    );
  return ascending.map(({ name, from, to }) => ({ name, from, to }));
}

/** The keys that name a range of dates, or a single one, in exclusions and waivers. */
export const RANGE_SHAPE = { from: optional(date), to: optional(date), date: optional(date) };

/** The range that those keys name; reports when they name none, or two. */
export function rangeFrom(
  { from, to, date: single }: { from: Day | undefined; to: Day | undefined; date: Day | undefined },
  place: ObjectPlace<'from' | 'to' | 'date'>,
): DayRange {
  if (single !== undefined) {
    if (from !== undefined || to !== undefined)
      place.at('date').error('conflictingKeys', '`date` stands for both ends: remove it, or `from` and `to`.');
    return { from: single, to: single };
  }
  if (from === undefined || to === undefined) {
    const missing = to !== undefined ? '`from`,' : from !== undefined ? '`to`,' : '`from` and `to`, or `date`,';
    place.whole.error('missingKey', `The dates are not complete: add ${missing} such as 2022-02-18.`);
    return { from: Number.NaN, to: Number.NaN };
  }
  checkOrder(from, to, place.at('to'));
  return { from, to };
}

export const exclusion = object(
  'an exclusion',
  { ...RANGE_SHAPE, reason: required(text) },
  (fields, place): Exclusion => ({
    ...rangeFrom(fields, place),
    reason: fields.reason,
  }),
);

export const due = object(
  '`due`',
  { after_days: optional(integer({ min: 0, max: MAX_DAYS }), 1), zone: optional(zone, 'UTC') },
  ({ after_days: afterDays, zone: name }): Due => ({ afterDays, zone: name }),
);

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

type Unnamed<C> = C extends unknown ? Omit<C, 'name'> : never;

export const everyCalendar = object(
  'a calendar with `every`',
  { every: required(oneOf(['day', 'weekday', 'week'])), on: optional(oneOf(WEEKDAYS)) },
  ({ every, on }, place): Unnamed<Calendar> => {
    if (on !== undefined && every !== 'week')
      place.at('on').warning('noEffect', `\`on\` is the weekday of \`every: week\`, and has no effect with \`every: ${every}\`.`);
    return { kind: 'every', every, ...present({ on: on && WEEKDAYS.indexOf(on) }) };
  },
);

export const tableCalendar = object(
  'a calendar with `table`',
  { table: required(table), date_column: required(column), where: optional(expression), count: optional(column) },
  ({ table: name, date_column: dateColumn, where, count }): Unnamed<Calendar> => ({
    kind: 'table',
    table: name,
    dateColumn,
    ...present({ where, count }),
  }),
);

/** What stands under a calendar's name. */
export const calendar: Reader<Unnamed<Calendar>> = variant<Unnamed<Calendar>>({ kind: 'every', every: 'day' }, (keys) =>
  keys.has('every') ? everyCalendar : tableCalendar,
);

function checkOrder(from: Day, to: Day, place: Place): void {
  if (to < from)
    place.error(
      'badDate',
      `${place.label} is ${formatDay(to)}, before the start ${formatDay(from)}: swap them or correct the year.`,
    );
}
