import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { type PartitionWriter, WarehouseError, type WriteAttempt } from '../../app/ports';
import { type Day, formatDay } from '../../base/day';
import type { Processor } from '../../core/pipeline';
import { enclosed, partitionCondition, surplusRows } from '../../core/sql/coverage';
import { duckdbDialect } from '../../core/sql/dialect';
import { datedSelect } from '../../core/sql/tokens';
import { type GuardFinding, guardError, onlyTable, requireColumns } from '../refusals';
import { type DatabaseLease, type OpenOptions, openDatabase } from './databaseFile';
import { duckdb, rowsOf, withConnection } from './duckdbEngine';
import { queryError } from './duckdbErrors';
import { requireEnclosable, requireExpression, requireSelect } from './sqlGuard';
import { Tables } from './tables';

const dialect = duckdbDialect();
const STAGE = dialect.from('temp.backfill_stage');

/**
 * Replaces partitions of a DuckDB file. Keeps it open between partitions, because opening costs more than many a partition, until
 * `release`; what reads it in this process shares it meanwhile.
 */
export class DuckdbWriter implements PartitionWriter {
  readonly #path: string;
  readonly #options: OpenOptions;
  #lease: DatabaseLease | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param path absolute. */
  constructor(path: string, options: OpenOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  replace(processor: Processor, day: Day, select: string, { signal }: Pick<WriteAttempt, 'signal'>): Promise<void> {
    return this.#transact(processor, day, signal, (connection) => replacePartition(connection, processor, day, select, signal));
  }

  clean(processor: Processor, day: Day, rows: readonly number[], { signal }: Pick<WriteAttempt, 'signal'>): Promise<void> {
    return this.#transact(processor, day, signal, (connection) => cleanPartition(connection, processor, day, rows));
  }

  async cleanSql(processor: Processor, day: Day): Promise<readonly string[]> {
    if (processor.where !== undefined) requireEnclosable(`${processor.id}: \`where\``, processor.where);
    const statements = processor.tables.map((table) => deleteSql(processor, table, dialect.from(table), day));
    return ['BEGIN TRANSACTION', ...statements, 'COMMIT'];
  }

  /** One after the other: concurrent transactions on one table would only conflict. */
  #transact(
    processor: Processor,
    day: Day,
    signal: AbortSignal,
    work: (connection: DuckDBConnection) => Promise<void>,
  ): Promise<void> {
    return this.#next(async () => {
      signal.throwIfAborted();
      if (this.#lease?.isCurrent() === false) await this.#close();
      this.#lease ??= await openDatabase(this.#path, 'write', this.#options, signal);
      try {
        await withConnection(this.#lease.instance, (connection) => inTransaction(connection, () => work(connection)), signal);
      } catch (error) {
        // Some failures leave an instance that answers nothing any more.
        await this.#close();
        signal.throwIfAborted();
        throw queryError(nameOf(processor, day), error);
      }
      if (!this.#lease.isCurrent()) {
        await this.#close();
        throw new WarehouseError(
          'missingFile',
          `${this.#path} was moved or replaced while it was written: put the file back that the backfill is to go on with.`,
        );
      }
    });
  }

