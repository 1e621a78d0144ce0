import assert from 'node:assert/strict';
import { type PartitionWriter, WarehouseError, type WarehouseErrorKind, type WriteAttempt } from '../../../src/app/ports';
import type { Day } from '../../../src/base/day';
import type { RemoteJob } from '../../../src/core/backfill/backfill';
import type { Processor } from '../../../src/core/pipeline';
import { buildPipeline, day } from '../../support/builders';

/** A warehouse that a contract makes its tables in: a schema or dataset `mart` is there. */
export interface WriterFixture {
  readonly writer: PartitionWriter;
  /** Runs statements, each by itself; the writer is not at work meanwhile. */
  run(...statements: readonly string[]): Promise<void>;
  /** The rows of a query, values as text. */
  rows(sql: string): Promise<readonly (readonly string[])[]>;
}

export const DATE = day('2021-11-05');
export const SELECT = 'SELECT game_date, player, points FROM mart.raw WHERE game_date = @date';

/** PDC, which fills `mart.pdc` by `game_date` with the key `player`. */
export function processor(change: Partial<Processor> = {}): Processor {
  const [node] = buildPipeline({
    nodes: [{ id: 'PDC', tables: ['mart.pdc'], dateColumn: 'game_date', key: ['player'] }],
  }).processors;
  assert.ok(node);
  return { ...node, ...change };
}

let attempts = 0;

/** An attempt of its own; `jobs` gets what it puts on record. */
export function attempt(signal: AbortSignal = new AbortController().signal, jobs: RemoteJob[] = []): WriteAttempt {
  const name = `backfill_test_${process.pid}_${Date.now()}_${attempts++}`;
  let number = 0;
  return { signal, nextJobName: () => `${name}_${++number}`, record: async (job) => void jobs.push(job) };
}

