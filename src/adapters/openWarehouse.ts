import { resolve } from 'node:path';
import { type Clock, type PartitionWriter, type Warehouse, WarehouseError } from '../app/ports';
import type { WarehouseConfig } from '../core/pipeline';
import { BigqueryWarehouse } from './bigquery/bigqueryWarehouse';
import { BigqueryWriter } from './bigquery/bigqueryWriter';
import { BigqueryClient } from './bigquery/client';
import type { TransportOptions } from './bigquery/transport';
import type { OpenOptions } from './duckdb/databaseFile';
import { DuckdbWarehouse } from './duckdb/duckdbWarehouse';
import { DuckdbWriter } from './duckdb/duckdbWriter';
import { FileStore } from './duckdb/fileStore';
import { ParquetStore } from './duckdb/parquetStore';

type Options = OpenOptions & Pick<TransportOptions, 'logger'>;

/** Opens nothing yet. @param folder what a relative path in the config is relative to: the manifest's. */
export function openWarehouse(config: WarehouseConfig, folder: string, clock: Clock, options: Options = {}): Warehouse {
  switch (config.type) {
    case 'duckdb':
      return new DuckdbWarehouse(new FileStore(resolve(folder, config.path), options), clock);
    case 'parquet':
      return new DuckdbWarehouse(new ParquetStore(resolve(folder, config.path), options), clock);
    case 'bigquery':
      return new BigqueryWarehouse(
        // The metadata of emulators stand still while queries write.
        new BigqueryClient(config, { ...options, staleMetadata: config.endpoint !== undefined }),
        clock,
      );
  }
}

/** The same for writing; a folder of Parquet is written by its own jobs only. */
export function openWriter(config: WarehouseConfig, folder: string, options: Options = {}): PartitionWriter {
  if (config.type === 'duckdb') return new DuckdbWriter(resolve(folder, config.path), options);
  if (config.type === 'bigquery') return new BigqueryWriter(new BigqueryClient(config, options));
  throw new WarehouseError(
    'unsupported',
    `\`run.sql\` needs a DuckDB file or BigQuery, not ${config.type}: run this processor by a command.`,
  );
}
