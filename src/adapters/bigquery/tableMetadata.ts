import type { bigquery } from './rest';

/** What tables.get tells of a table, at no cost. */
export interface TableMetadata {
  /** `TABLE`, `VIEW`, `MATERIALIZED_VIEW`, `EXTERNAL`, `SNAPSHOT` or a word that is newer than this. */
  readonly type: string;
  readonly fields: readonly TableField[];
  /** Without `field` the table is partitioned by the time at which rows arrive. */
  readonly timePartitioning?: {
    readonly type: 'DAY' | 'HOUR' | 'MONTH' | 'YEAR';
    readonly field?: string;
    /** How long a partition is kept after its own time, in milliseconds; absent: for ever. */
    readonly expirationMs?: number;
  };
  readonly rangePartitioning?: { readonly field: string };
  /** A query without a filter on the partition column is refused. */
  readonly requirePartitionFilter: boolean;
  readonly clustering: readonly string[];
  /** Rows and bytes without those of the streaming buffer; 0 of a view. */
  readonly numRows: number;
  readonly numBytes: number;
  /** Epoch milliseconds; not moved by every deletion. */
  readonly lastModifiedTime: number;
  /** Present while rows that were streamed in are not in their partitions yet. A lower bound. */
  readonly streamingBuffer?: { readonly estimatedRows: number; readonly estimatedBytes: number };
  readonly etag: string;
  readonly location: string;
}

export interface TableField {
  readonly name: string;
  /** GoogleSQL's name of the type, such as `INT64` or `STRUCT`, whatever the API calls it (`INTEGER`, `RECORD`). */
  readonly type: string;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  /** Of a STRUCT; empty otherwise. */
  readonly fields: readonly TableField[];
  readonly description?: string;
}

export function tableMetadata(table: bigquery.ITable): TableMetadata {
  const { timePartitioning, rangePartitioning, streamingBuffer } = table;
  return {
    type: table.type ?? 'TABLE',
    fields: tableFields(table.schema),
    ...(timePartitioning === undefined
      ? {}
      : {
          timePartitioning: {
            type: (timePartitioning.type ?? 'DAY') as 'DAY',
            ...(timePartitioning.field === undefined ? {} : { field: timePartitioning.field }),
            ...(timePartitioning.expirationMs == null ? {} : { expirationMs: Number(timePartitioning.expirationMs) }),
          },
        }),
    ...(rangePartitioning?.field === undefined ? {} : { rangePartitioning: { field: rangePartitioning.field } }),
    // The older place of the same setting is still what some clients write.
    requirePartitionFilter: table.requirePartitionFilter ?? timePartitioning?.requirePartitionFilter ?? false,
    clustering: table.clustering?.fields ?? [],
    numRows: Number(table.numRows ?? 0),
    numBytes: Number(table.numBytes ?? 0),
    lastModifiedTime: Number(table.lastModifiedTime ?? 0),
    ...(streamingBuffer === undefined
      ? {}
      : {
          streamingBuffer: {
            estimatedRows: Number(streamingBuffer.estimatedRows ?? 0),
            estimatedBytes: Number(streamingBuffer.estimatedBytes ?? 0),
          },
        }),
    etag: table.etag ?? '',
    location: table.location ?? '',
  };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  RECORD: 'STRUCT',
};

export function tableFields(schema: bigquery.ITableSchema | undefined): readonly TableField[] {
  return (schema?.fields ?? []).map((field) => ({
    name: field.name ?? '',
    type: TYPE_NAMES[field.type ?? ''] ?? field.type ?? 'STRING',
    mode: (field.mode || 'NULLABLE') as TableField['mode'],
    fields: tableFields(field),
    ...(field.description ? { description: field.description } : {}),
  }));
}
