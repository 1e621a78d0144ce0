import { type DayRange, dayOf } from '../../base/day';
import type { FailureTable, RunHistoryTable } from '../pipeline';
import { NO_CATEGORY, WHOLE_DATE } from '../records/records';
import type { SqlDialect } from './dialect';

/** More groups, or rows of a history, are not read; the newest dates come first. */
export const MOST_RECORDS = 20_000;

const SAMPLES = 3;

/** The branches of a union must agree in types, and a bare NULL is a number to BigQuery. */
const NULL_TEXT = 'CAST(NULL AS STRING)';

/** Every date that a table may hold: tables may refuse a query that names no dates. */
export const EVER: DayRange = { from: dayOf(1900, 1, 1), to: dayOf(9998, 12, 31) };

/** The part of the failures query for one table, with the table as an item of FROM. */
export interface FailureBranch {
  /** Index into `Pipeline.failures`. */
  readonly index: number;
  readonly table: string;
  readonly sql: string;
}

/**
 * The branch of one failure table. Rows come grouped by processor, date and category, with the same columns: source, processor, day,
 * category, row_count, entity_count, whole_count, resolved_count, created_ms, reason, entity_1 to entity_3.
 */
export function failureBranch(table: FailureTable, index: number, dialect: SqlDialect, days: DayRange = EVER): FailureBranch {
  return { index, table: table.table, sql: failureSql(table, index, dialect, days) };
}

/** The branches as one statement: at most `MOST_RECORDS` groups and one more, which tells that there are more; newest dates first. */
export function failuresQuery(branches: readonly FailureBranch[]): string {
  const union = branches.map(({ sql }) => sql).join('\nUNION ALL\n');
  return `${union}\nORDER BY 3 DESC, 1, 2, 4\nLIMIT ${MOST_RECORDS + 1}`;
}

function failureSql(table: FailureTable, index: number, dialect: SqlDialect, days: DayRange): string {
  const { entity, category, label, reason, created, resolved, reprocessed } = table;
  const name = dialect.name;
  const ofEntity = (then: string, otherwise: string): string =>
    entity === undefined ? otherwise : `CASE WHEN ${dialect.textOf(entity)} = ${dialect.text(WHOLE_DATE)} ${then} END`;
  const over = reprocessed ?? resolved;
  const place =
    'DENSE_RANK() OVER (PARTITION BY processor, day, category ORDER BY CASE WHEN entity IS NULL THEN 1 ELSE 0 END, entity) AS place';
  const rows = [
    `    SELECT ${dialect.textOf(table.processor)} AS processor,`,
    `      ${dialect.dateOf(table.date, table.table)} AS day,`,
    `      ${categoryOf(category, label ?? NO_CATEGORY, dialect)} AS category,`,
    `      ${ofEntity(`THEN NULL ELSE ${entity === undefined ? 'NULL' : dialect.textOf(entity)}`, NULL_TEXT)} AS entity,`,
    `      ${ofEntity('THEN 1', 'NULL')} AS whole,`,
    `      ${resolved !== undefined && reprocessed !== undefined ? `CASE WHEN ${name(resolved)} IS NOT NULL THEN 1 END` : 'NULL'} AS resolved,`,
    `      ${reason === undefined ? NULL_TEXT : `SUBSTR(${dialect.textOf(reason)}, 1, 300)`} AS reason,`,
    `      ${created === undefined ? 'NULL' : dialect.epochMs(name(created))} AS created_ms`,
    `    FROM ${dialect.from(table.table)}`,
    `    WHERE ${[dialect.within(table.date, table.table, days), ...(over === undefined ? [] : [`${name(over)} IS NULL`])].join(' AND ')}`,
  ].join('\n');
  const samples = Array.from(
    { length: SAMPLES },
    (_, at) => `MAX(CASE WHEN place = ${at + 1} THEN entity END) AS entity_${at + 1}`,
  );
  return [
    `SELECT ${index} AS source, processor, day, category,`,
    '  COUNT(*) AS row_count, COUNT(DISTINCT entity) AS entity_count, COUNT(whole) AS whole_count, COUNT(resolved) AS resolved_count,',
    '  MAX(created_ms) AS created_ms, MIN(reason) AS reason,',
    `  ${samples.join(', ')}`,
    `FROM (\n  SELECT noted.*, ${place}\n  FROM (\n${rows}\n  ) AS noted\n) AS placed`,
    'GROUP BY processor, day, category',
  ].join('\n');
}

/**
 * The rows of a run history, newest dates first, at most `MOST_RECORDS` and one more: processor, day, status, run, started_ms,
 * finished_ms, seconds, row_count, errors, reason, stages.
 */
export function historyQuery(table: RunHistoryTable, dialect: SqlDialect, days: DayRange = EVER): string {
  const { run, started, finished, seconds, rows, errors, reason, stages } = table;
  const named = (column: string | undefined, of: (column: string) => string): string =>
    column === undefined ? 'NULL' : of(column);
  const instant = (column: string): string => dialect.epochMs(dialect.name(column));
  const cut = (column: string): string => `SUBSTR(${dialect.jsonText(column)}, 1, 2000)`;
  return [
    `SELECT ${dialect.textOf(table.processor)} AS processor,`,
    `  ${dialect.dateOf(table.date, table.table)} AS day,`,
    `  ${dialect.textOf(table.status)} AS status,`,
    `  ${named(run, dialect.textOf)} AS run,`,
    `  ${named(started, instant)} AS started_ms,`,
    `  ${named(finished, instant)} AS finished_ms,`,
    `  ${named(seconds, dialect.name)} AS seconds,`,
    `  ${named(rows, dialect.name)} AS row_count,`,
    `  ${named(errors, cut)} AS errors,`,
    `  ${named(reason, (column) => `SUBSTR(${dialect.textOf(column)}, 1, 2000)`)} AS reason,`,
    `  ${named(stages?.column, dialect.jsonText)} AS stages`,
    `FROM ${dialect.from(table.table)}`,
    `WHERE ${dialect.within(table.date, table.table, days)}`,
    `ORDER BY 2 DESC, 5 DESC, 6 DESC, 1, 4`,
    `LIMIT ${MOST_RECORDS + 1}`,
  ].join('\n');
}

/** The columns that a failure table must have, with what each must be. */
export function failureColumns(table: FailureTable): readonly RecordColumn[] {
  const { processor, date, entity, category, reason, created, resolved, reprocessed } = table;
  return columnsOf({ date: [date], instant: [created], any: [processor, entity, category, reason, resolved, reprocessed] });
}

/** The columns that a run history must have. */
export function historyColumns(table: RunHistoryTable): readonly RecordColumn[] {
  const { processor, date, status, run, started, finished, seconds, rows, errors, reason, stages } = table;
  const any = [processor, status, run, seconds, rows, errors, reason, stages?.column];
  return columnsOf({ date: [date], instant: [started, finished], any });
}

export interface RecordColumn {
  readonly name: string;
  readonly kind: 'date' | 'instant' | 'any';
}

function columnsOf(columns: Readonly<Record<RecordColumn['kind'], readonly (string | undefined)[]>>): RecordColumn[] {
  return (['date', 'instant', 'any'] as const).flatMap((kind) =>
    columns[kind].flatMap((name) => (name === undefined ? [] : [{ name, kind }])),
  );
}

function categoryOf(category: string | undefined, label: string, dialect: SqlDialect): string {
  return category === undefined ? dialect.text(label) : `COALESCE(${dialect.textOf(category)}, ${dialect.text(label)})`;
}
