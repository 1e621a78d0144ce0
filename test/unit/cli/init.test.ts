import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../../support/commandLine';
import { runDuckdb } from '../../support/duckdb';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const TABLES = [
  'CREATE SCHEMA raw',
  'CREATE SCHEMA made',
  'CREATE TABLE raw.schedule (day DATE, game INTEGER)',
  "INSERT INTO raw.schedule SELECT DATE '2024-01-01' + i::INTEGER, i FROM range(10) r(i) WHERE i <> 4",
  'CREATE TABLE raw.names (name VARCHAR)',
  'CREATE TABLE made.daily_summary (created_date DATE, day DATE, n INTEGER, processed_at TIMESTAMP)',
  "INSERT INTO made.daily_summary SELECT DATE '2026-01-01', day, game, now()::TIMESTAMP FROM raw.schedule WHERE game <> 7",
];

describe('init and check', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let cli: CommandLine;
  const backfill = (...words: string[]) => cli.run(folder(), ...words);
  const manifest = () => readFileSync(join(folder(), 'backfill.yaml'), 'utf8');

  before(async () => {
    cli = await CommandLine.build();
  });

  it('drafts a manifest from a DuckDB file, which check accepts and coverage can use', async () => {
    await runDuckdb(join(folder(), 'warehouse.duckdb'), ...TABLES);
    const made = await backfill('init');
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /1 source and 1 processor from warehouse\.duckdb, 2024-01-01 to 2024-01-10\./);
    assert.match(manifest(), /date_column: day # or created_date/);
    const checked = await backfill('check');
    assert.equal(checked.out, 'backfill.yaml: no mistakes in 1 processor and 1 source.\n');
    assert.equal(checked.err, '');
    assert.equal(checked.code, 0);
    const coverage = await backfill('coverage');
    assert.equal(coverage.code, 1);
    assert.match(coverage.out, /^ {2}2024-01-08: missing\n {2}off: 1 off-day$/m);
  });

  it('drafts a manifest from a folder of Parquet', async () => {
    const data = join(folder(), 'lake', 'data').replaceAll('\\', '/');
    mkdirSync(join(data, 'raw', 'schedule'), { recursive: true });
    mkdirSync(join(data, 'made'), { recursive: true });
    await runDuckdb(
      ':memory:',
      `COPY (SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS game FROM range(3) r(i)) TO '${data}/raw/schedule' (FORMAT parquet, PARTITION_BY (day), OVERWRITE_OR_IGNORE)`,
      `COPY (SELECT DATE '2024-01-01' AS day, 1 AS n) TO '${data}/made/daily_summary' (FORMAT parquet, PARTITION_BY (day))`,
    );
    const made = await backfill('init');
    assert.equal(made.code, 0, made.err);
    assert.match(manifest(), /warehouse: \{ type: parquet, path: lake\/data \}/);
    const checked = await backfill('check');
    assert.equal(checked.code, 0, checked.out + checked.err);
    assert.match((await backfill('coverage')).out, /^ {2}2024-01-02 to 2024-01-03: missing$/m);
  });

  it('writes an example where there is no warehouse', async () => {
    writeFileSync(join(folder(), 'other.db'), 'no DuckDB file, whatever its name says');
    const made = await backfill('init');
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /with an example: no table with a DATE column was found/);
    const checked = await backfill('check');
    assert.equal(checked.code, 0);
    assert.match(checked.err, /^Tables and columns were not checked: /);
  });

  it('never writes over a manifest', async () => {
    writeFileSync(join(folder(), 'backfill.yaml'), 'mine\n');
    const { code, out, err } = await backfill('init');
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.equal(err, 'There is a backfill.yaml here already: it was left as it is.\n');
    assert.equal(manifest(), 'mine\n');
    assert.equal(existsSync(join(folder(), '.gitignore')), false);
  });

  it('keeps the state out of git, and the waivers in it', async () => {
    writeFileSync(join(folder(), '.gitignore'), 'node_modules');
    await backfill('init');
    assert.equal(readFileSync(join(folder(), '.gitignore'), 'utf8'), 'node_modules\n.backfill/*\n!.backfill/waivers.yaml\n');
    mkdirSync(join(folder(), '.backfill', 'runs', 'x'), { recursive: true });
    writeFileSync(join(folder(), '.backfill', 'waivers.yaml'), '[]\n');
    writeFileSync(join(folder(), '.backfill', 'runs', 'x', 'plan.json'), '{}\n');
    execFileSync('git', ['init', '--quiet'], { cwd: folder() });
    const status = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: folder(), encoding: 'utf8' });
    assert.deepEqual(status.trim().split('\n').sort(), ['?? .backfill/waivers.yaml', '?? .gitignore', '?? backfill.yaml']);
  });

  it('tells every mistake with its place', async () => {
    await runDuckdb(join(folder(), 'warehouse.duckdb'), ...TABLES);
    await backfill('init');
    writeFileSync(join(folder(), 'backfill.yaml'), manifest().replace('version: 1', 'version: 1\nnmae: x'));
    const broken = await backfill('check');
    assert.equal(broken.code, 2);
    assert.match(broken.out, /^backfill\.yaml:3:1: error: [^\n]*nmae[^\n]*name[^\n]*\n1 error\.\n$/);
    const refused = await backfill('coverage');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^backfill\.yaml:3:1: error: /);

    const named = manifest()
      .replace('nmae: x\n', '')
      .replace('made.daily_summary', 'made.daily_sumary')
      .replace('date_column: day }', 'date_column: dya }');
    writeFileSync(join(folder(), 'backfill.yaml'), named);
    const wrong = await backfill('check');
    assert.equal(wrong.code, 2);
    assert.match(wrong.out, /error: Calendar schedule: raw\.schedule has no column dya\./);
    assert.match(
      wrong.out,
      /^backfill\.yaml:\d+:\d+: error: DS: the warehouse has no table made\.daily_sumary\. Did you mean `made\.daily_summary`\?$/m,
    );
  });

  it('finds the manifest from a folder below, or where it is told', async () => {
    await runDuckdb(join(folder(), 'warehouse.duckdb'), ...TABLES);
    await backfill('init');
    const below = join(folder(), 'a', 'b');
    mkdirSync(below, { recursive: true });
    assert.equal((await cli.run(below, 'check')).code, 0);
    assert.equal((await cli.run('/', 'check', '--manifest', join(folder(), 'backfill.yaml'))).code, 0);
    const none = await cli.run('/', 'check');
    assert.equal(none.code, 2);
    assert.match(none.err, /^There is no backfill\.yaml in \/ or above it\./);
  });
});
