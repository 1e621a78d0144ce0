import assert from 'node:assert/strict';
import { type Warehouse, WarehouseError } from '../../../src/app/ports';
import { type Day, formatDay } from '../../../src/base/day';
import { fingerprintOf, type NodeObservations, type PartitionObservation } from '../../../src/core/observation/observation';
import type { Pipeline, PipelineNode } from '../../../src/core/pipeline';
import { buildPipeline, DAILY, day, GAMES, type NodeSpec } from '../../support/builders';

/** A table as every warehouse can hold it. Values are as text; null is NULL. */
export interface TableFixture {
  readonly table: string;
  readonly dateColumn: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: 'DATE' | 'TEXT' | 'INTEGER' | 'FLOAT' | 'TIMESTAMP' | 'JSON';
  }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** One kind of warehouse under test. A new one for each test. */
export interface WarehouseUnderTest {
  readonly warehouse: Warehouse;
  /** Makes the table hold exactly these rows; makes it where it is missing. */
  write(fixture: TableFixture): Promise<void>;
  /** Runs a text elsewhere, as a user would. */
  run(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** How often the warehouse itself was opened. */
  opened(): number;
}

const SCHEDULE: TableFixture = {
  table: 'raw.schedule',
  dateColumn: 'game_date',
  columns: [
    { name: 'game_date', type: 'DATE' },
    { name: 'game_id', type: 'TEXT' },
    { name: 'status', type: 'INTEGER' },
  ],
  rows: [
    ['2021-11-01', 'g1', 3],
    ['2021-11-01', 'g2', 3],
    ['2021-11-02', 'g3', 3],
    ['2021-11-02', 'g3', 3],
    ['2021-11-03', 'g4', 1],
    ['2021-11-05', 'g5', 3],
  ],
};

const PGS: TableFixture = {
  table: 'mart.pgs',
  dateColumn: 'game_date',
  columns: [
    { name: 'game_date', type: 'DATE' },
    { name: 'game_id', type: 'TEXT' },
    { name: 'player', type: 'TEXT' },
    { name: 'points', type: 'INTEGER' },
    { name: 'made_at', type: 'TIMESTAMP' },
    { name: 'version', type: 'TEXT' },
  ],
  rows: [
    ['2021-11-01', 'g1', 'bob', 0, '2021-11-02 03:04:00', 'v1'],
    ['2021-11-01', 'g1', 'ann', 10, '2021-11-02 03:04:05.678', 'v1'],
    ['2021-11-01', 'g2', 'ann', 4, null, 'v1'],
    ['2021-11-01', 'g2', null, 8, null, 'v2'],
    ['2021-11-05', 'g5', 'ann', 5, null, 'v1'],
    ['2021-11-05', 'g5', 'ann', 5, null, 'v1'],
    ['2021-11-05', null, 'cid', null, null, 'v2'],
  ],
};

/** The second table of a processor that fills two: a date less, and fewer rows on the other. */
const PGS_TOTALS: TableFixture = {
  table: 'mart.pgs_totals',
  dateColumn: 'game_date',
  columns: PGS.columns,
  rows: [['2021-11-01', 'g1', 'ann', 10, '2021-11-02 01:00:00', 'v1']],
};

const NODES: readonly NodeSpec[] = [
  {
    id: 'PGS',
    tables: ['mart.pgs'],
    dateColumn: 'game_date',
    entity: ['player'],
    key: ['game_id', 'player'],
    writtenAt: 'made_at',
    checks: [
      { name: 'scored', expression: 'points > 0', atLeast: 0.9 },
      { name: 'known', expression: 'player IS NOT NULL', atLeast: 1 },
    ],
  },
  { id: 'BOTH', tables: ['mart.pgs', 'mart.pgs_totals'], dateColumn: 'game_date', entity: ['player'], writtenAt: 'made_at' },
  { id: 'PAIRS', tables: ['mart.pgs'], dateColumn: 'game_date', entity: ['game_id', 'player'] },
];

/** What every warehouse must do, whatever it is made of. */
export function describeWarehouse(name: string, setUp: () => Promise<WarehouseUnderTest>): void {
  describe(`${name}, as every warehouse,`, () => {
    let tested: WarehouseUnderTest;
    let warehouse: Warehouse;
    beforeEach(async () => {
      tested = await setUp();
      warehouse = tested.warehouse;
      for (const fixture of [SCHEDULE, PGS, PGS_TOTALS]) await tested.write(fixture);
    });

    const pipeline = pipelineWith(NODES);

    it('reads rows, entities, keys, the last write and checks by date', async () => {
      const { nodes, errors } = await warehouse.observe(pipeline);
      assert.deepEqual(errors, new Map());
      const pgs = nodes.get('PGS');
      assert.ok(pgs);
      assert.deepEqual([...pgs.days].map(formatDay), ['2021-11-01', '2021-11-05']);
      assert.deepEqual([...pgs.rows], [4, 3]);
      assert.deepEqual([...(pgs.entities ?? [])], [2, 2], 'NULL names nobody');
      assert.deepEqual([...(pgs.keys ?? [])], [4, 2], 'in a key NULL is a value');
      assert.deepEqual([...(pgs.written ?? [])], [Date.UTC(2021, 10, 2, 3, 4, 5, 678), Number.NaN]);
      assert.deepEqual(
        pgs.checks.map((ratios) => [...ratios]),
        [
          [0.75, 2 / 3],
          [0.75, 1],
        ],
        'NULL does not satisfy a check',
      );
    });

    it('counts entities of several columns', async () => {
      const { nodes } = await warehouse.observe(pipeline);
      assert.deepEqual([...(nodes.get('PAIRS')?.entities ?? [])], [3, 1]);
    });

    it('takes the worst of several tables', async () => {
      const both = (await warehouse.observe(pipeline)).nodes.get('BOTH');
      assert.deepEqual([...(both?.days ?? [])].map(formatDay), ['2021-11-01']);
      assert.deepEqual([...(both?.rows ?? [])], [1]);
      assert.deepEqual([...(both?.entities ?? [])], [1]);
      assert.deepEqual([...(both?.written ?? [])], [Date.UTC(2021, 10, 2, 1)]);
    });

    it('reads calendars: distinct values where it is told what to count, else rows', async () => {
      const plain = { kind: 'table', table: 'raw.schedule', dateColumn: 'game_date' } as const;
      const counted = { ...plain, name: 'games', count: 'game_id', where: 'status = 3' };
      const { calendars } = await warehouse.observe(
        buildPipeline({ calendars: [counted, { ...plain, name: 'rows' }], nodes: NODES }),
      );
      const datesOf = (name: string) => {
        const { days, counts } = calendars.get(name) ?? { days: new Int32Array(0), counts: new Int32Array(0) };
        return Object.fromEntries([...days].map((date, index) => [formatDay(date), counts[index]]));
      };
      assert.deepEqual(datesOf('games'), { '2021-11-01': 2, '2021-11-02': 1, '2021-11-05': 1 });
      assert.deepEqual(datesOf('rows'), { '2021-11-01': 2, '2021-11-02': 2, '2021-11-03': 1, '2021-11-05': 1 });
    });

    it('reads only the share of a table that is a node’s', async () => {
      const shares = pipelineWith([]);
      const of = (version: string) => ({ ...nodeOf(pipeline, 'PGS'), id: version, where: `version = '${version}'` });
      const reading = await warehouse.observe({ ...shares, nodes: [of('v1'), of('v2')] });
      assert.deepEqual([...(reading.nodes.get('v1')?.rows ?? [])], [3, 2]);
      assert.deepEqual([...(reading.nodes.get('v2')?.rows ?? [])], [1, 1]);
      assert.equal((await warehouse.read(of('v2'), [day('2021-11-01')])).get(day('2021-11-01'))?.rows, 1);
    });

    it('reads a range of dates as it reads them among all', async () => {
      const range = { from: day('2021-11-02'), to: day('2021-11-05') };
      const { nodes, calendars } = await warehouse.observe(pipeline, { days: range });
      const pgs = nodes.get('PGS');
      assert.deepEqual([...(pgs?.days ?? [])].map(formatDay), ['2021-11-05']);
      assert.deepEqual([...(pgs?.keys ?? [])], [2]);
      assert.deepEqual([...(calendars.get('games')?.days ?? [])].map(formatDay), ['2021-11-02', '2021-11-03', '2021-11-05']);
    });

    it('reads partitions exactly, with the fingerprint of a coverage read, and 0 rows where there are none', async () => {
      const days = ['2021-11-05', '2021-11-01', '2021-11-03'].map(day);
      const { nodes } = await warehouse.observe(pipeline);
      for (const node of pipeline.nodes) {
        const read = await warehouse.read(node, days);
        assert.deepEqual([...read.keys()], days);
        const observed = nodes.get(node.id);
        assert.ok(observed);
        for (const [date, partition] of read)
          assert.equal(fingerprintOf(partition), fingerprintAt(observed, date), `${node.id} ${formatDay(date)}`);
      }
      assert.equal((await warehouse.read(nodeOf(pipeline, 'PGS'), days)).get(day('2021-11-03'))?.rows, 0);
      assert.deepEqual(await warehouse.read(nodeOf(pipeline, 'PGS'), []), new Map());
    });

    it('gives a digest that changes with the rows and with nothing else', async () => {
      const first = (found: ReadonlyMap<Day, PartitionObservation>) => found.get(day('2021-11-01'))?.content;
      const digest = async () => first(await warehouse.read(nodeOf(pipeline, 'PGS'), [day('2021-11-01')]));
      const before = await digest();
      await tested.write({ ...PGS, rows: PGS.rows.toReversed() });
      assert.equal(await digest(), before);
      const edited = PGS.rows.map((row, index) => (index === 1 ? row.with(3, 11) : row));
      await tested.write({ ...PGS, rows: edited });
      assert.notEqual(await digest(), before);
      const [first0 = [], ...rest] = PGS.rows;
      await tested.write({ ...PGS, rows: [first0, first0, ...rest] });
      const doubled = await digest();
      await tested.write({ ...PGS, rows: [first0, first0, first0, first0, ...rest] });
      assert.notEqual(await digest(), doubled);
    });

    it('names the entities of a date, sorted, and those that all tables have', async () => {
      const days = [day('2021-11-01'), day('2021-11-04')];
      const namesOf = async (id: string) => [...(await warehouse.entities(nodeOf(pipeline, id), days)).values()];
      assert.deepEqual(await namesOf('PGS'), [['ann', 'bob'], []]);
      assert.deepEqual(await namesOf('BOTH'), [['ann'], []]);
      assert.deepEqual(await namesOf('PAIRS'), [['g1 ann', 'g1 bob', 'g2 ann'], []]);
    });

    it('says which table or column is not there, and reads the rest', async () => {
      const pgs = nodeOf(pipeline, 'PGS');
      const lost: PipelineNode = {
        ...nodeOf(pipelineWith([{ id: 'X', phase: 'sources' }]), 'X'),
        tables: ['mart.pgx'],
        dateColumn: 'game_date',
      };
      const wrong: PipelineNode = { ...pgs, id: 'Y', key: ['game', 'player'] };
      const { nodes, errors } = await warehouse.observe({ ...pipeline, nodes: [pgs, lost, wrong] });
      assert.deepEqual([...nodes.keys()], ['PGS']);
      assert.equal(errors.get('X')?.kind, 'missingTable');
      assert.match(errors.get('X')?.message ?? '', /no table mart\.pgx\. Did you mean `mart\.pgs`/);
      assert.equal(errors.get('Y')?.kind, 'missingColumn');
      assert.match(errors.get('Y')?.message ?? '', /mart\.pgs has no column game\./);
      await assert.rejects(warehouse.read(lost, [day('2021-11-01')]), WarehouseError);
      await assert.rejects(warehouse.entities(wrong, [day('2021-11-01')]), WarehouseError);
    });

    it('knows its tables and columns', async () => {
      const schema = await warehouse.schema();
      assert.deepEqual(schema.map(({ table }) => table).sort(), ['mart.pgs', 'mart.pgs_totals', 'raw.schedule']);
      const names = schema.find(({ table }) => table === 'mart.pgs')?.columns.map((column) => column.name);
      assert.deepEqual(names?.toSorted(), PGS.columns.map((column) => column.name).toSorted());
    });

    it('prints a query that gives elsewhere what it reads itself', async () => {
      const { nodes } = await warehouse.observe(pipeline);
      const rows = await tested.run(await warehouse.coverageSql(pipeline));
      const printed = rows
        .filter((row) => row['key'] === 'PGS')
        .map((row) => [row['row_count'], row['entity_count']].map(Number));
      const pgs = nodes.get('PGS');
      assert.deepEqual(
        printed,
        [...(pgs?.rows ?? [])].map((count, index) => [count, pgs?.entities?.[index]]),
      );
      const some = await tested.run(await warehouse.coverageSql(pipeline, { from: day('2021-11-05'), to: day('2021-11-05') }));
      assert.deepEqual(
        some.map((row) => row['key']),
        ['BOTH', 'PAIRS', 'PGS', 'calendar:games'],
      );
    });

    it('changes its fingerprint with the data, without being opened', async () => {
      const before = await warehouse.probe(pipeline);
      assert.equal(await warehouse.probe(pipeline), before);
      assert.equal(tested.opened(), 0);
      await tested.write({ ...PGS, rows: PGS.rows.slice(1) });
      assert.notEqual(await warehouse.probe(pipeline), before);
    });

    it('is opened once for a coverage read, whatever is in it', async () => {
      await warehouse.observe(pipeline);
      assert.equal(tested.opened(), 1);
    });
  });
}

function fingerprintAt(observed: NodeObservations, date: Day): string {
  const at = observed.days.indexOf(date);
  if (at < 0)
    return fingerprintOf({
      rows: 0,
      ...(observed.entities && { entities: 0 }),
      ...(observed.keys && { keys: 0 }),
      checks: observed.checks.map(() => Number.NaN),
    });
  const { rows, entities, keys, written, checks } = observed;
  return fingerprintOf({
    rows: rows[at] ?? 0,
    ...(entities && { entities: entities[at] ?? 0 }),
    ...(keys && { keys: keys[at] ?? 0 }),
    ...(written && { written: written[at] ?? Number.NaN }),
    checks: checks.map((ratios) => ratios[at] ?? Number.NaN),
  });
}

function pipelineWith(nodes: readonly NodeSpec[]): Pipeline {
  return buildPipeline({ calendars: [GAMES, DAILY], nodes });
}

function nodeOf(pipeline: Pipeline, id: string): PipelineNode {
  const node = pipeline.nodes.find((candidate) => candidate.id === id);
  assert.ok(node);
  return node;
}
