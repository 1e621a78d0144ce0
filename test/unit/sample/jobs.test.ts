import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Holder, runDuckdb } from '../../support/duckdb';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { PATIENCE_MS, sampleMaker, warehouseIn } from './sample';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

const PREDICTIONS = 'nba_predictions.player_prop_predictions';
const GRADES = 'nba_predictions.prediction_accuracy';
const TIERS = 'nba_predictions.scoring_tier_adjustments';

describe('the jobs of the sample', function () {
  this.timeout(PATIENCE_MS);
  const folder = useTemporaryFolder();

  beforeEach(async () => {
    await (await sampleMaker()).makeSample(folder());
  });

  const start = (args: readonly string[], misbehave = '') =>
    spawn(process.execPath, [...args], { cwd: folder(), env: { ...process.env, NBA_JOB_MISBEHAVE: misbehave } });

  async function run(args: readonly string[], misbehave?: string): Promise<Ended> {
    const child = start(args, misbehave);
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => {
      out += String(data);
    });
    child.stderr.on('data', (data) => {
      err += String(data);
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, out, err };
  }

  /** Rows of dates, and a digest of all that is in them but the time of their making. */
  async function held(
    table: string,
    ...dates: readonly string[]
  ): Promise<readonly { readonly rows: number; readonly digest: string }[]> {
    const column = table === TIERS ? 'as_of_date' : 'game_date';
    const statements = dates.map(
      (date) => `SELECT count(*)::INTEGER AS rows, coalesce(bit_xor(md5_number_lower(line::JSON::VARCHAR)), 0)::VARCHAR AS digest
        FROM (SELECT * EXCLUDE (processed_at) FROM ${table}) AS line WHERE ${column} = '${date}'`,
    );
    const found = await runDuckdb(warehouseIn(folder()), statements.join(' UNION ALL '));
    return found.map(({ rows, digest }) => ({ rows: Number(rows), digest: String(digest) }));
  }

  const rowsOf = async (table: string, ...dates: readonly string[]) => (await held(table, ...dates)).map(({ rows }) => rows);

  it('fill what is missing, in each of the three ways to be given dates', async () => {
    const scattered = ['2025-01-06', '2025-01-14', '2025-01-22'];
    assert.deepEqual(await rowsOf(PREDICTIONS, ...scattered), [0, 0, 0]);
    const list = await run(['jobs/predictions.mjs', '--dates', scattered.join(',')]);
    assert.deepEqual([list.code, list.err], [0, '']);
    for (const rows of await rowsOf(PREDICTIONS, ...scattered)) assert.ok(rows > 100);
    for (const [index, date] of scattered.entries())
      assert.match(list.out, new RegExp(`Processing game date ${index + 1}/3: ${date}`));
    assert.match(list.out, /✓ Success: \d+ rows in \d+\.\ds/);

    assert.equal((await run(['jobs/grading.mjs', '--date', '2025-04-02'])).code, 0);
    const [graded = 0] = await rowsOf(GRADES, '2025-04-02');
    assert.ok(graded > 100);

    const range = await run(['jobs/scoring_tiers.mjs', '--start-date', '2025-05-05', '--end-date', '2025-05-09']);
    assert.equal(range.code, 0);
    for (const rows of await rowsOf(TIERS, '2025-05-05', '2025-05-06', '2025-05-07', '2025-05-08', '2025-05-09'))
      assert.ok(rows >= 9);
  });

  it('make again exactly what the making of all dates made, and nothing for the off-days of a range', async () => {
    const tables = [PREDICTIONS, GRADES, TIERS];
    const before = await Promise.all(tables.map((table) => held(table, '2024-12-23', '2024-12-24', '2024-12-25')));
    assert.deepEqual(
      before.map(([, offDay]) => offDay?.rows),
      [0, 0, 0],
    );
    await run(['jobs/predictions.mjs', '--dates', '2024-12-23,2024-12-25']);
    await run(['jobs/grading.mjs', '--date', '2024-12-23']);
    await run(['jobs/scoring_tiers.mjs', '--start-date', '2024-12-23', '--end-date', '2024-12-25']);
    assert.deepEqual(await Promise.all(tables.map((table) => held(table, '2024-12-23', '2024-12-24', '2024-12-25'))), before);
    const [made] = await runDuckdb(
      warehouseIn(folder()),
      `SELECT count(*) FILTER (processed_at > '2025-08-01') AS n FROM ${TIERS}`,
    );
    assert.equal(Number(made?.['n']), 24);
  });

  it('refuse, with an exit code that says so: no features, arguments that make no sense', async () => {
    const without = await run(['jobs/predictions.mjs', '--dates', '2025-03-04,2025-03-05']);
    assert.equal(without.code, 1);
    assert.match(without.out, /MLFS incomplete for 2025-03-04: 0\/\d+ players/);
    assert.match(without.out, /1 successful, 1 failed/);
    for (const args of [
      [],
      ['--date', '2025-02-30x'],
      ['--until', '2025-03-05'],
      ['--start-date', '2025-07-01', '--end-date', '2025-07-09'],
    ])
      assert.equal((await run(['jobs/scoring_tiers.mjs', ...args])).code, 2);
  });

  it('wait while another process holds the warehouse', async () => {
    const holder = await Holder.open(warehouseIn(folder()));
    const child = start(['jobs/grading.mjs', '--date', '2025-04-02']);
    const closed = once(child, 'close');
    await lineWith(child.stdout, 'Processing game date');
    await holder.release();
    assert.deepEqual(await closed, [0, null]);
  });

  it('misbehave as they are asked to, and for one date alone', async () => {
    const [date, other] = ['2025-04-04', '2025-04-05'];
    const args = ['jobs/predictions.mjs', '--dates', `${date},${other}`];
    const [before] = await held(PREDICTIONS, date);
    assert.ok(before && before.rows > 0);

    const failed = await run(args, `fail@${date}`);
    assert.deepEqual([failed.code, await held(PREDICTIONS, date)], [1, [before]]);
    assert.match(failed.err, /SimilarityModelError.*\n\s+at /);
    assert.match(failed.out, /1 successful, 1 failed/);

    const written = async () =>
      runDuckdb(warehouseIn(folder()), `SELECT max(processed_at)::VARCHAR AS at FROM ${PREDICTIONS} WHERE game_date = '${date}'`);
    const stamp = await written();
    const nothing = await run(args, `nothing@${date}`);
    assert.deepEqual([nothing.code, await written()], [0, stamp]);

    const flooded = await run(args, `flood=2@${date}`);
    assert.equal(flooded.code, 0);
    assert.ok(flooded.out.length > 2 * 1024 * 1024 && flooded.out.length < 2.1 * 1024 * 1024);

    const begun = performance.now();
    assert.equal((await run(args, `slow=1@${date}`)).code, 0);
    assert.ok(performance.now() - begun >= 1000);

    const emptied = await run(args, `empty@${date}`);
    assert.deepEqual([emptied.code, await rowsOf(PREDICTIONS, date)], [0, [0]]);
    assert.match(emptied.out, /2 successful, 0 failed/);
  });

  for (const [mode, leaves] of [
    ['after-delete', (rows: number) => rows === 0],
    ['half', (rows: number, before: number) => rows > 0 && rows < before],
  ] as const) {
    it(`stop where a test can kill them: ${mode}`, async () => {
      const [before = 0] = await rowsOf(GRADES, '2025-04-04');
      const child = start(['jobs/grading.mjs', '--date', '2025-04-04', '--misbehave', mode]);
      const closed = once(child, 'close');
      await lineWith(child.stdout, 'WAITING');
      child.kill('SIGKILL');
      assert.deepEqual(await closed, [null, 'SIGKILL']);
      const [rows = -1] = await rowsOf(GRADES, '2025-04-04');
      assert.ok(leaves(rows, before), `${rows} rows of ${before}`);
    });
  }
});

async function lineWith(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  for await (const line of createInterface({ input: stream })) if (line.includes(text)) return;
  throw new Error(`The job ended without a line with "${text}".`);
}
