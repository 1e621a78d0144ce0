import assert from 'node:assert/strict';
import { LineSplitter, type LogLine } from '../../../../src/core/logs/logLines';
import { readTime } from '../../../../src/core/logs/logPrefix';

function linesOf(...chunks: readonly string[]): LogLine[] {
  const lines: LogLine[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.feed(chunk);
  splitter.end();
  return lines;
}
const messages = (...chunks: readonly string[]) => linesOf(...chunks).map(({ message }) => message);

describe('the lines of a log', () => {
  it('are read in both shapes, with what follows them', () => {
    assert.deepEqual(
      linesOf('INFO:__main__:  ✓ Success\n2025-12-10 14:03:22,123 - WARN - hm\nmore\nWARNING:alone: x\nINFO: said\n'),
      [
        { number: 1, continues: false, level: 'INFO', message: '  ✓ Success' },
        { number: 2, continues: false, level: 'WARNING', at: '2025-12-10T14:03:22.123', message: 'hm' },
        { number: 3, continues: true, message: 'more' },
        { number: 4, continues: false, level: 'WARNING', message: ' x' },
        { number: 5, continues: false, level: 'INFO', message: 'said' },
      ],
    );
    assert.deepEqual(
      linesOf('[2025-12-10T14:03:22.5Z] [ERROR] a.b - no\n2025-12-10 14:03:22 mod INFO hello').map(({ at, level, message }) => [
        at,
        level,
        message,
      ]),
      [
        ['2025-12-10T14:03:22.5Z', 'ERROR', 'a.b - no'],
        ['2025-12-10T14:03:22', 'INFO', 'hello'],
      ],
    );
  });

  it('stand for themselves where no line has a prefix, tracebacks apart', () => {
    const lines = linesOf('one\ntwo\nTraceback (most recent call last):\n  File "a"\nKeyError: 1\nthree');
    assert.deepEqual(
      lines.map(({ continues }) => continues),
      [false, false, false, true, true, false],
    );
  });

  it('lose colours, control characters and what a progress bar wrote over', () => {
    assert.deepEqual(messages('\u001b[1;32m✓ ok\u001b[0m\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\\0\u0008\n'), ['✓ oklink']);
    assert.deepEqual(messages(' 10%\r 20%\r100%\ndone\r\n\r\nlast\r'), ['100%', 'done', '', 'last']);
    assert.deepEqual(messages('100%\r    \n'), ['100%'], 'what is wiped with blanks was there');
  });

  it('are the same however the text is cut', () => {
    assert.deepEqual(messages('a\r', '\nb', 'c\r', 'd\n'), ['a', 'd']);
  });

  it('are cut where they are very long, and take no more room', () => {
    const [message = '', next] = messages('x'.repeat(1_000_000), 'y'.repeat(1_000_000), '\nz');
    assert.equal(message.length, 8192);
    assert.equal(next, 'z');
  });

  it('have times as people and programs write them', () => {
    assert.deepEqual(
      ['20261123_102308', '2026-11-23T10:23:09.097899+00:00', '2026-11-23 10:23:09,5', '20261399_102308', 'now', ''].map(
        readTime,
      ),
      ['2026-11-23T10:23:08', '2026-11-23T10:23:09.097899+00:00', '2026-11-23T10:23:09.5', undefined, undefined, undefined],
    );
  });
});
