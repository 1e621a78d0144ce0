import type { SqlDialect } from '../../core/sql/dialect';
import type { BigqueryClient } from './client';
import type { Row } from './decodeRows';
import type { TableMetadata } from './tableMetadata';

/**
 * The metadata of tables with the rows that they hold now: those of an emulator do not follow what queries write. One query for all; where
 * it fails the metadata stay as they are.
 * @param dialect in which all rows of each table can be read.
 */
export async function withCountedRows(
  client: BigqueryClient,
  tables: ReadonlyMap<string, TableMetadata>,
  dialect: SqlDialect,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, TableMetadata>> {
  const counted = [...tables].flatMap(([table, { type }]) => (type === 'TABLE' ? [table] : []));
  if (counted.length === 0) return tables;
  const sql = counted
    .map((table, index) => `SELECT ${index} AS at, COUNT(*) AS row_count FROM ${dialect.from(table)}`)
    .join('\nUNION ALL\n');
  let rows: readonly Row[];
  try {
    rows = await client.query(sql, { purpose: 'probe', tables: counted, signal });
  } catch {
    signal?.throwIfAborted();
    return tables;
  }
  const counts = new Map(rows.map((row) => [counted[Number(row['at'])] ?? '', Number(row['row_count'])]));
  return new Map(
    [...tables].map(([table, metadata]) => [table, { ...metadata, numRows: counts.get(table) ?? metadata.numRows }]),
  );
}
