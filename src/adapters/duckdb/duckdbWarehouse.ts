import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock, ObserveOptions, TableSchema, Warehouse, WarehouseError, WarehouseReading } from '../../app/ports';
import type { Day, DayRange } from '../../base/day';
import { rangesOf } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { CalendarObservations, NodeObservations, PartitionObservation } from '../../core/observation/observation';
import type { Pipeline, PipelineNode } from '../../core/pipeline';
import {
  type CoverageBranch,
  calendarKey,
  coverageBranches,
  enclosed,
  entitiesSql,
  partitionSql,
  tableCalendars,
  unionOf,
} from '../../core/sql/coverage';
import {
  calendarObservations,
  commonEntities,
  nodeObservations,
  partitionsAt,
  partitionsOf,
  type TableDay,
  tableDays,
} from '../../core/sql/coverageRows';
import { expressionsIn, expressionsOf } from '../../core/sql/expressions';
import { dayOfValue, rowsOf } from './duckdbEngine';
import { queryError } from './duckdbErrors';
import { DuckdbRecords } from './duckdbRecords';
import { requireEnclosable } from './sqlGuard';
import type { DuckdbStore, OpenedStore } from './store';
import { Tables } from './tables';

/** Reads coverage from DuckDB, wherever its tables are. */
export class DuckdbWarehouse implements Warehouse {
  readonly records: DuckdbRecords;
  readonly #store: DuckdbStore;
  readonly #clock: Clock;

  constructor(store: DuckdbStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.records = new DuckdbRecords(store, clock);
  }

  get blocksWriters(): boolean {
    return this.#store.blocksWriters;
  }

  probe(pipeline: Pipeline): Promise<string> {
    return this.#store.probe(tablesOf(pipeline));
  }

