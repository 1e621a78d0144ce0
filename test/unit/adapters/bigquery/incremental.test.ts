import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BigqueryWarehouse } from '../../../../src/adapters/bigquery/bigqueryWarehouse';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import type { EarlierReading, WarehouseReading } from '../../../../src/app/ports';
import type { Pipeline } from '../../../../src/core/pipeline';
import { BigqueryProxy } from '../../../support/bigqueryProxy';
import { buildPipeline, DAILY, day } from '../../../support/builders';
import { ChangingTables } from '../../../support/changingTables';
import { type Emulator, emulator } from '../../../support/emulator';

const FIRST = day('2021-10-29');
const CALENDAR = { kind: 'table', name: 'games', table: 'raw.games', dateColumn: 'day', count: 'entity' } as const;
const OF = { dateColumn: 'day', entity: ['entity'], checks: [{ name: 'positive', expression: 'value > 0', atLeast: 1 }] };
const PIPELINE = buildPipeline({
  calendars: [CALENDAR, DAILY],
  nodes: [
    { id: 'A', tables: ['mart.a'], ...OF },
    { id: 'BOTH', tables: ['mart.a', 'mart.b'], ...OF, key: ['day', 'entity'] },
    { id: 'MONTHS', tables: ['mart.months'], ...OF },
    { id: 'PLAIN', tables: ['raw.plain'], ...OF },
  ],
});

