import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SqlLexis } from '../../../../src/core/sql/lexis';
import { datedSelect, expressionProblem, tokenize } from '../../../../src/core/sql/tokens';

const LEXES: readonly SqlLexis[] = ['duckdb', 'googlesql'];

const kindsOf = (sql: string, lexis: SqlLexis = 'duckdb') =>
  tokenize(sql, lexis)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text }) => `${kind} ${text}`);

/** Pieces that look like each other's beginning and end. */
const sqlText = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '--',
      '/*',
      '*/',
      '$$',
      '$a$',
      '$a',
      '@date',
      '@',
      ';',
      '(',
      ')',
      'x',
      'E',
      'e',
      ' ',
      '\n',
      '\\',
      '1',
      '?',
      '#',
      '`',
      "'''",
      '"""',
      'rb',
    ),
  )
  .map((parts) => parts.join(''));

describe('SQL tokens', () => {
  it('joined are the text again', () => {
    fc.assert(
      fc.property(fc.oneof(sqlText, fc.string()), fc.constantFrom(...LEXES), (sql, lexis) => {
        const tokens = tokenize(sql, lexis);
        assert.equal(tokens.map(({ text }) => text).join(''), sql);
        assert.ok(tokens.every(({ text }) => text.length > 0));
      }),
    );
  });

  it('follow the quoting rules of DuckDB', () => {
    assert.deepEqual(kindsOf("a = 'it''s'"), ['word a', 'symbol =', "string 'it''s'"]);
    assert.deepEqual(kindsOf("E'a\\'b' 'a\\'"), ["string E'a\\'b'", "string 'a\\'"]);
    assert.deepEqual(kindsOf('"a""b".c'), ['quotedName "a""b"', 'symbol .', 'word c']);
    assert.deepEqual(kindsOf("$$a'b$$ $x$ $$ $x$"), ["string $$a'b$$", 'string $x$ $$ $x$']);
    assert.deepEqual(kindsOf('1 /* a /* b */ c */ -- d\n2'), [
      'number 1',
      'comment /* a /* b */ c */',
      'comment -- d',
      'number 2',
    ]);
    assert.deepEqual(kindsOf('a$b$c d'), ['word a$b$c', 'word d']);
    assert.deepEqual(kindsOf("'open"), ["unterminated 'open"]);
    assert.deepEqual(kindsOf('/* /* */'), ['unterminated /* /* */']);
  });

  it('follow the quoting rules of GoogleSQL', () => {
    const kinds = (sql: string) => kindsOf(sql, 'googlesql');
    assert.deepEqual(kinds("'it\\'s' \"a'b\" 'a''b'"), ["string 'it\\'s'", `string "a'b"`, "string 'a'", "string 'b'"]);
    assert.deepEqual(kinds("r'a\\'b' Rb\"x\" bR'y' b'z' e'v'"), [
      "string r'a\\'b'",
      'string Rb"x"',
      "string bR'y'",
      "string b'z'",
      'word e',
      "string 'v'",
    ]);
    assert.deepEqual(kinds(`"""a"b""c""" '''\n;'\\'''' ''`), ['string """a"b""c"""', "string '''\n;'\\''''", "string ''"]);
    assert.deepEqual(kinds('`p-1.d.t$20211105` `a\\`b`'), ['quotedName `p-1.d.t$20211105`', 'quotedName `a\\`b`']);
    assert.deepEqual(kinds("a # it's\nb -- it's\nc /* /* */ d"), [
      'word a',
      "comment # it's",
      'word b',
      "comment -- it's",
      'word c',
      'comment /* /* */',
      'word d',
    ]);
    assert.deepEqual(kinds("'a\nb'"), ["unterminated 'a\nb'"]);
    assert.deepEqual(kinds('"""a"'), ['unterminated """a"']);
    assert.deepEqual(kinds("'a\\'"), ["unterminated 'a\\'"]);
    assert.deepEqual(kinds('`a\n'), ['unterminated `a\n']);
  });
});

