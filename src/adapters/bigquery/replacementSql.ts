import { type Day, formatDay } from '../../base/day';
import type { Processor } from '../../core/pipeline';
import { enclosed, partitionCondition, surplusRows } from '../../core/sql/coverage';
import { bigqueryDialect, type SqlDialect } from '../../core/sql/dialect';
import type { GuardFinding } from '../refusals';
import type { JobRequest, QueryParameters } from './jobs';
import type { TableField, TableMetadata } from './tableMetadata';

const STAGE = 'backfill_stage';
const { name: ticked } = bigqueryDialect({ path: (table) => table, typeOf: () => undefined });

/** A partition and the rows that are to be its own. */
export interface Replacement {
  readonly processor: Processor;
  readonly day: Day;
  /** As in the manifest. */
  readonly table: string;
  /** `project.dataset.table` */
  readonly path: string;
  /** Undefined where there is no such table yet. */
  readonly target: TableMetadata | undefined;
  /** One SELECT, which may have the parameter `@date`. */
  readonly select: string;
  readonly usesDate: boolean;
  /** The columns that it gives. */
  readonly given: readonly TableField[];
}

/**
 * How a partition is replaced in one step: a query job `into` it, where it is a day of the table and all rows of that day are the
 * processor's; by a `merge`, which changes the table in place; or by one that makes (`create`) the table.
 */
export type Way = 'into' | 'merge' | 'create';

export function wayOf({ dateColumn, where }: Processor, target: TableMetadata | undefined): Way {
  if (target === undefined) return 'create';
  const { type, field } = target.timePartitioning ?? {};
  const isDay = type === 'DAY' && field?.toLowerCase() === dateColumn.toLowerCase();
  // The rows of a query are NULLABLE, and a job may not turn columns of the table into that.
  const canTake = target.type === 'TABLE' && !target.fields.some(isRequired);
  return isDay && where === undefined && canTake ? 'into' : 'merge';
}

/** The job that does it; a guard that does not hold ends it with a message for `guardFinding`, and nothing is changed. */
export function replacementJob(way: Way, replacement: Replacement): Omit<JobRequest, 'jobId'> {
  const { processor, day, path, target, given } = replacement;
  const dialect = dialectOf(replacement);
  const rows = (columns: readonly string[]) => guardedRows(replacement, dialect, columns);
  const params = dateParameter(replacement);
  switch (way) {
    case 'into': {
      const destination = `${path}$${formatDay(day).replaceAll('-', '')}`;
      // One that somebody drops at this moment would be made anew, partitioned by the time at which rows arrive.
      const dispositions = { writeDisposition: 'WRITE_TRUNCATE', createDisposition: 'CREATE_NEVER' } as const;
      return { sql: rows(allColumns(given, target?.fields ?? [])), params, destination, ...dispositions };
    }
    case 'create': {
      const by = partitionBy(given.find((field) => isNamed(field, processor.dateColumn)));
      const names = given.map(({ name }) => ticked(name));
      return { sql: [`CREATE TABLE ${dialect.from(path)}`, ...by, 'AS', rows(names)].join('\n'), params };
    }
    case 'merge': {
      const names = given.map(({ name }) => ticked(name)).join(', ');
      const lines = [
        `MERGE ${dialect.from(path)} AS backfill_target USING (`,
        rows(
          given.map((field) =>
            columnOf(
              field,
              (target?.fields ?? []).find((one) => isNamed(one, field.name)),
            ),
          ),
        ),
        ') AS backfill_source ON FALSE',
        `WHEN NOT MATCHED BY SOURCE AND ${partitionCondition(processor, path, dialect, day)} THEN DELETE`,
        `WHEN NOT MATCHED BY TARGET THEN INSERT (${names}) VALUES (${names})`,
      ];
      return { sql: lines.join('\n'), params };
    }
  }
}

/** One statement that deletes a partition if it holds as many rows as were counted; else it ends with a message for `guardFinding`. */
export function deleteSql(
  { processor, day, path, target }: Pick<Replacement, 'processor' | 'day' | 'path' | 'target'>,
  counted: number,
): string {
  const dialect = dialectOf({ path, target, given: [] });
  const partition = partitionCondition(processor, path, dialect, day);
  const held = `(SELECT COUNT(*) FROM ${dialect.from(path)} WHERE ${partition})`;
  return [
    `DELETE FROM ${dialect.from(path)}`,
    `WHERE ${partition}`,
    `  AND IF(${held} = ${counted}, TRUE, ERROR(CONCAT('backfill_guard:changed:', CAST(${held} AS STRING), ':${counted}')))`,
  ].join('\n');
}

/** The value of `@date`, where the SELECT has it. */
export function dateParameter({ usesDate, day }: Pick<Replacement, 'usesDate' | 'day'>): QueryParameters {
  return usesDate ? { date: { type: 'DATE', value: formatDay(day) } } : {};
}

