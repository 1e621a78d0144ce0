import { type Day, formatDay, parseDay } from '../../base/day';
import { didYouMean, nearest } from '../../base/nearest';
import { expressionProblem } from '../sql/tokens';
import { type Place, type Reader, refine, scalar } from './reader';

const CONTROL = /(?![\t\n\r])\p{Cc}/u;

/** Any text, also an empty one; control characters, which no command or terminal takes well, are refused. */
export const anyText: Reader<string> = scalar('', (value, place) => {
  if (typeof value === 'string') {
    if (!CONTROL.test(value)) return value;
    return place.error('badValue', `${place.label} contains a control character: remove it.`);
  }
  // Only a number or a truth value can be meant as text; quoting it says so.
  const fix = typeof value === 'number' || typeof value === 'boolean' ? place.replaceBy(`"${place.source}"`) : undefined;
  return place.expected(fix === undefined ? 'a text' : 'a text in quotes', undefined, fix);
});

/** Text that is not blank. */
export const text: Reader<string> = refine(anyText, '', (value, place) =>
  value.trim() === '' ? place.error('badValue', `${place.label} is blank: write a text.`) : value,
);

/** A SQL expression that cannot leave the parentheses it will stand in, by the rules of one warehouse or the other: who sends it asks again. */
export const expression: Reader<string> = refine(text, '', (value, place) => {
  const problem = expressionProblem(value, 'duckdb');
  return problem === undefined || expressionProblem(value, 'googlesql') === undefined
    ? value
    : place.error('badValue', `${place.label} must be one SQL expression: ${problem}.`);
});

/** `true` or `false`. */
export const flag: Reader<boolean> = scalar(false, (value, place) =>
  typeof value === 'boolean' ? value : place.expected('true or false', undefined),
);

/** A whole number. */
export function integer({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }): Reader<number> {
  return scalar(min, (value, place) => {
    if (typeof value === 'number' && Number.isInteger(value)) {
      if (value >= min && value <= max) return value;
      const bound = value < min ? `at least ${min}` : `at most ${max}`;
      return place.error('badValue', `${place.label} must be ${bound}, not ${place.found()}.`);
    }
    return place.expected('a whole number', undefined);
  });
}

/** A number above 0. */
export const positive: Reader<number> = scalar(1, (value, place) => {
  if (typeof value !== 'number') return place.expected('a number', undefined);
  if (value > 0 && Number.isFinite(value)) return value;
  return place.error('badValue', `${place.label} must be above 0, not ${place.found()}.`);
});

/** A share from 0 to 1. */
export const ratio: Reader<number> = scalar(1, (value, place) => {
  if (typeof value !== 'number') return place.expected('a share from 0 to 1, such as 0.9', undefined);
  if (value >= 0 && value <= 1) return value;
  const percent = value > 1 && value <= 100 ? String(value / 100) : undefined;
  return place.error(
    'badValue',
    `${place.label} is a share from 0 to 1, not ${place.found()}.${didYouMean(percent)}`,
    percent === undefined ? undefined : place.replaceBy(percent),
  );
});

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly [W, ...W[]]): Reader<W> {
  return scalar<W>(words[0], (value, place) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const meant = typeof value === 'string' ? nearest(value, words) : undefined;
    return place.error(
      'badValue',
      `${place.label} must be ${words.join(' or ')}, not ${place.found()}.${didYouMean(meant)}`,
      meant === undefined ? undefined : place.replaceBy(meant),
    );
  });
}

/** A calendar date; the stand-in compares as neither before nor after any other. */
export const date: Reader<Day> = scalar(Number.NaN, (value, place) => {
  if (typeof value !== 'string') return place.expected('a date such as 2021-10-19', undefined);
  const day = parseDay(value);
  if (day !== undefined) return day;
  const padded = value.replace(/(?<=-)\d(?!\d)/g, '0$&');
  const meant = parseDay(padded) === undefined ? undefined : padded;
  return place.error(
    'badDate',
    `${dateMessage(value, place)}${didYouMean(meant)}`,
    meant === undefined ? undefined : place.replaceBy(meant),
  );
});

