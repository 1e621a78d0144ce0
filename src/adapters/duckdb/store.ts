import type { DuckDBConnection } from '@duckdb/node-api';
import type { SqlDialect } from '../../core/sql/dialect';

/** Where the tables of a DuckdbWarehouse are: a database file, or a folder of Parquet. */
export interface DuckdbStore {
  readonly blocksWriters: boolean;
  /**
   * A fingerprint by file metadata alone; opens nothing.
   * @param tables those that it is about; it may be about more.
   */
  probe(tables: readonly string[]): Promise<string>;
  /**
   * Opens for reading, runs `work` and closes. Tables are found under the names of the manifest.
   * @param tables those that `work` needs; undefined for all.
   */
  use<T>(tables: readonly string[] | undefined, work: (opened: OpenedStore) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** For texts that are run elsewhere, where nothing is prepared. */
  readonly dialect: SqlDialect;
}

export interface OpenedStore {
  readonly connection: DuckDBConnection;
  /** Tables that are there and hold nothing, not even columns. */
  readonly empty: ReadonlySet<string>;
  /** Tables that are there and cannot be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** What its views are: views of a database, or the stand-ins for files. */
  readonly views: 'view' | 'external';
}

/** Metadata of a file as one word. */
export function stamp(stat: { readonly mtimeNs: bigint; readonly size: bigint; readonly ino: bigint } | undefined): string {
  return stat === undefined ? '-' : `${stat.mtimeNs}.${stat.size}.${stat.ino}`;
}
