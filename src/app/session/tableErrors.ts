import { didYouMean, nearest } from '../../base/nearest';
import type { ColumnSchema } from '../../core/observation/tableSchema';
import { WarehouseError } from '../ports';

/** What a table is asked for. */
export interface AskedTable {
  /** Who asks, such as a node's id. */
  readonly subject: string;
  /** As the manifest names it. */
  readonly table: string;
  readonly columns: readonly Pick<ColumnSchema, 'name' | 'type'>[];
}

/** @param names those that are there, as the manifest would name them. */
export function missingTable(subject: string, table: string, names: readonly string[]): WarehouseError {
  return new WarehouseError('missingTable', `${subject}: there is no table ${table}.${didYouMean(nearest(table, names))}`);
}

/** Throws unless a table has a column, of a type that can be used. @param kind what it must be, in words. */
export function requireColumn({ subject, table, columns }: AskedTable, column: string, kind?: string, types?: RegExp): void {
  const match = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (match === undefined) {
    const near = nearest(
      column,
      columns.map(({ name }) => name),
    );
    throw new WarehouseError('missingColumn', `${subject}: table ${table} has no column ${column}.${didYouMean(near)}`);
  }
  if (types !== undefined && !types.test(match.type))
    throw new WarehouseError('invalidSql', `${subject}: column ${column} of ${table} must be ${kind}, not ${match.type}.`);
}
