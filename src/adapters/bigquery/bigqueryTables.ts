import { createHash } from 'node:crypto';
import { WarehouseError } from '../../app/ports';
import { missingTable, requireColumn } from '../../app/session/tableErrors';
import { type DayRange, dayOf } from '../../base/day';
import type { PipelineNode } from '../../core/pipeline';
import type { TableCalendar } from '../../core/sql/coverage';
import { type BigqueryNames, bigqueryDialect, type SqlDialect } from '../../core/sql/dialect';
import { calendarExpressions, expressionsOf, type NamedExpression } from '../../core/sql/expressions';
import type { RecordColumn } from '../../core/sql/records';
import { expressionProblem, tokenize } from '../../core/sql/tokens';
import type { BigqueryClient } from './client';
import { withCountedRows } from './countedRows';
import { inParallel } from './inParallel';
import { tablePrint } from './memo';
import { isPseudoColumn } from './partitions';
import type { TableMetadata } from './tableMetadata';

const DATES = /^(?:DATE|DATETIME|TIMESTAMP|STRING)$/;
const STAMPS = /^(?:DATE|DATETIME|TIMESTAMP)$/;

/** Every date there is, for tables that refuse a query which names none. */
export const EVER: DayRange = { from: dayOf(1000, 1, 1), to: dayOf(9999, 12, 31) };

/** Runs a text in another database. */
const LEAVES = /^`?EXTERNAL_QUERY`?$/i;

/** Tables by the names of the manifest, as their free metadata describe them at one moment. */
export class BigqueryTables {
  readonly #client: BigqueryClient;
  readonly #found: ReadonlyMap<string, TableMetadata | WarehouseError>;
  /** Just before the first was asked for, epoch milliseconds. */
  readonly readAt: number;
  readonly #dialect: SqlDialect;

  private constructor(client: BigqueryClient, found: ReadonlyMap<string, TableMetadata | WarehouseError>, readAt: number) {
    this.#client = client;
    this.#found = found;
    this.readAt = readAt;
    const path = (table: string) => Object.values(client.path(table)).join('.');
    const typeOf = (table: string, column: string) => this.#typeOf(table, column);
    this.#dialect = bigqueryDialect({ path, typeOf } satisfies BigqueryNames);
  }

  /** Asks for all at once; rejects only where the trouble is with all of them, such as with the sign-in. */
  static async read(
    client: BigqueryClient,
    tables: readonly string[],
    now: number,
    signal?: AbortSignal,
  ): Promise<BigqueryTables> {
    const found = await inParallel([...new Set(tables)], async (table): Promise<[string, TableMetadata | WarehouseError]> => {
      try {
        return [table, await client.table(table, { signal })];
      } catch (error) {
        if (!(error instanceof WarehouseError)) throw error;
        // A project that only this table is in says nothing of the others.
        const isOfOne = error.isOfOneNode || (error.kind === 'project' && client.path(table).project !== client.config.project);
        if (!isOfOne) throw error;
        return [table, error];
      }
    });
    return new BigqueryTables(client, new Map(found), now);
  }

