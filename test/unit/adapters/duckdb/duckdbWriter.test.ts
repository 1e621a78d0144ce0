import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../../../../src/adapters/duckdb/databaseFile';
import { DuckdbWarehouse } from '../../../../src/adapters/duckdb/duckdbWarehouse';
import { DuckdbWriter } from '../../../../src/adapters/duckdb/duckdbWriter';
import { FileStore } from '../../../../src/adapters/duckdb/fileStore';
import { WarehouseError, type WarehouseErrorKind } from '../../../../src/app/ports';
import { type Day, formatDay } from '../../../../src/base/day';
import type { Processor } from '../../../../src/core/pipeline';
import { buildPipeline, day, type NodeSpec } from '../../../support/builders';
import { Holder, runDuckdb } from '../../../support/duckdb';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const SPEC: NodeSpec = { id: 'PDC', tables: ['mart.pdc'], dateColumn: 'game_date', key: ['player'] };
const DATE = day('2021-11-05');

describe('DuckdbWriter', () => {
  const folder = useTemporaryFolder();
  const path = () => join(folder(), 'warehouse.duckdb');
  const attempt = { signal: new AbortController().signal };
  let opens: Access[] = [];
  let writer: DuckdbWriter;

  beforeEach(async () => {
    opens = [];
    writer = new DuckdbWriter(path(), { patienceMs: 0, onOpen: (access) => opens.push(access) });
    await runDuckdb(
      path(),
      `CREATE TABLE raw AS SELECT DATE '2021-11-01' + CAST(d AS INTEGER) AS game_date, 'p' || p AS player, d * p AS points FROM range(10) a(d), range(3) b(p)`,
    );
  });
  afterEach(() => writer.release());

  const processor = (change: Partial<Processor> = {}): Processor => {
    const [node] = buildPipeline({ nodes: [SPEC] }).processors;
    assert.ok(node);
    return { ...node, ...change };
  };
  const SELECT = 'SELECT game_date, player, points FROM raw WHERE game_date = @date';
  const replace = (select = SELECT, change: Partial<Processor> = {}, date: Day = DATE) =>
    writer.replace(processor(change), date, select, attempt);
  const rowsNow = async (table = 'mart.pdc') => {
    await writer.release();
    return runDuckdb(path(), `SELECT * FROM ${table} ORDER BY ALL`);
  };
  const refused = async (promise: Promise<unknown>, kind: WarehouseErrorKind, message: RegExp) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof WarehouseError, String(error));
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, message);
      return true;
    });

  it('makes the table with its schema on the first run, and replaces the partition after that', async () => {
    await replace();
    await replace(SELECT, {}, day('2021-11-06'));
    await replace(`${SELECT} AND player <> 'p0'; -- fewer`);
    const rows = await rowsNow();
    assert.deepEqual(
      rows.map((row) => row['player']),
      ['p1', 'p2', 'p0', 'p1', 'p2'],
    );
    assert.deepEqual(opens, ['write'], 'it stays open between partitions');
  });

  it('refuses a file that is not one SELECT or reaches out, and writes nothing', async () => {
    const victim = join(folder(), 'written');
    const attacks = [
      `COPY (SELECT 1) TO '${victim}'`,
      `SELECT 1; COPY (SELECT 1) TO '${victim}'`,
      `SELECT 1) TO '${victim}'; --`,
      "SELECT DATE '2021-11-05' AS game_date, content AS player FROM read_text('/etc/passwd')",
      "SELECT * FROM '/etc/passwd'",
      `ATTACH '${victim}' AS other`,
      'INSTALL httpfs',
      'LOAD httpfs',
      "PRAGMA table_info('raw')",
      'PRAGMA enable_profiling',
      'DROP TABLE raw',
      'SELECT 1; SELECT 2',
      `EXPORT DATABASE '${victim}'`,
      `SELECT * FROM enable_profiling(format = 'json', save_location = '${victim}.json')`,
      `SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '${victim}'})`,
      `SELECT * FROM query('SELECT * FROM enable_logging()')`,
      'SET threads = 1',
      'WITH gone AS (DELETE FROM raw RETURNING *) SELECT * FROM gone',
      'SELECT @other',
      '',
    ];
    for (const attack of attacks) {
      await assert.rejects(replace(attack), (error) => {
        assert.ok(error instanceof WarehouseError, `${attack}: ${String(error)}`);
        assert.ok(['refused', 'invalidSql'].includes(error.kind), `${attack}: ${error.kind} ${error.message}`);
        return true;
      });
    }
    await refused(replace(SELECT, { where: `1=1); COPY (SELECT 1) TO '${victim}' --` }), 'refused', /is not one SQL expression/);
    await writer.release();
    assert.deepEqual(readdirSync(folder()), ['warehouse.duckdb']);
    assert.deepEqual(await runDuckdb(path(), 'SELECT COUNT(*) AS n FROM raw'), [{ n: 30n }]);
  });

  it('takes @date as a DATE wherever an expression may stand', async () => {
    await replace(
      `SELECT @date AS game_date, 'p' AS player, @date - 3 AS points, '@date' AS note FROM raw WHERE game_date BETWEEN @date - INTERVAL 2 DAY AND @DATE LIMIT 1`,
    );
    const [row] = await rowsNow();
    assert.deepEqual([row?.['note'], String(row?.['points'])], ['@date', formatDay(DATE - 3)]);
  });

  it('stops when it is told to, leaves the partition as it was and can go on', async () => {
    await replace();
    const controller = new AbortController();
    const endless = `SELECT game_date, player, COUNT(*) AS points FROM raw, range(1000000000000) r(i) WHERE game_date = @date GROUP BY ALL`;
    const running = writer.replace(processor(), DATE, endless, controller);
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(running, { name: 'AbortError' });
    await replace();
    assert.equal((await rowsNow()).length, 3);
  });

  it('is shared by readers of its process, and lets others in after release', async () => {
    await replace();
    const warehouse = new DuckdbWarehouse(new FileStore(path(), { patienceMs: 0, onOpen: (access) => opens.push(access) }), {
      now: () => 0,
    });
    const read = await warehouse.read(processor(), [DATE]);
    assert.equal(read.get(DATE)?.rows, 3);
    assert.deepEqual(opens, ['write']);
    await assert.rejects(Holder.open(path()), /Could not set lock/, 'reading must not have dropped the lock');
    await writer.release();
    const holder = await Holder.open(path());
    await refused(replace(), 'busy', new RegExp(`warehouse\\.duckdb is in use by process ${holder.pid} `));
    await holder.release();
    await replace();
  });

  it('does not make a database where there is none, nor fill several tables', async () => {
    const elsewhere = new DuckdbWriter(join(folder(), 'typo.duckdb'));
    await refused(elsewhere.replace(processor(), DATE, SELECT, attempt), 'missingFile', /typo\.duckdb does not exist/);
    assert.equal(existsSync(join(folder(), 'typo.duckdb')), false);
    await refused(replace(SELECT, { tables: ['a', 'b'] }), 'unsupported', /fills several tables/);
  });

  it('makes a table whose schema is called like the file', async () => {
    await writer.release();
    const file = join(folder(), 'mart.duckdb');
    await runDuckdb(file, "CREATE TABLE raw AS SELECT DATE '2021-11-05' AS game_date, 'p' AS player");
    const other = new DuckdbWriter(file);
    await other.replace(processor(), DATE, 'SELECT * FROM raw WHERE game_date = @date', attempt);
    await other.replace(processor(), DATE, 'SELECT * FROM raw WHERE game_date = @date', attempt);
    await other.release();
    assert.deepEqual(await runDuckdb(file, 'SELECT COUNT(*) AS n FROM mart.mart.pdc'), [{ n: 1n }]);
  });
});
