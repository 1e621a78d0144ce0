import { type Day, type DayRange, dayOf } from '../../base/day';
import { bigqueryDialect } from '../../core/sql/dialect';
import type { Row } from './decodeRows';
import type { TableMetadata } from './tableMetadata';

/** A fingerprint by partition id (`20211101`, `__NULL__`, …) of one table. */
export type PartitionPrints = ReadonlyMap<string, string>;

const DIALECT = bigqueryDialect({ path: (path) => path, typeOf: () => undefined });

/** The most tables that one PARTITIONS query may read. */
export const MAX_PARTITIONED_TABLES = 1_000;

/** Rows whose partition column is NULL: they have no date, so they count for none. */
const WITHOUT_DATE = '__NULL__';

/**
 * The partitions of tables of one dataset. Grouped, because a partition can have one row for each storage tier.
 * @param dataset `project.dataset`. @param tables names without it.
 */
export function partitionsSql(dataset: string, tables: readonly string[]): string {
  const { from, text } = DIALECT;
  return [
    'SELECT table_name, partition_id, SUM(total_rows) AS row_count, SUM(total_logical_bytes) AS byte_count,',
    '  UNIX_MILLIS(MAX(last_modified_time)) AS modified_ms',
    `FROM ${from(`${dataset}.INFORMATION_SCHEMA.PARTITIONS`)}`,
    `WHERE table_name IN (${tables.map(text).join(', ')})`,
    'GROUP BY table_name, partition_id',
  ].join('\n');
}

/** By table name. A fingerprint is never the time alone: deletions may not move it. */
export function partitionPrints(rows: readonly Row[]): ReadonlyMap<string, PartitionPrints> {
  const tables = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const [table, id] = [row['table_name'], row['partition_id']].map((value) => (typeof value === 'string' ? value : ''));
    const prints = tables.get(table ?? '') ?? new Map<string, string>();
    const figures = [row['row_count'], row['byte_count'], row['modified_ms']];
    prints.set(id ?? '', figures.map((figure) => Number(figure ?? 0).toString(36)).join('.'));
    tables.set(table ?? '', prints);
  }
  return tables;
}

/** Whether the dates of a column are whole in its partitions: then a partition that did not change holds no date that did. */
export function isPartitionedBy(table: TableMetadata, column: string): boolean {
  const { timePartitioning, type } = table;
  if (timePartitioning === undefined || type !== 'TABLE') return false;
  const { field } = timePartitioning;
  return field === undefined ? isPseudoColumn(column) : field.toLowerCase() === column.toLowerCase();
}

/** The column by whose dates a table is partitioned: in lower case, `_partitiontime` of the time at which rows arrive; undefined: by none. */
export function partitionColumnOf({ timePartitioning }: TableMetadata): string | undefined {
  return timePartitioning && (timePartitioning.field ?? '_PARTITIONTIME').toLowerCase();
}

/** Of tables that are partitioned by the time at which rows arrive. */
export function isPseudoColumn(column: string): boolean {
  return /^_PARTITION(?:DATE|TIME)$/i.test(column);
}

/** The dates of a partition by its id: of an hour, day, month or year; undefined for any other. */
export function rangeOfPartition(id: string): DayRange | undefined {
  if (!/^\d{4}(?:\d\d){0,3}$/.test(id)) return undefined;
  const [year, month, day] = [id.slice(0, 4), id.slice(4, 6), id.slice(6, 8)].map(Number) as [number, number, number];
  if (id.length === 4) return { from: dayOf(year, 1, 1), to: dayOf(year + 1, 1, 1) - 1 };
  if (id.length === 6) return { from: dayOf(year, month, 1), to: dayOf(year, month + 1, 1) - 1 };
  const date: Day = dayOf(year, month, day);
  return { from: date, to: date };
}

/**
 * The dates of partitions that changed, came or went. `all`: rows may have changed whose date the partitions do not tell; so may they
 * have where the table changed and none of its partitions did.
 */
export function changedDates(before: PartitionPrints, now: PartitionPrints): readonly DayRange[] | 'all' {
  const ranges: DayRange[] = [];
  for (const id of new Set([...before.keys(), ...now.keys()])) {
    if (id === WITHOUT_DATE) continue;
    const range = rangeOfPartition(id);
    // `__UNPARTITIONED__`: rows that were streamed in and belong to any date.
    if (range === undefined) return 'all';
    if (before.get(id) !== now.get(id)) ranges.push(range);
  }
  return ranges.length === 0 ? 'all' : ranges;
}
