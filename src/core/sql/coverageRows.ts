import type { Day } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { CalendarObservations, NodeObservations, PartitionObservation } from '../observation/observation';
import type { PipelineNode } from '../pipeline';

/** One date of one table, as a coverage branch tells it. */
export interface TableDay {
  readonly key: string;
  readonly table: string;
  readonly day: Day;
  readonly rows: number;
  readonly entities: number;
  readonly keys: number;
  readonly written: number;
  readonly checks: readonly number[];
  readonly content: string;
}

/** 0001-01-01 to 9999-12-31: what is outside is no calendar date (DuckDB's infinity). */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

/**
 * The rows of a coverage query, as far as they are of a calendar date.
 * @param dayOf reads a DATE value; NaN for NULL.
 */
export function tableDays(rows: readonly Record<string, unknown>[], dayOf: (value: unknown) => Day): TableDay[] {
  return rows
    .map((row) => ({
      key: String(row['key']),
      table: String(row['tbl']),
      day: dayOf(row['day']),
      rows: numberOf(row['row_count']),
      entities: numberOf(row['entity_count']),
      keys: numberOf(row['key_count']),
      written: numberOf(row['written_ms']),
      checks: checksOf(row),
      content: typeof row['content'] === 'string' ? row['content'] : '',
    }))
    .filter(({ day }) => day >= FIRST_DAY && day <= LAST_DAY);
}

function numberOf(value: unknown): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}

function checksOf(row: Record<string, unknown>): number[] {
  const ratios: number[] = [];
  for (let index = 1; `check_${index}` in row; index++) ratios.push(numberOf(row[`check_${index}`]));
  return ratios;
}

/**
 * The dates of a node over all its tables, ascending. A partition is the worst of its tables: a date that one of them lacks has no rows;
 * else the fewest rows and entities, the most duplicates, the oldest write and the lowest ratios count.
 */
export function partitionsOf(node: PipelineNode, days: readonly TableDay[]): PartitionObservation[] {
  const partitions: PartitionObservation[] = [];
  for (const [day, found] of groupBy(days, ({ day }) => day)) {
    if (found.length < node.tables.length) continue;
    const least = (value: (of: TableDay) => number): number => Math.min(...found.map(value));
    const rows = least((of) => of.rows);
    const content = found.map((of) => of.content).join(' ');
    partitions.push({
      day,
      rows,
      ...(node.entity.length > 0 ? { entities: least((of) => of.entities) } : {}),
      ...(node.key.length > 0 ? { keys: rows + least((of) => of.keys - of.rows) } : {}),
      ...(node.writtenAt !== undefined ? { written: least((of) => of.written) } : {}),
      checks: node.checks.map((_, index) => least((of) => of.checks[index] ?? Number.NaN)),
      ...(content.trim() === '' ? {} : { content }),
    });
  }
  return partitions.sort((a, b) => a.day - b.day);
}

/** The dates of a node as columns. `days` are the rows of all of its tables, in any order. */
export function nodeObservations(node: PipelineNode, days: readonly TableDay[], readAt: number): NodeObservations {
  const partitions = partitionsOf(node, days);
  return {
    days: Int32Array.from(partitions, ({ day }) => day),
    rows: counts(partitions, ({ rows }) => rows),
    ...(node.entity.length > 0 ? { entities: counts(partitions, ({ entities }) => entities ?? 0) } : {}),
    ...(node.key.length > 0 ? { keys: counts(partitions, ({ keys }) => keys ?? 0) } : {}),
    ...(node.writtenAt !== undefined ? { written: Float64Array.from(partitions, ({ written }) => written ?? Number.NaN) } : {}),
    checks: node.checks.map((_, index) => Float64Array.from(partitions, ({ checks }) => checks[index] ?? Number.NaN)),
    readAt,
  };
}

/** The dates of a calendar table as columns. */
export function calendarObservations(days: readonly TableDay[], readAt: number): CalendarObservations {
  const ascending = days.toSorted((a, b) => a.day - b.day);
  return { days: Int32Array.from(ascending, ({ day }) => day), counts: counts(ascending, ({ rows }) => rows), readAt };
}

/** What is more than 32 bits hold is as much as they do, and not as little as is left of it. */
function counts<T>(of: readonly T[], count: (one: T) => number): Int32Array {
  return Int32Array.from(of, (one) => Math.min(count(one), 2 ** 31 - 1));
}

/** Dates of a node as they were read exactly; those without rows with 0. */
export function partitionsAt(
  node: PipelineNode,
  days: readonly Day[],
  found: readonly PartitionObservation[],
): ReadonlyMap<Day, PartitionObservation> {
  const partitions = new Map(found.map((partition) => [partition.day, partition]));
  const empty = (day: Day): PartitionObservation => ({
    day,
    rows: 0,
    ...(node.entity.length > 0 ? { entities: 0 } : {}),
    ...(node.key.length > 0 ? { keys: 0 } : {}),
    checks: node.checks.map(() => Number.NaN),
  });
  return new Map(days.map((day) => [day, partitions.get(day) ?? empty(day)]));
}

/**
 * The entities of dates, sorted. As with rows the worst table counts: an entity is there when every table has it.
 * @param found the rows of an entities query by table.
 */
export function commonEntities(
  node: PipelineNode,
  days: readonly Day[],
  found: readonly (readonly Record<string, unknown>[])[],
  dayOf: (value: unknown) => Day,
): ReadonlyMap<Day, readonly string[]> {
  const tablesWith = new Map<Day, Map<string, number>>(days.map((day) => [day, new Map()]));
  for (const row of found.flat()) {
    const counts = tablesWith.get(dayOf(row['day']));
    const entity = node.entity.map((_, index) => String(row[`entity_${index + 1}`])).join(' ');
    counts?.set(entity, (counts.get(entity) ?? 0) + 1);
  }
  const everywhere = (counts: ReadonlyMap<string, number>) =>
    [...counts].flatMap(([entity, count]) => (count === node.tables.length ? [entity] : [])).sort();
  return new Map([...tablesWith].map(([day, counts]) => [day, everywhere(counts)]));
}
