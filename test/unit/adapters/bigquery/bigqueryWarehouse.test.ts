import assert from 'node:assert/strict';
import { BigqueryWarehouse } from '../../../../src/adapters/bigquery/bigqueryWarehouse';
import { BigqueryClient, type BigqueryConfig } from '../../../../src/adapters/bigquery/client';
import type { WarehouseReading } from '../../../../src/app/ports';
import { formatDay } from '../../../../src/base/day';
import type { Pipeline } from '../../../../src/core/pipeline';
import { BigqueryProxy } from '../../../support/bigqueryProxy';
import { runBigquery } from '../../../support/bigqueryTables';
import { buildPipeline, DAILY, day, type NodeSpec } from '../../../support/builders';
import { type Emulator, emulator } from '../../../support/emulator';

const DAY = day('2021-11-01');
const MIB = 1024 * 1024;
const pipelineOf = (...nodes: readonly (Partial<NodeSpec> & { readonly id: string })[]): Pipeline =>
  buildPipeline({ calendars: [DAILY], nodes: nodes.map((node) => ({ dateColumn: 'day', ...node })) });
const isPartitions = (sql: string) => sql.includes('INFORMATION_SCHEMA');
const daysOf = (reading: WarehouseReading, id: string) => [...(reading.nodes.get(id)?.days ?? [])].map(formatDay);

