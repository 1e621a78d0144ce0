import type { SqlLexis } from '../sql/lexis';

/** What a type is good for. */
export type TypeKind = 'date' | 'instant' | 'number' | 'text' | 'other';

const KINDS: readonly (readonly [TypeKind, RegExp])[] = [
  ['date', /^DATE$/],
  ['instant', /^(TIMESTAMP|DATETIME)/],
  ['number', /^(U?(TINY|SMALL|BIG|HUGE)?INT|INT64|INTEGER|UINTEGER|(BIG)?NUMERIC|DECIMAL|FLOAT(64)?|DOUBLE)$/],
  ['text', /^(STRING|VARCHAR)$/],
];

/** Several names of one type; a name is looked up without its parameters. */
const SYNONYMS: Readonly<Record<SqlLexis, Readonly<Record<string, string>>>> = {
  googlesql: {
    INT: 'INT64',
    INTEGER: 'INT64',
    SMALLINT: 'INT64',
    BIGINT: 'INT64',
    TINYINT: 'INT64',
    BYTEINT: 'INT64',
    FLOAT: 'FLOAT64',
    BOOLEAN: 'BOOL',
    DECIMAL: 'NUMERIC',
    BIGDECIMAL: 'BIGNUMERIC',
    RECORD: 'STRUCT',
  },
  duckdb: {
    INT1: 'TINYINT',
    INT2: 'SMALLINT',
    INT4: 'INTEGER',
    INT: 'INTEGER',
    SIGNED: 'INTEGER',
    INT8: 'BIGINT',
    INT64: 'BIGINT',
    LONG: 'BIGINT',
    FLOAT4: 'FLOAT',
    REAL: 'FLOAT',
    FLOAT8: 'DOUBLE',
    FLOAT64: 'DOUBLE',
    BOOL: 'BOOLEAN',
    LOGICAL: 'BOOLEAN',
    STRING: 'VARCHAR',
    TEXT: 'VARCHAR',
    CHAR: 'VARCHAR',
    BPCHAR: 'VARCHAR',
    BYTES: 'BLOB',
    BYTEA: 'BLOB',
    VARBINARY: 'BLOB',
    NUMERIC: 'DECIMAL',
    DATETIME: 'TIMESTAMP',
    TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
  },
};

/** A type under its first name, without parameters: `ARRAY<FLOAT64>` for `array<float>`. */
function canonicalType(type: string, lexis: SqlLexis): string {
  return type
    .toUpperCase()
    .replace(/\([^()]*\)/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([<>,]) ?/g, '$1')
    .trim()
    .replace(/\w+/g, (word) => SYNONYMS[lexis][word] ?? word);
}

export function typeKind(type: string, lexis: SqlLexis): TypeKind {
  const canonical = canonicalType(type, lexis);
  return KINDS.find(([, pattern]) => pattern.test(canonical))?.[0] ?? 'other';
}

/** Whether two texts name one type; of structures only that both are. */
export function isSameType(a: string, b: string, lexis: SqlLexis): boolean {
  const [one, other] = [canonicalType(a, lexis), canonicalType(b, lexis)];
  return one === other || (one.includes('STRUCT') && other.includes('STRUCT'));
}

/** What BigQuery turns a column into in place; everything else needs a new table. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  INT64: ['NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
  NUMERIC: ['BIGNUMERIC', 'FLOAT64'],
};

/** Whether a column can be given another type where it is, as far as types alone tell. */
export function canChangeType(from: string, to: string, lexis: SqlLexis): boolean {
  if (lexis === 'googlesql') return WIDER[canonicalType(from, lexis)]?.includes(canonicalType(to, lexis)) === true;
  // DuckDB casts every row, and has no cast from numbers to dates.
  const [source, target] = [typeKind(from, lexis), typeKind(to, lexis)];
  return source !== 'other' && !(source === 'number' && (target === 'date' || target === 'instant'));
}
