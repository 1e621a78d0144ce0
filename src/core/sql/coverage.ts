import type { Day, DayRange } from '../../base/day';
import type { Calendar, Pipeline, PipelineNode } from '../pipeline';
import type { SqlDialect } from './dialect';

/**
 * The part of the coverage query for one table of a node or for one calendar. Every branch has the same columns:
 * key, tbl, day, row_count, entity_count, key_count, written_ms, check_1 … check_n.
 */
export interface CoverageBranch {
  /** Node id, or `calendar:NAME`. */
  readonly key: string;
  readonly table: string;
  /** The table as an item of FROM. */
  readonly from: string;
  readonly sql: string;
}

/** The rows of a partition where they are digested: a column of that name would be digested in their place. */
const OBSERVED = 'backfill_observed';

export type TableCalendar = Extract<Calendar, { kind: 'table' }>;

export function calendarKey(name: string): string {
  return `calendar:${name}`;
}

export function tableCalendars(pipeline: Pipeline): readonly TableCalendar[] {
  return pipeline.calendars.filter((calendar) => calendar.kind === 'table');
}

/** One branch for each table of each node and for each table calendar, in the order of the manifest. */
export function coverageBranches(pipeline: Pipeline, dialect: SqlDialect, days?: DayRange): CoverageBranch[] {
  const width = checkWidth(pipeline);
  const ranges = days === undefined ? [] : [days];
  return [
    ...tableCalendars(pipeline).map((calendar) => calendarBranch(calendar, dialect, ranges, width)),
    ...pipeline.nodes.flatMap((node) => nodeBranches(node, dialect, ranges, width)),
  ];
}

/** How many columns for checks the branches of a pipeline need to have the same ones. */
export function checkWidth({ nodes }: Pipeline): number {
  return Math.max(0, ...nodes.map(({ checks }) => checks.length));
}

/** One branch for each table of a node. @param ranges disjoint; none: all dates. */
export function nodeBranches(
  node: PipelineNode,
  dialect: SqlDialect,
  ranges: readonly DayRange[],
  width: number,
): CoverageBranch[] {
  return node.tables.map((table) => ({
    key: node.id,
    table,
    from: dialect.from(table),
    sql: branchSql(node.id, table, measures(node, dialect, width), node, dialect, ranges),
  }));
}

/** The branches as one statement; rows come by key, table and date. */
export function unionOf(branches: readonly CoverageBranch[]): string {
  return `${branches.map(({ sql }) => sql).join('\nUNION ALL\n')}\nORDER BY 1, 2, 3`;
}

/** Partitions of one table of a node, exactly: the columns of a coverage branch, and with a digest of the rows as `content`. */
export function partitionSql(node: PipelineNode, table: string, dialect: SqlDialect, ranges: readonly DayRange[]): string {
  const digest = dialect.contentDigest?.(OBSERVED);
  const columns = [...measures(node, dialect, node.checks.length), ...(digest === undefined ? [] : [`${digest} AS content`])];
  return `${branchSql(node.id, table, columns, node, dialect, ranges, ` AS ${OBSERVED}`)}\nORDER BY 1, 2, 3`;
}

/** The distinct entities of one table of a node by date, as `day` and one text column for each part of an entity. */
export function entitiesSql(node: PipelineNode, table: string, dialect: SqlDialect, ranges: readonly DayRange[]): string {
  const day = dialect.dateOf(node.dateColumn, table);
  const parts = node.entity.map((column, index) => `${dialect.textOf(column)} AS entity_${index + 1}`);
  const present = node.entity.map((column) => `${dialect.name(column)} IS NOT NULL`);
  return [
    `SELECT DISTINCT ${[`${day} AS day`, ...parts].join(', ')}`,
    `FROM ${dialect.from(table)}`,
    `WHERE ${[...conditions(node, table, dialect, ranges), ...present].join('\n  AND ')}`,
  ].join('\n');
}

/** The condition of one partition of a table: its date, and the node's share. */
export function partitionCondition(
  node: Pick<PipelineNode, 'dateColumn' | 'where'>,
  table: string,
  dialect: SqlDialect,
  day: Day,
): string {
  return conditions(node, table, dialect, [{ from: day, to: day }]).join(' AND ');
}

