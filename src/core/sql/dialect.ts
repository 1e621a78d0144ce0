import { type Day, type DayRange, formatDay } from '../../base/day';

/** What differs between the databases in the few kinds of text that we send. Dates are computed here, never in SQL. */
export interface SqlDialect {
  /** A table of the manifest (`dataset.table`) as an item of FROM. */
  readonly from: (table: string) => string;
  readonly name: (identifier: string) => string;
  readonly text: (value: string) => string;
  readonly date: (day: Day) => string;
  /** A column of a table as a calendar date, whatever its type. */
  readonly dateOf: (column: string, table: string) => string;
  /** The condition that the date of a column lies in a range; it must leave pruning intact. */
  readonly within: (column: string, table: string, range: DayRange) => string;
  /** A timestamp expression as epoch milliseconds. */
  readonly epochMs: (expression: string) => string;
  /** Several columns as one value that can be counted distinctly, in which NULL is a value like any other. */
  readonly tuple: (columns: readonly string[]) => string;
  readonly textOf: (column: string) => string;
  /** A column that holds JSON, or text that may be JSON, as text; the text may itself be a JSON string. */
  readonly jsonText: (column: string) => string;
  /** An aggregate that is equal for equal rows in any order; absent where the database has none. */
  readonly contentDigest?: (alias: string) => string;
}

const date = (day: Day): string => `DATE '${formatDay(day)}'`;

function between(expression: string, { from, to }: DayRange): string {
  return from === to ? `${expression} = ${date(from)}` : `${expression} BETWEEN ${date(from)} AND ${date(to)}`;
}

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** DuckDB. @param from other items of FROM than tables of the database, such as files. */
export function duckdbDialect(from?: (table: string) => string): SqlDialect {
  const dateOf = (column: string): string => `CAST(${quoted(column)} AS DATE)`;
  return {
    from: from ?? ((table) => table.split('.').map(quoted).join('.')),
    name: quoted,
    text: (value) => `'${value.replaceAll("'", "''")}'`,
    date,
    dateOf,
    within: (column, _table, range) => between(dateOf(column), range),
    epochMs: (expression) => `epoch_ms(${expression})`,
    tuple: (columns) => `ROW(${columns.map(quoted).join(', ')})`,
    textOf: (column) => `CAST(${quoted(column)} AS VARCHAR)`,
    jsonText: (column) => `CAST(${quoted(column)} AS VARCHAR)`,
    // A sum and not an exclusive or: in that, a row that is there twice is as good as none.
    contentDigest: (alias) => `CAST(SUM(CAST(HASH(${alias}) AS HUGEINT)) AS VARCHAR)`,
  };
}

const ticked = (identifier: string): string => `\`${identifier.replace(/[\\`]/g, '\\$&')}\``;
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/** 9999-12-31. */
const LAST_DAY = 2_932_896;

/** What the texts for BigQuery need to know of its tables. */
export interface BigqueryNames {
  /** The whole path of a table of the manifest: `project.dataset.table`. */
  readonly path: (table: string) => string;
  /** The type of a column, such as `DATE`; undefined when it is not known: then it is taken for a DATE. */
  readonly typeOf: (table: string, column: string) => string | undefined;
}

/** BigQuery (GoogleSQL). Instants become dates by UTC. */
export function bigqueryDialect({ path, typeOf }: BigqueryNames): SqlDialect {
  const dateOf = (column: string, table: string): string => {
    const type = typeOf(table, column);
    // A project can have another default zone.
    if (type === 'TIMESTAMP') return `DATE(${ticked(column)}, 'UTC')`;
    if (type === 'DATETIME') return `DATE(${ticked(column)})`;
    return type === 'STRING' ? `SAFE_CAST(${ticked(column)} AS DATE)` : ticked(column);
  };
  return {
    // One pair of backticks around the whole: a project may hold dashes, and INFORMATION_SCHEMA is taken as a path only so.
    from: (table) => ticked(path(table)),
    name: ticked,
    text: (value) => `'${value.replace(/[\\']/g, '\\$&').replace(/[\r\n]/g, (found) => ESCAPES[found] ?? '')}'`,
    date,
    dateOf,
    within: (column, table, range) => {
      const type = typeOf(table, column);
      if (type !== 'TIMESTAMP' && type !== 'DATETIME') return between(dateOf(column, table), range);
      // The column bare and not in a function, so that its partitions are pruned.
      const at = (day: Day): string => `${type} '${formatDay(day)} 00:00:00${type === 'TIMESTAMP' ? '+00' : ''}'`;
      const from = `${ticked(column)} >= ${at(range.from)}`;
      // There is no midnight after the last date, which some use for "never".
      return range.to >= LAST_DAY ? `(${from})` : `(${from} AND ${ticked(column)} < ${at(range.to + 1)})`;
    },
    epochMs: (expression) => `UNIX_MILLIS(CAST(${expression} AS TIMESTAMP))`,
    tuple: (columns) => `TO_JSON_STRING(STRUCT(${columns.map(ticked).join(', ')}))`,
    textOf: (column) => `CAST(${ticked(column)} AS STRING)`,
    // A column of type JSON cannot be cast to a text.
    jsonText: (column) => `TO_JSON_STRING(${ticked(column)})`,
    // Fingerprints have 64 bits, so that two of them can overflow an INT64.
    contentDigest: (alias) => `CAST(SUM(CAST(FARM_FINGERPRINT(TO_JSON_STRING(${alias})) AS BIGNUMERIC)) AS STRING)`,
  };
}
