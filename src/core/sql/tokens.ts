import { LEXES, type SqlLexis, type SqlTokenKind } from './lexis';

/**
 * A piece of SQL: enough of a database's lexical rules to find parameters, statement ends and unbalanced parentheses without mistaking
 * what stands in a string or a comment for code.
 */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
}

/** The tokens of a text; joined, they are the text again. What never ends (a string, a comment) is one `unterminated` token. */
export function tokenize(sql: string, lexis: SqlLexis): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    for (const [kind, rule] of LEXES[lexis]) {
      const end = endOf(rule, sql, at);
      if (end === undefined) continue;
      tokens.push({ kind, text: sql.slice(at, end) });
      at = end;
      break;
    }
  }
  return tokens;
}

function endOf(rule: RegExp | ((sql: string, start: number) => number | undefined), sql: string, at: number): number | undefined {
  if (typeof rule === 'function') return rule(sql, at);
  rule.lastIndex = at;
  return rule.test(sql) ? rule.lastIndex : undefined;
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
export function expressionProblem(expression: string, lexis: SqlLexis): string | undefined {
  const tokens = tokenize(expression, lexis);
  if (tokens.every(isBlank)) return 'it is empty';
  const parameter = tokens.find(({ kind }) => kind === 'parameter');
  if (parameter !== undefined) return `${parameter.text} is a parameter, and an expression has none`;
  return enclosureProblem(tokens);
}

/** The file of a SQL processor as the database runs it, or why it cannot be run. */
export type DatedSelect =
  | { readonly sql: string; readonly usesDate: boolean; readonly problem?: undefined }
  | { readonly problem: string };

/**
 * Reads the SELECT of a SQL processor: the closing semicolon goes. For DuckDB `@date` becomes its parameter `$date` as a DATE; BigQuery
 * gets it as it is, to be given as a DATE. Any other parameter is refused, because DuckDB reads `@x` as the absolute value of x.
 */
export function datedSelect(text: string, lexis: SqlLexis): DatedSelect {
  const tokens = tokenize(text, lexis);
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
      sql.push(lexis === 'duckdb' ? 'CAST($date AS DATE)' : '@date');
    } else {
      return { problem: `the only parameter is @date, not ${text}` };
    }
  }
  const joined = sql.join('').trim();
  // What stood beside @date must not grow together with what stands there now.
  const expected = lexis === 'duckdb' ? '$date' : '@date';
  const grown = tokenize(joined, lexis).some(({ kind, text }) => kind === 'parameter' && text !== expected);
  return grown
    ? { problem: 'what stands right beside @date cannot be told from it: put a space between' }
    : { sql: joined, usesDate };
}
