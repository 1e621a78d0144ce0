import { stat } from 'node:fs/promises';
import { WarehouseError } from '../../app/ports';
import { messageOf } from '../../base/logger';
import { duckdbDialect } from '../../core/sql/dialect';
import { type OpenOptions, openDatabase } from './databaseFile';
import { withConnection } from './duckdbEngine';
import { missingWarehouse } from './duckdbErrors';
import { type DuckdbStore, type OpenedStore, stamp } from './store';

/** A DuckDB file: opened READ_ONLY, closed as soon as nobody reads. */
export class FileStore implements DuckdbStore {
  readonly blocksWriters = true;
  readonly dialect = duckdbDialect();
  readonly #path: string;
  readonly #options: OpenOptions;

  /** @param path absolute. */
  constructor(path: string, options: OpenOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  /** Commits go to the `.wal` beside the file until a checkpoint, so both count. */
  async probe(): Promise<string> {
    const [file, wal] = await Promise.all([statOf(this.#path), statOf(`${this.#path}.wal`)]);
    if (file === undefined) throw missingWarehouse(this.#path);
    return `${stamp(file)} ${stamp(wal)}`;
  }

  async use<T>(
    _tables: readonly string[] | undefined,
    work: (opened: OpenedStore) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const lease = await openDatabase(this.#path, 'read', this.#options, signal);
    try {
      return await withConnection(
        lease.instance,
        (connection) => work({ connection, empty: new Set(), unreadable: new Map(), views: 'view' }),
        signal,
      );
    } finally {
      void lease.release();
    }
  }
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new WarehouseError('unreachable', `${path} cannot be read: ${messageOf(error)}`);
  }
}
