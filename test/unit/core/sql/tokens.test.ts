import assert from 'node:assert/strict';
import fc from 'fast-check';
import { datedSelect, expressionProblem, tokenize } from '../../../../src/core/sql/tokens';

const kindsOf = (sql: string) =>
  tokenize(sql)
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
    ),
  )
  .map((parts) => parts.join(''));

describe('SQL tokens', () => {
  it('joined are the text again', () => {
    fc.assert(
      fc.property(fc.oneof(sqlText, fc.string()), (sql) => {
        const tokens = tokenize(sql);
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
});

describe('expressionProblem', () => {
  it('lets expressions pass', () => {
    for (const expression of ["feature_version = 'v1'", 'a > 0 AND (b OR c)', "note = ');' -- done", 'x IN (SELECT y FROM z)'])
      assert.equal(expressionProblem(expression), undefined, expression);
  });

  it('names what would leave the parentheses or add a statement', () => {
    assert.match(expressionProblem("1=1); COPY (SELECT 1) TO '/tmp/x' --") ?? '', /parenthesis is closed/);
    assert.match(expressionProblem('1=1; DROP TABLE x') ?? '', /semicolon/);
    assert.match(expressionProblem('(a') ?? '', /never closed/);
    assert.match(expressionProblem("a = 'x") ?? '', /never closed/);
    assert.match(expressionProblem('a /* b') ?? '', /never closed/);
    assert.match(expressionProblem(' -- nothing') ?? '', /empty/);
    assert.match(expressionProblem('d = @date') ?? '', /parameter/);
  });
});

describe('datedSelect', () => {
  it('makes @date a parameter of DuckDB, but not in strings, names and comments', () => {
    const sql = `SELECT '@date', "@date", x -- @date\nFROM t WHERE d=@date AND e < @DATE /* @date */;\n-- the end\n`;
    assert.deepEqual(datedSelect(sql), {
      sql: `SELECT '@date', "@date", x -- @date\nFROM t WHERE d=CAST($date AS DATE) AND e < CAST($date AS DATE) /* @date */`,
      usesDate: true,
    });
    assert.deepEqual(datedSelect('SELECT 1'), { sql: 'SELECT 1', usesDate: false });
  });

  it('refuses other parameters and second statements', () => {
    const problemOf = (sql: string) => datedSelect(sql).problem ?? '';
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
      fc.property(sqlText, (sql) => {
        const read = datedSelect(sql);
        if (read.problem !== undefined) return;
        assert.ok(!tokenize(read.sql).some(({ kind, text }) => kind === 'parameter' && text !== '$date'));
        assert.ok(!tokenize(read.sql).some(({ kind, text }) => kind === 'symbol' && text === ';'));
      }),
    );
  });
});
