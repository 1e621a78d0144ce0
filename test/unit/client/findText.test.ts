import assert from 'node:assert/strict';
import { findText } from '../../../src/client/logs/findText';

describe('what was found in logs', () => {
  const id = { backfill: 'b', log: 'PDC-2021-11-05-1.log' };

  it('is a document with a heading a log, and links and matches where they stand', () => {
    const { text, links, matches, failed } = findText('KeyError', 'logs of PDC', {
      logs: [
        {
          id,
          node: 'PDC',
          title: 'PDC 2021-11-05',
          detail: 'failed',
          failed: ['2021-11-05'],
          hits: [
            { line: 9, offset: 80, text: 'a KeyError', start: 2, length: 8 },
            { line: 1204, offset: 90_000, text: 'KeyError', start: 0, length: 8 },
          ],
          more: 3,
        },
      ],
      searched: 120,
      bytes: 5_000_000,
      ms: 34,
      leftOut: ['Of 1 long log only the last 256 MB were searched.'],
    });
    const lines = text.split('\n');
    assert.deepEqual(lines, [
      '# KeyError',
      '# in logs of PDC: 2 lines in 1 of 120 logs (4.8 MiB, 34 ms)',
      '# Of 1 long log only the last 256 MB were searched.',
      '',
      'PDC 2021-11-05 · failed · 5 lines',
      '      9: a KeyError',
      '  1,204: KeyError',
      '  … and 3 more lines',
      '',
    ]);
    const at = ({ line, from, to }: { line: number; from: number; to: number }) => lines[line]?.slice(from, to);
    assert.deepEqual(links.map(at), ['PDC 2021-11-05', '9', '1,204']);
    assert.deepEqual(
      links.map(({ offset }) => offset),
      [undefined, 80, 90_000],
    );
    assert.deepEqual(matches.map(at), ['KeyError', 'KeyError']);
    assert.deepEqual([...failed], [['PDC', ['2021-11-05']]]);
  });

  it('names logs for whose lines there was no room, and takes them along', () => {
    const log = { id, node: 'PDC', title: 'PDC 2021-11-05', detail: 'failed', failed: ['2021-11-05'], hits: [], more: 9 };
    const { text, failed } = findText('x', 'all logs', { logs: [log], searched: 1, bytes: 10, ms: 1, leftOut: [] });
    assert.equal(text.split('\n').slice(2).join('|'), '|PDC 2021-11-05 · failed · 9 lines|');
    assert.deepEqual([...failed], [['PDC', ['2021-11-05']]]);
  });

  it('says where nothing was found', () => {
    const { text } = findText('x', 'all logs', { logs: [], searched: 2, bytes: 10, ms: 1500, leftOut: [] });
    assert.match(text, /0 lines in 0 of 2 logs/);
    assert.match(text, /Nothing was found\.\n$/);
  });
});
