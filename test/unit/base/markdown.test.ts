import assert from 'node:assert/strict';
import { codeBlock, escaped, table } from '../../../src/base/markdown';

describe('Markdown', () => {
  it('escapes what would mean something, and leaves the rest as it is read', () => {
    assert.equal(escaped('PDC 36 < 100, nba_raw.box (waived) a&b #1'), 'PDC 36 < 100, nba_raw.box (waived) a&b #1');
    assert.equal(escaped('<img src=x> </b> <!-- &lt; &#60;'), '\\<img src=x> \\</b> \\<!-- \\&lt; \\&#60;');
    assert.equal(
      escaped('a|b `c` *d* _e_ __f [g](h) ~~i~~ $j$ \\'),
      'a\\|b \\`c\\` \\*d\\* \\_e\\_ \\_\\_f \\[g\\](h) \\~\\~i\\~\\~ \\$j\\$ \\\\',
    );
    assert.equal(escaped('line\nnext\r\n\u001b[31mred\u202e'), 'line next \\[31mred ');
  });

  it('lets nothing begin a block', () => {
    for (const text of ['# a', '- a', '+ a', '> a', '1. a', '12) a', '--- a', '=== a'])
      assert.match(escaped(text), /^\d*\\/, text);
    assert.equal(escaped('-'), '-');
    assert.equal(escaped('1.5 rows'), '1.5 rows');
  });

  it('pads tables, numbers on the right, and keeps wide cells from pushing others away', () => {
    assert.equal(table(['a', { title: 'b', align: 'right' }], [['x', '1']]), '| a   |   b |\n|-----|----:|\n| x   |   1 |');
    assert.equal(table(['a', 'b'], [['x'.repeat(9), 'y']], 4), `| a    | b   |\n|------|-----|\n| ${'x'.repeat(9)} | y   |`);
    assert.equal(table(['a'], [['日本']]), '| a    |\n|------|\n| 日本 |');
  });

  it('fences code that has fences', () => {
    assert.equal(codeBlock('sh', 'a ``` b'), '````sh\na ``` b\n````');
  });
});
