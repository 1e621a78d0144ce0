import assert from 'node:assert/strict';
import { BigqueryWarehouse } from '../../../../src/adapters/bigquery/bigqueryWarehouse';
import { partitionsSql } from '../../../../src/adapters/bigquery/partitions';
import { LiveCoverage } from '../../../../src/app/execution/liveCoverage';
import type { EarlierReading, WarehouseReading } from '../../../../src/app/ports';
import { formatDay } from '../../../../src/base/day';
import type { Pipeline } from '../../../../src/core/pipeline';
import { buildPipeline, DAILY, day } from '../../../support/builders';
import { type Outcome, ScriptedBigquery } from '../../../support/scriptedBigquery';

const TABLES = 50;
const DATES = 1_500;
const FIRST = day('2018-01-01');
const MIB = 1024 * 1024;
const idOf = (date: number) => formatDay(date).replaceAll('-', '');

const NAMES = Array.from({ length: TABLES }, (_, index) => `t${index}`);
const PIPELINE = buildPipeline({
  calendars: [DAILY],
  nodes: NAMES.map((name) => ({ id: name.toUpperCase(), tables: [`nba.${name}`], dateColumn: 'day', entity: ['entity'] })),
});

/** Enough where the number of tables is not what a test is about. */
const FEW: Pipeline = { ...PIPELINE, nodes: PIPELINE.nodes.slice(0, 10) };
const NOTHING_DONE = { last: new Map(), active: new Map() };