/** An expression of the manifest in parentheses; on a line of its own where a comment would swallow the closing one. */
export function enclosed(expression: string): string {
  const text = expression.trim();
  return /--|#/.test(text) ? `(${text}\n)` : `(${text})`;
}

/** Rows whose key is there before: 0 when keys are unique. */
export function surplusRows(key: readonly string[], dialect: SqlDialect): string {
  return `COUNT(*) - COUNT(DISTINCT ${dialect.tuple(key)})`;
}

function measures(node: PipelineNode, dialect: SqlDialect, width: number): string[] {
  const checks = Array.from({ length: width }, (_, index) => {
    const check = node.checks[index];
    const ratio = check === undefined ? 'NULL' : `AVG(CASE WHEN ${enclosed(check.expression)} THEN 1.0 ELSE 0.0 END)`;
    return `${ratio} AS check_${index + 1}`;
  });
  return [
    'COUNT(*) AS row_count',
    `${entityCount(node.entity, dialect)} AS entity_count`,
    `${node.key.length === 0 ? 'NULL' : `COUNT(DISTINCT ${dialect.tuple(node.key)})`} AS key_count`,
    `${node.writtenAt === undefined ? 'NULL' : dialect.epochMs(`MAX(${dialect.name(node.writtenAt)})`)} AS written_ms`,
    ...checks,
  ];
}

/** NULL names nobody: where a part of an entity is null, there is none. */
function entityCount(entity: readonly string[], dialect: SqlDialect): string {
  const [first, ...more] = entity;
  if (first === undefined) return 'NULL';
  if (more.length === 0) return `COUNT(DISTINCT ${dialect.name(first)})`;
  const present = entity.map((column) => `${dialect.name(column)} IS NOT NULL`).join(' AND ');
  return `COUNT(DISTINCT CASE WHEN ${present} THEN ${dialect.tuple(entity)} END)`;
}

/** @param ranges disjoint; none: all dates. */
export function calendarBranch(
  calendar: TableCalendar,
  dialect: SqlDialect,
  ranges: readonly DayRange[],
  width: number,
): CoverageBranch {
  const key = calendarKey(calendar.name);
  const count = calendar.count === undefined ? 'COUNT(*)' : `COUNT(DISTINCT ${dialect.name(calendar.count)})`;
  const nothing = [
    'entity_count',
    'key_count',
    'written_ms',
    ...Array.from({ length: width }, (_, index) => `check_${index + 1}`),
  ];
  const columns = [`${count} AS row_count`, ...nothing.map((column) => `NULL AS ${column}`)];
  const from = dialect.from(calendar.table);
  return { key, table: calendar.table, from, sql: branchSql(key, calendar.table, columns, calendar, dialect, ranges) };
}

function branchSql(
  key: string,
  table: string,
  columns: readonly string[],
  filter: { readonly dateColumn: string; readonly where?: string },
  dialect: SqlDialect,
  ranges: readonly DayRange[],
  alias = '',
): string {
  const head = [
    `${dialect.text(key)} AS key`,
    `${dialect.text(table)} AS tbl`,
    `${dialect.dateOf(filter.dateColumn, table)} AS day`,
  ];
  return [
    `SELECT ${head.join(', ')},`,
    `  ${columns.join(',\n  ')}`,
    `FROM ${dialect.from(table)}${alias}`,
    `WHERE ${conditions(filter, table, dialect, ranges).join('\n  AND ')}`,
    // By number: a column of the table may be called `day`.
    'GROUP BY 3',
  ].join('\n');
}

function conditions(
  { dateColumn, where }: { readonly dateColumn: string; readonly where?: string },
  table: string,
  dialect: SqlDialect,
  ranges: readonly DayRange[],
): string[] {
  const within = ranges.map((range) => dialect.within(dateColumn, table, range));
  const dated = within.length === 0 ? `${dialect.name(dateColumn)} IS NOT NULL` : within.join(' OR ');
  return [within.length > 1 ? `(${dated})` : dated, ...(where === undefined ? [] : [enclosed(where)])];
}