/** What a guard says by the message of the job that it ended. */
export function guardFinding(
  message: string,
): { readonly finding: GuardFinding; readonly count: number; readonly staged: number } | undefined {
  const [, finding, count, staged] = /backfill_guard:(emptied|strays|outside|repeated|changed):(\d+):(\d+)/.exec(message) ?? [];
  if (finding === undefined) return undefined;
  return { finding: finding as GuardFinding, count: Number(count), staged: Number(staged) };
}

/**
 * The rows of the SELECT. The counts are of the very rows that are written, and the guard's row is looked at also where there are none; it
 * never comes out: it ends the job, or is left out. (Without an equality BigQuery refuses the outer join.)
 */
function guardedRows(
  { processor, day, select, path, target }: Replacement,
  dialect: SqlDialect,
  columns: readonly string[],
): string {
  const { dateColumn, where, key } = processor;
  const held = `(SELECT COUNT(*) FROM ${dialect.from(path)} WHERE ${partitionCondition(processor, path, dialect, day)})`;
  const wrong: Partial<Record<GuardFinding, string>> = {
    strays: `COUNTIF(NOT COALESCE(${dialect.dateOf(dateColumn, STAGE)} = ${dialect.date(day)}, FALSE))`,
    ...(where !== undefined && { outside: `COUNTIF(NOT COALESCE(${enclosed(where)}, FALSE))` }),
    ...(key.length > 0 && { repeated: surplusRows(key, dialect) }),
  };
  const counts = Object.entries({ ...(target !== undefined && { emptied: held }), ...wrong });
  const cases = counts.map(([finding]) => {
    const when = finding === 'emptied' ? `staged = 0 AND ${finding} > 0` : `${finding} > 0`;
    return `    WHEN ${when} THEN ERROR(CONCAT('backfill_guard:${finding}:', CAST(${finding} AS STRING), ':', CAST(staged AS STRING)))`;
  });
  return [
    `WITH ${STAGE} AS (`,
    select,
    '),',
    'backfill_counts AS (',
    `  SELECT COUNT(*) AS staged, ${counts.map(([finding, count]) => `${count} AS ${finding}`).join(', ')}`,
    `  FROM ${STAGE}`,
    '),',
    'backfill_guard AS (',
    '  SELECT 0 AS backfill_row, CASE',
    ...cases,
    '    ELSE FALSE END AS backfill_refused',
    '  FROM backfill_counts',
    ')',
    `SELECT ${columns.join(', ')} FROM ${STAGE}`,
    'UNION ALL',
    `SELECT ${columns.join(', ')}`,
    `FROM backfill_guard LEFT JOIN (SELECT *, 1 AS backfill_no_row FROM ${STAGE} WHERE FALSE) ON backfill_row = backfill_no_row`,
    'WHERE backfill_refused',
  ].join('\n');
}

function dialectOf({ path, target, given }: Pick<Replacement, 'path' | 'target' | 'given'>): SqlDialect {
  return bigqueryDialect({
    path: (table) => table,
    typeOf: (table, column) => {
      const fields = table === path ? target?.fields : given;
      return fields?.find((field) => isNamed(field, column))?.type;
    },
  });
}

/** The columns of a table in its order; what the SELECT does not give is null. */
function allColumns(given: readonly TableField[], target: readonly TableField[]): string[] {
  return target.map((field) => {
    const source = given.find((one) => isNamed(one, field.name));
    if (source !== undefined) return columnOf(source, field);
    const nothing = field.mode === 'REPEATED' ? `${typeText(field)}[]` : `CAST(NULL AS ${typeText(field)})`;
    return `${nothing} AS ${ticked(field.name)}`;
  });
}

/** What BigQuery would widen by itself in an INSERT, but not for the destination of a query. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  INT64: ['NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
  NUMERIC: ['BIGNUMERIC', 'FLOAT64'],
  BIGNUMERIC: ['FLOAT64'],
  DATE: ['DATETIME'],
};

function columnOf(source: TableField, target: TableField | undefined): string {
  const name = ticked(source.name);
  const widens = target !== undefined && source.mode !== 'REPEATED' && WIDER[source.type]?.includes(target.type) === true;
  if (widens) return `CAST(${name} AS ${target.type}) AS ${ticked(target.name)}`;
  return name;
}

function typeText({ type, mode, fields }: TableField): string {
  const one =
    type === 'STRUCT' ? `STRUCT<${fields.map((field) => `${ticked(field.name)} ${typeText(field)}`).join(', ')}>` : type;
  return mode === 'REPEATED' ? `ARRAY<${one}>` : one;
}

/** None for a column that a table cannot be partitioned by. */
function partitionBy(column: TableField | undefined): string[] {
  if (column?.type === 'DATE') return [`PARTITION BY ${ticked(column.name)}`];
  if (column?.type !== 'TIMESTAMP' && column?.type !== 'DATETIME') return [];
  return [`PARTITION BY DATE(${ticked(column.name)})`];
}

/** Also within a STRUCT. */
function isRequired({ mode, fields }: TableField): boolean {
  return mode === 'REQUIRED' || fields.some(isRequired);
}

function isNamed({ name }: TableField, column: string): boolean {
  return name.toLowerCase() === column.toLowerCase();
}