describe('What coverage of 50 tables by 1,500 dates costs', () => {
  let server: ScriptedBigquery;
  /** Dates of a table that hold two rows instead of one. */
  let rewritten: Map<string, Set<number>>;

  beforeEach(async () => {
    server = await ScriptedBigquery.start();
    rewritten = new Map();
    server.datasets.set('p.nba', { location: 'us-west2' });
    for (const name of NAMES) describeTable(name, 1);
    server.execute = (sql) => (sql.includes('INFORMATION_SCHEMA') ? partitionsOf(sql) : coverageOf(sql));
  });
  afterEach(() => server.stop());

  function describeTable(name: string, modified: number): void {
    server.tables.set(`p.nba.${name}`, {
      schema: {
        fields: [
          { name: 'day', type: 'DATE' },
          { name: 'entity', type: 'STRING' },
        ],
      },
      timePartitioning: { type: 'DAY', field: 'day' },
      numRows: String(DATES),
      numBytes: String(DATES * 16),
      lastModifiedTime: String(modified),
      location: 'us-west2',
    });
  }

  const rowsAt = (name: string, date: number): string => (rewritten.get(name)?.has(date) === true ? '2' : '1');

  function partitionsOf(sql: string): Outcome {
    const names = [...(/IN \((.*)\)/.exec(sql)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '');
    return {
      fields: fieldsOf(
        'table_name STRING',
        'partition_id STRING',
        'row_count INTEGER',
        'byte_count INTEGER',
        'modified_ms INTEGER',
      ),
      rows: names.flatMap((name) =>
        Array.from({ length: DATES }, (_, at) => [name, idOf(FIRST + at), rowsAt(name, FIRST + at), '16', '1']),
      ),
    };
  }

  function coverageOf(sql: string): Outcome {
    const rows = sql.split('UNION ALL').flatMap((branch) => {
      const [, key = '', table = ''] = /SELECT '(\w+)' AS key, 'nba\.(\w+)'/.exec(branch) ?? [];
      const ranges = [...branch.matchAll(/`day` (?:= DATE '([\d-]+)'|BETWEEN DATE '([\d-]+)' AND DATE '([\d-]+)')/g)];
      const asked = (date: string) =>
        ranges.length === 0 ||
        ranges.some(([, one, from, to]) => (one === undefined ? (from ?? '') <= date && date <= (to ?? '') : one === date));
      return Array.from({ length: DATES }, (_, at) => FIRST + at)
        .filter((date) => asked(formatDay(date)))
        .map((date) => [key, `nba.${table}`, formatDay(date), rowsAt(table, date), '1', null, null]);
    });
    const counts = ['row_count', 'entity_count', 'key_count', 'written_ms'].map((name) => `${name} INTEGER`);
    return { fields: fieldsOf('key STRING', 'tbl STRING', 'day DATE', ...counts), rows, pageSize: 50_000 };
  }

  const warehouse = (maxBytesBilled?: number) =>
    new BigqueryWarehouse(server.client({}, maxBytesBilled === undefined ? {} : { maxBytesBilled }), { now: () => 1 });
  const jobs = () => server.submitted.map(({ configuration }) => configuration?.query?.query ?? '');

  it('is two queries at first, none when nothing changed, and two for whatever changed', async function () {
    this.timeout(60_000);
    const reader = warehouse();
    const first = await reader.observe(PIPELINE);
    assert.equal(jobs().length, 2);
    for (const { rows } of first.nodes.values()) assert.equal(rows.length, DATES);
    server.requests.length = 0;
    const again = await reader.observe(PIPELINE, { before: earlier(first) });
    assert.deepEqual(jobs(), []);
    assert.equal(server.of('tables.get').length, TABLES);
    assert.deepEqual(again.cost, { queries: 0, bytes: 0 });

    for (const dates of [[7], Array.from({ length: DATES }, (_, at) => at).filter((at) => at % 2 === 0)]) {
      for (const name of dates.length === 1 ? ['t3'] : NAMES) {
        rewritten.set(name, new Set(dates.map((at) => FIRST + at)));
        describeTable(name, 2 + dates.length);
      }
      server.requests.length = 0;
      const changed = await reader.observe(PIPELINE, { before: earlier(first) });
      assert.equal(jobs().length, 2, `${dates.length} dates`);
      const longest = Math.max(...jobs().map((sql) => sql.length));
      assert.ok(longest < 1_000_000, `${longest} characters`);
      for (const [id, { rows }] of changed.nodes) {
        const expected = Array.from({ length: DATES }, (_, at) => Number(rowsAt(id.toLowerCase(), FIRST + at)));
        assert.deepEqual([...rows], expected, id);
      }
    }
  });

  it('asks the partitions of the changed tables alone, and reads their dates alone', async () => {
    const reader = warehouse();
    const first = await reader.observe(FEW);
    rewritten.set('t3', new Set([FIRST + 7, FIRST + 8]));
    describeTable('t3', 2);
    server.requests.length = 0;
    await reader.observe(FEW, { before: earlier(first) });
    const [partitions, coverage = ''] = jobs();
    assert.equal(partitions, partitionsSql('p.nba', ['t3']));
    assert.equal(coverage.match(/SELECT/g)?.length, 1);
    assert.match(coverage, /WHERE `day` BETWEEN DATE '2018-01-08' AND DATE '2018-01-09'\nGROUP BY 3/);
  });

  it('is one query of the changed tables for an executor that looks again', async () => {
    const deps = {
      pipeline: PIPELINE,
      mode: 'production',
      waivers: [],
      attempts: NOTHING_DONE,
      clock: { now: () => 1 },
    } as const;
    const live = new LiveCoverage(deps);
    const reader = warehouse();
    const days = { from: FIRST, to: FIRST + 9 };
    const refreshed = async () => {
      server.requests.length = 0;
      await live.refresh(reader, days, new AbortController().signal);
      return jobs();
    };
    assert.deepEqual(
      (await refreshed()).map((sql) => sql.match(/SELECT/g)?.length),
      [TABLES],
    );
    assert.deepEqual(await refreshed(), []);
    const first = await reader.observe(PIPELINE, { days });
    rewritten.set('t3', new Set([FIRST + 7]));
    describeTable('t3', 2);
    const [sql = '', ...more] = await refreshed();
    assert.deepEqual(more, []);
    assert.match(sql, /FROM `p\.nba\.t3`\nWHERE `day` BETWEEN DATE '2018-01-01' AND DATE '2018-01-10'\nGROUP BY 3\nORDER/);
    const again = await reader.observe(PIPELINE, { days, before: earlier(first) });
    const all = await reader.observe(PIPELINE, { days });
    assert.deepEqual(again.nodes, all.nodes);
    assert.deepEqual([...(again.nodes.get('T3')?.rows ?? [])], [1, 1, 1, 1, 1, 1, 1, 2, 1, 1]);
  });

  it('stays below a cap by reading in turns, and labels every job', async () => {
    const reading = await warehouse(45 * MIB).observe(FEW);
    assert.deepEqual([...reading.errors], []);
    assert.equal(jobs().length, 1 + Math.ceil(10 / 4));
    for (const { configuration } of server.submitted) {
      assert.equal(configuration?.query?.maximumBytesBilled, String(45 * MIB));
      assert.match(configuration.labels?.['purpose'] ?? '', /^(coverage|partitions)$/);
    }
    assert.ok(server.submitted.every(({ jobReference }) => jobReference?.location === 'us-west2'));
  });

  it('looks after a while whether a table may be read that was denied, and at nothing else', async () => {
    const answer = server.execute;
    server.execute = (sql, job) =>
      sql.includes('nba.t3`')
        ? {
            error: {
              reason: 'accessDenied',
              message: 'Access Denied: Table p:nba.t3: User does not have permission to query table p:nba.t3',
            },
          }
        : answer(sql, job);
    let now = 1;
    const reader = new BigqueryWarehouse(server.client(), { now: () => now });
    await reader.probe(FEW);
    const first = await reader.observe(FEW);
    assert.deepEqual(
      [...first.errors].map(([id, { kind }]) => `${id} ${kind}`),
      ['T3 permission'],
    );
    const probed = await reader.probe(FEW);
    assert.equal(await reader.probe(FEW), probed);
    server.execute = answer;
    now += 15 * 60_000;
    assert.notEqual(await reader.probe(FEW), probed);
    server.requests.length = 0;
    const again = await reader.observe(FEW, { before: earlier(first) });
    assert.deepEqual(
      jobs().map((sql) => sql.match(/FROM `.*`/g)),
      [['FROM `p.nba.t3`']],
    );
    assert.deepEqual([again.errors.size, again.nodes.get('T3')?.rows.length], [0, DATES]);
  });

  it('asks once a location that it did not know better, and reads on', async () => {
    server.next('jobs.insert', {
      status: 404,
      reason: 'notFound',
      message: 'Not found: Dataset p:nba was not found in location us-west2',
    });
    const reading = await warehouse().observe(FEW);
    assert.deepEqual([...reading.errors], []);
    assert.equal(reading.nodes.size, 10);
  });
});

function fieldsOf(...fields: readonly string[]) {
  return fields.map((field) => {
    const [name = '', type = ''] = field.split(' ');
    return { name, type };
  });
}

function earlier({ memo = '', nodes, calendars }: WarehouseReading): EarlierReading {
  return { memo, nodes, calendars };
}
