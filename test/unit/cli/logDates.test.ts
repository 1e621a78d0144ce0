import assert from 'node:assert/strict';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandLine } from '../../support/commandLine';
import { ExecutionFixture } from '../../support/execution';
import { assertGolden } from '../../support/golden';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const LOG = [
  'WARNING:__main__:⚠️  Pre-flight check SKIPPED (--skip-preflight flag used)',
  'INFO:__main__:Processing game date 1/5: 2021-11-01',
  'INFO:__main__:  ⏭ Skipped: bootstrap period',
  'INFO:__main__:Processing game date 2/5: 2021-11-02',
  'INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 12.4s',
  'INFO:precompute_base:✅ Successfully loaded 1096 rows',
  'INFO:h:Recorded run history: X_20261123_102308_dd64c6dc - success (192.3s)',
  'INFO:__main__:  ✓ Success: 0 players processed',
  'INFO:__main__:Processing game date 3/5: 2021-11-03',
  'ERROR:precompute_base:PrecomputeProcessorBase Error: No upcoming player context data extracted',
  'Traceback (most recent call last):',
  '  File "./precompute_base.py", line 323, in run',
  'ValueError: No upcoming player context data extracted',
  'ERROR:__main__:  ✗ Failed: Unknown',
  'INFO:__main__:something | nobody knows',
  'INFO:__main__:Processing game date 4/5: 2021-11-05',
  'INFO:__main__:  ✓ Success: 312 players, version=v1_baseline_25',
  'INFO:__main__:Processing game date 5/5: 2021-11-06',
].join('\n');

describe('backfill logs --dates', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let cli: CommandLine;
  const backfill = (...words: string[]) => cli.run(folder(), 'logs', ...words);

  before(async () => {
    cli = await CommandLine.build();
  });
  beforeEach(() => writeFile(join(folder(), 'tdza.log'), LOG));

  it('tells a file by date, in every format, without a manifest', async () => {
    const table = await backfill('tdza.log', '--dates', '--profile', 'nba-phase4');
    assert.deepEqual([table.code, table.err], [0, '']);
    assertGolden('cli/logDates.txt', table.out.trimEnd());
    for (const format of ['csv', 'md', 'json'])
      assertGolden(`cli/logDates.${format}`, (await backfill('tdza.log', '--dates', '--format', format)).out.trimEnd());
  });

  it('reads by a profile of the manifest, and guesses it', async () => {
    await writeFile(join(folder(), 'own.log'), 'Running 2021-11-05\ngiving up because of me\n');
    await writeFile(
      join(folder(), 'backfill.yaml'),
      `version: 1
name: t
warehouse: { type: duckdb, path: w.duckdb }
phases: [{ id: p, processors: [{ id: A, table: a.b, date_column: d }] }]
log_profiles: { mine: { date_start: '^Running (?<date>\\S+)', failure: '^giving up because (?<cause>.+)' } }
`,
    );
    const { out } = await backfill('own.log', '--dates');
    assert.match(out, /^2021-11-05 {2}failed .*of me$/m);
    assert.match(out, /^own\.log, read as mine: 1 date, 1 failed; /m);
  });

  it('tells the logs of a backfill, or of one partition', async () => {
    const fixture = new ExecutionFixture(folder());
    const job = resolve('test/support/jobs/loggedJob.mjs');
    const argv = [process.execPath, job, fixture.database, 'j', '{start}..{end}', 'fail=2021-11-03'];
    await fixture.write(
      `phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, log: nba-phase4, run: { command: ${JSON.stringify(argv)}, each: range } }] }]`,
      { j: {} },
    );
    const { plan } = await fixture.run({ from: '2021-11-02', to: '2021-11-04' });
    const all = await backfill(plan.id, '--dates');
    assert.match(all.out, /^J {10}2021-11-02 {2}succeeded {4}10 /m);
    assert.match(all.out, /^logs\/J-2021-11-02-1\+2\.log, read as nba-phase4: 3 dates, 2 succeeded, 1 failed;$/m);
    const csv = await backfill(plan.id, 'J', '--dates', '--format', 'csv');
    assert.match(csv.out, /^logs\/J-2021-11-02-1\+2\.log,J,2021-11-04,succeeded,10,loaded,,dependencies=0 extract=0\.1,,,/m);
    assert.match((await backfill('J', '2021-11-03')).out, /^INFO:__main__:Processing game date 1\/3: 2021-11-02$/m);
    const last = await backfill('J', '2021-11-03', '--dates', '--format', 'csv');
    assert.match(last.out, /^logs\/J-2021-11-02-1\+2\.log,J,2021-11-03,failed,/m);
    const one = JSON.parse((await backfill(plan.id, 'J 2021-11-03', '--dates', '--format', 'json')).out);
    assert.deepEqual(
      one.logs[0].dates.map(({ date, outcome, cause }: Record<string, string>) => [date, outcome, cause]),
      [['2021-11-03', 'failed', 'No upcoming player context data extracted']],
    );
  });

  it('says where only the end of a file was read, and what to do where it finds no dates', async () => {
    const path = join(folder(), 'long.log');
    await writeFile(path, '');
    await truncate(path, 70_000_000);
    await appendFile(path, `\n${LOG}`);
    assert.match((await backfill('long.log', '--dates')).out, /; only its last 64 MiB of 67 MiB were read;/);
    await writeFile(path, 'nothing of the kind\n');
    assert.match((await backfill('long.log', '--dates')).out, /^No known profile finds dates in it\. Name the profile/m);
  });

  it('answers a mistake with one line', async () => {
    const mistakes: readonly (readonly [string[], RegExp])[] = [
      [['none.log', '--dates'], /^There is no file none\.log\.\n$/],
      [['./', '--dates'], /^\.\/ is a folder: name a log in it\.\n$/],
      [['tdza.log', '--dates', '--profile', 'nba-phas4'], /^There is no log profile 'nba-phas4'\. Did you mean '?nba-phase4/],
      [['tdza.log', 'J', '--dates'], /^tdza\.log is a file: leave J out\.\n$/],
      [['tdza.log', '--profile', 'generic'], /^--profile is for --dates: add it\.\n$/],
      [['tdza.log', '--dates', '--follow'], /leave one of them out/],
    ];
    for (const [words, expected] of mistakes) {
      const { code, err } = await backfill(...words);
      assert.match(err, expected);
      assert.equal(code, 2);
    }
  });
});
