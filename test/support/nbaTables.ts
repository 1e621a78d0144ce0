import schema from '../fixtures/nba/schema.json';

/** A table that the preset nba-stats-scraper names, with the columns that it uses, as the pipeline's own DDL has them. */
export interface NbaTable {
  readonly dataset: string;
  readonly table: string;
  /** The DATE column that it is partitioned by, a day a partition. */
  readonly partition: string;
  readonly requirePartitionFilter: boolean;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly mode: string }[];
}

export const NBA_TABLES: readonly NbaTable[] = schema;

const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMPTZ',
  JSON: 'VARCHAR',
};

/** Statements that create them in DuckDB, empty and without their modes. */
export function duckdbTables(): string[] {
  const datasets = [...new Set(NBA_TABLES.map(({ dataset }) => dataset))];
  return [
    ...datasets.map((dataset) => `CREATE SCHEMA ${dataset}`),
    ...NBA_TABLES.map(({ dataset, table, columns }) => {
      const list = columns.map(({ name, type }) => `${name} ${DUCKDB_TYPES[type] ?? type}`);
      return `CREATE TABLE ${dataset}.${table} (${list.join(', ')})`;
    }),
  ];
}
