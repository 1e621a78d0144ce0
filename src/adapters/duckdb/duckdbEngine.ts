import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { WarehouseError } from '../../app/ports';
import type { Day } from '../../base/day';
import { messageOf } from '../../base/logger';

/** The native library is loaded on first use: what is answered from the cache never pays for it. */
export async function duckdb(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    throw new WarehouseError('unsupported', `DuckDB cannot be loaded on this machine: ${messageOf(error).split('\n')[0]}`);
  }
}

/** Nothing is fetched or loaded from the network. */
const OFFLINE = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' } as const;

/**
 * Opens a database in which what the manifest brings as SQL can reach no file and undo none of this. Dates of timestamps with a zone
 * are those of UTC, as in BigQuery, wherever this runs.
 * @param folder the only folder that can be reached nevertheless.
 */
export async function openLocked(path: string, options: Record<string, string>, folder?: string): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await duckdb();
  const closed = folder === undefined ? { enable_external_access: 'false' } : {};
  const instance = await DuckDBInstance.create(path, { ...OFFLINE, ...closed, ...options });
  try {
    await withConnection(instance, async (connection) => {
      if (folder !== undefined) {
        await connection.run(`SET GLOBAL allowed_directories = ['${folder.replaceAll("'", "''")}/']`);
        await connection.run('SET GLOBAL enable_external_access = false');
      }
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      await connection.run('SET GLOBAL lock_configuration = true');
    });
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Runs statements on a connection of its own; an abort interrupts the one that runs and keeps the next from starting. */
export async function withConnection<T>(
  instance: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    return await work(connection);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
  }
}

/** Runs one statement; more than one in the text is an error. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values?: Record<string, DuckDBValue>,
): Promise<Record<string, DuckDBValue>[]> {
  const statement = await connection.prepare(sql);
  try {
    if (values !== undefined) statement.bind(values);
    return (await statement.runAndReadAll()).getRowObjects();
  } finally {
    statement.destroySync();
  }
}

/** A DATE value as DuckDB gives it; NaN for NULL. */
export function dayOfValue(value: unknown): Day {
  return typeof value === 'object' && value !== null && 'days' in value && typeof value.days === 'number'
    ? value.days
    : Number.NaN;
}
