import assert from 'node:assert/strict';
import type { CoverageReport } from '../../../src/core/coverage/report';
import { useCliPipeline } from '../../support/commandLine';
import { readDuckdb } from '../../support/duckdb';

const PIPELINE = `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: build
    processors:
      - { id: A, table: main.a, date_column: day, needs: [{ source: RAW }], run: { sql: sql/a.sql } }
      - id: B
        table: main.b
        date_column: day
        where: "stamp >= 0"
        needs: [{ processor: A }]
        run: { each: date, command: [$JOB, b, fill, "{date}"] }`;

describe('backfill clean', function () {
  this.timeout(120_000);
  const at = useCliPipeline();
  const { backfill } = at;
  const states = async (): Promise<Record<string, string>> => {
    const report: CoverageReport = JSON.parse((await backfill('coverage', '--format', 'json')).out);
    return Object.fromEntries(report.partitions.map(({ processor, date, status }) => [`${processor} ${date.slice(-2)}`, status]));
  };
  const rows = async (table: string, date: string): Promise<number> => {
    const [row] = await readDuckdb(at.fixture.database, `SELECT count(*)::INTEGER AS n FROM ${table} WHERE day = DATE '${date}'`);
    return Number(row?.['n']);
  };

  beforeEach(async () => {
    const full = { '2021-11-01': 5, '2021-11-02': 5, '2021-11-03': 5 };
    await at.fixture.write(PIPELINE, { raw: full, a: full, b: full }, '2021-11-03');
    await at.fixture.writeSql('a.sql', 'SELECT day, k, 1 AS stamp FROM raw WHERE day = @date\n');
  });

  it('shows what would be deleted and what stays, and deletes nothing without the number', async () => {
    const shown = await backfill('clean', 'A', '2021-11-02,2021-11-03');
    assert.equal(shown.code, 2);
    assert.match(shown.out, /^Deletes 10 rows of 2 partitions, in this order:$/m);
    assert.match(shown.out, /^A +2021-11-03 +5 +✓ complete$/m);
    assert.match(shown.out, /2 partitions of B were built from these and would stay: with downstream they\s+are deleted first/);
    assert.match(shown.err, /^10 rows of 2 partitions will be deleted\. Add --yes 2 to confirm it\. Nothing was deleted\.\n$/);
    assert.equal((await backfill('clean', 'A', '2021-11-02', '--yes', '2')).code, 2);
    const beyond = await backfill('clean', 'A', '2030-01-01', '--dry-run');
    assert.deepEqual([beyond.code, beyond.out], [2, '']);
    assert.match(
      beyond.err,
      /None of the dates that were asked for is a date of the pipeline: they are 2021-11-01 to 2021-11-03/,
    );
    const statements = await backfill('clean', 'A', '2021-11-02', '--downstream', '--statements');
    assert.deepEqual(
      statements.out
        .split('\n')
        .filter((line) => line.startsWith('DELETE'))
        .map((line) => /FROM "?(?:main"?\.)?"?(\w)/.exec(line)?.[1]),
      ['b', 'a'],
    );
    assert.equal((await backfill('runs', '--format', 'json')).out.includes('"id"'), false);
    assert.equal(await rows('a', '2021-11-02'), 5);
  });

  it('deletes what was built from a partition before it, says who did it, and builds both again', async () => {
    const words = [
      'clean',
      'A',
      '2021-11-02',
      '--downstream',
      '--yes',
      '2',
      '--reason',
      'bad rows',
      '--author',
      'ann',
      '--foreground',
    ];
    const cleaned = await backfill(...words);
    assert.equal(cleaned.code, 0, cleaned.out + cleaned.err);
    assert.deepEqual([await rows('a', '2021-11-02'), await rows('b', '2021-11-02'), await rows('a', '2021-11-01')], [0, 0, 5]);
    const { 'A 02': a, 'B 02': b, 'B 01': other } = await states();
    assert.deepEqual([a, b, other], ['missing', 'blocked', 'complete']);
    const explained = await backfill('explain', 'A', '2021-11-02');
    assert.match(explained.out, /deleted on [\d-]+ [\d:]+ UTC by ann: bad rows/i);
    const [id = ''] = await at.fixture.journal.list();
    const events = (await at.fixture.journal.read(id))?.events ?? [];
    assert.deepEqual(
      events.flatMap((event) =>
        event.type === 'attemptEnded' ? [`${event.processor} ${event.outcome} ${event.rowsAfter}`] : [],
      ),
      ['B cleaned 0', 'A cleaned 0'],
    );
    assert.equal((await backfill('clean', 'A', '2021-11-02')).out.includes('There is nothing to delete.'), true);
    assert.equal((await backfill('run', '--foreground')).code, 0);
    assert.equal(new Set(Object.values(await states())).size, 1);
  });

  it('runs what it deleted, in the order of the needs', async () => {
    const done = await backfill('clean', 'A', '2021-11-02', '--downstream', '--yes', '2', '--run', '--foreground');
    assert.equal(done.code, 0, done.out + done.err);
    assert.deepEqual(new Set(Object.values(await states())), new Set(['complete']));
    assert.equal((await at.fixture.journal.list()).length, 2);
  });
});
