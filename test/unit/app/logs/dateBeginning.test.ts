import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { fileBytes } from '../../../../src/adapters/files/fileBytes';
import { dateBeginning } from '../../../../src/app/logs/dateBeginning';
import { FollowedFile } from '../../../../src/app/logs/followedFile';
import { logProfile } from '../../../../src/core/logs/builtIn/profiles';
import { CompiledProfile } from '../../../../src/core/logs/compiledProfile';
import { encoded, type TextEncoding } from '../../../../src/core/logs/textEncoding';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const PROFILE = new CompiledProfile(logProfile(undefined, 'nba-phase4') ?? {});
const all = () => true;
const begins = (n: number, date: string) => `INFO:__main__:Processing game date ${n}/9: ${date}\n`;

describe('where a date begins in a log', () => {
  const folder = useTemporaryFolder();
  async function log(bytes: Uint8Array | string): Promise<FollowedFile> {
    const path = join(folder(), 'a.log');
    await writeFile(path, bytes);
    const file = new FollowedFile(fileBytes(path));
    await file.look();
    return file;
  }

  it('is found a gigabyte before the end', async () => {
    const source = await log(begins(1, '2021-11-05'));
    const file = await open(join(folder(), 'a.log'), 'r+');
    await file.write(begins(2, '2021-11-06'), 300 << 20);
    await file.truncate(2 ** 30);
    await file.close();
    const { size } = (await source.look()) ?? assert.fail();
    assert.equal(await dateBeginning(source, PROFILE, '2021-11-05', size, all), 0);
  });

  it('is that of the last attempt, and of none that only names it', async () => {
    const text = [begins(1, '2021-11-05'), 'INFO:x:words\n', begins(1, '2021-11-05'), 'INFO:x:after 2021-11-05\n'];
    const source = await log(text.join(''));
    const size = Buffer.byteLength(text.join(''));
    const last = Buffer.byteLength(text.slice(0, 2).join(''));
    assert.equal(await dateBeginning(source, PROFILE, '2021-11-05', size, all), last);
    assert.equal(await dateBeginning(source, PROFILE, '2021-11-05', last, all), 0, 'before that');
    assert.equal(await dateBeginning(source, PROFILE, '2021-11-05', size, (offset) => offset < last), 0, 'of another log');
    assert.equal(await dateBeginning(source, PROFILE, '2021-11-06', size, all), undefined);
  });

  it('is where the log says how it ended, if nothing begins it', async () => {
    const profile = new CompiledProfile({ success: ['^done (?<date>\\S+)'] });
    const source = await log(`one\ndone 20211105\n${'more\n'.repeat(500_000)}`);
    assert.equal(await dateBeginning(source, profile, '2021-11-05', 2_500_000, all), 4);
  });

  it('is found at every place of a block, in every encoding', async () => {
    const encodings = fc.constantFrom<TextEncoding[]>('utf-8', 'utf-16le', 'utf-16be');
    const padding = fc.integer({ min: -60, max: 200 });
    await fc.assert(
      fc.asyncProperty(encodings, padding, async (as, more) => {
        const mark = as === 'utf-8' ? '' : '\ufeff';
        const line = begins(3, '2021-11-07');
        // The date begins around the place at which a block does.
        const after = 'x'.repeat((1 << 20) / encoded('x', as).length - line.length + more);
        const head = encoded(`${mark}before\n`, as);
        const bytes = Buffer.concat([head, encoded(`${line}${after}\n`, as)]);
        const source = await log(bytes);
        assert.equal(await dateBeginning(source, PROFILE, '2021-11-07', bytes.length, all), head.length);
      }),
      { numRuns: 60 },
    );
  });
});
