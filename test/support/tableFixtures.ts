import type { TableFixture } from '../unit/contract/warehouseContract';

const TYPES = {
  DATE: 'DATE',
  TEXT: 'VARCHAR',
  INTEGER: 'BIGINT',
  FLOAT: 'DOUBLE',
  TIMESTAMP: 'TIMESTAMP',
  JSON: 'JSON',
} as const;

/** A fixture as a DuckDB query. */
export function duckdbRows({ columns, rows }: TableFixture): string {
  const literal = (value: string | number | null) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL');
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
  const cast = columns.map(({ name, type }) => `CAST(${name} AS ${TYPES[type]}) AS ${name}`).join(', ');
  return `SELECT ${cast} FROM (VALUES ${values}) t(${columns.map(({ name }) => name).join(', ')})`;
}
