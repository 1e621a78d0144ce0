import assert from 'node:assert/strict';
import { appendFile, open, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { fileBytes } from '../../../../src/adapters/files/fileBytes';
import type { LogBytes } from '../../../../src/app/logs/byteSource';
import { FollowedFile } from '../../../../src/app/logs/followedFile';
import { LIMITS, type Limits, LogWindow } from '../../../../src/app/logs/logWindow';
import { LineProjector } from '../../../../src/core/logs/shownLines';
import { encoded, type TextEncoding } from '../../../../src/core/logs/textEncoding';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const SMALL: Limits = { page: 64, most: 1024, mostLines: 40, before: 32 };

/** Counts what it is told, so that lines before a window are known, too. */
function taker() {
  const lines: [number, string][] = [];
  return {
    lines,
    begin: () => void lines.splice(0),
    line: (index: number, { text }: { text: string }) => void lines.push([index, text]),
  };
}

function memory(bytes: Uint8Array, encoding: TextEncoding = 'utf-8'): LogBytes {
  return {
    textAt: () => ({ encoding, origin: 0 }),
    look: async () => ({ size: bytes.length, identity: 'it' }),
    read: async (from, length) => bytes.subarray(from, from + length),
  };
}

function projected(bytes: Uint8Array, encoding: TextEncoding = 'utf-8'): string[] {
  const lines: string[] = [];
  const projector = new LineProjector(0, () => encoding);
  projector.feed(bytes, ({ text }) => lines.push(text));
  projector.end(({ text }) => lines.push(text));
  return lines;
}

const follow = (path: string) => new FollowedFile(fileBytes(path));

describe('a window on a log', () => {
  const folder = useTemporaryFolder();
  let path: string;
  beforeEach(() => {
    path = join(folder(), 'a.log');
  });

  it('shows the end of a gigabyte at once, and takes little room', async () => {
    const file = await open(path, 'w');
    await file.truncate(2 ** 30);
    await file.close();
    await appendFile(path, Array.from({ length: 20_000 }, (_, at) => `\nINFO:job:line ${at} of the end`).join(''));
    await appendFile(path, '\n');
    const window = new LogWindow(follow(path), taker());
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const text = await window.openEnd();
    const took = performance.now() - start;
    const grown = process.memoryUsage().rss - before;
    assert.ok(text.endsWith('line 19999 of the end\n'));
    assert.ok(text.length > LIMITS.page * 0.99 && text.length <= LIMITS.page, String(text.length));
    assert.ok(window.earlier > 2 ** 30);
    assert.ok(took < 200, `${took} ms`);
    assert.ok(grown < 100e6, `${grown} bytes`);
  });

  it('grows by what was written, and leaves a line without an end beside it', async () => {
    await writeFile(path, 'one\ntwo\n');
    const window = new LogWindow(follow(path), taker());
    assert.equal(await window.openEnd(), 'one\ntwo\n');
    assert.deepEqual(await window.grow(), { kind: 'same' });
    await appendFile(path, 'three\n 10%\r 20%');
    assert.deepEqual(await window.grow(), { kind: 'appended', text: 'three\n' });
    assert.equal(window.pending, ' 20%');
    await appendFile(path, '\r100%');
    assert.deepEqual(await window.grow(), { kind: 'appended', text: '' });
    assert.equal(window.pending, '100%');
    assert.equal(window.finish(), '100%\n');
    assert.equal(window.pending, '');
    await appendFile(path, ' done\nmore\n');
    assert.deepEqual(await window.grow(), { kind: 'appended', text: ' done\nmore\n' });
  });

  it('sees that a log was made shorter, or is another file', async () => {
    await writeFile(path, 'one\ntwo\n');
    const window = new LogWindow(follow(path), taker());
    await window.openEnd();
    await truncate(path, 4);
    assert.deepEqual(await window.grow(), { kind: 'replaced' });
    assert.equal(await window.openEnd(), 'one\n');
    await rename(path, `${path}.1`);
    assert.deepEqual(await window.grow(), { kind: 'same' }, 'nothing yet in its place');
    await writeFile(path, 'another file, and longer\n');
    assert.deepEqual(await window.grow(), { kind: 'replaced' });
    assert.equal(await window.openEnd(), 'another file, and longer\n');
  });

  it('is text also where that is UTF-16, whose mark is far before the end', async () => {
    const lines = Array.from({ length: 15_000 }, (_, at) => `✓ line ${at} of Grüße ĊĀ 😀`);
    for (const as of ['utf-16le', 'utf-16be'] as const) {
      await writeFile(path, encoded(`\ufeff${lines.join('\r\n')}\r\n`, as));
      const window = new LogWindow(follow(path), taker());
      const shown = (await window.openEnd()).trimEnd().split('\n');
      assert.ok(shown.length > 1_000);
      assert.deepEqual(shown, lines.slice(-shown.length));
      await appendFile(path, encoded('ö', as).subarray(0, 1));
      assert.deepEqual(await window.grow(), { kind: 'appended', text: '' });
      await appendFile(path, encoded('ö\r\n', as).subarray(1));
      assert.deepEqual(await window.grow(), { kind: 'appended', text: 'ö\n' });
      let text = '';
      while (window.earlier > 0) text = await window.extendEarlier();
      assert.deepEqual(text.trimEnd().split('\n').slice(0, 3), lines.slice(0, 3));
    }
  });

  it('is not hurt by a line of 10 MB that is being written', async () => {
    await writeFile(path, 'before\n');
    const window = new LogWindow(follow(path), taker());
    let shown = await window.openEnd();
    for (let round = 0; round < 10; round++) {
      await appendFile(path, 'x'.repeat(1_000_000));
      const growth = await window.grow();
      if (growth.kind === 'appended') shown += growth.text;
    }
    // Beyond 8 MiB a window is begun anew: in the middle of the line.
    shown += await window.openEnd();
    assert.match(window.pending, /^x{10240} … [\d,]+ more bytes$/);
    await appendFile(path, '\nafter\n');
    const growth = await window.grow();
    assert.ok(growth.kind === 'appended' && growth.text.length < 11_000);
    assert.match(growth.text, /^x{10240} … [\d,]+ more bytes\nafter\n$/);
    assert.equal(shown, 'before\n');
    assert.match(await window.extendEarlier(), /more bytes\nafter\n$/);
  });

  it('is not begun anew each time where lines are so short that a page of them is too many', async () => {
    await writeFile(path, '\n'.repeat(300_000));
    const window = new LogWindow(follow(path), taker());
    await window.openEnd();
    assert.ok(window.lineCount <= LIMITS.mostLines, String(window.lineCount));
    await appendFile(path, 'more\n');
    assert.deepEqual(await window.grow(), { kind: 'appended', text: 'more\n' });
  });

  it('begins when there is something', async () => {
    const window = new LogWindow(follow(path), taker());
    assert.equal(await window.openEnd(), '');
    assert.deepEqual(await window.grow(), { kind: 'same' });
    await writeFile(path, 'first\n');
    assert.deepEqual(await window.grow(), { kind: 'replaced' });
    assert.equal(await window.openEnd(), 'first\n');
  });

  it('stops where it would be too large', async () => {
    await writeFile(path, 'x\n'.repeat(10));
    const window = new LogWindow(follow(path), taker(), SMALL);
    await window.openEnd();
    await appendFile(path, 'y\n'.repeat(40));
    assert.equal((await window.grow()).kind, 'appended');
    await appendFile(path, 'z\n');
    assert.deepEqual(await window.grow(), { kind: 'outgrown' });
    window.stop();
    assert.deepEqual(await window.grow(), { kind: 'same' });
    assert.equal(window.later, 2);
    assert.match(await window.openEnd(), /z\n$/);
    assert.equal(window.later, 0);
  });

  it('goes through a whole log in both directions, and never shows too much', async () => {
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, at) => `line ${at}\n`).join(''));
    const window = new LogWindow(memory(bytes), taker(), SMALL);
    let text = await window.openEnd();
    for (let round = 0; window.earlier > 0; round++) {
      assert.ok(round < 100, 'it comes to the beginning');
      text = await window.extendEarlier();
      assert.ok(Buffer.byteLength(text) <= SMALL.most + 16 && window.lineCount <= SMALL.mostLines + 1000);
    }
    assert.ok(text.startsWith('line 0\n'));
    for (let round = 0; window.later > 0; round++) {
      assert.ok(round < 100, 'it comes to the end');
      text = await window.extendLater();
    }
    assert.ok(text.endsWith('line 299\n'));
  });

  it('comes to the end also where lines are very short', async () => {
    const window = new LogWindow(memory(Buffer.from('\n'.repeat(5000))), taker(), SMALL);
    await window.openAt(0);
    for (let round = 0; window.later > 0; round++) {
      assert.ok(round < 1000, 'it comes to the end');
      await window.extendLater();
    }
  });

  const line = fc.oneof(fc.string(), fc.constant(''), fc.constantFrom('INFO:job:some words', 'ü✓', 'a\rb', 'x'.repeat(200)));

  const encoding = fc.constantFrom<TextEncoding[]>('utf-8', 'utf-16le', 'utf-16be');

  it('shows the lines of the log, knows where each begins, and is told of those before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 80 }), fc.nat(), encoding, async (lines, seed, as) => {
        const bytes = encoded(lines.map((text) => `${text.replaceAll('\n', '')}\n`).join(''), as);
        const all = projected(bytes, as);
        const told = taker();
        const window = new LogWindow(memory(bytes, as), told, SMALL);
        const offset = bytes.length === 0 ? 0 : seed % bytes.length;
        const text = await window.openAt(offset);
        const shown = text.split('\n').slice(0, -1);
        const isWhole = shown.every((one) => all.includes(one));
        // A line that is longer than the window is shown from within.
        if (lines.some((one) => encoded(one, as).length > 30)) return;
        assert.ok(isWhole);
        assert.deepEqual(
          told.lines.filter(([index]) => index >= 0).map(([, one]) => one),
          shown,
        );
        const before = told.lines.filter(([index]) => index < 0);
        assert.deepEqual(
          before.map(([index]) => index),
          before.map((_, at) => at - before.length),
        );
        const at = window.lineAt(offset);
        if (bytes.length > 0) assert.ok(at !== undefined, 'the byte that was asked for is shown');
        for (let index = 0; index < shown.length; index++) {
          const begins = window.offsetOf(index) ?? Number.NaN;
          assert.equal(window.lineAt(begins), index);
          assert.equal(projected(bytes.subarray(begins), as)[0], shown[index]);
        }
      }),
    );
  });
});
