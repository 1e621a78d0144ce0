import { resolve } from 'node:path';
import { type Clock, type PartitionWriter, type Warehouse, WarehouseError } from '../app/ports';
import type { WarehouseConfig } from '../core/pipeline';
import type { OpenOptions } from './duckdb/databaseFile';
import { DuckdbWarehouse } from './duckdb/duckdbWarehouse';
import { DuckdbWriter } from './duckdb/duckdbWriter';
import { FileStore } from './duckdb/fileStore';
import { ParquetStore } from './duckdb/parquetStore';

/** @param folder what a relative path in the config is relative to: the manifest's. Throws a WarehouseError of kind `unsupported`. */
export function openWarehouse(config: WarehouseConfig, folder: string, clock: Clock, options: OpenOptions = {}): Warehouse {
  switch (config.type) {
    case 'duckdb':
      return new DuckdbWarehouse(new FileStore(resolve(folder, config.path), options), clock);
    case 'parquet':
      return new DuckdbWarehouse(new ParquetStore(resolve(folder, config.path), options), clock);
    case 'bigquery':
      throw new WarehouseError('unsupported', 'This release reads DuckDB files and Parquet folders, not BigQuery yet.');
  }
}

/** The same for writing; a folder of Parquet is written by its own jobs only. */
export function openWriter(config: WarehouseConfig, folder: string, options: OpenOptions = {}): PartitionWriter {
  if (config.type === 'duckdb') return new DuckdbWriter(resolve(folder, config.path), options);
  throw new WarehouseError(
    'unsupported',
    `\`run.sql\` needs a DuckDB file, not ${config.type}: run this processor by a command.`,
  );
}
