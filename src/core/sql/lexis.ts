/** Whose lexical rules a text follows: DuckDB's (those of PostgreSQL, with `@name` for a parameter), or BigQuery's. */
export type SqlLexis = 'duckdb' | 'googlesql';

export type SqlTokenKind =
  | 'space'
  | 'comment'
  | 'string'
  | 'quotedName'
  | 'word'
  | 'number'
  | 'parameter'
  | 'symbol'
  | 'unterminated';

/** What a token of a kind looks like at a place: a sticky pattern, or where it ends, if it does. */
type Rule = readonly [SqlTokenKind, RegExp | ((sql: string, start: number) => number | undefined)];

const WORDS: readonly Rule[] = [
  ['parameter', /[@$][A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|\$\d+|\?/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['number', /\d[\w.]*/y],
  ['symbol', /[\s\S]/y],
];

const DUCKDB: readonly Rule[] = [
  ['space', /\s+/y],
  ['comment', /--[^\r\n]*/y],
  ['comment', endOfNestedComment],
  ['string', /[eE]'(?:[^'\\]|\\[\s\S]|'')*'/y],
  ['string', /'(?:[^']|'')*'/y],
  ['quotedName', /"(?:[^"]|"")*"/y],
  ['string', /(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[\s\S]*?\1/y],
  ['unterminated', /(?:\/\*|[eE]?'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[\s\S]*/y],
  ...WORDS,
];

// A backslash keeps the next character from ending a string, in raw strings too.
const GOOGLESQL: readonly Rule[] = [
  ['space', /\s+/y],
  ['comment', /(?:--|#)[^\r\n]*/y],
  ['comment', /\/\*[\s\S]*?\*\//y],
  ['string', /(?:[rR][bB]?|[bB][rR]?)?("""|''')(?:[^\\]|\\[\s\S])*?\1/y],
  ['string', /(?:[rR][bB]?|[bB][rR]?)?(?:"(?!"")(?:[^"\\\r\n]|\\[\s\S])*"|'(?!'')(?:[^'\\\r\n]|\\[\s\S])*')/y],
  ['quotedName', /`(?:[^`\\\r\n]|\\[\s\S])*`/y],
  ['unterminated', /(?:\/\*|(?:[rR][bB]?|[bB][rR]?)?["']|`)[\s\S]*/y],
  ...WORDS,
];

export const LEXES: Readonly<Record<SqlLexis, readonly Rule[]>> = { duckdb: DUCKDB, googlesql: GOOGLESQL };

function endOfNestedComment(sql: string, start: number): number | undefined {
  if (!sql.startsWith('/*', start)) return undefined;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let found = edge.exec(sql); found !== null; found = edge.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return undefined;
}