describe('BigQuery, as a warehouse', () => {
  let found: Emulator;
  let project: string;
  let proxy: BigqueryProxy;
  before(async function () {
    found = await emulator(this, 'bqemulator');
  });
  beforeEach(async () => {
    project = found.newProject();
    proxy = await BigqueryProxy.start(found.endpoint);
    for (const dataset of ['a', 'b']) await found.createDataset(project, dataset);
  });
  afterEach(() => proxy.stop());

  const warehouse = (config: Partial<BigqueryConfig> = {}, now = 0) =>
    new BigqueryWarehouse(new BigqueryClient({ type: 'bigquery', project, endpoint: proxy.endpoint, ...config }), {
      now: () => now,
    });
  const make = (table: string, columns = 'day DATE, entity STRING', also = 'PARTITION BY day', owner = project) =>
    runBigquery(found.endpoint, owner, `CREATE TABLE \`${owner}.${table}\` (${columns}) ${also}`);
  const insert = (table: string, values: string, owner = project) =>
    runBigquery(found.endpoint, owner, `INSERT INTO \`${owner}.${table}\` VALUES ${values}`);
  /** Changes what the metadata of a table say. */
  const describing = (metadata: Readonly<Record<string, object>>) => {
    proxy.amend = ({ path }, answer) => {
      const table = tableIn(path);
      const change = table === undefined ? undefined : metadata[table];
      return change && { ...answer, ...change };
    };
  };

  it('asks each location once, and each dataset once for its partitions, whatever projects they are in', async () => {
    const other = found.newProject();
    await found.createDataset(other, 'c');
    for (const table of ['a.one', 'a.two', 'b.one']) await make(table);
    await make('c.one', undefined, undefined, other);
    await insert('c.one', `(DATE '2021-11-02', 'x')`, other);
    describing({ 'b.one': { location: 'EU' }, 'c.one': { location: 'EU' } });
    const pipeline = pipelineOf(
      { id: 'A1', tables: ['a.one'] },
      { id: 'A2', tables: ['a.two'] },
      { id: 'B', tables: ['b.one'] },
      { id: 'C', tables: [`${other}.c.one`] },
    );
    const reading = await warehouse().observe(pipeline);
    assert.deepEqual([...reading.errors], []);
    assert.deepEqual(daysOf(reading, 'C'), ['2021-11-02']);
    const asked = proxy.seen.flatMap(({ method, sql, location }) =>
      method === 'POST' && sql !== undefined ? [{ sql, location }] : [],
    );
    assert.equal(asked.filter(({ sql }) => isPartitions(sql)).length, 3);
    const coverage = asked.filter(({ sql }) => !isPartitions(sql));
    assert.equal(coverage.length, 2);
    const elsewhere = coverage.find(({ location }) => location === 'EU');
    assert.deepEqual(
      [...(elsewhere?.sql.matchAll(/FROM `(.*)`/g) ?? [])].map(([, table]) => table),
      [`${project}.b.one`, `${other}.c.one`],
    );
    const text = await warehouse().coverageSql(pipeline);
    assert.equal(text.match(/;\n/g)?.length, 2, 'no statement reads two locations');
    assert.match(text, /^-- EU$/m);
  });

  it('refuses tables of one node in two locations', async () => {
    await make('a.one');
    await make('b.one');
    describing({ 'b.one': { location: 'EU' }, 'a.one': { location: 'us-west2' } });
    const { errors } = await warehouse().observe(pipelineOf({ id: 'N', tables: ['a.one', 'b.one'] }));
    assert.equal(errors.get('N')?.kind, 'location');
    assert.match(errors.get('N')?.message ?? '', /^N: its tables are in us-west2 and in EU/);
  });

  it('reads by and by what a cap does not allow at once, and tells what it costs', async () => {
    const tables = ['a.one', 'a.two', 'b.one'];
    for (const table of tables) await make(table);
    proxy.amend = ({ method, sql }, answer) =>
      method === 'GET' && sql !== undefined ? { ...answer, totalBytesProcessed: '1000' } : undefined;
    const pipeline = pipelineOf(...tables.map((table, index) => ({ id: `N${index}`, tables: [table] })));
    const all = await warehouse().observe(pipeline);
    assert.deepEqual(all.cost, { queries: 3, bytes: 5 * 10 * MIB }, 'two datasets, and three tables in one query');
    const capped = await warehouse({ maxBytesBilled: 25 * MIB }).observe(pipeline);
    assert.deepEqual([...capped.errors], []);
    assert.equal(capped.cost?.queries, 4);
    const { errors } = await warehouse({ maxBytesBilled: 5 * MIB }).observe(pipeline);
    assert.equal(errors.get('N0')?.kind, 'bytesCap');
    assert.deepEqual(await warehouse().estimate(pipeline), { queries: 1, bytes: 30 * MIB });
  });

  it('lets what one table lacks cost only its nodes', async () => {
    for (const table of ['a.one', 'a.two', 'b.one']) await make(table);
    await insert('a.one', `(DATE '2021-11-02', 'x')`);
    proxy.instead = ({ path }) =>
      tableIn(path) === 'a.two'
        ? {
            status: 403,
            body: {
              error: {
                code: 403,
                message: `Access Denied: Table ${project}:a.two: Permission bigquery.tables.get denied on table ${project}:a.two (or it may not exist).`,
                errors: [
                  {
                    reason: 'accessDenied',
                    message: `Access Denied: Table ${project}:a.two: Permission bigquery.tables.get denied on table ${project}:a.two (or it may not exist).`,
                  },
                ],
              },
            },
          }
        : undefined;
    const reading = await warehouse().observe(
      pipelineOf(
        { id: 'ONE', tables: ['a.one'] },
        { id: 'TWO', tables: ['a.two'] },
        { id: 'GONE', phase: 'sources', tables: ['nowhere.one'] },
        { id: 'CHECKED', tables: ['b.one'], checks: [{ name: 'sound', expression: 'entety IS NOT NULL', atLeast: 1 }] },
        { id: 'LEAVES', tables: ['b.one'], where: "1 IN (SELECT 1 FROM EXTERNAL_QUERY('c', 'SELECT 1'))" },
        { id: 'ESCAPES', tables: ['b.one'], where: "TRUE) OR (TRUE # '" },
      ),
    );
    assert.deepEqual([...reading.nodes.keys()], ['ONE']);
    assert.deepEqual([...reading.errors].map(([id, { kind }]) => `${id} ${kind}`).sort(), [
      'CHECKED missingColumn',
      'ESCAPES refused',
      'GONE missingTable',
      'LEAVES refused',
      'TWO permission',
    ]);
    assert.match(reading.errors.get('TWO')?.message ?? '', /^TWO: You may not read table/);
    assert.match(reading.errors.get('CHECKED')?.message ?? '', /^CHECKED: check `sound`: /);
  });

  it('rejects where the trouble is of all, and says so of a location that alone is out of reach', async () => {
    await make('a.one');
    await make('b.one');
    describing({ 'b.one': { location: 'EU' }, 'a.one': { location: 'US' } });
    const quota = {
      error: { code: 403, message: 'Quota exceeded', errors: [{ reason: 'quotaExceeded', message: 'Quota exceeded' }] },
    };
    const pipeline = pipelineOf({ id: 'ONE', tables: ['a.one'] }, { id: 'TWO', tables: ['b.one'] });
    proxy.instead = ({ method, location }) => (method === 'POST' && location === 'EU' ? { status: 403, body: quota } : undefined);
    const { nodes, errors } = await warehouse().observe(pipeline);
    assert.deepEqual([...nodes.keys()], ['ONE']);
    assert.equal(errors.get('TWO')?.kind, 'quota');
    proxy.instead = ({ method }) => (method === 'POST' ? { status: 403, body: quota } : undefined);
    await assert.rejects(warehouse().observe(pipeline), { kind: 'quota' });
  });

  it('names dates where a table refuses a query without, and its partition column where that is another', async () => {
    await make('a.one');
    await make('a.two', 'day DATE, entity STRING, loaded TIMESTAMP', 'PARTITION BY DATE(loaded)');
    await insert('a.one', `(DATE '2021-11-02', 'x')`);
    await insert('a.two', `(DATE '2021-11-03', 'x', TIMESTAMP '2021-11-05 10:00:00+00')`);
    describing({
      'a.one': { requirePartitionFilter: true },
      'a.two': { requirePartitionFilter: true, timePartitioning: { type: 'DAY', field: 'loaded' } },
    });
    const pipeline = pipelineOf({ id: 'ONE', tables: ['a.one'] }, { id: 'TWO', tables: ['a.two'] });
    const reading = await warehouse().observe(pipeline);
    assert.deepEqual([daysOf(reading, 'ONE'), daysOf(reading, 'TWO')], [['2021-11-02'], ['2021-11-03']]);
    const sql = proxy.queries.find((text) => !isPartitions(text)) ?? '';
    assert.match(sql, /\.a\.one`\nWHERE `day` BETWEEN DATE '1000-01-01' AND DATE '9999-12-31'/);
    assert.match(sql, /FROM \(SELECT \* FROM `[^`]+` WHERE \(`loaded` >= TIMESTAMP '1000-01-01 00:00:00\+00'/);
    const [, two] = pipeline.nodes;
    assert.ok(two);
    assert.equal((await warehouse().read(two, [day('2021-11-03')])).get(day('2021-11-03'))?.rows, 1);
  });

  it('takes instants for dates of UTC', async () => {
    await make('a.one', 'made TIMESTAMP, local DATETIME', 'PARTITION BY DATE(made)');
    await insert(
      'a.one',
      `(TIMESTAMP '2021-11-01 23:59:59+00', DATETIME '2021-11-02 00:00:00'), (TIMESTAMP '2021-11-02 00:00:00+00', DATETIME '2021-11-02 23:59:59')`,
    );
    const pipeline = pipelineOf(
      { id: 'AT', tables: ['a.one'], dateColumn: 'made' },
      { id: 'LOCAL', tables: ['a.one'], dateColumn: 'local' },
    );
    const reading = await warehouse().observe(pipeline);
    assert.deepEqual([daysOf(reading, 'AT'), daysOf(reading, 'LOCAL')], [['2021-11-01', '2021-11-02'], ['2021-11-02']]);
    for (const node of pipeline.nodes) {
      const rows = (await warehouse().read(node, [DAY, DAY + 1])).get(DAY + 1)?.rows;
      assert.equal(rows, node.id === 'AT' ? 1 : 2);
    }
  });

  it('reads a view anew whenever anything is read, and looks at it again after a quarter of an hour', async () => {
    await make('a.one');
    await runBigquery(found.endpoint, project, `CREATE VIEW \`${project}.a.seen\` AS SELECT * FROM \`${project}.a.one\``);
    await insert('a.one', `(DATE '2021-11-02', 'x')`);
    const pipeline = pipelineOf({ id: 'SEEN', tables: ['a.seen'] });
    const first = await warehouse().observe(pipeline);
    assert.deepEqual(daysOf(first, 'SEEN'), ['2021-11-02']);
    await insert('a.one', `(DATE '2021-11-03', 'x')`);
    const { memo = '', nodes, calendars } = first;
    const again = await warehouse().observe(pipeline, { before: { memo, nodes, calendars } });
    assert.deepEqual(daysOf(again, 'SEEN'), ['2021-11-02', '2021-11-03']);
    assert.equal(await warehouse({}, 1).probe(pipeline), await warehouse({}, 60_000).probe(pipeline));
    assert.notEqual(await warehouse({}, 1).probe(pipeline), await warehouse({}, 900_000).probe(pipeline));
  });

  it('reads everything of a table while rows are in its streaming buffer', async () => {
    await make('a.one');
    await insert('a.one', `(DATE '2021-11-02', 'x')`);
    const pipeline = pipelineOf({ id: 'ONE', tables: ['a.one'] });
    const { memo = '', nodes, calendars } = await warehouse().observe(pipeline);
    describing({ 'a.one': { streamingBuffer: { estimatedRows: '3', estimatedBytes: '30' } } });
    proxy.seen = [];
    await warehouse().observe(pipeline, { before: { memo, nodes, calendars } });
    assert.match(proxy.queries.find((sql) => !isPartitions(sql)) ?? '', /WHERE `day` IS NOT NULL/);
  });

  it('has nothing of a SQL processor whose table is not made yet, and rows once it is', async () => {
    const pipeline = pipelineOf({ id: 'NEW', tables: ['a.new'], run: [{ kind: 'sql', file: 'new.sql' }] });
    const reader = warehouse();
    const [node] = pipeline.nodes;
    assert.ok(node);
    const first = await reader.observe(pipeline);
    assert.deepEqual([[...first.errors], daysOf(first, 'NEW')], [[], []]);
    assert.equal((await reader.read(node, [DAY])).get(DAY)?.rows, 0);
    await make('a.new');
    await insert('a.new', `(DATE '2021-11-01', 'x')`);
    const { memo = '', nodes, calendars } = first;
    assert.deepEqual(daysOf(await reader.observe(pipeline, { before: { memo, nodes, calendars } }), 'NEW'), ['2021-11-01']);
    assert.equal((await reader.read(node, [DAY])).get(DAY)?.rows, 1);
  });

  it('gives up when it is told to', async () => {
    await make('a.one');
    const controller = new AbortController();
    proxy.instead = ({ method }) => {
      if (method === 'POST') controller.abort();
      return undefined;
    };
    await assert.rejects(warehouse().observe(pipelineOf({ id: 'ONE', tables: ['a.one'] }), { signal: controller.signal }), {
      name: 'AbortError',
    });
  });
});

/** The table that a request asks the metadata of, as `dataset.table`. */
function tableIn(path: string): string | undefined {
  const [, dataset, table] = /\/datasets\/([^/]+)\/tables\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
  return dataset === undefined ? undefined : `${dataset}.${table}`;
}