  /** The same as far as BigQuery goes; where metadata stand still, with rows that were counted: fit to be compared with other times. */
  async comparable(signal?: AbortSignal): Promise<BigqueryTables> {
    if (!this.#client.staleMetadata) return this;
    const there = new Map(
      [...this.#found].flatMap(([table]) => {
        const metadata = this.get(table);
        return metadata === undefined ? [] : [[table, metadata] as const];
      }),
    );
    const counted = await withCountedRows(this.#client, there, this.dialectFor(''), signal);
    return new BigqueryTables(this.#client, new Map([...this.#found, ...counted]), this.readAt);
  }

  /** Undefined when the table is not there or cannot be seen. */
  get(table: string): TableMetadata | undefined {
    const found = this.#found.get(table);
    return found instanceof WarehouseError ? undefined : found;
  }

  isMissing(table: string): boolean {
    const found = this.#found.get(table);
    return found instanceof WarehouseError && found.kind === 'missingTable';
  }

  /** Of everything: equal means that nothing changed. */
  fingerprint(): string {
    const hash = createHash('sha256');
    for (const [table, found] of this.#found)
      hash.update(`${table} ${found instanceof WarehouseError ? `${found.kind} ${found.message}` : this.print(found)}\n`);
    return hash.digest('base64');
  }

  print(table: TableMetadata): string {
    return tablePrint(table, this.readAt);
  }

  locationOf(table: string): string {
    return this.get(table)?.location || (this.#client.config.location ?? '');
  }

  /**
   * The dialect for what reads tables by this date column.
   * A table that requires a filter on another one is read through a condition that all of its rows meet.
   */
  dialectFor(dateColumn: string): SqlDialect {
    const dialect = this.#dialect;
    const from = (table: string): string => {
      const metadata = this.get(table);
      const column = metadata === undefined ? undefined : partitionColumn(metadata);
      if (metadata === undefined || column === undefined || !metadata.requirePartitionFilter || same(column, dateColumn))
        return dialect.from(table);
      const everything =
        metadata.rangePartitioning === undefined
          ? dialect.within(column, table, EVER)
          : `${dialect.name(column)} >= -9223372036854775807`;
      return `(SELECT * FROM ${dialect.from(table)} WHERE ${everything})`;
    };
    return { ...dialect, from };
  }

  /** The dates to name where all are meant: none, or all where a table refuses a query that names none. */
  allDates(tables: readonly string[]): readonly DayRange[] {
    return tables.some((table) => this.get(table)?.requirePartitionFilter === true) ? [EVER] : [];
  }

  /** Rejects unless every table and column that a node names is there, with types that can be used, and its expressions are expressions. */
  async requireNode(node: PipelineNode): Promise<void> {
    const columns: RecordColumn[] = [
      { name: node.dateColumn, kind: 'date' },
      ...[...node.entity, ...node.key].map((name) => ({ name, kind: 'any' }) as const),
      ...(node.writtenAt === undefined ? [] : [{ name: node.writtenAt, kind: 'instant' } as const]),
    ];
    for (const table of node.tables) await this.requireColumns(node.id, table, columns);
    const [first = '', ...others] = node.tables.map((table) => this.locationOf(table));
    const elsewhere = others.find((location) => location !== first);
    if (elsewhere !== undefined)
      throw new WarehouseError('location', `${node.id}: its tables are in ${first} and in ${elsewhere}: make it two processors.`);
    for (const expression of expressionsOf(node)) requireEnclosable(expression);
  }

  async requireCalendar(calendar: TableCalendar): Promise<void> {
    const { name, table, dateColumn, count } = calendar;
    const counted: RecordColumn[] = count === undefined ? [] : [{ name: count, kind: 'any' }];
    await this.requireColumns(`Calendar ${name}`, table, [{ name: dateColumn, kind: 'date' }, ...counted]);
    for (const expression of calendarExpressions(calendar)) requireEnclosable(expression);
  }

  /** Rejects unless a table has these columns, with types that can be used. */
  async requireColumns(subject: string, table: string, columns: readonly RecordColumn[]): Promise<void> {
    const found = this.#found.get(table);
    if (found === undefined || (found instanceof WarehouseError && found.kind === 'missingTable'))
      throw missingTable(subject, table, await this.#neighbours(table));
    if (found instanceof WarehouseError) throw new WarehouseError(found.kind, `${subject}: ${found.message}`);
    const asked = { subject, table, columns: found.fields };
    for (const { name, kind } of columns) {
      if (found.timePartitioning?.field === undefined && found.timePartitioning && isPseudoColumn(name)) continue;
      if (kind === 'date') requireColumn(asked, name, 'a date', DATES);
      else if (kind === 'instant') requireColumn(asked, name, 'a date or a timestamp', STAMPS);
      else requireColumn(asked, name);
    }
  }

  /** The tables of a dataset, as the manifest would name them; none where they cannot be listed. */
  async #neighbours(table: string): Promise<string[]> {
    try {
      const names = await this.#client.tables(this.#client.path(table));
      const dataset = table.slice(0, table.lastIndexOf('.') + 1);
      return names.map((name) => dataset + name);
    } catch (error) {
      if (error instanceof WarehouseError) return [];
      throw error;
    }
  }

  #typeOf(table: string, column: string): string | undefined {
    if (/^_PARTITIONTIME$/i.test(column)) return 'TIMESTAMP';
    return this.get(table)?.fields.find(({ name }) => same(name, column))?.type;
  }
}

function partitionColumn({ timePartitioning, rangePartitioning }: TableMetadata): string | undefined {
  if (timePartitioning !== undefined) return timePartitioning.field ?? '_PARTITIONDATE';
  return rangePartitioning?.field;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Throws unless an expression of the manifest stays in the parentheses it is put in, and in the warehouse. */
export function requireEnclosable({ subject, expression }: NamedExpression): void {
  const problem = expressionProblem(expression, 'googlesql');
  if (problem !== undefined) throw new WarehouseError('refused', `${subject} is not one SQL expression: ${problem}.`);
  const leaving = tokenize(expression, 'googlesql').find(({ text }) => LEAVES.test(text));
  if (leaving !== undefined)
    throw new WarehouseError('refused', `${subject} calls ${leaving.text}: only tables of the warehouse can be read.`);
}
