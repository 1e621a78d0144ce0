import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckdbWarehouse } from '../../../../src/adapters/duckdb/duckdbWarehouse';
import { ParquetStore } from '../../../../src/adapters/duckdb/parquetStore';
import { openWarehouse, openWriter } from '../../../../src/adapters/openWarehouse';
import { formatDay } from '../../../../src/base/day';
import { buildPipeline, type NodeSpec } from '../../../support/builders';
import { runDuckdb } from '../../../support/duckdb';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const NODES: readonly NodeSpec[] = [
  { id: 'A', tables: ['mart.a'], run: [] },
  { id: 'B', tables: ['mart.b'], run: [] },
];

describe('A folder of Parquet', () => {
  const folder = useTemporaryFolder();
  const data = () => join(folder(), 'data');
  const partition = (table: string, date: string) => join(data(), 'mart', table, `day=${date}`);
  const warehouse = () => new DuckdbWarehouse(new ParquetStore(data()), { now: () => 1 });
  const pipeline = buildPipeline({ nodes: NODES });

  beforeEach(async () => {
    mkdirSync(join(data(), 'mart'), { recursive: true });
    for (const table of ['a', 'b'])
      await runDuckdb(
        ':memory:',
        `COPY (SELECT DATE '2021-11-01' + CAST(d AS INTEGER) AS day, x FROM range(3) a(d), range(4) b(x)) TO '${join(data(), 'mart', table)}' (FORMAT parquet, PARTITION_BY (day))`,
      );
  });

  it('has a fingerprint of names, sizes and times of the pipeline’s files, and of no others', async () => {
    const probe = () => warehouse().probe(pipeline);
    const before = await probe();
    writeFileSync(join(data(), 'mart', 'notes.txt'), 'x');
    assert.equal(await probe(), before);
    const [file = ''] = readdirSync(partition('a', '2021-11-02'));
    const path = join(partition('a', '2021-11-02'), file);
    utimesSync(path, 1, 1);
    const touched = await probe();
    assert.notEqual(touched, before);
    appendFileSync(path, ' ');
    utimesSync(path, 1, 1);
    const grown = await probe();
    assert.notEqual(grown, touched);
    renameSync(partition('a', '2021-11-02'), partition('a', '2021-11-12'));
    assert.notEqual(await probe(), grown);
  });

  it('holds what its folders hold: a date of several files is their sum, an empty folder is no rows', async () => {
    const [file = ''] = readdirSync(partition('a', '2021-11-01'));
    await runDuckdb(
      ':memory:',
      `COPY (SELECT 9 AS x) TO '${join(partition('a', '2021-11-01'), 'second.parquet')}' (FORMAT parquet)`,
    );
    rmSync(join(data(), 'mart', 'b'), { recursive: true });
    mkdirSync(partition('b', '2021-11-01'), { recursive: true });
    const reading = await warehouse().observe(pipeline);
    assert.deepEqual(reading.errors, new Map());
    assert.deepEqual([...(reading.nodes.get('A')?.days ?? [])].map(formatDay), ['2021-11-01', '2021-11-02', '2021-11-03']);
    assert.deepEqual([...(reading.nodes.get('A')?.rows ?? [])], [5, 4, 4]);
    assert.equal(reading.nodes.get('B')?.days.length, 0);
    assert.ok(file.endsWith('.parquet'));
  });

  it('reads the other tables when a file of one is damaged', async () => {
    for (const date of ['2021-11-01', '2021-11-02', '2021-11-03']) {
      for (const file of readdirSync(partition('a', date))) writeFileSync(join(partition('a', date), file), 'torn');
    }
    const [a, b] = pipeline.nodes;
    assert.ok(a && b);
    const made = { ...pipeline, nodes: [{ ...a, run: [{ kind: 'sql' as const, file: 'a.sql' }] }, b] };
    const all = await warehouse().observe(made);
    assert.deepEqual([...all.nodes.keys()], ['B'], 'a table that cannot be read is not one that is yet to be made');
    assert.match(all.errors.get('A')?.message ?? '', /^A: table mart\.a cannot be read: .*too small to be a Parquet file/);
    rmSync(join(data(), 'mart', 'a'), { recursive: true });
    const gone = await warehouse().observe(pipeline);
    assert.equal(gone.errors.get('A')?.kind, 'missingTable');
  });

  it('finds one damaged file among good ones', async () => {
    for (const file of readdirSync(partition('a', '2021-11-03'))) writeFileSync(join(partition('a', '2021-11-03'), file), 'torn');
    const reading = await warehouse().observe(pipeline);
    assert.deepEqual([...reading.nodes.keys()], ['B']);
    assert.match(reading.errors.get('A')?.message ?? '', /too small to be a Parquet file/);
  });

  it('describes tables that hold nothing, or cannot be read, beside the others', async () => {
    mkdirSync(join(data(), 'mart', 'empty'));
    for (const date of ['2021-11-01', '2021-11-02', '2021-11-03'])
      for (const file of readdirSync(partition('a', date))) writeFileSync(join(partition('a', date), file), 'torn');
    const [b, empty, a] = await warehouse().schema();
    assert.deepEqual(
      [b?.table, b?.kind, b?.columns.map(({ name, type }) => `${name} ${type}`)],
      ['mart.b', 'external', ['x BIGINT', 'day DATE']],
    );
    assert.deepEqual(empty, { table: 'mart.empty', kind: 'external', columns: [] });
    assert.match(a?.unreadable ?? '', /too small to be a Parquet file/);
  });

  it('reaches no file outside of the folder, and writes none inside', async () => {
    const outside = join(folder(), 'secret.csv');
    writeFileSync(outside, 'a\n1\n');
    const store = new ParquetStore(data());
    for (const from of [`read_csv('${outside}')`, `'${outside}'`, `read_csv('${join(data(), '..', 'secret.csv')}')`])
      await assert.rejects(
        store.use([], ({ connection }) => connection.run(`SELECT * FROM ${from}`)),
        /disabled by configuration|does not exist/,
        from,
      );
    const attack = `EXISTS (SELECT * FROM read_parquet('${join(data(), '**', '*.parquet')}'))`;
    for (const expression of [attack, `1=1); COPY (SELECT 1) TO '${join(data(), 'written')}' --`]) {
      const [a] = pipeline.nodes;
      assert.ok(a);
      const reading = await warehouse().observe({ ...pipeline, nodes: [{ ...a, where: expression }] });
      assert.equal(reading.errors.get('A')?.kind, 'refused');
    }
    assert.deepEqual(readdirSync(data()), ['mart']);
  });

  it('says what is wrong with the folder itself, and that nobody writes it with SQL', async () => {
    const at = (path: string) => openWarehouse({ type: 'parquet', path }, folder(), { now: () => 0 });
    await assert.rejects(at('none').observe(pipeline), { kind: 'missingFile', message: /none does not exist/ });
    await assert.rejects(at('none').probe(pipeline), { kind: 'missingFile' });
    writeFileSync(join(folder(), 'file'), '');
    await assert.rejects(at('file').observe(pipeline), { kind: 'unsupported', message: /is no folder/ });
    assert.throws(() => openWriter({ type: 'parquet', path: 'data' }, folder()), { kind: 'unsupported' });
  });
});
