import {
  type Clock,
  type ObserveOptions,
  type ReadingCost,
  type ReplacementCost,
  type TableSchema,
  type Warehouse,
  WarehouseError,
  type WarehouseReading,
} from '../../app/ports';
import { type Day, type DayRange, rangesOf } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { PartitionObservation } from '../../core/observation/observation';
import type { Pipeline, PipelineNode, Processor } from '../../core/pipeline';
import { tablesNamed } from '../../core/schemaCheck/tableUses';
import { enclosed, entitiesSql, partitionSql } from '../../core/sql/coverage';
import { commonEntities, partitionsAt, partitionsOf, tableDays } from '../../core/sql/coverageRows';
import { expressionsIn } from '../../core/sql/expressions';
import { BigqueryRecords } from './bigqueryRecords';
import { BigqueryTables, requireEnclosable } from './bigqueryTables';
import { BigqueryWriter } from './bigqueryWriter';
import { type BigqueryClient, MIN_BYTES_PER_TABLE } from './client';
import { dayOfText, type Row } from './decodeRows';
import { inParallel } from './inParallel';
import { blindPeriod, memoText, readMemo } from './memo';
import { partitionColumnOf } from './partitions';
import { PartitionsReader } from './partitionsReader';
import { observationsOf } from './reading';
import { extentsOf, needsPartitions, type TableNow } from './readPlan';
import { isAnyBlind, isUnmade, readable, type Subject, subjectsOf, tablesOfPipeline } from './subjects';
import { tableSchemas } from './tableSchemas';
import { QUERY_LIMITS, type QueryLimits, queriesOf, runBranches } from './unionQueries';

/** What the queries of one call share. */
interface Call {
  readonly purpose: string;
  readonly meter: Meter;
  readonly signal?: AbortSignal | undefined;
  readonly useCache?: boolean;
}

/**
 * Reads coverage from BigQuery: first the free metadata of every table, then only what they say has changed. No number of queries depends
 * on dates, nor within one location on nodes.
 */
export class BigqueryWarehouse implements Warehouse {
  readonly records: BigqueryRecords;
  readonly #client: BigqueryClient;
  readonly #clock: Clock;
  readonly #limits: QueryLimits;
  readonly #partitions: PartitionsReader;
  /** Of the last probe, for the read that follows it. */
  #probed: { readonly pipeline: Pipeline; readonly tables: BigqueryTables } | undefined;

  /** Whether the last read was denied a table: somebody may grant it, of which no metadata tell. */
  #isDenied = false;

  constructor(client: BigqueryClient, clock: Clock, limits: QueryLimits = QUERY_LIMITS) {
    this.#client = client;
    this.#clock = clock;
    this.records = new BigqueryRecords(client, clock);
    const { maxBytesBilled = Number.POSITIVE_INFINITY } = client.config;
    // A cap below the floor of all tables together still lets them be read by and by.
    const payable = Math.max(1, Math.floor(maxBytesBilled / MIN_BYTES_PER_TABLE));
    this.#limits = { ...limits, tables: Math.min(limits.tables, payable) };
    this.#partitions = new PartitionsReader(client);
  }

