import type { WarehouseConfig } from '../../core/pipeline';

/** The `warehouse` of a manifest whose tables are in BigQuery. */
export type BigqueryConfig = Extract<WarehouseConfig, { type: 'bigquery' }>;
