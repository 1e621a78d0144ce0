import { type Day, formatDay } from '../../base/day';

/** What differs between the databases in the few kinds of text that we send. Dates are computed here, never in SQL. */
export interface SqlDialect {
  /** A table of the manifest (`dataset.table`) as an item of FROM. */
  readonly from: (table: string) => string;
  readonly name: (identifier: string) => string;
  readonly text: (value: string) => string;
  readonly date: (day: Day) => string;
  /** A column as a calendar date, whatever its type; of a DATE column it must leave pruning intact. */
  readonly dateOf: (column: string) => string;
  /** A timestamp expression as epoch milliseconds. */
  readonly epochMs: (expression: string) => string;
  /** Several columns as one value that can be counted distinctly, in which NULL is a value like any other. */
  readonly tuple: (columns: readonly string[]) => string;
  readonly textOf: (column: string) => string;
  /** An aggregate that is equal for equal rows in any order; absent where the database has none. */
  readonly contentDigest?: (alias: string) => string;
}

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** DuckDB. @param from other items of FROM than tables of the database, such as files. */
export function duckdbDialect(from?: (table: string) => string): SqlDialect {
  return {
    from: from ?? ((table) => table.split('.').map(quoted).join('.')),
    name: quoted,
    text: (value) => `'${value.replaceAll("'", "''")}'`,
    date: (day) => `DATE '${formatDay(day)}'`,
    dateOf: (column) => `CAST(${quoted(column)} AS DATE)`,
    epochMs: (expression) => `epoch_ms(${expression})`,
    tuple: (columns) => `ROW(${columns.map(quoted).join(', ')})`,
    textOf: (column) => `CAST(${quoted(column)} AS VARCHAR)`,
    // A sum and not an exclusive or: in that, a row that is there twice is as good as none.
    contentDigest: (alias) => `CAST(SUM(CAST(HASH(${alias}) AS HUGEINT)) AS VARCHAR)`,
  };
}
