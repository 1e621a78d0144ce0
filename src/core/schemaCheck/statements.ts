import type { TableSchema } from '../observation/tableSchema';
import type { SqlLexis } from '../sql/lexis';

// Statements for people to read, copy and run: nothing here is ever executed.

export function addColumn(schema: TableSchema, column: string, type: string, lexis: SqlLexis): string {
  return `ALTER TABLE ${tablePath(schema, lexis)} ADD COLUMN ${quoted(column, lexis)} ${type};`;
}

export function dropNotNull(schema: TableSchema, column: string, lexis: SqlLexis): string {
  return `ALTER TABLE ${tablePath(schema, lexis)} ALTER COLUMN ${quoted(column, lexis)} DROP NOT NULL;`;
}

export function setType(schema: TableSchema, column: string, type: string, lexis: SqlLexis): string {
  return `ALTER TABLE ${tablePath(schema, lexis)} ALTER COLUMN ${quoted(column, lexis)} SET DATA TYPE ${type};`;
}

/** BigQuery alone: partitions stay for ever. */
export function keepPartitions(schema: TableSchema): string {
  return `ALTER TABLE ${tablePath(schema, 'googlesql')} SET OPTIONS (partition_expiration_days = NULL);`;
}

/** BigQuery alone: a copy beside the table, `NAME_dated`, whose text column is a DATE that it is partitioned by. */
export function datedCopy(schema: TableSchema, column: string): string {
  const name = quoted(column, 'googlesql');
  const copy = tablePath({ ...schema, table: `${schema.table}_dated` }, 'googlesql');
  const columns = `* REPLACE (CAST(${name} AS DATE) AS ${name})`;
  return `CREATE TABLE ${copy} PARTITION BY ${name} AS\nSELECT ${columns} FROM ${tablePath(schema, 'googlesql')};`;
}

function tablePath({ project, table }: TableSchema, lexis: SqlLexis): string {
  if (lexis === 'duckdb')
    return table
      .split('.')
      .map((part) => quoted(part, lexis))
      .join('.');
  // One pair around the whole: a project may hold dashes.
  return quoted(project === undefined ? table : `${project}.${table}`, lexis);
}

function quoted(name: string, lexis: SqlLexis): string {
  return lexis === 'duckdb' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}
