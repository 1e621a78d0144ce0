import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import { CommandLine, type Ended } from '../../../support/commandLine';
import { runDuckdb } from '../../../support/duckdb';
import { emulator, freePort } from '../../../support/emulator';
import { skipBecause } from '../../../support/skip';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const JOBS = 'backfill_jobs';
/** Files that the repository of the preset has, by their names alone. */
const NBA_FILES = [
  'shared/backfill/checkpoint.py',
  'shared/config/nba_season_dates.py',
  'bin/backfill/run_phase4_backfill.sh',
  `${JOBS}/prediction/player_prop_predictions_backfill.py`,
  `${JOBS}/grading/prediction_accuracy/prediction_accuracy_grading_backfill.py`,
  `${JOBS}/ml_feedback/scoring_tier_backfill.py`,
  ...['player_game_summary', 'team_offense_game_summary', 'team_defense_game_summary'].map(
    (job) => `${JOBS}/analytics/${job}/${job}_analytics_backfill.py`,
  ),
  ...['upcoming_player_game_context', 'upcoming_team_game_context'].map(
    (job) => `${JOBS}/analytics/${job}/${job}_analytics_backfill.py`,
  ),
  ...[
    'team_defense_zone_analysis',
    'player_shot_zone_analysis',
    'player_composite_factors',
    'player_daily_cache',
    'ml_feature_store',
  ].map((job) => `${JOBS}/precompute/${job}/${job}_precompute_backfill.py`),
];
const ARGPARSE = "parser.add_argument('--start-date')\nparser.add_argument('--end-date')\n";

