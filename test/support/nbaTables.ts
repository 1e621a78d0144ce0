import schema from '../fixtures/nba/schema.json';
import type { Emulator } from './emulator';

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

/** Creates them in a project of an emulator, empty, with their partitions and modes. */
export async function createNbaTables(emulator: Emulator, project: string): Promise<void> {
  for (const dataset of new Set(NBA_TABLES.map((table) => table.dataset))) await emulator.createDataset(project, dataset);
  for (const { dataset, table, partition, requirePartitionFilter, columns } of NBA_TABLES) {
    await emulator.createTable(project, `${dataset}.${table}`, {
      // Without the precision of numbers, which is nothing that a test here is about.
      columns: columns.map(({ name, type, mode }) => {
        const plain = type.replace(/\(.*\)/, '');
        return `${name} ${mode === 'REPEATED' ? `ARRAY<${plain}>` : plain}${mode === 'REQUIRED' ? ' NOT NULL' : ''}`;
      }),
      partition: { field: partition },
      also: { requirePartitionFilter },
    });
  }
}
