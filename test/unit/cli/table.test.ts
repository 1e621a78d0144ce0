import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csv, markdownTable, tableLines } from '../../../src/cli/table';
import { textWidth } from '../../../src/cli/textWidth';

const COLUMNS = [
  { title: 'Name', shrinks: true },
  { title: 'Rows', align: 'right' as const },
];

describe('tables', () => {
  it('line up, and cut what may be cut', () => {
    const rows = [
      ['player_daily_cache', '7'],
      ['日本', '1,096'],
    ];
    assert.deepEqual(tableLines({ width: 80, color: false }, COLUMNS, rows), [
      'Name                 Rows',
      'player_daily_cache      7',
      '日本                1,096',
    ]);
    assert.deepEqual(tableLines({ width: 18, color: false }, COLUMNS, rows), [
      'Name          Rows',
      'player_dai…      7',
      '日本         1,096',
    ]);
  });

  it('fit the terminal as far as their columns can shrink', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.nat().map(String)), { maxLength: 5 }),
        fc.integer({ min: 22, max: 60 }),
        (rows, width) => {
          for (const line of tableLines({ width, color: false }, COLUMNS, rows)) assert.ok(textWidth(line) <= width, line);
        },
      ),
    );
  });

  it('are Markdown that no text can break', () => {
    assert.equal(
      markdownTable([{ title: 'a|b' }, { title: 'n', align: 'right' }], [['x\n<b>|y', '12']]),
      ['| a\\|b        |   n |', '|-------------|----:|', '| x &lt;b>\\|y |  12 |'].join('\n'),
    );
  });

  it('are CSV that reads back as it was, and no formula', () => {
    assert.equal(
      csv(
        ['a', 'b'],
        [
          ['x,"y"', 1],
          ['two\nlines', 2],
        ],
      ),
      'a,b\n"x,""y""",1\n"two\nlines",2',
    );
    assert.equal(csv(['a', 'b'], [['=1+1', -1]]), "a,b\n'=1+1,-1");
  });
});
