import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { fileBytes } from '../../../../src/adapters/files/fileBytes';
import { threadedSearch } from '../../../../src/adapters/files/logSearch';
import { expressionOf, FIND_LIMITS, type FoundInLog, findInLog, unsearched } from '../../../../src/app/logs/findInLogs';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('finding in logs', () => {
  const folder = useTemporaryFolder();
  let bundle: string;
  before('bundle the thread as the package does', async () => {
    mkdirSync('out', { recursive: true });
    bundle = mkdtempSync(resolve('out/search-'));
    await esbuild.build({
      entryPoints: ['src/adapters/files/logSearchWorker.ts'],
      outfile: join(bundle, 'logSearchWorker.js'),
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      logLevel: 'warning',
    });
  });
  after(() => rmSync(bundle, { recursive: true, force: true }));

  function write(name: string, text: string): string {
    const path = join(folder(), name);
    writeFileSync(path, text);
    return path;
  }
  const search = (patience?: number) => threadedSearch(join(bundle, 'logSearchWorker.js'), patience);

  it('takes what somebody types, where capitals count only if there are some', () => {
    assert.ok(expressionOf('keyerror').test('KeyError'));
    assert.ok(!expressionOf('KeyError').test('keyerror'));
    assert.ok(expressionOf('\\S+error').test('a KEYERROR'));
    assert.throws(() => expressionOf('('), SyntaxError);
  });

  it('tells the lines as they are shown, with their places', async () => {
    const path = write('a', 'ü\n\u001b[31mKeyError\u001b[0m: x\n 1%\r 2% KeyError\nno\nKeyError');
    assert.deepEqual(await findInLog(fileBytes(path), 3, /KeyError/, 100), {
      log: 3,
      hits: [
        { line: 2, offset: 3, text: 'KeyError: x', start: 0, length: 8 },
        { line: 3, offset: 24, text: ' 2% KeyError', start: 4, length: 8 },
        { line: 5, offset: 44, text: 'KeyError', start: 0, length: 8 },
      ],
      more: 0,
      unread: 0,
      bytes: 52,
    });
  });

  it('finds in what PowerShell writes, and says of a log that it cannot be read', async () => {
    const path = join(folder(), 'wide');
    writeFileSync(path, Buffer.from('\ufeffone\r\nKeyError: ü\r\n', 'utf16le'));
    const { hits } = await findInLog(fileBytes(path), 0, /KeyError: ü$/, 100);
    assert.deepEqual(hits, [{ line: 2, offset: 12, text: 'KeyError: ü', start: 0, length: 11 }]);
    const none = await findInLog(fileBytes(folder()), 0, /x/, 100);
    assert.equal(none.obstacle, 'it is a folder');
    assert.deepEqual(unsearched('done', [none], ['PDC 2021-11-05']), [
      '1 log could not be read, such as PDC 2021-11-05: it is a folder.',
    ]);
  });

  it('cuts long lines around what was found, and counts what is beyond its bounds', async () => {
    const long = write('long', `${'x'.repeat(5000)}here${'y'.repeat(5000)}\n`);
    const [hit] = (await findInLog(fileBytes(long), 0, /here/, 100)).hits;
    assert.ok(hit !== undefined && hit.text.length < 310);
    assert.equal(hit.text.slice(hit.start, hit.start + hit.length), 'here');
    const many = write('many', 'here\n'.repeat(500));
    const { hits, more } = await findInLog(fileBytes(many), 0, /here/, 1000);
    assert.deepEqual([hits.length, more], [FIND_LIMITS.hitsOfLog, 500 - FIND_LIMITS.hitsOfLog]);
    assert.equal((await findInLog(fileBytes(join(folder(), 'none')), 0, /x/, 1)).hits.length, 0);
  });

  it('runs in a thread of its own, log by log', async () => {
    const paths = [write('a', 'one\ntwo\n'), write('b', 'two\n'), write('c', 'three\n')];
    const found: FoundInLog[] = [];
    const how = await search()(paths, /two/, { signal: new AbortController().signal, found: (one) => found.push(one) });
    assert.equal(how, 'done');
    assert.deepEqual(
      found.map(({ log, hits }) => [log, hits.map(({ line }) => line)]),
      [
        [0, [2]],
        [1, [1]],
        [2, []],
      ],
    );
  });

  it('is ended in the middle of an expression that takes forever, and when somebody stops it', async () => {
    const path = write('a', `${'a'.repeat(60)}!\n`);
    const forever = /^(a+)+$/;
    const ignore = () => undefined;
    assert.equal(await search(300)([path], forever, { signal: new AbortController().signal, found: ignore }), 'tooSlow');
    const stop = new AbortController();
    const searching = search()([path], forever, { signal: stop.signal, found: ignore });
    stop.abort();
    assert.equal(await searching, 'stopped');
  });
});
