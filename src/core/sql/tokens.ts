/**
 * The lexical rules of DuckDB's SQL (those of PostgreSQL, with `@name` for a parameter as in GoogleSQL): enough to find parameters,
 * statement ends and unbalanced parentheses without mistaking what stands in a string or a comment for code.
 */
export interface SqlToken {
  readonly kind: 'space' | 'comment' | 'string' | 'quotedName' | 'word' | 'number' | 'parameter' | 'symbol' | 'unterminated';
  readonly text: string;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\r\n]*/y;
const STRING = /'(?:[^']|'')*'/y;
const ESCAPE_STRING = /[eE]'(?:[^'\\]|\\[\s\S]|'')*'/y;
const QUOTED_NAME = /"(?:[^"]|"")*"/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const PARAMETER = /[@$][A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|\$\d+|\?/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d[\w.]*/y;

/** The tokens of a text; joined, they are the text again. What never ends (a string, a comment) is one `unterminated` token. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  const next = (): SqlToken => {
    const space = match(SPACE);
    if (space !== undefined) return { kind: 'space', text: space };
    const line = match(LINE_COMMENT);
    if (line !== undefined) return { kind: 'comment', text: line };
    if (sql.startsWith('/*', at)) return upTo('comment', endOfBlockComment(sql, at));
    const text = match(ESCAPE_STRING) ?? match(STRING);
    if (text !== undefined) return { kind: 'string', text };
    if (sql[at] === "'" || /^[eE]'/.test(sql.slice(at, at + 2))) return upTo('string', undefined);
    const name = match(QUOTED_NAME);
    if (name !== undefined) return { kind: 'quotedName', text: name };
    if (sql[at] === '"') return upTo('quotedName', undefined);
    const tag = match(DOLLAR_TAG);
    if (tag !== undefined) {
      const end = sql.indexOf(tag, at + tag.length);
      return upTo('string', end < 0 ? undefined : end + tag.length);
    }
    const parameter = match(PARAMETER);
    if (parameter !== undefined) return { kind: 'parameter', text: parameter };
    const word = match(WORD);
    if (word !== undefined) return { kind: 'word', text: word };
    const number = match(NUMBER);
    if (number !== undefined) return { kind: 'number', text: number };
    return { kind: 'symbol', text: sql.charAt(at) };
  };
  const upTo = (kind: SqlToken['kind'], end: number | undefined): SqlToken =>
    end === undefined ? { kind: 'unterminated', text: sql.slice(at) } : { kind, text: sql.slice(at, end) };

  while (at < sql.length) {
    const token = next();
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

/** Block comments nest. */
function endOfBlockComment(sql: string, start: number): number | undefined {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let found = edge.exec(sql); found !== null; found = edge.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return undefined;
}

/**
 * What keeps a text from being one self-contained piece of SQL that can be put in parentheses; undefined when nothing does.
 * It says nothing about whether the piece is valid: that is the database's to say.
 */
function enclosureProblem(tokens: readonly SqlToken[]): string | undefined {
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (kind === 'unterminated') return `${text.slice(0, 20).split('\n')[0]} is never closed`;
    if (kind !== 'symbol') continue;
    if (text === ';') return 'a semicolon would start a second statement';
    if (text === '(') depth++;
    if (text === ')' && --depth < 0) return 'a parenthesis is closed that was never opened';
  }
  return depth > 0 ? 'a parenthesis is never closed' : undefined;
}

const isBlank = ({ kind }: SqlToken): boolean => kind === 'space' || kind === 'comment';

/** Why a `where` or a check cannot be used as one SQL expression, such as `a semicolon would start a second statement`. */
export function expressionProblem(expression: string): string | undefined {
  const tokens = tokenize(expression);
  if (tokens.every(isBlank)) return 'it is empty';
  const parameter = tokens.find(({ kind }) => kind === 'parameter');
  if (parameter !== undefined) return `${parameter.text} is a parameter, and an expression has none`;
  return enclosureProblem(tokens);
}

/** The file of a SQL processor as DuckDB runs it, or why it cannot be run. */
export type DatedSelect =
  | { readonly sql: string; readonly usesDate: boolean; readonly problem?: undefined }
  | { readonly problem: string };

/**
 * Reads the SELECT of a SQL processor: `@date` becomes DuckDB's parameter `$date` as a DATE, the closing semicolon goes.
 * Any other parameter is refused, because DuckDB reads `@x` as the absolute value of x.
 */
export function datedSelect(text: string): DatedSelect {
  const tokens = tokenize(text);
  const last = tokens.findLastIndex((token) => !isBlank(token));
  if (last < 0) return { problem: 'it is empty' };
  if (tokens[last]?.text === ';') tokens.length = last;
  const problem = enclosureProblem(tokens);
  if (problem !== undefined) return { problem };
  let usesDate = false;
  const sql: string[] = [];
  for (const { kind, text } of tokens) {
    if (kind === 'symbol' && text === '@') {
      return { problem: 'an @ stands alone, and the only parameter is @date' };
    } else if (kind !== 'parameter') {
      sql.push(text);
    } else if (text.toLowerCase() === '@date') {
      usesDate = true;
      sql.push('CAST($date AS DATE)');
    } else {
      return { problem: `the only parameter is @date, not ${text}` };
    }
  }
  const joined = sql.join('').trim();
  // What stood beside @date must not grow together with what stands there now.
  const grown = tokenize(joined).some(({ kind, text }) => kind === 'parameter' && text !== '$date');
  return grown
    ? { problem: 'what stands right beside @date cannot be told from it: put a space between' }
    : { sql: joined, usesDate };
}