  release(): Promise<void> {
    return this.#next(() => this.#close());
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #close(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }
}

function nameOf(processor: Processor, day: Day): string {
  return `${processor.id} ${formatDay(day)}`;
}

async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN TRANSACTION');
  try {
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    // Where the failure has ended the transaction already there is nothing to roll back.
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function replacePartition(
  connection: DuckDBConnection,
  processor: Processor,
  day: Day,
  select: string,
  signal: AbortSignal,
): Promise<void> {
  const table = onlyTable(processor);
  const staged = await stage(connection, processor, day, select);
  signal.throwIfAborted();
  const target = await targetOf(connection, processor, table);
  const partition = partitionCondition(processor, table, dialect, day);
  await guard(connection, { processor, day, staged, target, partition });
  signal.throwIfAborted();
  await rowsOf(connection, `DELETE FROM ${target} WHERE ${partition}`);
  await rowsOf(connection, `INSERT INTO ${target} BY NAME SELECT * FROM ${STAGE}`);
  signal.throwIfAborted();
}

/** Throws where a table holds other rows than were counted; the transaction then leaves all of them as they were. */
async function cleanPartition(
  connection: DuckDBConnection,
  processor: Processor,
  day: Day,
  counted: readonly number[],
): Promise<void> {
  if (processor.where !== undefined) await requireExpression(connection, `${processor.id}: \`where\``, processor.where);
  const tables = await Tables.read({ connection, empty: new Set(), unreadable: new Map(), views: 'view' });
  for (const [index, table] of processor.tables.entries()) {
    const partition = partitionCondition(processor, table, dialect, day);
    const target = tables.dialect.from(table);
    const count = await countOf(connection, `SELECT COUNT(*) AS n FROM ${target} WHERE ${partition}`);
    const staged = counted[index] ?? 0;
    if (count !== staged) throw guardError(processor, day, { finding: 'changed', count, staged });
    await rowsOf(connection, deleteSql(processor, table, target, day));
  }
}

function deleteSql(processor: Processor, table: string, target: string, day: Day): string {
  return `DELETE FROM ${target} WHERE ${partitionCondition(processor, table, dialect, day)}`;
}

/** Puts what the SELECT gives into a temporary table and counts it. */
async function stage(connection: DuckDBConnection, processor: Processor, day: Day, select: string): Promise<number> {
  const subject = `${nameOf(processor, day)}: the SELECT`;
  const read = datedSelect(select, 'duckdb');
  if (read.problem !== undefined) throw new WarehouseError('refused', `${subject} cannot be run: ${read.problem}.`);
  await requireSelect(connection, subject, read.sql);
  const { DuckDBDateValue } = await duckdb();
  const values: Record<string, DuckDBValue> | undefined = read.usesDate ? { date: new DuckDBDateValue(day) } : undefined;
  try {
    await rowsOf(connection, `CREATE TEMPORARY TABLE backfill_stage AS SELECT * FROM (\n${read.sql}\n)`, values);
  } catch (error) {
    throw queryError(subject, error);
  }
  return countOf(connection, `SELECT COUNT(*) AS n FROM ${STAGE}`);
}

/** The whole path of the processor's table, which is made from the columns of the SELECT where it is missing. */
async function targetOf(connection: DuckDBConnection, processor: Processor, table: string): Promise<string> {
  const staged = await columnsOf(connection, "database_name = 'temp' AND table_name = 'backfill_stage'");
  const tables = await Tables.read({ connection, empty: new Set(), unreadable: new Map(), views: 'view' });
  const schema = tables.schemaOf(table);
  requireColumns(
    processor,
    table,
    staged,
    schema?.columns.map(({ name }) => name),
  );
  if (schema === undefined) return createTarget(connection, table);
  return tables.dialect.from(table);
}

async function createTarget(connection: DuckDBConnection, table: string): Promise<string> {
  const [row] = await rowsOf(connection, 'SELECT current_database() AS name');
  const parts = table.split('.');
  const name = parts.at(-1) ?? table;
  const schema = [String(row?.['name']), parts.at(-2) ?? 'main'].map(dialect.name).join('.');
  const target = `${schema}.${dialect.name(name)}`;
  await rowsOf(connection, `CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await rowsOf(connection, `CREATE TABLE ${target} AS SELECT * FROM ${STAGE} LIMIT 0`);
  return target;
}

interface Replacement {
  readonly processor: Processor;
  readonly day: Day;
  readonly staged: number;
  readonly target: string;
  /** The condition of the partition. */
  readonly partition: string;
}

/** Throws where replacing would lose or spoil data; nothing has been deleted then. */
async function guard(connection: DuckDBConnection, { processor, day, staged, target, partition }: Replacement): Promise<void> {
  const refuse = (finding: GuardFinding, count: number): never => {
    throw guardError(processor, day, { finding, count, staged });
  };
  if (processor.where !== undefined) await requireExpression(connection, `${processor.id}: \`where\``, processor.where);
  if (staged === 0) {
    const held = await countOf(connection, `SELECT COUNT(*) AS n FROM ${target} WHERE ${partition}`);
    if (held > 0) refuse('emptied', held);
    return;
  }
  const onDate = `${dialect.dateOf(processor.dateColumn, STAGE)} IS NOT DISTINCT FROM ${dialect.date(day)}`;
  const strays = await countOf(connection, `SELECT COUNT(*) AS n FROM ${STAGE} WHERE NOT (${onDate})`);
  if (strays > 0) refuse('strays', strays);
  if (processor.where !== undefined) {
    const outside = await countOf(
      connection,
      `SELECT COUNT(*) AS n FROM ${STAGE} WHERE NOT COALESCE(${enclosed(processor.where)}, FALSE)`,
    );
    if (outside > 0) refuse('outside', outside);
  }
  if (processor.key.length > 0) {
    const surplus = await countOf(connection, `SELECT ${surplusRows(processor.key, dialect)} AS n FROM ${STAGE}`);
    if (surplus > 0) refuse('repeated', surplus);
  }
}

async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await rowsOf(connection, sql))[0]?.['n']);
}

async function columnsOf(connection: DuckDBConnection, condition: string): Promise<readonly string[]> {
  const rows = await rowsOf(connection, `SELECT column_name AS name FROM duckdb_columns() WHERE ${condition}`);
  return rows.map(({ name }) => String(name));
}
