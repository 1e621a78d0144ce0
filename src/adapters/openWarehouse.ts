import { resolve } from 'node:path';
import { type Warehouse, WarehouseError } from '../app/ports';
import type { WarehouseConfig } from '../core/pipeline';
import { DuckdbWarehouse } from './duckdb/duckdbWarehouse';
import { FileStore } from './duckdb/fileStore';
import { ParquetStore } from './duckdb/parquetStore';

/**
 * The reader of a pipeline's warehouse. Opens nothing yet. Throws a WarehouseError for one that this release cannot read.
 * @param folder what a relative path is relative to: the manifest's.
 */
export function openWarehouse(config: WarehouseConfig, folder: string): Warehouse {
  switch (config.type) {
    case 'duckdb':
      return new DuckdbWarehouse(new FileStore(resolve(folder, config.path)), Date);
    case 'parquet':
      return new DuckdbWarehouse(new ParquetStore(resolve(folder, config.path)), Date);
    case 'bigquery':
      throw new WarehouseError(
        'unsupported',
        'BigQuery is not read yet: this release reads DuckDB files and folders of Parquet.',
      );
  }
}
