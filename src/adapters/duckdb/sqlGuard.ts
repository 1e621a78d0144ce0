import type { DuckDBConnection } from '@duckdb/node-api';
import { WarehouseError } from '../../app/ports';
import { enclosed } from '../../core/sql/coverage';
import { expressionProblem } from '../../core/sql/tokens';
import { rowsOf } from './duckdbEngine';

/**
 * What stands after FROM with parentheses and only makes rows. Every other built-in one reads files, runs a text as SQL, or switches
 * something on for the whole instance: `enable_logging` ends the process when files are out of reach.
 */
const HARMLESS_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'generate_series',
  'json_each',
  'json_tree',
  'range',
  'repeat',
  'repeat_row',
  'unnest',
]);

/**
 * Throws unless a text is exactly one SELECT that cannot reach files or settings. DuckDB's own parser decides; nothing is run.
 * @param subject names the text in the error, such as `sql/pdc.sql`.
 */
export async function requireSelect(connection: DuckDBConnection, subject: string, sql: string): Promise<void> {
  const rows = await rowsOf(connection, 'SELECT json_serialize_sql(CAST($sql AS VARCHAR)) AS tree', { sql });
  const tree = JSON.parse(String(rows[0]?.['tree'])) as {
    error: boolean;
    error_message?: string;
    statements?: readonly unknown[];
  };
  if (tree.error) {
    const message = tree.error_message ?? 'it cannot be read';
    throw message.startsWith('Only SELECT')
      ? new WarehouseError('refused', `${subject} must be one SELECT and nothing else.`)
      : new WarehouseError('invalidSql', `${subject}: ${message.split('\n')[0]}`);
  }
  if (tree.statements?.length !== 1) throw new WarehouseError('refused', `${subject} must be one SELECT and nothing else.`);
  for (const called of tableFunctionsOf(tree.statements)) {
    if (HARMLESS_TABLE_FUNCTIONS.has(called.toLowerCase()) || (await isMacro(connection, called))) continue;
    throw new WarehouseError('refused', `${subject} calls ${called}(): only tables of the warehouse can be read.`);
  }
}

/** Throws unless a text of the manifest stays in the parentheses it is put in. */
export function requireEnclosable(subject: string, expression: string): void {
  const problem = expressionProblem(expression, 'duckdb');
  if (problem !== undefined) throw new WarehouseError('refused', `${subject} is not one SQL expression: ${problem}.`);
}

/** Throws unless a text of the manifest is one expression that cannot reach files or settings. */
export async function requireExpression(connection: DuckDBConnection, subject: string, expression: string): Promise<void> {
  requireEnclosable(subject, expression);
  await requireSelect(connection, subject, `SELECT ${enclosed(expression)}`);
}

/** A table macro that somebody made in this database: its own SELECT runs under the same restrictions. */
async function isMacro(connection: DuckDBConnection, name: string): Promise<boolean> {
  const sql =
    'SELECT bool_and(NOT internal) AS own FROM duckdb_functions() WHERE lower(function_name) = lower(CAST($name AS VARCHAR))';
  return (await rowsOf(connection, sql, { name }))[0]?.['own'] === true;
}

function tableFunctionsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(tableFunctionsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { type, function: called } = value as { type?: unknown; function?: { function_name?: unknown } };
  const name = type === 'TABLE_FUNCTION' ? [String(called?.function_name)] : [];
  return [...name, ...Object.values(value).flatMap(tableFunctionsOf)];
}