describe('Incremental coverage from BigQuery', () => {
  let found: Emulator;
  let proxy: BigqueryProxy;
  let tables: ChangingTables;
  let warehouse: BigqueryWarehouse;
  before(async function () {
    found = await emulator(this, 'bqemulator');
  });
  beforeEach(async () => {
    const project = found.newProject();
    proxy = await BigqueryProxy.start(found.endpoint);
    tables = new ChangingTables(proxy, found, project);
    warehouse = new BigqueryWarehouse(new BigqueryClient({ type: 'bigquery', project, endpoint: proxy.endpoint }), {
      now: () => 5,
    });
    for (const table of ['mart.a', 'mart.b', 'raw.games']) await tables.make(table);
    await tables.make('mart.months', 'MONTH');
    await tables.make('raw.plain', 'none');
  });
  afterEach(() => proxy.stop());

  const queriesOf = async <T>(work: () => Promise<T>): Promise<[T, string[]]> => {
    proxy.seen = [];
    const result = await work();
    return [result, proxy.queries];
  };
  const isPartitions = (sql: string) => sql.includes('INFORMATION_SCHEMA');

  it('asks nothing but metadata where nothing changed', async () => {
    await tables.insert('mart.a', FIRST, 'x', 1);
    const first = await warehouse.observe(PIPELINE);
    const [again, queries] = await queriesOf(() => warehouse.observe(PIPELINE, { before: earlier(first) }));
    assert.deepEqual(queries, []);
    assert.deepEqual(again.cost, { queries: 0, bytes: 0 });
    assert.deepEqual(contentOf(again), contentOf(first));
    assert.equal(again.memo, first.memo);
    assert.equal(again.calendars.get('games'), first.calendars.get('games'), 'the same object');
    const [, probed] = await queriesOf(() => warehouse.probe(PIPELINE));
    assert.deepEqual(probed, []);
    assert.equal(proxy.seen.length, 5, 'one request a table');
  });

  it('reads the changed dates of the nodes of a changed table, and nothing else', async () => {
    for (const offset of [0, 1, 5]) await tables.insert('mart.a', FIRST + offset, 'x', 1);
    await tables.insert('mart.b', FIRST, 'x', 1);
    const first = await warehouse.observe(PIPELINE);
    await tables.update('mart.a', FIRST + 1, 7);
    await tables.delete('mart.a', FIRST + 5);
    const [again, queries] = await queriesOf(() => warehouse.observe(PIPELINE, { before: earlier(first) }));
    assert.deepEqual(queries.map(isPartitions), [true, false]);
    const [partitions = '', coverage = ''] = queries;
    assert.match(partitions, /IN \('a'\)/);
    assert.deepEqual(
      [...coverage.matchAll(/SELECT '(\w+)' AS key, '([\w.]+)'/g)].map(([, key, table]) => `${key} ${table}`),
      ['A mart.a', 'BOTH mart.a', 'BOTH mart.b'],
    );
    for (const where of coverage.match(/WHERE .*/g) ?? [])
      assert.equal(where, "WHERE (`day` = DATE '2021-10-30' OR `day` = DATE '2021-11-03')");
    assert.deepEqual([...(again.nodes.get('A')?.days ?? [])], [FIRST, FIRST + 1]);
    assert.deepEqual(contentOf(again), contentOf(await warehouse.observe(PIPELINE)));
  });

  it('reads a whole month where its partition changed, and a whole table where no partition tells', async () => {
    await tables.insert('mart.months', day('2021-11-02'), 'x', 1);
    await tables.insert('raw.plain', FIRST, 'x', 1);
    const first = await warehouse.observe(PIPELINE);
    await tables.insert('mart.months', day('2021-11-09'), 'x', 1);
    await tables.insert('raw.plain', FIRST, 'y', 1);
    const [again, queries] = await queriesOf(() => warehouse.observe(PIPELINE, { before: earlier(first) }));
    const coverage = queries.find((sql) => !isPartitions(sql)) ?? '';
    assert.deepEqual(coverage.match(/WHERE .*/g), [
      "WHERE `day` BETWEEN DATE '2021-11-01' AND DATE '2021-11-30'",
      'WHERE `day` IS NOT NULL',
    ]);
    assert.deepEqual(contentOf(again), contentOf(await warehouse.observe(PIPELINE)));
  });

  it('reads anew what an expression takes from elsewhere, which no metadata of its table tell', async () => {
    const where = `entity IN (SELECT entity FROM \`${tables.pathOf('mart.b')}\` WHERE value > 0)`;
    const pipeline = buildPipeline({
      calendars: [DAILY],
      nodes: [
        { id: 'A', tables: ['mart.a'], ...OF, where },
        { id: 'MONTHS', tables: ['mart.months'], ...OF },
      ],
    });
    await tables.insert('mart.a', FIRST, 'x', 1);
    await tables.insert('mart.b', FIRST, 'x', 0);
    const first = await warehouse.observe(pipeline);
    const probed = await warehouse.probe(pipeline);
    await tables.update('mart.b', FIRST, 1);
    const later = new BigqueryWarehouse(
      new BigqueryClient({ type: 'bigquery', project: tables.project, endpoint: proxy.endpoint }),
      {
        now: () => 15 * 60_000 + 5,
      },
    );
    assert.notEqual(await later.probe(pipeline), probed, 'looked at anew, if only after a while');
    const [again, queries] = await queriesOf(() => later.observe(pipeline, { before: earlier(first) }));
    assert.equal(queries.length, 1, 'and nothing of the other node');
    assert.deepEqual([...(first.nodes.get('A')?.days ?? [])], []);
    assert.deepEqual([...(again.nodes.get('A')?.days ?? [])], [FIRST]);
    assert.deepEqual(contentOf(again), contentOf(await later.observe(pipeline)));
  });

  it('takes as many queries for one date as for many, and for one node as for many', async () => {
    const small: Pipeline = { ...PIPELINE, calendars: PIPELINE.calendars.slice(1), nodes: PIPELINE.nodes.slice(0, 1) };
    const countOf = async (pipeline: Pipeline, dates: number): Promise<number> => {
      const first = await warehouse.observe(pipeline);
      for (let offset = 0; offset < dates; offset++)
        for (const table of ['mart.a', 'mart.b']) await tables.insert(table, FIRST + 2 * offset, 'x', 1);
      const [, queries] = await queriesOf(() => warehouse.observe(pipeline, { before: earlier(first) }));
      return queries.length;
    };
    assert.deepEqual([await countOf(small, 1), await countOf(small, 12), await countOf(PIPELINE, 12)], [2, 2, 2]);
    const [, all] = await queriesOf(() => warehouse.observe(PIPELINE));
    assert.equal(all.length, 2, 'partitions of the one dataset that has them, and one read of all');
  });

  it('is what a full read is, after whatever changed', async function () {
    this.timeout(120_000);
    const names = ['mart.a', 'mart.b', 'mart.months', 'raw.games', 'raw.plain'];
    const change = fc.record({
      table: fc.constantFrom(...names),
      offset: fc.nat(5),
      kind: fc.constantFrom('insert', 'insert', 'update', 'delete'),
      entity: fc.constantFrom('x', 'y'),
      value: fc.nat(2),
    });
    let reading = await warehouse.observe(PIPELINE);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        for (const { table, offset, kind, entity, value } of changes) {
          if (kind === 'insert') await tables.insert(table, FIRST + offset, entity, value);
          else if (kind === 'update') await tables.update(table, FIRST + offset, value);
          else await tables.delete(table, FIRST + offset);
        }
        reading = await warehouse.observe(PIPELINE, { before: earlier(reading) });
        assert.deepEqual(contentOf(reading), contentOf(await warehouse.observe(PIPELINE)));
      }),
      // Every run goes on from where the last one ended, so that a shorter one would be another.
      { numRuns: 12, endOnFailure: true },
    );
  });
});

/** What the session hands over. */
function earlier({ memo = '', nodes, calendars }: WarehouseReading): EarlierReading {
  return { memo, nodes, calendars };
}

/** A reading without when it was made. */
function contentOf({ nodes, calendars, errors }: WarehouseReading) {
  const timeless = <T extends { readonly readAt: number }>(of: ReadonlyMap<string, T>) =>
    Object.fromEntries([...of].map(([name, observed]) => [name, { ...observed, readAt: 0 }]));
  return { nodes: timeless(nodes), calendars: timeless(calendars), errors };
}
