import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDuckdb } from '../../support/duckdb';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { PATIENCE_MS, sampleMaker, warehouseIn } from './sample';

describe('making the sample', function () {
  this.timeout(2 * PATIENCE_MS);
  const folder = useTemporaryFolder();

  it('gives the same data every time', async () => {
    const { makeSample } = await sampleMaker();
    const [first, second] = [join(folder(), 'first'), join(folder(), 'second')];
    await makeSample(first);
    const { from } = await makeSample(second, { cache: false });
    assert.equal(from, 'made');
    const digest = await digestOf(first);
    assert.deepEqual(await digestOf(second), digest);
    assert.equal(digest.length, 19);
  });

  it('leaves a sample that is there as it is, and mends one that is not whole', async () => {
    const { makeSample } = await sampleMaker();
    await makeSample(folder());
    const mine = join(folder(), 'mine.txt');
    writeFileSync(mine, 'mine');
    await runDuckdb(warehouseIn(folder()), 'DROP TABLE raw.shots');
    assert.equal((await makeSample(folder())).from, 'there');
    assert.equal((await tablesOf(folder())).length, 18);

    assert.equal((await makeSample(folder(), { fresh: true })).from, 'copied');
    assert.equal((await tablesOf(folder())).length, 19);

    rmSync(join(folder(), '.sample'));
    rmSync(warehouseIn(folder()));
    assert.equal((await makeSample(folder())).from, 'copied');
    assert.equal((await tablesOf(folder())).length, 19);
    assert.ok(existsSync(mine));
  });

  it('says how it is used', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/sample.mjs'], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /^usage: node scripts\/sample\.mjs DIR/);
  });
});

async function tablesOf(folder: string): Promise<readonly string[]> {
  const sql = "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() ORDER BY name";
  return (await runDuckdb(warehouseIn(folder), sql)).map(({ name }) => String(name));
}

/** A line for each table: its rows, and a digest of them that does not depend on their order. */
async function digestOf(folder: string): Promise<readonly string[]> {
  const digests = (await tablesOf(folder)).map(
    (table) => `SELECT '${table} ' || count(*) || ' ' || bit_xor(hash(line)) AS digest FROM ${table} AS line`,
  );
  return (await runDuckdb(warehouseIn(folder), digests.join(' UNION ALL '))).map(({ digest }) => String(digest)).sort();
}
