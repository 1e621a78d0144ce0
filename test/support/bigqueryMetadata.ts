import type { TableMetadata } from '../../src/adapters/bigquery/tableMetadata';

/** What BigQuery would tell of an empty table without partitions, but for `change`. */
export function bigqueryTable(change: Partial<TableMetadata> = {}): TableMetadata {
  return {
    type: 'TABLE',
    fields: [],
    requirePartitionFilter: false,
    clustering: [],
    numRows: 0,
    numBytes: 0,
    lastModifiedTime: 0,
    etag: '',
    location: 'us-west2',
    ...change,
  };
}
