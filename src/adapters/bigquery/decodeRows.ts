import { type Day, parseDay } from '../../base/day';
import type { TableField } from './tableMetadata';

/** A DATE as rows hold it; NaN for NULL and whatever is none. */
export function dayOfText(value: unknown): Day {
  return (typeof value === 'string' ? parseDay(value) : undefined) ?? Number.NaN;
}

/** One row by column name. Values as `PlainValue` says. */
export type Row = Readonly<Record<string, PlainValue>>;

/**
 * A value without classes of a library: INT64 is a number, beyond 2^53 a bigint; FLOAT64 and NUMERIC are numbers; BOOL is a boolean; TIMESTAMP is
 * epoch milliseconds (microseconds are its fraction); DATE is `YYYY-MM-DD`, DATETIME `YYYY-MM-DDTHH:MM:SS[.ffffff]`; JSON is parsed; ARRAY is an
 * array, STRUCT a record; STRING, TIME, BYTES (base64), GEOGRAPHY and the rest are the text that BigQuery gives.
 */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/** The API's rows (`{f: [{v}, …]}`) as plain records. */
export function decodeRows(fields: readonly TableField[], rows: readonly unknown[]): Row[] {
  return rows.map((row) => decodeRecord(fields, row));
}

function decodeRecord(fields: readonly TableField[], row: unknown): Record<string, PlainValue> {
  const { f: found } = row as { readonly f?: unknown };
  const cells: readonly unknown[] = Array.isArray(found) ? found : [];
  return Object.fromEntries(fields.map((field, index) => [field.name, decodeCell(field, contentOf(cells[index]))]));
}

function decodeCell(field: TableField, value: unknown): PlainValue {
  if (field.mode === 'REPEATED') return Array.isArray(value) ? value.map((cell) => decodeValue(field, contentOf(cell))) : [];
  return decodeValue(field, value);
}

/** A cell is `{v: …}`, whose `v` is a text, `{f: […]}` of a STRUCT or a list of cells of an ARRAY. */
function contentOf(cell: unknown): unknown {
  return (cell as { readonly v?: unknown } | null | undefined)?.v;
}

function decodeValue(field: TableField, value: unknown): PlainValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return decodeRecord(field.fields, value);
  const text = String(value as string | number | boolean);
  switch (field.type) {
    case 'INT64':
      return integer(text);
    case 'FLOAT64':
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return decimal(text);
    case 'BOOL':
      return text === 'true';
    case 'TIMESTAMP':
      return timestamp(text);
    case 'JSON':
      return json(text);
    default:
      return text;
  }
}

function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}

/** `NaN`, `Infinity` and `-Infinity` are JavaScript's own words; BigQuery also writes `Inf`. */
function decimal(text: string): number {
  return Number(text.replace(/^(-?)\+?inf$/i, '$1Infinity'));
}

/** Microseconds as they are asked for; an emulator may answer with seconds (`1.6357248E9`) or a text all the same. */
function timestamp(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text) / 1000;
  const seconds = Number(text);
  return Number.isNaN(seconds) ? Date.parse(text.replace(/ UTC$/, 'Z')) : seconds * 1000;
}

function json(text: string): PlainValue {
  try {
    return JSON.parse(text) as PlainValue;
  } catch {
    return text;
  }
}