  async probe(pipeline: Pipeline): Promise<string> {
    const tables = await (await this.#tablesOf(tablesOfPipeline(pipeline))).comparable();
    this.#probed = { pipeline, tables };
    const isBlind = this.#isDenied || isAnyBlind(expressionsIn(pipeline));
    return isBlind ? `${tables.fingerprint()} ${blindPeriod(tables.readAt)}` : tables.fingerprint();
  }

  async observe(pipeline: Pipeline, { days, signal, before: earlier }: ObserveOptions = {}): Promise<WarehouseReading> {
    // Whoever reads some dates judges by them what may run: metadata that stand still are not good enough for that.
    const before = days !== undefined && this.#client.staleMetadata ? undefined : earlier;
    const tables = this.#takeProbed(pipeline) ?? (await this.#compared(pipeline, days, signal));
    const call: Call = { purpose: 'coverage', meter: new Meter(), signal };
    const errors = new Map<string, WarehouseError>();
    const subjects = await readable(subjectsOf(pipeline, tables, before), errors);
    const states = await this.#statesOf(tables, subjects, before?.memo, days === undefined, call);
    const extents = extentsOf(subjects, states);
    const branches = subjects.flatMap((subject) => {
      const extent = extents.get(subject.key) ?? 'all';
      if (extent === 'nothing') return [];
      const all = days === undefined ? tables.allDates(subject.tables) : [days];
      return subject.branches(extent === 'all' ? all : extent);
    });
    const rows = await Promise.all(
      [...groupBy(branches, ({ table }) => tables.locationOf(table))].map(([location, parts]) =>
        runBranches(
          parts,
          this.#limits,
          (sql, read) => this.#query(sql, read, location, call),
          (key, error) => errors.set(key, ofSubject(nameOf(key), error)),
        ),
      ),
    );
    const [trouble] = [...errors.values()].filter((error) => !error.isOfOneNode);
    if (trouble !== undefined && subjects.every(({ key }) => errors.has(key))) throw trouble;
    this.#isDenied = [...errors.values()].some(({ kind }) => kind === 'permission');
    await this.#nameCulprits(subjects, tables, errors, call);
    return {
      readAt: tables.readAt,
      ...observationsOf({ pipeline, extents, before, errors, days: tableDays(rows.flat(), dayOfText), readAt: tables.readAt }),
      errors,
      cost: call.meter.cost,
      memo: memoText(states),
    };
  }

  async read(node: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, PartitionObservation>> {
    const rows = await this.#eachTable(node, days, (table, ranges, tables) =>
      partitionSql(node, table, tables.dialectFor(node.dateColumn), ranges),
    );
    return partitionsAt(node, days, partitionsOf(node, tableDays(rows.flat(), dayOfText)));
  }

  async entities(node: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, readonly string[]>> {
    if (node.entity.length === 0) return new Map(days.map((day) => [day, []]));
    const rows = await this.#eachTable(node, days, (table, ranges, tables) =>
      entitiesSql(node, table, tables.dialectFor(node.dateColumn), ranges),
    );
    return commonEntities(node, days, rows, dayOfText);
  }

  schema(pipeline?: Pipeline): Promise<readonly TableSchema[]> {
    return tableSchemas(this.#client, pipeline === undefined ? undefined : tablesNamed(pipeline));
  }

  async coverageSql(pipeline: Pipeline, days?: DayRange): Promise<string> {
    const queries = await this.#fullRead(pipeline, days);
    const isOfMany = new Set(queries.map(({ location }) => location)).size > 1;
    return queries.map(({ sql, location }) => `${isOfMany ? `-- ${location}\n` : ''}${sql};\n`).join('\n');
  }

  async estimate(pipeline: Pipeline, days?: DayRange): Promise<ReadingCost> {
    const queries = await this.#fullRead(pipeline, days);
    const bounds = await Promise.all(
      queries.map(({ sql, tables, location }) =>
        this.#client.dryRun(sql, { purpose: 'estimate', tables, location: location || undefined }),
      ),
    );
    return { queries: queries.length, bytes: bounds.reduce((sum, { upperBound }) => sum + upperBound, 0) };
  }

  async replacementCost(
    processor: Processor,
    days: readonly Day[],
    select: string,
    signal = new AbortController().signal,
  ): Promise<ReplacementCost> {
    const writer = new BigqueryWriter(this.#client);
    // Tables grow, so the last date is likely the dearest; the first and the middle one are for those that do not.
    const looks = new Set([days.at(-1), days[0], days[Math.floor(days.length / 2)]].flatMap((day) => day ?? []));
    const bytes = await Promise.all([...looks].map((day) => writer.cost(processor, day, select, signal)));
    return { bytes: Math.max(0, ...bytes), least: Math.min(...bytes), looks: looks.size };
  }

  /** What a read of everything sends. */
  async #fullRead(pipeline: Pipeline, days: DayRange | undefined) {
    for (const expression of expressionsIn(pipeline)) requireEnclosable(expression);
    const tables = await this.#tablesOf(tablesOfPipeline(pipeline));
    const branches = subjectsOf(pipeline, tables).flatMap((subject) =>
      subject.branches(days === undefined ? tables.allDates(subject.tables) : [days]),
    );
    return [...groupBy(branches, ({ table }) => tables.locationOf(table))].flatMap(([location, parts]) =>
      queriesOf(parts, this.#limits).map((query) => ({ ...query, location })),
    );
  }

  #tablesOf(tables: readonly string[], signal?: AbortSignal): Promise<BigqueryTables> {
    return BigqueryTables.read(this.#client, tables, this.#clock.now(), signal);
  }

  /** Of some dates nothing is compared where metadata stand still. */
  async #compared(pipeline: Pipeline, days: DayRange | undefined, signal: AbortSignal | undefined): Promise<BigqueryTables> {
    const tables = await this.#tablesOf(tablesOfPipeline(pipeline), signal);
    return days === undefined ? tables.comparable(signal) : tables;
  }

  /** Once: who reads again wants newer ones. */
  #takeProbed(pipeline: Pipeline): BigqueryTables | undefined {
    const probed = this.#probed;
    this.#probed = undefined;
    return probed?.pipeline === pipeline ? probed.tables : undefined;
  }

  /**
   * The tables as they are before any row of them is read: what changes meanwhile differs the next time.
   * @param byPartition whether it is worth asking which of their partitions changed.
   */
  async #statesOf(
    tables: BigqueryTables,
    subjects: readonly Subject[],
    memo: string | undefined,
    byPartition: boolean,
    call: Call,
  ): Promise<ReadonlyMap<string, TableNow>> {
    const earlier = memo === undefined ? undefined : readMemo(memo);
    const columns = new Map<string, string[]>();
    for (const { tables: read, dateColumn, isWhole } of subjects)
      for (const table of read) columns.set(table, [...(columns.get(table) ?? []), ...(isWhole ? [] : [dateColumn])]);
    const states = [...columns.keys()].flatMap((table) => {
      const metadata = tables.get(table);
      return metadata === undefined ? [] : [{ table, metadata, print: tables.print(metadata), before: earlier?.get(table) }];
    });
    const asked = byPartition
      ? states.filter((state) => needsPartitions(columns.get(state.table) ?? [], state)).map(({ table }) => table)
      : [];
    const partitions = await this.#partitions.read(asked, tables, (sql, read, location) =>
      this.#query(sql, read, location, { ...call, purpose: 'partitions' }),
    );
    return new Map(
      states.map(({ table, ...state }) => {
        const unchanged = state.before?.print === state.print ? state.before.partitions : undefined;
        return [table, { ...state, partitions: partitions.get(table) ?? unchanged, by: partitionColumnOf(state.metadata) }];
      }),
    );
  }

  #query(
    sql: string,
    tables: readonly string[],
    location: string,
    { purpose, meter, signal, useCache }: Call,
  ): Promise<readonly Row[]> {
    return this.#client.query(sql, {
      purpose,
      tables,
      location: location || undefined,
      signal,
      useCache,
      billed: (bytes) => meter.add(bytes),
    });
  }

  /** One query a table. None where the node's table is yet to be made by its first run. */
  async #eachTable(
    node: PipelineNode,
    days: readonly Day[],
    sqlOf: (table: string, ranges: readonly DayRange[], tables: BigqueryTables) => string,
  ): Promise<readonly (readonly Row[])[]> {
    const ranges = rangesOf([...new Set(days)].sort((a, b) => a - b));
    if (ranges.length === 0) return [];
    const tables = await this.#tablesOf(node.tables);
    if (isUnmade(node, tables)) return [];
    await tables.requireNode(node);
    const call: Call = { purpose: 'read', meter: new Meter(), useCache: false };
    try {
      return await Promise.all(
        node.tables.map((table) => this.#query(sqlOf(table, ranges, tables), [table], tables.locationOf(table), call)),
      );
    } catch (error) {
      throw error instanceof WarehouseError ? ofSubject(node.id, error) : error;
    }
  }

  /** Says which expression of a node it is that BigQuery refuses, as free dry runs tell. */
  async #nameCulprits(
    subjects: readonly Subject[],
    tables: BigqueryTables,
    errors: Map<string, WarehouseError>,
    { signal }: Call,
  ): Promise<void> {
    const suspects = subjects.flatMap(({ key, tables: read, dateColumn, expressions }) => {
      const error = errors.get(key);
      if (error === undefined || !['invalidSql', 'missingColumn'].includes(error.kind)) return [];
      return expressions.flatMap((named) => read.map((table) => ({ ...named, key, table, dateColumn, kind: error.kind })));
    });
    await inParallel(suspects, async ({ subject, expression, key, table, dateColumn, kind }) => {
      const sql = expressionSql(expression, table, tables, dateColumn);
      const location = tables.locationOf(table) || undefined;
      const refused = await this.#client.dryRun(sql, { purpose: 'check', tables: [table], location, signal }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      signal?.throwIfAborted();
      if (refused instanceof WarehouseError && refused.kind === kind) errors.set(key, ofSubject(subject, refused));
    });
  }
}

/** Whether an expression can be told true or false of the rows of a table. */
function expressionSql(expression: string, table: string, tables: BigqueryTables, dateColumn: string): string {
  const dialect = tables.dialectFor(dateColumn);
  const conditions = tables.allDates([table]).map((range) => dialect.within(dateColumn, table, range));
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
  return `SELECT COUNTIF(${enclosed(expression)})\nFROM ${dialect.from(table)}${where}`;
}

function nameOf(key: string): string {
  return key.replace(/^calendar:/, 'Calendar ');
}

function ofSubject(subject: string, error: WarehouseError): WarehouseError {
  return new WarehouseError(error.kind, `${subject}: ${error.message}`);
}

/** Counts what queries cost. */
class Meter {
  #queries = 0;
  #bytes = 0;

  add(bytes: number): void {
    this.#queries++;
    this.#bytes += bytes;
  }

  get cost(): ReadingCost {
    return { queries: this.#queries, bytes: this.#bytes };
  }
}
