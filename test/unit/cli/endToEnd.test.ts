import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GapsReport } from '../../../src/core/coverage/fixes';
import type { CoverageReport } from '../../../src/core/coverage/report';
import { useCliPipeline } from '../../support/commandLine';
import { Holder, runDuckdb } from '../../support/duckdb';

const DAYS = ['2021-11-01', '2021-11-02', '2021-11-03', '2021-11-04', '2021-11-05'];

/** Rows on all five days but those that are given. */
function rows(count: number, but: Readonly<Record<string, number>> = {}): Record<string, number> {
  return { ...Object.fromEntries(DAYS.map((date) => [date, count])), ...but };
}

const PIPELINE = `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: build
    processors:
      - id: A
        table: main.a
        date_column: day
        entity: k
        expect: { entities: 10 }
        needs: [{ source: RAW }]
        run: { sql: sql/a.sql }
      - id: B
        table: main.b
        date_column: day
        needs: [{ processor: A, min_rows: 10 }]
        run: { each: date, command: [$JOB, b, fill, "{date}"] }`;

describe('the command line as a process', function () {
  this.timeout(120_000);
  const at = useCliPipeline();
  const { backfill } = at;

  /** RAW is whole but for the 5th; A lacks the 3rd and has two of ten on the 4th; B lacks the 2nd to the 4th. */
  beforeEach(async () => {
    await at.fixture.write(
      PIPELINE,
      {
        raw: rows(10, { '2021-11-05': 0 }),
        a: rows(10, { '2021-11-03': 0, '2021-11-04': 2, '2021-11-05': 0 }),
        b: rows(10, { '2021-11-02': 0, '2021-11-03': 0, '2021-11-04': 0, '2021-11-05': 0 }),
      },
      '2021-11-05',
    );
    await at.fixture.writeSql('a.sql', 'SELECT day, k, 1 AS stamp FROM raw WHERE day = @date\n');
  });

  const states = async (): Promise<Record<string, string>> => {
    const report: CoverageReport = JSON.parse((await backfill('coverage', '--format', 'json')).out);
    return Object.fromEntries(report.partitions.map(({ processor, date, status }) => [`${processor} ${date.slice(-2)}`, status]));
  };

  it('answers a mistake with one line and exit code 2', async () => {
    for (const words of [
      ['covrage'],
      ['coverage', '--nope'],
      ['explain', 'A'],
      ['coverage', '--processor', 'X'],
      ['attach', 'nope'],
      ['coverage', '--from', '2030-01-01'],
      ['gaps', '--to', '2020-01-01'],
      ['plan', '--dates', '2030-01-01'],
    ]) {
      const { code, out, err } = await backfill(...words);
      assert.equal(code, 2, words.join(' '));
      assert.equal(out, '');
      assert.match(err, /^[^\n]+\n$/, words.join(' '));
    }
    const { code, out } = await backfill('--version');
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });

  it('tells coverage in every format', async () => {
    const table = await backfill('coverage');
    assert.equal(table.code, 1);
    assert.equal(table.err, '');
    assert.match(table.out, /^A {10}build {9}5 {9}2 {5}3/m);
    assert.match(table.out, /^ {2}2021-11-03: missing$/m);
    assert.match(table.out, /^ {2}2021-11-05: blocked$/m);

    const report: CoverageReport = JSON.parse((await backfill('coverage', '--format', 'json')).out);
    assert.deepEqual(Object.keys(report), ['asOf', 'source', 'mode', 'processors', 'dates', 'partitions']);
    assert.deepEqual(await states(), {
      'A 01': 'complete',
      'A 02': 'complete',
      'A 03': 'missing',
      'A 04': 'partial',
      'A 05': 'blocked',
      'B 01': 'complete',
      'B 02': 'missing',
      'B 03': 'blocked',
      'B 04': 'blocked',
      'B 05': 'blocked',
    });
    const markdown = await backfill('coverage', '--format', 'md', '--from', '2021-11-03', '--to', '2021-11-04');
    assert.deepEqual(markdown.out.split('\n').slice(-3), [
      '| 2021-11-03 | 0 missing | 0 blocked | A missing |',
      '| 2021-11-04 | 2 partial | 0 blocked | A 2 < 10  |',
      '',
    ]);
    const table2 = await backfill('coverage', '--format', 'csv', '--processor', 'B');
    assert.equal(table2.out.split('\n').length, 7);
    assert.equal((await backfill('coverage', '--to', '2021-11-01')).code, 0);
  });

  it('shows of the coverage what a selection means, whatever its status is, and judges that alone', async () => {
    const keys = async (...words: string[]) => {
      const { out, code } = await backfill('coverage', '--format', 'json', ...words);
      const { partitions, processors, dates } = JSON.parse(out) as CoverageReport;
      const shown = partitions.map(({ processor, date }) => `${processor} ${date.slice(-2)}`);
      return { shown, code, processors: processors.map(({ id }) => id), dates: dates.map(({ date }) => date.slice(-2)) };
    };
    assert.deepEqual(await keys('--select', 'A & 2021-11-01..2021-11-04 & complete, partial'), {
      ...{ shown: ['A 01', 'A 02', 'A 04'], code: 1, processors: ['A'], dates: ['01', '02', '04'] },
    });
    assert.equal((await keys('--select', 'A & 2021-11-*')).shown.length, 5);
    assert.deepEqual(await keys('--select', 'complete', '--processor', 'B'), {
      ...{ shown: ['B 01'], code: 0, processors: ['B'], dates: ['01'] },
    });
    const none = await backfill('coverage', '--select', 'suspect');
    assert.deepEqual([none.code, /^Nothing matches the selection\.$/m.test(none.out)], [0, true]);
    const wrong = await backfill('coverage', '--select', 'A & mising');
    assert.deepEqual([wrong.code, wrong.out], [2, '']);
    assert.match(wrong.err, /--select, at 5: “mising” is no/);
  });

  it('tells gaps, one partition, and what it lacks', async () => {
    const selected = await backfill('gaps', '--select', 'missing & 2021-11-03, 2021-11-04', '--format', 'json');
    const dates = (JSON.parse(selected.out) as GapsReport).groups.flatMap((group) => group.gaps.map(({ date }) => date));
    assert.ok(dates.length > 0 && dates.every((date) => date === '2021-11-03' || date === '2021-11-04'), dates.join());
    assert.equal(selected.code, 1);
    const others = await backfill('gaps', '--select', 'suspect & 2021-11-03');
    assert.deepEqual([others.code, /No gaps\.$/m.test(others.out)], [0, true]);
    const gaps = await backfill('gaps', '--to', '2021-11-04');
    assert.equal(gaps.code, 1);
    assert.match(gaps.out, /backfill run --processor A --dates 2021-11-03 --downstream/);
    const explained = await backfill('explain', 'B', '2021-11-04');
    assert.equal(explained.code, 1);
    assert.match(explained.out, /^B 2021-11-04: ⊘ blocked$/m);
    assert.match(explained.out, /✗ unmet {2}A: 2 rows, needs 10 rows/);
    const missing = await backfill('missing-entities', 'A', '2021-11-04', '--format', 'json');
    const answer = JSON.parse(missing.out);
    assert.equal(missing.code, 1);
    assert.deepEqual(answer.comparedWith, { node: 'A', date: '2021-11-02' });
    assert.deepEqual(answer.missing, ['2', '3', '4', '5', '6', '7', '8', '9']);
    assert.equal((await backfill('missing-entities', 'A', '2021-11-01')).code, 0);
  });

  it('prints a query that DuckDB runs', async () => {
    const { out, code } = await backfill('sql');
    assert.equal(code, 0);
    const found = await runDuckdb(at.fixture.database, out);
    assert.equal(found.filter(({ key }) => key === 'A').length, 3);
  });

  it('answers from what was read last when the warehouse is away, with its age', async () => {
    await backfill('coverage');
    rmSync(at.fixture.database);
    const later = await backfill('coverage');
    assert.equal(later.code, 3);
    const { problem, partitions } = JSON.parse((await backfill('coverage', '--format', 'json')).out) as CoverageReport;
    assert.match(problem?.message ?? '', /w\.duckdb/);
    assert.ok(Date.parse(problem?.since ?? '') > 0);
    assert.ok(partitions.every(({ overlays }) => overlays?.some(({ kind }) => kind === 'unknown')));
    const explained = await backfill('explain', 'A', '2021-11-01', '--format', 'json');
    assert.equal(explained.code, 3);
    assert.match(JSON.parse(explained.out).problem.message, /w\.duckdb/);
    assert.match(later.err, /^Warning: .*w\.duckdb.*\nWhat follows was read .* ago, on /);
    assert.match(later.out, /^ {2}2021-11-03: missing$/m);
    rmSync(join(at.fixture.folder, '.backfill'), { recursive: true });
    const never = await backfill('coverage');
    assert.equal(never.code, 3);
    assert.equal(never.out, '');
    assert.match(never.err, /^[^\n]*w\.duckdb[^\n]*\n$/);
    assert.equal((await backfill('plan')).code, 3);
  });

  it('answers from what was read last while another process writes, and says who', async () => {
    await backfill('coverage');
    const holder = await Holder.open(at.fixture.database);
    try {
      const { code, out, err } = await backfill('coverage', '--refresh');
      assert.equal(code, 3);
      assert.match(out, /^ {2}2021-11-03: missing$/m);
      assert.match(err, new RegExp(`^Warning: .*\\b${holder.pid}\\b.*\\nWhat follows was read .* ago, on `));
    } finally {
      await holder.kill();
    }
  });

  it('ends with 3 for what it cannot read within the scope, and warns in a plan over it', async () => {
    await backfill('coverage');
    const manifest = readFileSync(at.fixture.manifest, 'utf8');
    writeFileSync(at.fixture.manifest, manifest.replace('table: main.raw', 'table: main.away'));
    const all = await backfill('coverage', '--processor', 'RAW', '--format', 'json');
    assert.equal(all.code, 3, all.err);
    assert.match((JSON.parse(all.out) as CoverageReport).problem?.message ?? '', /^RAW was not read: .*away/);
    assert.equal((await backfill('coverage', '--processor', 'B')).code, 1);
    const plan = JSON.parse((await backfill('plan', '--processor', 'B', '--format', 'json')).out) as { warnings: string[] };
    assert.match(plan.warnings[0] ?? '', /^RAW was not read, so this may be out of date: .*away/);
  });

  it('says what of the journal and the waivers cannot be read, and goes on with the rest', async () => {
    const runs = join(at.fixture.folder, '.backfill', 'runs');
    const [half, broken, garbage] = ['20211101T000000-a-half', '20211102T000000-a-brok', '20211103T000000-a-garb'];
    await backfill('run', '--processor', 'B', '--dates', '2021-11-02');
    const [real = ''] = await at.fixture.journal.list();
    const text = (name: string) => readFileSync(join(runs, real, name), 'utf8');
    for (const id of [half, broken, garbage]) mkdirSync(join(runs, id));
    writeFileSync(join(runs, half, 'plan.json'), '{"version":');
    writeFileSync(join(runs, half, 'events.ndjson'), text('events.ndjson').replaceAll('2021-11-02', '2021-11-04'));
    for (const id of [broken, garbage]) writeFileSync(join(runs, id, 'plan.json'), text('plan.json').replaceAll(real, id));
    mkdirSync(join(runs, broken, 'events.ndjson'));
    writeFileSync(join(runs, garbage, 'events.ndjson'), `garbage\n${text('events.ndjson')}`);
    const waivers = join(at.fixture.folder, '.backfill', 'waivers.yaml');
    writeFileSync(
      waivers,
      'waivers:\n  - { processor: A, date: 2021-11-03, reason: lost, author: me }\n  - { processor: A, date: tomorrow, reason: lost, author: me }\n',
    );
    for (const words of [['coverage'], ['gaps'], ['explain', 'A', '2021-11-03'], ['plan'], ['run', '--dry-run']]) {
      const { err } = await backfill(...words);
      assert.match(err, /^Warning: \.backfill\/waivers\.yaml:3:27: /m, err);
      assert.match(err, new RegExp(`^Warning: The plan of ${half} cannot be read: .* See 'backfill runs'\\.$`, 'm'));
      assert.match(err, new RegExp(`^Warning: The events of ${broken} cannot be read\\.`, 'm'));
      assert.match(err, new RegExp(`^Warning: 1 line of events of ${garbage} cannot be read\\.`, 'm'));
      assert.equal(err.trimEnd().split('\n').length, 4, err);
    }
    const explained = JSON.parse((await backfill('explain', 'B', '2021-11-04', '--format', 'json')).out);
    assert.equal(explained.lastAttempt.backfill, half);
    assert.match((await backfill('explain', 'A', '2021-11-03')).out, /waived by me/);
    const listed = await backfill('runs', '--format', 'json');
    const found = (JSON.parse(listed.out) as { backfills: { id: string; state: string; problem?: string }[] }).backfills;
    assert.deepEqual(
      found.map(({ id, state, problem }) => [id, state, problem !== undefined]),
      [
        [real, 'done', false],
        [garbage, 'done', true],
        [broken, 'damaged', true],
        [half, 'damaged', true],
      ],
    );
    assert.match(listed.err, /^ {2}events\.ndjson, line 1 is left out: it is no complete JSON\.$/m);

    writeFileSync(waivers, 'waivers: [\n  - {');
    const { err } = await backfill('coverage');
    assert.match(err, /^Warning: \.backfill\/waivers\.yaml:\d+:\d+: .* No waiver holds until this is mended\.$/m);
  });

  it('answers without a state folder, and says why it cannot run', async () => {
    writeFileSync(join(at.fixture.folder, '.backfill'), '');
    const { code, out, err } = await backfill('coverage');
    assert.equal(code, 1);
    assert.match(out, /^ {2}2021-11-03: missing$/m);
    assert.match(err, /^Warning: The journal cannot be read: .*\.backfill is a file and has to be a folder: move it away\.$/m);
    assert.equal((await backfill('runs')).code, 0);
    const run = await backfill('run', '--processor', 'B', '--dates', '2021-11-02');
    assert.equal(run.code, 2);
    assert.match(run.err, /^The plan cannot be written: .*\.backfill is a file and has to be a folder: move it away\.$/m);
  });

  it('plans without writing anything', async () => {
    const { code, out } = await backfill('plan', '--downstream', '--format', 'json');
    assert.equal(code, 0);
    const plan = JSON.parse(out);
    const runs = plan.partitions.filter(({ action }: { action: string }) => action === 'run');
    assert.deepEqual(
      runs.map(({ processor, date }: { processor: string; date: string }) => `${processor} ${date.slice(-2)}`).sort(),
      ['A 03', 'A 04', 'B 02', 'B 03', 'B 04'],
    );
    assert.equal((await backfill('run', '--dry-run')).code, 0);
    assert.equal(existsSync(join(at.fixture.folder, '.backfill', 'runs')), false);
  });

  it('fills gaps by SQL and by a command, and says what remains', async () => {
    const { code, out, err } = await backfill('run', '--downstream', '--to', '2021-11-04');
    assert.equal(err, '');
    assert.equal(code, 0, out);
    assert.match(out, /^\[5\/5\] \w 2021-11-\d\d: done, 10 rows in /m);
    assert.match(out, /^Backfill \S+ is done after .*: 5 of 5 done\.$/m);
    assert.deepEqual(
      Object.values(await states()).filter((status) => status !== 'complete'),
      ['blocked', 'blocked'],
    );

    const again = await backfill('run', '--to', '2021-11-04');
    assert.equal(again.code, 0);
    assert.match(again.out, /There is nothing to run\.\n$/);
    const blocked = await backfill('run');
    assert.equal(blocked.code, 1);

    const { backfills } = JSON.parse((await backfill('runs', '--format', 'json')).out);
    assert.equal(backfills.length, 1);
    assert.equal(backfills[0].state, 'done');
    const log = await backfill('logs', backfills[0].id, 'B', '2021-11-03');
    assert.equal(log.out, '2021-11-03: 10 rows\n');
    assert.match((await backfill('logs', backfills[0].id)).out, /==> B 2021-11-03 <==/);
  });
});
