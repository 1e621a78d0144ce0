import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { WarehouseError } from '../../app/ports';
import { parseDay } from '../../base/day';
import { messageOf } from '../../base/logger';
import { duckdbDialect, type SqlDialect } from '../../core/sql/dialect';
import type { OpenOptions } from './databaseFile';
import { openLocked, rowsOf, withConnection } from './duckdbEngine';
import { missingWarehouse } from './duckdbErrors';
import { type DuckdbStore, type OpenedStore, stamp } from './store';

const quote = duckdbDialect();

/**
 * A folder of hive-partitioned Parquet, `<folder>/<schema>/<table>/<date_column>=YYYY-MM-DD/*.parquet`, read through views in a DuckDB
 * in memory that can reach this folder and nothing else.
 */
export class ParquetStore implements DuckdbStore {
  readonly blocksWriters = false;
  readonly dialect: SqlDialect = duckdbDialect((table) => this.#filesOf(table));
  readonly #folder: string;
  readonly #options: OpenOptions;

  /** @param folder absolute. */
  constructor(folder: string, options: OpenOptions = {}) {
    this.#folder = resolve(folder);
    this.#options = options;
  }

  /** Names, sizes and times of every file of the tables. */
  async probe(tables: readonly string[]): Promise<string> {
    this.#requireFolder();
    const hash = createHash('sha256');
    for (const table of [...new Set(tables)].sort()) {
      for (const line of await fileStamps(this.#folderOf(table))) hash.update(`${line}\n`);
    }
    return hash.digest('hex');
  }

  async use<T>(
    tables: readonly string[] | undefined,
    work: (opened: OpenedStore) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    this.#requireFolder();
    this.#options.onOpen?.('read');
    const instance = await openLocked(':memory:', { temp_directory: '' }, this.#folder);
    try {
      return await withConnection(
        instance,
        async (connection) => work({ connection, ...(await this.#makeViews(connection, tables ?? this.#allTables())) }),
        signal,
      );
    } finally {
      instance.closeSync();
    }
  }

  #requireFolder(): void {
    const found = statSync(this.#folder, { throwIfNoEntry: false });
    if (found === undefined) throw missingWarehouse(this.#folder);
    if (!found.isDirectory())
      throw new WarehouseError('unsupported', `${this.#folder} is no folder: \`type: parquet\` reads a folder of Parquet files.`);
  }

  #folderOf(table: string): string {
    return join(this.#folder, ...table.split('.'));
  }

  #filesOf(table: string): string {
    const glob = `${this.#folderOf(table).replaceAll('\\', '/')}/**/*.parquet`;
    const key = hiveKey(this.#folderOf(table));
    const types = key === undefined ? '' : `, hive_types = {${quote.text(key)}: DATE}`;
    return `read_parquet(${quote.text(glob)}, hive_partitioning = true${types})`;
  }

  async #makeViews(connection: DuckDBConnection, tables: readonly string[]): Promise<Omit<OpenedStore, 'connection'>> {
    const empty = new Set<string>();
    const unreadable = new Map<string, string>();
    for (const table of new Set(tables)) {
      if (!isFolder(this.#folderOf(table))) continue;
      const schema = table.split('.').slice(0, -1);
      if (schema.length > 0) await rowsOf(connection, `CREATE SCHEMA IF NOT EXISTS ${quote.from(schema.join('.'))}`);
      try {
        await rowsOf(connection, `CREATE VIEW ${quote.from(table)} AS SELECT * FROM ${this.#filesOf(table)}`);
      } catch (error) {
        const reason = messageOf(error);
        if (reason.includes('No files found')) empty.add(table);
        else unreadable.set(table, reason.split('\n')[0] ?? reason);
      }
    }
    return { empty, unreadable, views: 'external' };
  }

  /** Folders that hold Parquet files or hive partitions, at the first or second level, or nothing at all, at the second. */
  #allTables(): string[] {
    const isTable = (folder: string) =>
      hiveKey(folder) !== undefined || readdirSync(folder).some((name) => name.endsWith('.parquet'));
    return foldersIn(this.#folder).flatMap((name) =>
      isTable(join(this.#folder, name))
        ? [name]
        : foldersIn(join(this.#folder, name))
            .filter((table) => isTable(join(this.#folder, name, table)) || isEmpty(join(this.#folder, name, table)))
            .map((table) => `${name}.${table}`),
    );
  }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.includes('='))
    .map(({ name }) => name)
    .sort();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isEmpty(folder: string): boolean {
  return readdirSync(folder).length === 0;
}

/** The column that a table's folders are named after, where their names are dates. */
function hiveKey(folder: string): string | undefined {
  if (!isFolder(folder)) return undefined;
  for (const name of readdirSync(folder)) {
    const [key = '', value = ''] = name.split('=');
    if (parseDay(value) !== undefined) return key;
  }
  return undefined;
}

async function fileStamps(folder: string): Promise<string[]> {
  try {
    const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const lines = await Promise.all(
      entries.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return `${path} ${stamp(await stat(path, { bigint: true }))}`;
      }),
    );
    return lines.sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [`${folder} -`];
    throw new WarehouseError('unreachable', `${folder} cannot be read: ${messageOf(error)}`);
  }
}
