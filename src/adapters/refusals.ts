import { WarehouseError } from '../app/ports';
import { type Day, formatDay } from '../base/day';
import type { Processor } from '../core/pipeline';

/** Why rows must not replace a partition. */
export type GuardFinding = 'emptied' | 'strays' | 'outside' | 'repeated' | 'changed';

/**
 * What a guard found, in the words that all warehouses share.
 * @param count rows that are there where the SELECT gives none, or where others were counted before; otherwise those of the SELECT that are wrong.
 * @param staged rows that the SELECT gives; those that were counted before.
 */
export function guardError(
  processor: Processor,
  day: Day,
  { finding, count, staged }: { readonly finding: GuardFinding; readonly count: number; readonly staged: number },
): WarehouseError {
  const some = `${count} of ${staged} rows`;
  const what = {
    emptied: `the SELECT gives no rows, where there are ${count}.`,
    strays: `${some} have another ${processor.dateColumn}; filter on @date.`,
    outside: `${some} are outside of its share of the table, ${processor.where?.trim()}.`,
    changed: `it holds ${count} rows, where ${staged} were shown.`,
    repeated: `${some} repeat a key (${processor.key.join(', ')}).`,
  }[finding];
  return new WarehouseError('guard', `${processor.id} ${formatDay(day)}: ${what} The partition was left as it was.`);
}

/** The one table that a SELECT fills. */
export function onlyTable({ id, tables }: Processor): string {
  const [table, ...others] = tables;
  if (table !== undefined && others.length === 0) return table;
  throw new WarehouseError('unsupported', `${id} fills several tables: one SELECT fills one. Run it by a command.`);
}

/**
 * Throws unless the columns of the SELECT fit the table and what the manifest says of it. Names are compared without regard to case.
 * @param target undefined where the table is yet to be made.
 */
export function requireColumns(
  { id, dateColumn, key }: Processor,
  table: string,
  given: readonly string[],
  target: readonly string[] | undefined,
): void {
  const staged = new Set(given.map((name) => name.toLowerCase()));
  const lacking = [dateColumn, ...key].find((column) => !staged.has(column.toLowerCase()));
  if (lacking !== undefined)
    throw new WarehouseError('missingColumn', `${id}: the SELECT gives no column ${lacking}, which the manifest names.`);
  const known = new Set(target?.map((name) => name.toLowerCase()));
  const extra = target === undefined ? undefined : given.find((column) => !known.has(column.toLowerCase()));
  if (extra !== undefined)
    throw new WarehouseError(
      'missingColumn',
      `${id}: the SELECT gives a column ${extra} that table ${table} lacks: add it to the table, or leave it out.`,
    );
}
