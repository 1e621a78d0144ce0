import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../../support/commandLine';
import { runDuckdb } from '../../support/duckdb';
import { ExecutionFixture } from '../../support/execution';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const PIPELINE = `phases:
  - id: build
    processors:
      - { id: A, table: main.a, date_column: day, run: { each: date, command: [$JOB, a, fill, "{date}"] } }
      - { id: B, table: main.b, date_column: day, needs: [{ processor: A }], run: { each: date, command: [$JOB, b, fill, "{date}"] } }`;

describe('backfill report', function () {
  this.timeout(120_000);
  const temporary = useTemporaryFolder();
  let cli: CommandLine;
  let fixture: ExecutionFixture;
  const backfill = (...words: string[]) => cli.run(fixture.folder, ...words);
  const reports = () => readdirSync(join(fixture.folder, '.backfill', 'reports')).sort();

  before(async () => {
    cli = await CommandLine.build();
  });

  beforeEach(async () => {
    fixture = new ExecutionFixture(temporary());
    await fixture.write(PIPELINE, { a: { '2021-11-01': 10, '2021-11-02': 10 }, b: { '2021-11-01': 10 } });
  });

  it('tells the state, and the next one what changed since', async () => {
    const first = await backfill('report', '--to', '2021-11-03');
    assert.equal(first.err, '');
    assert.equal(first.code, 1);
    assert.match(first.out, /^# Handoff: Test$/m);
    assert.match(first.out, /This is the first report/);
    assert.match(first.out, /^\| A +\| +3 \| +2 \| +\*\*1\*\* \| 2021-11-01 \| 2021-11-02 \| 2021-11-03 missing +\|/m);
    assert.match(first.out, /^```sh\nbackfill run --processor A --dates 2021-11-03 --downstream\n```$/m);
    assert.match(first.out, /^\| 2021-11-02 \| +10 \| 0 missing \| B missing/m);
    assert.equal(reports().length, 1);

    await runDuckdb(
      fixture.database,
      `DELETE FROM a WHERE day = DATE '2021-11-01'`,
      `INSERT INTO b SELECT DATE '2021-11-02', i, 0 FROM range(10) r(i)`,
    );
    const second = await backfill('report', '--to', '2021-11-03', '--format', 'json');
    const { changes, asOf, source, mode, window } = JSON.parse(second.out);
    assert.deepEqual([source, mode, window], ['warehouse', 'backfill', { from: '2021-11-01', to: '2021-11-03', dates: 3 }]);
    assert.ok(!Number.isNaN(Date.parse(asOf)) && !Number.isNaN(Date.parse(changes.since)));
    assert.deepEqual(
      changes.ranges.map(({ processor, from, to, kind }: Record<string, string>) => [processor, from, to, kind]),
      [
        ['A', '2021-11-01', '2021-11-01', 'lost'],
        ['B', '2021-11-01', '2021-11-01', 'gap'],
        ['B', '2021-11-02', '2021-11-02', 'complete'],
      ],
    );
    const [oldest = ''] = reports();
    const since = await backfill('report', '--since', join('.backfill', 'reports', oldest));
    assert.match(since.out, /^\*\*⚠ Lost data\*\* \(1 partition\)\n\n- \*\*A\*\* 2021-11-01: complete → missing$/m);
    assert.match((await backfill('report', '--since', '2001-01-01')).out, /No report that is kept is as old as that\./);
    assert.match((await backfill('report')).out, /Nothing: every partition is as the last report found it/);
  });

  it('tells what was run, and that nothing is left', async () => {
    await fixture.run({ processors: ['A'], dates: ['2021-11-03'], reason: 'a | b' });
    const { out } = await backfill('report');
    assert.match(out, /^### Ended last\n\n- \*\*done\*\* A, 2021-11-03: 1 partition · 1\/1 done, .* · a \\\| b · `/m);
    assert.match(out, /^Nothing runs, and nothing is left of a backfill that was interrupted\.$/m);
    assert.match(out, /^## Slowest\n\nSeconds a date/m);
  });

  it('writes a file with links, replaces a report and nothing else', async () => {
    mkdirSync(join(fixture.folder, 'my notes'));
    const path = join(fixture.folder, 'my notes', 'handoff.md');
    const out = join('my notes', 'handoff.md');
    assert.deepEqual(await backfill('report', '--out', out).then(({ code, out: text }) => [code, text]), [1, `Wrote ${out}.\n`]);
    assert.match(readFileSync(path, 'utf8'), /\[backfill\.yaml\]\(\.\.\/backfill\.yaml\)/);
    assert.equal((await backfill('report', '--out', out, '--format', 'json')).code, 1);
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).pipeline, 'Test');
    assert.equal((await backfill('report', '--out', out)).code, 1);
    assert.deepEqual(readdirSync(join(fixture.folder, 'my notes')), ['handoff.md']);

    writeFileSync(path, '# My own notes\n');
    for (const [target, message] of [
      [out, /handoff\.md is there and no report: name another file\./],
      ['my notes', /is there and no report/],
      ['nowhere/handoff.md', /There is no folder nowhere/],
    ] as const) {
      const { code, err } = await backfill('report', '--out', target);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    assert.equal(readFileSync(path, 'utf8'), '# My own notes\n');
  });

  it('tells by the last good answer what it can, and ends with 3, where the warehouse is gone', async () => {
    await backfill('report');
    rmSync(fixture.database);
    const { code, out, err } = await backfill('report', '--month', '2021-11');
    assert.equal(code, 3);
    assert.match(err, /w\.duckdb does not exist/);
    assert.match(out, /^> ⚠ \*\*Not all could be read\*\* since /m);
    assert.match(out, /^- Read: .* UTC from the cache, .* before this was written; /m);
    assert.match(out, /^\| 2021-11-02 \| +10 \| 0 missing \|/m);
    rmSync(join(fixture.folder, '.backfill'), { recursive: true });
    const never = await backfill('report');
    assert.deepEqual([never.code, never.out], [3, '']);
    assert.ok(!existsSync(join(fixture.folder, '.backfill', 'reports')));
  });

  it('tells of a torn file of the last report, and goes on', async () => {
    await backfill('report');
    const [name = ''] = reports();
    writeFileSync(join(fixture.folder, '.backfill', 'reports', name), '{"version":1,"pipe');
    const { code, out } = await backfill('report');
    assert.equal(code, 1);
    assert.match(
      out,
      /^> The file .*\.json of an earlier report cannot be read and is passed over\.\n\nThis is the first report/m,
    );
    assert.match((await backfill('report')).out, /^## What changed since /m);
  });

  it('takes a season or a month, and says which there are', async () => {
    assert.match((await backfill('report', '--season', 's')).out, /^- Dates: 2021-11-01 to 2021-11-30 \(30 dates\)$/m);
    for (const [words, message] of [
      [['--season', 'S2'], /There is no season 'S2'.* Known: s\./],
      [['--month', '2021-13'], /--month 2021-13 is no month: write YYYY-MM\./],
      [['--month', '2021-11', '--from', '2021-11-01'], /Give one of --season, --month, and --from with --to\./],
      [['--month', '1999-01'], /None of the dates/],
      [['--since', 'nothing.json'], /There is no .*nothing\.json\./],
      [['--since', 'backfill.yaml'], /backfill\.yaml is not what a report remembers/],
    ] as const) {
      const { code, err } = await backfill('report', ...words);
      assert.equal(code, 2, words.join(' '));
      assert.match(err, message);
    }
  });
});
