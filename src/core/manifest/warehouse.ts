import type { WarehouseConfig } from '../pipeline';
import { object, optional, required, variant } from './collections';
import { present } from './present';
import type { Reader } from './reader';
import { address, bytes, oneOf, project, text } from './scalars';

const STAND_IN: WarehouseConfig = { type: 'duckdb', path: '' };

/** A DuckDB file; a path that ends in `/` is a folder of Parquet. */
export const duckdbWarehouse = object(
  'a duckdb warehouse',
  { type: required(oneOf(['duckdb'])), path: required(text) },
  ({ path }): WarehouseConfig => (path.endsWith('/') ? { type: 'parquet', path: withoutSlash(path) } : { type: 'duckdb', path }),
);

export const parquetWarehouse = object(
  'a parquet warehouse',
  { type: required(oneOf(['parquet'])), path: required(text) },
  ({ path }): WarehouseConfig => ({ type: 'parquet', path: withoutSlash(path) }),
);

export const bigqueryWarehouse = object(
  'a bigquery warehouse',
  {
    type: required(oneOf(['bigquery'])),
    project: required(project),
    location: optional(text),
    max_bytes_billed: optional(bytes),
    endpoint: optional(address),
  },
  ({ project, location, max_bytes_billed: maxBytesBilled, endpoint }): WarehouseConfig => ({
    type: 'bigquery',
    project,
    ...present({ location, maxBytesBilled, endpoint }),
  }),
);

const TYPES = { duckdb: duckdbWarehouse, parquet: parquetWarehouse, bigquery: bigqueryWarehouse };

/** Read only to say what is wrong with the type. */
const unknownWarehouse = object(
  'the warehouse',
  {
    ...bigqueryWarehouse.shape,
    ...duckdbWarehouse.shape,
    type: required(oneOf(['duckdb', 'parquet', 'bigquery'])),
    project: optional(text),
    path: optional(text),
  },
  () => STAND_IN,
);

export const warehouse: Reader<WarehouseConfig> = variant(STAND_IN, (keys) => {
  const type = keys.get('type');
  return typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type as keyof typeof TYPES] : unknownWarehouse;
});

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}
