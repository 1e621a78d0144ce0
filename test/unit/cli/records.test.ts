import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCliPipeline } from '../../support/commandLine';
import { runDuckdb } from '../../support/duckdb';

const PIPELINE = `phases:
  - id: build
    processors:
      - { id: A, table: main.a, date_column: day, aliases: [AProcessor], run: { each: date, command: [$JOB, a, fill, "{date}"] } }
      - { id: B, table: main.b, date_column: day }
failures:
  - { table: ops.failures, processor: processor_name, date: analysis_date, entity: entity_id, category: category,
      reason: reason, created: created_at, expected: [FEW], stop: [BUG] }
history:
  table: ops.runs
  processor: processor_name
  date: data_date
  status: status
  run: run_id
  started: started_at
  seconds: seconds
  stages: { column: summary, seconds: { extract: extract_time } }`;

describe('what jobs note, on the command line', function () {
  this.timeout(120_000);
  const at = useCliPipeline();
  const { backfill } = at;

  /** A is complete on the 1st and missing on the 2nd; both dates have a failure that stops. */
  beforeEach(async () => {
    await at.fixture.write(PIPELINE, { a: { '2021-11-01': 10 }, b: { '2021-11-01': 10, '2021-11-02': 10 } }, '2021-11-02');
    await runDuckdb(
      at.fixture.database,
      'CREATE SCHEMA ops',
      'CREATE TABLE ops.failures (processor_name VARCHAR, analysis_date DATE, entity_id VARCHAR, category VARCHAR, reason VARCHAR, created_at TIMESTAMP)',
      `INSERT INTO ops.failures VALUES
        ('AProcessor', '2021-11-01', 'ann', 'BUG', 'left behind', '2021-11-02 00:00:00'),
        ('AProcessor', '2021-11-02', 'ann', 'bug', 'division by zero', '2021-11-03 00:00:00'),
        ('B', '2021-11-02', 'bob', 'FEW', NULL, NULL),
        ('Stranger', '2021-11-02', 'DATE_LEVEL', 'LOST', NULL, NULL)`,
      'CREATE TABLE ops.runs (processor_name VARCHAR, data_date DATE, status VARCHAR, run_id VARCHAR, started_at TIMESTAMP, seconds DOUBLE, summary JSON)',
      `INSERT INTO ops.runs VALUES
        ('AProcessor', '2021-11-01', 'running', 'r1', '2021-11-02 00:00:00', 0, NULL),
        ('AProcessor', '2021-11-01', 'success', 'r1', '2021-11-02 00:00:00', 26.5, '{"extract_time": 12.5}'),
        ('AProcessor', '2021-11-02', 'running', 'r2', '2021-11-03 00:00:00', 0, NULL)`,
    );
  });

  it('lists failures by category, and ends with 1 while one that stops is not stale', async () => {
    const { code, out, err } = await backfill('failures');
    assert.equal(err, '');
    assert.equal(code, 1);
    assert.match(
      out,
      /^BUG: stop; 2 failures of 2 partitions, 1 stale\n {2}A: 2021-11-01 to 2021-11-02\n {4}2021-11-02 {2}1 entity \(ann\): division/m,
    );
    assert.match(out, /^LOST: needs a look; .*\n {2}Stranger \(no processor of the manifest\): 2021-11-02$/m);
    assert.ok(out.indexOf('BUG') < out.indexOf('LOST') && out.indexOf('LOST') < out.indexOf('FEW: expected'));

    assert.equal((await backfill('failures', '--processor', 'B')).code, 0);
    assert.equal((await backfill('failures', '--to', '2021-11-01')).code, 0);
    assert.equal((await backfill('failures', '--category', 'few,lost')).code, 0);
    const stale = await backfill('failures', '--stop', '--stale', '--format', 'csv');
    assert.equal(stale.code, 0);
    assert.match(
      stale.out,
      /^processor,date,.*\nA,2021-11-01,BUG,stop,complete,1,1,false,2021-11-02T00:00:00\.000Z,left behind,ann,ops\.failures\n$/,
    );
    const { counts, categories, readAt } = JSON.parse((await backfill('failures', '--format', 'json')).out);
    assert.deepEqual(counts, { rows: 4, partitions: 4, stale: 1 });
    assert.deepEqual(
      categories.map(({ category, kind }: { category: string; kind: string }) => [category, kind]),
      [
        ['BUG', 'stop'],
        ['LOST', 'attention'],
        ['FEW', 'expected'],
      ],
    );
    assert.ok(Date.parse(readAt) > 0);
  });

  it('is fine once the partition was filled', async () => {
    assert.equal((await backfill('run', '--processor', 'A')).code, 0);
    const { code, out } = await backfill('failures', '--stop');
    assert.equal(code, 0, out);
    assert.match(out, /^BUG: stop; 2 failures of 2 partitions, stale$/m);
  });

  it('says what it could not read, and ends with 3', async () => {
    appendFileSync(at.fixture.manifest, '\n');
    const broken = readFileSync(at.fixture.manifest, 'utf8').replace(
      'failures:\n',
      'failures:\n  - { table: ops.gone, processor: p, date: d, category: c }\n',
    );
    writeFileSync(at.fixture.manifest, broken);
    const { code, out, err } = await backfill('failures');
    assert.equal(code, 3);
    assert.match(err, /^Warning: ops\.gone was not read: there is no table ops\.gone\.$/m);
    assert.match(out, /^BUG: stop/m);
    const mistyped = await backfill('failures', '--category', 'BAG');
    assert.match(mistyped.err, /^Warning: no failure has the category 'BAG'\. Did you mean '?BUG/m);
    assert.match(mistyped.out, /^No failures in what could be read\.$/m);
    const explained = await backfill('explain', 'A', '2021-11-02');
    assert.match(explained.out, /^Not read:\n {2}Failures of ops\.gone: there is no table ops\.gone\.$/m);
  });

  it('refuses to look where no table is named', async () => {
    writeFileSync(at.fixture.manifest, readFileSync(at.fixture.manifest, 'utf8').replace(/\nfailures:.*/s, '\n'));
    const { code, err } = await backfill('failures');
    assert.deepEqual([code, err], [2, "The manifest names no table in which jobs note what failed: name it under 'failures'.\n"]);
    assert.equal((await backfill('timing')).out, 'No run is known.\n');
  });

  it('explains a date with the failures and runs that were noted', async () => {
    const { out } = await backfill('explain', 'A', '2021-11-02');
    assert.match(out, /^Failures noted:\n {2}stop {2}bug: 1 entity \(ann\): division by zero; noted 2021-11-03 00:00:00$/m);
    assert.match(out, /^Runs noted:\n {2}never ended {2}attempt 1, 2021-11-03 00:00:00$/m);
    const { runs } = JSON.parse((await backfill('explain', 'A', '2021-11-01', '--format', 'json')).out);
    assert.deepEqual(
      runs.map(({ outcome, seconds, stages }: Record<string, unknown>) => [outcome, seconds, stages]),
      [['success', 26.5, { extract: 12.5 }]],
    );
    assert.ok(!('runs' in JSON.parse((await backfill('explain', 'A', '2021-11-01', '--format', 'json')).out).needs));
  });

  it('tells how long dates take, by the run history and else by the journal', async () => {
    const { code, out } = await backfill('timing');
    assert.equal(code, 0);
    assert.match(
      out,
      /^A +1 +0 +27 s +27 s +run history +27 s +100 %\n {2}stages \(p50, share\): extract 13 s 47 %\n {2}slowest: 2021-11-01 27 s\n {2}never ended: 1$/m,
    );
    assert.equal((await backfill('run', '--processor', 'A')).code, 0);
    writeFileSync(at.fixture.manifest, readFileSync(at.fixture.manifest, 'utf8').replace(/\nhistory:.*/s, '\n'));
    const { processors, asOf } = JSON.parse((await backfill('timing', '--format', 'json')).out);
    assert.equal(asOf, null);
    assert.deepEqual(
      processors.map(({ processor, source, runs }: Record<string, unknown>) => [processor, source, runs]),
      [['A', 'journal', 1]],
    );
  });

  it('tells what grows in logs of jobs that a shell started, each run of a log for itself', async () => {
    const manifest = readFileSync(at.fixture.manifest, 'utf8').replace('aliases: [AProcessor]', '$&, log: nba-phase4');
    writeFileSync(at.fixture.manifest, manifest);
    const run = (from: number, to: number, seconds: (index: number) => number) =>
      Array.from({ length: to - from + 1 }, (_, index) => {
        const date = `2021-11-${String(from + index).padStart(2, '0')}`;
        return `INFO:__main__:Processing game date ${index + 1}/${to - from + 1}: ${date}
INFO:precompute_base:PRECOMPUTE_STEP Dependencies validated in ${seconds(index).toFixed(1)}s
INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 20.0s
INFO:__main__:✓ ${date}: 214 players processed
`;
      }).join('');
    const log = join(at.fixture.folder, 'shell.log');
    writeFileSync(log, run(1, 10, (index) => 5 + 25 * index) + run(11, 20, () => 5));
    const { code, out } = await backfill('timing', '--processor', 'A', '--log', 'shell.log');
    assert.equal(code, 0);
    assert.match(out, /^A +20 +0 /m);
    assert.match(out, /dependencies grew 25 s a date, from 5 s to 4 min 15 s over 10 dates/);
    assert.match(out.replace(/\s+/g, ' '), /started anew it took 5 s from 2021-11-11/);

    const noProcessor = await backfill('timing', '--log', 'shell.log');
    assert.deepEqual(
      [noProcessor.code, noProcessor.err],
      [2, 'Say which processor the logs are of: --processor P --log FILE.\n'],
    );
    assert.match((await backfill('timing', '--processor', 'A', '--log', 'none.log')).err, /^There is no log none\.log\.$/m);
  });

  it('estimates a plan by the run history where the journal knows nothing', async () => {
    const { estimate } = JSON.parse((await backfill('plan', '--processor', 'A', '--format', 'json')).out);
    const { p50, p90, basis } = estimate;
    assert.deepEqual([p50, p90, basis], [26.5, 26.5, '1 run of A in ops.runs; one at a time']);
  });

  it('answers from the journal alone where the run history cannot be read', async () => {
    await runDuckdb(at.fixture.database, 'DROP TABLE ops.runs');
    const { code, out, err } = await backfill('timing');
    assert.equal(code, 3);
    assert.equal(out, 'No run is known.\n');
    assert.match(err, /^Warning: the run history was not read: Run history: there is no table ops\.runs\./m);
  });
});