describe('expressionProblem', () => {
  it('lets expressions pass', () => {
    for (const expression of ["feature_version = 'v1'", 'a > 0 AND (b OR c)', "note = ');' -- done", 'x IN (SELECT y FROM z)'])
      assert.equal(expressionProblem(expression, 'duckdb'), undefined, expression);
  });

  it('names what would leave the parentheses or add a statement', () => {
    assert.match(expressionProblem("1=1); COPY (SELECT 1) TO '/tmp/x' --", 'duckdb') ?? '', /parenthesis is closed/);
    assert.match(expressionProblem('1=1; DROP TABLE x', 'duckdb') ?? '', /semicolon/);
    assert.match(expressionProblem('(a', 'duckdb') ?? '', /never closed/);
    assert.match(expressionProblem("a = 'x", 'duckdb') ?? '', /never closed/);
    assert.match(expressionProblem('a /* b', 'duckdb') ?? '', /never closed/);
    assert.match(expressionProblem(' -- nothing', 'duckdb') ?? '', /empty/);
    assert.match(expressionProblem('d = @date', 'duckdb') ?? '', /parameter/);
  });
});

describe('datedSelect', () => {
  it('makes @date a parameter of DuckDB, but not in strings, names and comments', () => {
    const sql = `SELECT '@date', "@date", x -- @date\nFROM t WHERE d=@date AND e < @DATE /* @date */;\n-- the end\n`;
    assert.deepEqual(datedSelect(sql, 'duckdb'), {
      sql: `SELECT '@date', "@date", x -- @date\nFROM t WHERE d=CAST($date AS DATE) AND e < CAST($date AS DATE) /* @date */`,
      usesDate: true,
    });
    assert.deepEqual(datedSelect('SELECT 1', 'duckdb'), { sql: 'SELECT 1', usesDate: false });
  });

  it('gives BigQuery its own parameter, but nothing that hides in what only DuckDB takes for a string or a comment', () => {
    const select = "SELECT '@date' AS a, # @date\n`@date` FROM t WHERE d = @date -- ;\n;";
    assert.deepEqual(datedSelect(select, 'googlesql'), { sql: select.slice(0, -2), usesDate: true });
    const problemOf = (sql: string) => datedSelect(sql, 'googlesql').problem ?? '';
    assert.match(problemOf('SELECT 1 /* /* */; DROP TABLE t /* */ */'), /second statement/);
    assert.match(problemOf("SELECT 1 # '\n; DROP TABLE t # '"), /second statement/);
    assert.match(problemOf('SELECT $$; DROP TABLE t; $$'), /second statement/);
    assert.match(problemOf("SELECT ''''''; DROP TABLE t; ''''''"), /second statement/);
    assert.match(problemOf('SELECT @ date'), /an @ stands alone/);
    assert.match(problemOf('SELECT @@date'), /an @ stands alone/);
    assert.match(problemOf('SELECT @`date`'), /an @ stands alone/);
    assert.match(problemOf('SELECT @dates'), /@date, not @dates/);
  });

  it('refuses other parameters and second statements', () => {
    const problemOf = (sql: string) => datedSelect(sql, 'duckdb').problem ?? '';
    assert.match(problemOf('SELECT @other'), /@date, not @other/);
    assert.match(problemOf('SELECT $date'), /@date, not \$date/);
    assert.match(problemOf('SELECT ?'), /@date, not \?/);
    assert.match(problemOf('SELECT 1; SELECT 2'), /second statement/);
    assert.match(problemOf('SELECT 1) UNION (SELECT 2'), /never opened/);
    assert.match(problemOf('-- nothing'), /empty/);
    assert.match(problemOf('SELECT @@date'), /an @ stands alone/);
  });

  it('leaves nothing but what stood there', () => {
    fc.assert(
      fc.property(sqlText, fc.constantFrom(...LEXES), (sql, lexis) => {
        const read = datedSelect(sql, lexis);
        if (read.problem !== undefined) return;
        const date = lexis === 'duckdb' ? '$date' : '@date';
        assert.ok(!tokenize(read.sql, lexis).some(({ kind, text }) => kind === 'parameter' && text !== date));
        assert.ok(!tokenize(read.sql, lexis).some(({ kind, text }) => kind === 'symbol' && text === ';'));
      }),
    );
  });
});