export async function refused(promise: Promise<unknown>, kind: WarehouseErrorKind, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof WarehouseError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** What every writer of partitions does, whatever the warehouse. */
export function writerContract(fixture: () => WriterFixture): void {
  const replace = (select = SELECT, change: Partial<Processor> = {}, date: Day = DATE) =>
    fixture().writer.replace(processor(change), date, select, attempt());
  const rowsNow = (table = 'mart.pdc') => fixture().rows(`SELECT * FROM ${table} ORDER BY 1, 2, 3`);

  beforeEach(async () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((date) =>
      [0, 1, 2].map((player) => `(DATE '2021-11-0${date}', 'p${player}', ${date * player})`),
    );
    await fixture().run(
      'CREATE TABLE mart.raw AS SELECT CAST(NULL AS DATE) AS game_date, CAST(NULL AS STRING) AS player, 0 AS points LIMIT 0',
      `INSERT INTO mart.raw VALUES ${values.join(', ')}`,
    );
  });

  it('makes the table on the first run, and replaces the partition after that', async () => {
    await replace();
    await replace(SELECT, {}, day('2021-11-06'));
    await replace(`${SELECT} AND player <> 'p0'; -- fewer`);
    assert.deepEqual(
      (await rowsNow()).map(([date, player]) => `${date} ${player}`),
      ['2021-11-05 p1', '2021-11-05 p2', '2021-11-06 p0', '2021-11-06 p1', '2021-11-06 p2'],
    );
  });

  it('deletes a partition of its share, if it holds the rows that were counted, and says what it would run', async () => {
    await fixture().run(
      `CREATE TABLE mart.pdc AS SELECT *, 'v1' AS version FROM mart.raw UNION ALL SELECT *, 'v2' FROM mart.raw`,
    );
    const share = processor({ where: "version = 'v2' -- the new one" });
    const { writer } = fixture();
    const statements = await writer.cleanSql(share, DATE, [3]);
    assert.match(statements.join('\n'), /DELETE FROM .*pdc.*\n?WHERE .*version = 'v2'/s);
    await refused(
      writer.clean(share, DATE, [2], attempt()),
      'guard',
      /^PDC 2021-11-05: it holds 3 rows, where 2 were shown\. The partition was left as it was\.$/,
    );
    assert.deepEqual(await fixture().rows('SELECT COUNT(*) FROM mart.pdc'), [['48']]);
    await writer.clean(share, DATE, [3], attempt());
    const counts = "SELECT version, COUNT(*) FROM mart.pdc WHERE game_date = DATE '2021-11-05' GROUP BY 1";
    assert.deepEqual(await fixture().rows(counts), [['v1', '3']]);
    assert.deepEqual(await fixture().rows('SELECT COUNT(*) FROM mart.pdc'), [['45']]);
  });

  it('leaves columns that the SELECT does not give empty', async () => {
    await replace();
    await replace(`SELECT player, game_date FROM mart.raw WHERE game_date = @date AND player = 'p1'`);
    assert.deepEqual(await rowsNow(), [['2021-11-05', 'p1', 'null']]);
  });

  it('replaces nothing but its own share of a shared table', async () => {
    await fixture().run(
      `CREATE TABLE mart.pdc AS SELECT *, 'v1' AS version FROM mart.raw UNION ALL SELECT *, 'v2' FROM mart.raw`,
    );
    const where = { where: "version = 'v2' -- the new one" };
    await replace(`SELECT *, 'v2' AS version FROM mart.raw WHERE game_date = @date AND player = 'p1'`, where);
    const counts = "SELECT version, COUNT(*) FROM mart.pdc WHERE game_date = DATE '2021-11-05' GROUP BY 1 ORDER BY 1";
    assert.deepEqual(await fixture().rows(counts), [
      ['v1', '3'],
      ['v2', '1'],
    ]);
    assert.deepEqual(await fixture().rows('SELECT COUNT(*) FROM mart.pdc'), [['46']]);
    await refused(
      replace(`SELECT *, 'v1' AS version FROM mart.raw WHERE game_date = @date`, where),
      'guard',
      /3 of 3 rows are outside of its share of the table, version = 'v2' -- the new one\. The partition was left as it was/,
    );
    assert.deepEqual(await fixture().rows('SELECT COUNT(*) FROM mart.pdc'), [['46']]);
  });

  it('leaves the partition as it was when a guard fails', async () => {
    await replace();
    const before = await rowsNow();
    await refused(
      replace(`${SELECT} AND FALSE`),
      'guard',
      /^PDC 2021-11-05: the SELECT gives no rows, where there are 3\. The partition was left as it was\.$/,
    );
    await refused(replace('SELECT * FROM mart.raw'), 'guard', /21 of 24 rows have another game_date; filter on @date/);
    await refused(
      replace("SELECT CAST(NULL AS DATE) AS game_date, 'p' AS player"),
      'guard',
      /1 of 1 rows have another game_date/,
    );
    await refused(replace(`${SELECT} UNION ALL ${SELECT}`), 'guard', /3 of 6 rows repeat a key \(player\)/);
    assert.deepEqual(await rowsNow(), before);
  });

  it('says what does not fit the table or the manifest, and changes nothing', async () => {
    await replace();
    const before = await rowsNow();
    await refused(replace('SELECT game_date, points FROM mart.raw WHERE game_date = @date'), 'missingColumn', /no column player/);
    await refused(replace(`SELECT *, 1 AS extra FROM (${SELECT})`), 'missingColumn', /column extra that table mart\.pdc lacks/);
    await assert.rejects(replace('SELECT nonsense FROM mart.raw'), /^WarehouseError: PDC 2021-11-05: the SELECT: .*nonsense/s);
    await refused(replace('SELECT FROM WHERE'), 'invalidSql', /^PDC 2021-11-05: the SELECT: /);
    await refused(
      replace('SELECT game_date, player, CAST(player AS INTEGER) AS points FROM mart.raw WHERE game_date = @date'),
      'invalidSql',
      /^PDC 2021-11-05: /,
    );
    assert.deepEqual(await rowsNow(), before);
  });

  it('lets an empty partition stay empty', async () => {
    await replace(`${SELECT} AND FALSE`);
    await replace(`${SELECT} AND FALSE`);
    assert.deepEqual(await rowsNow(), []);
  });

  it('refuses a file that is not one SELECT, and writes nothing', async () => {
    const attacks = [
      'DROP TABLE mart.raw',
      'SELECT 1; DROP TABLE mart.raw',
      'SELECT 1); DROP TABLE mart.raw; --',
      "INSERT INTO mart.raw VALUES (DATE '2021-11-05', 'p', 1)",
      'CREATE TABLE mart.other AS SELECT 1 AS one',
      'BEGIN; DROP TABLE mart.raw; END',
      'WITH gone AS (DELETE FROM mart.raw RETURNING *) SELECT * FROM gone',
      'SELECT @other',
      "SELECT 'never closed",
      '',
    ];
    for (const text of attacks) {
      await assert.rejects(replace(text), (error) => {
        assert.ok(error instanceof WarehouseError, `${text}: ${String(error)}`);
        assert.ok(['refused', 'invalidSql'].includes(error.kind), `${text}: ${error.kind} ${error.message}`);
        return true;
      });
    }
    const outside = { where: '1=1); DROP TABLE mart.raw; --' };
    await refused(replace(SELECT, outside), 'refused', /`where` is not one SQL expression/);
    assert.deepEqual(await fixture().rows('SELECT COUNT(*) FROM mart.raw'), [['24']]);
  });

  it('takes @date as a DATE wherever an expression may stand', async () => {
    await replace(
      `SELECT @date AS game_date, 'a @ date' AS player, EXTRACT(DAY FROM @DATE) AS points FROM mart.raw WHERE game_date = @date LIMIT 1`,
    );
    assert.deepEqual(await rowsNow(), [['2021-11-05', 'a @ date', '5']]);
  });

  it('replaces however many partitions of one table at once', async () => {
    const dates = Array.from({ length: 8 }, (_, index) => day('2021-11-01') + index);
    await Promise.all(dates.map((date) => replace(SELECT, {}, date)));
    assert.deepEqual(await fixture().rows('SELECT COUNT(*), COUNT(DISTINCT game_date) FROM mart.pdc'), [['24', '8']]);
  });

  it('does not fill several tables', async () => {
    await refused(replace(SELECT, { tables: ['mart.a', 'mart.b'] }), 'unsupported', /fills several tables/);
  });

  it('does nothing once it is to stop', async () => {
    const stopped = AbortSignal.abort();
    await assert.rejects(fixture().writer.replace(processor(), DATE, SELECT, attempt(stopped)), { name: 'AbortError' });
    await assert.rejects(rowsNow());
  });
}