function dateMessage(value: string, place: Place): string {
  const [, year, month] = /^(\d{4})-(\d{2})-\d{2}$/.exec(value) ?? [];
  const first = year !== undefined && month !== undefined ? parseDay(`${year}-${month}-01`) : undefined;
  if (first === undefined) return `${place.label} must be a date written as YYYY-MM-DD, not "${value}".`;
  let last = first;
  while (formatDay(last + 1).startsWith(`${year}-${month}`)) last++;
  return `${value} is no date: that month ends on ${formatDay(last)}.`;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Timers count milliseconds in 31 bits. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/** A duration such as `90s`, `10m` or `2h`, in milliseconds. */
export const duration: Reader<number> = scalar(1, (value, place) => {
  const [, count, unit] = (typeof value === 'string' && /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(value)) || [];
  const ms = Math.round(Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN));
  if (ms > 0 && ms <= MAX_DURATION_MS) return ms;
  if (Number.isNaN(ms)) return place.expected('a duration with its unit, such as 90s, 10m or 2h', undefined);
  return place.error('badValue', `${place.label} must be longer than 0s and at most 24d, not ${place.found()}.`);
});

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** A number of bytes such as `1GB` (1000 to the step) or `1GiB` (1024), or a plain number. */
export const bytes: Reader<number> = scalar(1, (value, place) => {
  const [, count, prefix, binary] =
    /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?$/i.exec(typeof value === 'string' || typeof value === 'number' ? String(value) : '') ??
    [];
  const power = BYTE_UNITS.indexOf(`${prefix ?? ''}B`.toUpperCase());
  const size = Math.round(Number(count) * (binary ? 1024 : 1000) ** power);
  if (size > 0 && Number.isSafeInteger(size)) return size;
  return place.expected('a size such as 500MB or 1GB', undefined);
});

function named(what: string, code: 'badId' | 'badName', pattern: RegExp, rule: string): Reader<string> {
  return refine(text, '', (value, place) => {
    if (pattern.test(value)) return value;
    return place.error(code, `"${value}" is no ${what}: ${rule}.`);
  });
}

/** The short name of a source, processor, phase, calendar or log profile; it stands in keys, file names and commands. */
export const id = named('id', 'badId', /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'use at most 64 letters, digits, _ and -');

/** A column, unquoted. */
export const column = named(
  'column name',
  'badName',
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'use letters, digits and _, and start with no digit',
);

/** A column's type in the warehouse's words, such as `STRING`, `NUMERIC(10, 2)` or `ARRAY<STRING>`. */
export const columnType: Reader<string> = refine(text, '', (value, place) =>
  // It comes to stand in a statement that people paste.
  /^[A-Za-z][\w ,<>()[\]]*$/.test(value)
    ? value
    : place.error('badValue', `"${value}" is no type of a column: write one such as STRING or ARRAY<FLOAT64>.`),
);

const NAME_PART = '[A-Za-z_][A-Za-z0-9_-]*';

/** `dataset.table` or `project.dataset.table`, unquoted. */
export const table = named(
  'table name',
  'badName',
  new RegExp(`^${NAME_PART}\\.(?:${NAME_PART}\\.)?${NAME_PART}$`),
  'write dataset.table or project.dataset.table, each of letters, digits, _ and -, without quotes',
);

/** A project of Google Cloud, which may belong to a domain: `example.com:my-project`. */
export const project = named(
  'project',
  'badName',
  /^(?:[A-Za-z0-9.-]+:)?[A-Za-z0-9][A-Za-z0-9_-]*$/,
  'write the id of a project of Google Cloud, such as my-project',
);

/** Where a server answers, without a slash at the end. */
export const address: Reader<string> = refine(text, '', (value, place) =>
  /^https?:\/\/[^\s?#]+$/i.test(value)
    ? value.replace(/\/+$/, '')
    : place.expected('an address such as http://127.0.0.1:9050', undefined),
);

/** The name of an environment variable. */
export const variable = named(
  'variable name',
  'badName',
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'use letters, digits and _, and start with no digit',
);

/** An IANA time zone. */
export const zone: Reader<string> = refine(text, 'UTC', (value, place) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value }).format(0);
    return value;
  } catch {
    const meant = nearest(value, Intl.supportedValuesOf('timeZone'));
    return place.error(
      'badValue',
      `"${value}" is no time zone that is known here: write one such as America/New_York or UTC.${didYouMean(meant)}`,
      meant === undefined ? undefined : place.replaceBy(meant),
    );
  }
});

/** A JavaScript regular expression. */
export const pattern: Reader<string> = refine(text, '', (value, place) => {
  try {
    new RegExp(value).test('');
    return value;
  } catch (thrown) {
    return place.error(
      'badValue',
      `${place.label} is no regular expression: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    );
  }
});
