import assert from 'node:assert/strict';
import { useCliPipeline } from '../../support/commandLine';
import { runDuckdb } from '../../support/duckdb';

const PIPELINE = `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: build
    processors:
      - { id: A, table: main.a, date_column: day, needs: [{ source: RAW }], run: { sql: sql/a.sql } }
      - { id: B, table: main.b, date_column: day, needs: [{ processor: A }], run: { sql: sql/b.sql } }
      - { id: C, table: main.c, date_column: day, needs: [{ processor: B, last_dates: 2, at_least: 0.5 }], run: { sql: sql/c.sql } }`;

describe('backfill impact', function () {
  this.timeout(60_000);
  const at = useCliPipeline();
  const { backfill } = at;

  beforeEach(async () => {
    const rows = { '2021-11-01': 5, '2021-11-02': 5, '2021-11-03': 5 };
    await at.fixture.write(PIPELINE, { raw: rows, a: {}, b: {}, c: {} }, '2021-11-03');
    for (const [name, from] of [
      ['a', 'raw'],
      ['b', 'a'],
    ] as const)
      await at.fixture.writeSql(`${name}.sql`, `SELECT day, k, 1 AS stamp FROM ${from} WHERE day = @date\n`);
    await at.fixture.writeSql('c.sql', 'SELECT DISTINCT @date AS day, k, 1 AS stamp FROM b WHERE day < @date\n');
  });

  it('finds by the journal what was built from a repaired source, and its command mends all of it', async () => {
    assert.equal((await backfill('run', '--foreground', '--processor', 'A,B')).code, 0);
    assert.equal((await backfill('impact', 'RAW', '2021-11-02')).code, 1, 'nothing tells whether the source was rewritten');
    await runDuckdb(at.fixture.database, "INSERT INTO raw SELECT DATE '2021-11-02', 100 + range, 0 FROM range(3)");

    const asked = await backfill('impact', 'RAW', '2021-11-02', '--format', 'json');
    assert.equal(asked.code, 1);
    const { redo, current, select, command } = JSON.parse(asked.out);
    const brief = redo.map(({ processor, date, causes }: { processor: string; date: string; causes: { kind: string }[] }) =>
      [processor, date, ...causes.map(({ kind }) => kind)].join(' '),
    );
    assert.deepEqual(brief, ['A 2021-11-02 inputChanged', 'B 2021-11-02 redone', 'C 2021-11-03 waiting']);
    assert.deepEqual(current, []);
    const table = await backfill('impact', 'RAW', '2021-11-02');
    assert.match(table.out, /^RAW 2021-11-02: 3 partitions of A and 2 more have to be done again\.$/m);
    assert.match(table.out, /^ {2}built before RAW changed:\n {4}2021-11-02$/m);
    assert.equal((await backfill('impact', 'RAW', '2021-11-02', '--format', 'csv')).out.split('\n').length, 5);

    assert.equal(command, `backfill run --select '${select}'`);
    // B is complete as yet, so that the plan is confirmed by its number of dates.
    const ran = await backfill('run', '--select', select, '--foreground', '--yes', '2');
    assert.equal(ran.code, 0, ran.out + ran.err);
    assert.match(ran.out, /^Runs 3 partitions:/m);
    assert.equal((await backfill('impact', 'A', '2021-11-02')).code, 0);
    const willChange = await backfill('impact', 'A', '2021-11-02', '--will-change', '--format', 'json');
    assert.deepEqual(
      JSON.parse(willChange.out).redo.map(({ processor, date }: { processor: string; date: string }) => `${processor} ${date}`),
      ['B 2021-11-02', 'C 2021-11-03'],
    );
  });

  it('answers a mistake with one line', async () => {
    for (const words of [['Z', '2021-11-01'], ['A', '2030-01-01'], ['A', 'x'], ['A']]) {
      const { code, err, out } = await backfill('impact', ...words);
      assert.equal(code, 2, words.join(' '));
      assert.match(err, /^[^\n]+\n$/);
      assert.equal(out, '');
    }
  });
});