  observe(pipeline: Pipeline, { days, signal }: ObserveOptions = {}): Promise<WarehouseReading> {
    return this.#store.use(
      tablesOf(pipeline),
      async (opened) => {
        // Before the query: what an attempt left after this moment counts as newer.
        const readAt = this.#clock.now();
        const errors = new Map<string, WarehouseError>();
        const found = await this.#coverageRows(opened, pipeline, days, errors, signal);
        const rowsByKey = groupBy(found, ({ key }) => key);
        const nodes = new Map<string, NodeObservations>();
        for (const node of pipeline.nodes) {
          if (!errors.has(node.id)) nodes.set(node.id, nodeObservations(node, rowsByKey.get(node.id) ?? [], readAt));
        }
        const calendars = new Map<string, CalendarObservations>();
        for (const { name } of tableCalendars(pipeline)) {
          const key = calendarKey(name);
          if (!errors.has(key)) calendars.set(name, calendarObservations(rowsByKey.get(key) ?? [], readAt));
        }
        return { readAt, nodes, calendars, errors };
      },
      signal,
    );
  }

  async read(node: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, PartitionObservation>> {
    const found = await this.#eachTable(node, days, async (connection, ranges, { dialect }) => {
      const rows: TableDay[] = [];
      for (const table of node.tables)
        rows.push(...tableDays(await rowsOf(connection, partitionSql(node, table, dialect, ranges)), dayOfValue));
      return partitionsOf(node, rows);
    });
    return partitionsAt(node, days, found ?? []);
  }

  async entities(node: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, readonly string[]>> {
    const none = new Map(days.map((day) => [day, [] as readonly string[]]));
    if (node.entity.length === 0) return none;
    const result = await this.#eachTable(node, days, async (connection, ranges, tables) => {
      const found: Record<string, unknown>[][] = [];
      for (const table of node.tables) found.push(await rowsOf(connection, entitiesSql(node, table, tables.dialect, ranges)));
      return commonEntities(node, days, found, dayOfValue);
    });
    return result ?? none;
  }

  schema(): Promise<readonly TableSchema[]> {
    return this.#store.use(undefined, async (opened) => (await Tables.read(opened)).schemas);
  }

  async coverageSql(pipeline: Pipeline, days?: DayRange): Promise<string> {
    for (const { subject, expression } of expressionsIn(pipeline)) requireEnclosable(subject, expression);
    return `${unionOf(coverageBranches(pipeline, this.#store.dialect, days))};\n`;
  }

  /** One query for everything that can be read; what cannot goes to `errors` under its key. */
  async #coverageRows(
    opened: OpenedStore,
    pipeline: Pipeline,
    days: DayRange | undefined,
    errors: Map<string, WarehouseError>,
    signal: AbortSignal | undefined,
  ): Promise<TableDay[]> {
    const { connection } = opened;
    const tables = await Tables.read(opened);
    const blank = new Set<string>();
    for (const calendar of tableCalendars(pipeline)) {
      const key = calendarKey(calendar.name);
      if (opened.empty.has(calendar.table)) blank.add(key);
      else await catching(errors, key, `Calendar ${calendar.name}`, () => tables.requireCalendar(connection, calendar));
    }
    for (const node of pipeline.nodes) {
      if (holdsNothing(node, tables, opened)) blank.add(node.id);
      else await catching(errors, node.id, node.id, () => tables.requireNode(connection, node));
    }
    const branches = coverageBranches(pipeline, tables.dialect, days).filter(({ key }) => !errors.has(key) && !blank.has(key));
    if (branches.length === 0) return [];
    try {
      return tableDays(await rowsOf(connection, unionOf(branches)), dayOfValue);
    } catch {
      signal?.throwIfAborted();
      return this.#oneByOne(connection, pipeline, branches, errors, signal);
    }
  }

  /** Something in the one query failed, and only running its parts alone tells what. */
  async #oneByOne(
    connection: DuckDBConnection,
    pipeline: Pipeline,
    branches: readonly CoverageBranch[],
    errors: Map<string, WarehouseError>,
    signal: AbortSignal | undefined,
  ): Promise<TableDay[]> {
    const rows: TableDay[] = [];
    for (const [key, parts] of groupBy(branches, (branch) => branch.key)) {
      signal?.throwIfAborted();
      const node = pipeline.nodes.find(({ id }) => id === key);
      const culprit = node === undefined ? undefined : await failingExpression(connection, node, parts);
      await catching(errors, key, culprit ?? key.replace(/^calendar:/, 'Calendar '), async () => {
        rows.push(...tableDays(await rowsOf(connection, unionOf(parts)), dayOfValue));
      });
    }
    return rows;
  }

  /** Undefined when the node's table is yet to be made by its first run. */
  #eachTable<T>(
    node: PipelineNode,
    days: readonly Day[],
    work: (connection: DuckDBConnection, ranges: readonly DayRange[], tables: Tables) => Promise<T>,
  ): Promise<T | undefined> {
    const ranges = rangesOf([...new Set(days)].sort((a, b) => a - b));
    if (ranges.length === 0) return Promise.resolve(undefined);
    return this.#store.use(node.tables, async (opened) => {
      const tables = await Tables.read(opened);
      if (holdsNothing(node, tables, opened)) return undefined;
      try {
        await tables.requireNode(opened.connection, node);
        return await work(opened.connection, ranges, tables);
      } catch (error) {
        throw queryError(node.id, error);
      }
    });
  }
}

function tablesOf(pipeline: Pipeline): string[] {
  return [...tableCalendars(pipeline).map(({ table }) => table), ...pipeline.nodes.flatMap(({ tables }) => tables)];
}

/** A SQL processor's table is made by its first run; a folder can be left without files. Every other missing table is a mistake. */
function holdsNothing(node: PipelineNode, tables: Tables, opened: OpenedStore): boolean {
  const made = node.kind === 'processor' && node.run.some(({ kind }) => kind === 'sql');
  const isUnmade = (table: string) => made && tables.schemaOf(table) === undefined && !opened.unreadable.has(table);
  return node.tables.some((table) => opened.empty.has(table) || isUnmade(table));
}

async function catching(
  errors: Map<string, WarehouseError>,
  key: string,
  subject: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    errors.set(key, queryError(subject, error));
  }
}

/** The name of the expression that fails on the node's table; undefined when none does by itself. */
async function failingExpression(
  connection: DuckDBConnection,
  node: PipelineNode,
  parts: readonly CoverageBranch[],
): Promise<string | undefined> {
  for (const { subject, expression } of expressionsOf(node)) {
    for (const { from } of parts) {
      try {
        await rowsOf(connection, `SELECT COUNT(CAST(${enclosed(expression)} AS BOOLEAN)) FROM ${from}`);
      } catch {
        return subject;
      }
    }
  }
  return undefined;
}
