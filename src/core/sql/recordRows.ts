import type { Day } from '../../base/day';
import { type FailureRecord, type HistoryRow, NO_CATEGORY } from '../records/records';

type Row = Readonly<Record<string, unknown>>;

/** What a query brought, cut at its limit. */
export interface Bounded<T> {
  readonly records: readonly T[];
  /** There are more, of older dates. */
  readonly truncated: boolean;
}

/** The rows of a failures query, as far as they are of a calendar date. @param dayOf reads a DATE value; NaN for none. */
export function failureRecords(rows: readonly Row[], dayOf: (value: unknown) => Day, most: number): Bounded<FailureRecord> {
  const records = rows.slice(0, most).map((row): FailureRecord => {
    const reason = textOf(row['reason']);
    const created = numberOf(row['created_ms']);
    return {
      table: Number(row['source']),
      processor: textOf(row['processor']) ?? '',
      day: dayOf(row['day']),
      category: textOf(row['category']) ?? NO_CATEGORY,
      rows: numberOf(row['row_count']) ?? 0,
      entities: numberOf(row['entity_count']) ?? 0,
      wholeDate: (numberOf(row['whole_count']) ?? 0) > 0,
      resolved: numberOf(row['resolved_count']) ?? 0,
      samples: [1, 2, 3].flatMap((place) => textOf(row[`entity_${place}`]) ?? []),
      ...(reason !== undefined && { reason }),
      ...(created !== undefined && { created }),
    };
  });
  return { records: records.filter(({ day }) => Number.isInteger(day)), truncated: rows.length > most };
}

/** The rows of a history query, likewise. */
export function historyRows(rows: readonly Row[], dayOf: (value: unknown) => Day, most: number): Bounded<HistoryRow> {
  const records = rows.slice(0, most).map((row): HistoryRow => {
    const texts = {
      run: textOf(row['run']),
      errors: textOf(row['errors']),
      reason: textOf(row['reason']),
      stages: textOf(row['stages']),
    };
    const numbers = {
      started: numberOf(row['started_ms']),
      finished: numberOf(row['finished_ms']),
      seconds: numberOf(row['seconds']),
      rows: numberOf(row['row_count']),
    };
    const known = Object.entries({ ...texts, ...numbers }).filter(([, value]) => value !== undefined);
    return {
      processor: textOf(row['processor']) ?? '',
      day: dayOf(row['day']),
      status: textOf(row['status']) ?? '',
      ...(Object.fromEntries(known) as Partial<HistoryRow>),
    };
  });
  return { records: records.filter(({ day }) => Number.isInteger(day)), truncated: rows.length > most };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whatever can be read as a finite number, such as a decimal or a text of digits. */
function numberOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
