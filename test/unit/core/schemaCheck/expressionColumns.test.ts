import assert from 'node:assert/strict';
import fc from 'fast-check';
import { columnsIn } from '../../../../src/core/schemaCheck/expressionColumns';
import type { SqlLexis } from '../../../../src/core/sql/lexis';

const names = (expression: string, lexis: SqlLexis = 'duckdb') => columnsIn(expression, lexis).map(({ name }) => name);

const CERTAIN: readonly (readonly [expression: string, names: readonly string[], lexis?: SqlLexis])[] = [
  ['strength > 0', ['strength']],
  ["feature_version = 'v1' AND NOT gone", ['feature_version', 'gone']],
  ['COALESCE(points, rebounds) IS NOT NULL', ['points', 'rebounds']],
  ['CASE WHEN a THEN b ELSE -c END = 1', ['a', 'b', 'c']],
  ['a BETWEEN b AND c OR d IN (1, e)', ['a', 'b', 'c', 'd', 'e']],
  ['CAST(points AS DOUBLE) > 0', ['points']],
  ['"Odd ""name""" = 1', ['Odd "name"']],
  ['"text" = `a column`', ['a column'], 'googlesql'],
  ['\'text\' = "a column"', ['a column'], 'duckdb'],
  ['x = 1 -- and y = 2', ['x']],
];

const UNCERTAIN: readonly (readonly [expression: string, lexis?: SqlLexis])[] = [
  ['COUNT(*) > 0'],
  ['TRUE AND NULL IS NULL'],
  ["DATE '2021-11-01' = CURRENT_DATE"],
  ['DATE_DIFF(CURRENT_DATE(), CURRENT_DATE, DAY) > 1', 'googlesql'],
  ['EXISTS (SELECT x FROM other)'],
  ['EXTRACT(DAY FROM x) = 1'],
  ['t.x = 1'],
  ['x.y = 1'],
  ['list_filter(xs, x -> x > 1) = []'],
  ['f(option => 1)', 'googlesql'],
  ["_PARTITIONDATE = DATE '2021-11-01'", 'googlesql'],
  ['1 IS JSON'],
  ["INTERVAL 3 unknown_unit = '1'"],
];

describe('the columns that an expression names', () => {
  for (const [expression, expected, lexis] of CERTAIN)
    it(`are found in ${expression}`, () => assert.deepEqual(names(expression, lexis), expected));

  for (const [expression, lexis] of UNCERTAIN)
    it(`are not guessed in ${expression}`, () => assert.deepEqual(names(expression, lexis), []));

  it('stand where they are said to, in whatever text', () => {
    const standWhereTheySay = (expression: string, lexis: SqlLexis) => {
      for (const { name, offset, length } of columnsIn(expression, lexis))
        assert.ok(expression.slice(offset, offset + length).includes(name), expression);
    };
    const lexes = fc.constantFrom<SqlLexis>('duckdb', 'googlesql');
    const word = fc.constantFrom('points', '"a b"', '`c`', 'AND', 'IN', '(', ')', '=', "'text'", '1', ',', '--', 'SELECT', '.');
    fc.assert(fc.property(fc.array(word), lexes, (parts, lexis) => standWhereTheySay(parts.join(' '), lexis)));
    fc.assert(fc.property(fc.stringMatching(/^[a-z=().,\s-]*$/), lexes, standWhereTheySay));
  });
});
