import assert from 'node:assert/strict';
import { chmod, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToldNews } from '../../../src/client/toldNews';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const DAY = 86_400_000;

describe('what was told', () => {
  const temporaryFolder = useTemporaryFolder();
  it('is told by one of many windows, and not again after a reload', async () => {
    const folder = temporaryFolder();
    const windows = Array.from({ length: 8 }, () => new ToldNews(folder));
    await Promise.all(windows.map((window) => window.since('/p/backfill.yaml', 1000)));
    const claims = await Promise.all(windows.map((window) => window.claim('/p/backfill.yaml', 'b1.ended-9')));
    assert.equal(claims.filter((claimed) => claimed).length, 1);
    assert.equal(await new ToldNews(folder).claim('/p/backfill.yaml', 'b1.ended-9'), false);
    assert.equal(await new ToldNews(folder).claim('/p/backfill.yaml', 'b1.ended-12'), true);
    assert.equal(await new ToldNews(folder).claim('/q/backfill.yaml', 'b1.ended-9'), true, 'another pipeline');
  });

  it('begins when somebody looks at a pipeline for the first time, and ends after a month', async () => {
    const told = new ToldNews(temporaryFolder());
    const now = 100 * DAY;
    assert.equal(await told.since('/p', now), now);
    assert.equal(await told.since('/p', now + DAY), now);
    assert.equal(await told.since('/p', now + 40 * DAY), now + 10 * DAY);
  });

  it('is forgotten long after it is no news any more', async () => {
    const folder = temporaryFolder();
    const now = Date.now();
    await new ToldNews(folder).since('/p', now);
    await new ToldNews(folder).claim('/p', 'old');
    const [own = ''] = await readdir(folder);
    await utimes(join(folder, own, 'old'), (now - 70 * DAY) / 1000, (now - 70 * DAY) / 1000);
    await new ToldNews(folder).claim('/p', 'new');
    await new ToldNews(folder).since('/p', now);
    assert.deepEqual((await readdir(join(folder, own))).sort(), ['new', 'since']);
  });

  it('is told once a window where nothing can be written', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    await chmod(file, 0o400);
    const told = new ToldNews(file);
    assert.ok((await told.since('/p', 90 * DAY)) <= 90 * DAY);
    assert.deepEqual([await told.claim('/p', 'b1.x'), await told.claim('/p', 'b1.x')], [true, false]);
  });
});