describe('init in a folder', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let cli: CommandLine;

  before(async () => {
    cli = await CommandLine.build();
  });

  function write(path: string, text = ''): void {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }

  function init(env: Record<string, string> = {}): Promise<Ended> {
    return cli.start(folder(), ['init'], { env }).ended;
  }

  function manifest(): ReturnType<typeof readManifest> & { readonly text: string } {
    const text = readFileSync(join(folder(), 'backfill.yaml'), 'utf8');
    const reading = readManifest(text);
    assert.deepEqual(reading.problems, [], text);
    return { ...reading, text };
  }

  describe('of a known pipeline', () => {
    it('extends its preset, and says what it recognised', async () => {
      for (const path of NBA_FILES) write(path, "PROJECT_ID = 'nba-props-platform'\n");
      write('.venv/bin/python');
      const { code, out, err } = await init();
      assert.equal(code, 0, err);
      assert.equal(
        out.split('\n\n')[0],
        `This is the pipeline of the preset nba-stats-scraper: 9 of the 9 files that tell it are here.
Wrote backfill.yaml, which extends it: 13 processors, 9 sources and 4 seasons.
Tables: nba-props-platform in us-west2.
Interpreter: .venv/bin/python.`,
      );
      const { text, pipeline } = manifest();
      const said = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      assert.deepEqual(
        [said[0], said[1]?.slice(0, 5), said.slice(2)],
        ['version: 1', 'name:', ['extends: preset:nba-stats-scraper']],
      );
      assert.equal(pipeline?.processors.length, 13);
    });

    it('writes down what is otherwise in this checkout', async () => {
      for (const path of NBA_FILES.filter((name) => !name.includes('scoring_tier') && !name.includes('checkpoint')))
        write(path, "'project_id': 'my-fork-of-it',\n");
      write('venv/bin/python');
      const { out } = await init({ GCP_PROJECT_ID: 'who-pays-for-it', BQ_LOCATION: 'EU' });
      assert.match(out, /: 8 of the 9 files that tell it are here\.$/m);
      assert.match(out, /^Tables: my-fork-of-it in EU, where its scripts write to; GCP_PROJECT_ID names who-pays-for-it\.$/m);
      assert.match(out, /^Interpreter: venv\/bin\/python\.$/m);
      assert.match(out, /^Not in this checkout: backfill_jobs\/ml_feedback\/scoring_tier_backfill\.py \(TIERS\)\.$/m);
      const { text, pipeline } = manifest();
      assert.deepEqual(pipeline?.warehouse, { type: 'bigquery', project: 'my-fork-of-it', location: 'EU' });
      const [run] = pipeline?.processors[0]?.run ?? [];
      assert.equal(run?.kind === 'command' && run.argv[0], 'venv/bin/python');
      assert.match(text, /^# without: \[TIERS\]$/m);
    });

    it('says that there is no interpreter yet', async () => {
      for (const path of NBA_FILES) write(path);
      const { out } = await init();
      assert.match(out, /^Interpreter: no virtual environment is here, and commands start \.venv\/bin\/python\./m);
    });

    it('is not taken for one because of a few files', async () => {
      for (const path of NBA_FILES.slice(0, 4)) write(path);
      const { out } = await init();
      assert.match(out, /with an example/);
    });
  });

  describe('of another pipeline', () => {
    it('matches jobs to tables by name, and keeps the others as comments', async () => {
      await runDuckdb(
        join(folder(), 'warehouse.duckdb'),
        'CREATE SCHEMA made',
        'CREATE TABLE made.daily_orders (day DATE)',
        "INSERT INTO made.daily_orders VALUES (DATE '2024-01-01')",
      );
      write('jobs/daily_orders_backfill.py', ARGPARSE);
      write('jobs/report.mjs', "program.option('--date <day>')");
      write('jobs/helpers.py', 'print(1)');
      write('node_modules/x/daily_orders.py', ARGPARSE);
      write('tests/daily_orders.py', ARGPARSE);
      const { out } = await init();
      assert.match(out, /^Found 2 scripts that take dates: 1 matched to tables by name, 1 as comments\.$/m);
      const { text, pipeline } = manifest();
      assert.deepEqual(pipeline?.processors[0]?.run, [
        {
          kind: 'command',
          each: 'range',
          maxDates: 31,
          argv: ['python3', 'jobs/daily_orders_backfill.py', '--start-date', '{start}', '--end-date', '{end}'],
          overrides: {},
        },
      ]);
      assert.match(text, /^# +run: \{ each: date, command: \[node, jobs\/report\.mjs, --date, "\{date\}"\] \}$/m);
    });

    it('finds jobs beside a folder full of data, and opens no pipes', async function () {
      if (process.platform === 'win32') skipBecause(this, 'Windows has no named pipes among its files');
      mkdirSync(join(folder(), 'data'));
      for (let at = 0; at < 10_100; at++) writeFileSync(join(folder(), 'data', `${at}.json`), '');
      write('jobs/orders.py', ARGPARSE);
      for (const path of ['jobs/pipe.py', 'pipe.duckdb', '.env']) execFileSync('mkfifo', [join(folder(), path)]);
      const { code, out } = await init();
      assert.equal(code, 0);
      assert.match(out, /^Found 1 script that takes dates/m);
    });

    it('says why BigQuery was not looked into', async () => {
      const { out } = await init();
      assert.match(out, /^BigQuery was not looked into: neither GCP_PROJECT_ID, .* names a project\.$/m);
      assert.match(manifest().text, /^# BigQuery was not looked into: neither /m);
    });

    it('says what keeps it from BigQuery, and leaves the project in the manifest', async () => {
      const port = await freePort();
      const { code, out } = await init({ GCP_PROJECT_ID: 'some-project', BIGQUERY_EMULATOR_HOST: `127.0.0.1:${port}` });
      assert.equal(code, 0);
      assert.match(out, /^BigQuery's project some-project \(from GCP_PROJECT_ID\) was not looked into: \S.*\.$/m);
      assert.deepEqual(manifest().pipeline?.warehouse, {
        type: 'bigquery',
        project: 'some-project',
        endpoint: `http://127.0.0.1:${port}`,
      });
    });

    it('drafts the tables of BigQuery that are partitioned by dates', async function () {
      const bigquery = await emulator(this, 'bqemulator');
      const project = bigquery.newProject();
      for (const dataset of ['raw', 'mart']) await bigquery.createDataset(project, dataset);
      const day = { field: 'day' };
      await bigquery.createTable(project, 'raw.events', { columns: ['day DATE', 'id STRING'], partition: day });
      await bigquery.createTable(project, 'mart.daily_orders', { columns: ['day DATE', 'updated_at TIMESTAMP'], partition: day });
      await bigquery.createTable(project, 'mart.names', { columns: ['since DATE'] });
      write('jobs/daily_orders.sh', 'case "$1" in\n  --date) shift ;;\nesac\n');
      const { code, out, err } = await init({ GOOGLE_CLOUD_PROJECT: project, BIGQUERY_EMULATOR_HOST: bigquery.endpoint });
      assert.equal(code, 0, err);
      assert.match(
        out,
        /^Looked into BigQuery's project \S+ \(from GOOGLE_CLOUD_PROJECT\): 2 of its tables are partitioned by dates\.$/m,
      );
      const { pipeline } = manifest();
      assert.deepEqual(pipeline?.warehouse, { type: 'bigquery', project, endpoint: bigquery.endpoint });
      assert.deepEqual(
        pipeline?.nodes.map(({ kind, tables, dateColumn, writtenAt }) => [kind, tables[0], dateColumn, writtenAt]),
        [
          ['source', 'raw.events', 'day', undefined],
          ['processor', 'mart.daily_orders', 'day', 'updated_at'],
        ],
      );
      assert.deepEqual(pipeline?.processors[0]?.run[0], {
        kind: 'command',
        each: 'date',
        argv: ['bash', 'jobs/daily_orders.sh', '--date', '{date}'],
        overrides: {},
      });
      assert.equal((await cli.run(folder(), 'check')).code, 0);
    });
  });
});
