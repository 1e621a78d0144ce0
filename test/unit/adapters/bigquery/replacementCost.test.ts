import assert from 'node:assert/strict';
import { BigqueryWarehouse } from '../../../../src/adapters/bigquery/bigqueryWarehouse';
import { preparePlan } from '../../../../src/app/planning/preparePlan';
import { formatDay } from '../../../../src/base/day';
import { classify } from '../../../../src/core/coverage/classify';
import { bytesText } from '../../../../src/core/plan/preflight';
import { buildInput, READ_AT } from '../../../support/builders';
import { planRequest } from '../../../support/requests';
import { ScriptedBigquery } from '../../../support/scriptedBigquery';

const MIB = 1024 * 1024;
const FIELDS = [
  { name: 'day', type: 'DATE' },
  { name: 'k', type: 'INTEGER' },
];

describe('A plan of SQL on BigQuery', () => {
  let server: ScriptedBigquery;

  beforeEach(async () => {
    server = await ScriptedBigquery.start();
    server.datasets.set('p.t', { location: 'US' });
  });
  afterEach(() => server.stop());

  function table(timePartitioning: object): void {
    server.tables.set('p.t.a', {
      tableReference: { projectId: 'p', datasetId: 't', tableId: 'a' },
      type: 'TABLE',
      location: 'US',
      schema: { fields: FIELDS },
      timePartitioning: { type: 'DAY', field: 'day', ...timePartitioning },
    });
  }

  async function plan(last: string, maxBytesBilled?: number, needs: readonly { node: string }[] = []) {
    const run = [[{ kind: 'sql', file: 'a.sql' }], [{ kind: 'command', each: 'date', argv: ['b'], overrides: {} }]] as const;
    const built = buildInput({
      seasons: [['2021-01-01', '2021-11-30']],
      nodes: [
        { id: 'A', dateColumn: 'day', run: run[0] },
        { id: 'B', run: run[1], needs },
      ],
    });
    const pipeline = {
      ...built.pipeline,
      warehouse: { type: 'bigquery', project: 'p', ...(maxBytesBilled !== undefined && { maxBytesBilled }) },
    } as const;
    const input = { ...built, pipeline };
    return preparePlan({ input, grid: classify(input) }, planRequest({ from: '2021-11-01', to: last }), {
      manifest: '/p/backfill.yaml',
      readText: async () => 'SELECT day, k FROM t.raw WHERE day = @date',
      warehouse: () => new BigqueryWarehouse(server.client(), { now: () => READ_AT }),
    });
  }

  it('says what is billed at most by estimates of three dates, however many there are', async () => {
    table({});
    server.execute = (_sql, { configuration }) => {
      const date = configuration?.query?.queryParameters?.[0]?.parameterValue?.value ?? '';
      return { fields: FIELDS, bytes: (date < '2021-11-10' ? 20 : 30) * MIB };
    };
    const { bytes } = await plan('2021-11-30');
    assert.equal(bytes?.atMost, 30 * 30 * MIB);
    assert.equal(
      bytesText({ ...(bytes !== undefined && { bytes }) }),
      'Bills at most 900 MiB (by free estimates of 3 dates of each processor, the dearest for all), and what is unknown: B: a command does not tell what it reads.',
    );
    assert.ok(server.requests.length < 16, `${server.requests.length}`);
    assert.equal(server.jobs.size, 0, 'nothing was run');
  });

  it('never runs what is billed more than a query may be, nor what waits for it', async () => {
    table({});
    server.execute = () => ({ fields: FIELDS, bytes: 30 * MIB });
    const { partitions, bytes } = await plan('2021-11-02', 20 * MIB, [{ node: 'A' }]);
    assert.deepEqual(
      partitions.map(({ processor, action, preflight }) => [processor, action, preflight]),
      [
        ['A', 'skip', 'never'],
        ['A', 'skip', 'never'],
        ['B', 'skip', 'overrideNeeded'],
        ['B', 'skip', 'overrideNeeded'],
      ],
    );
    assert.equal(
      partitions[0]?.why,
      'a date is billed 30 MiB, and `warehouse.max_bytes_billed` allows 20 MiB a query: raise it, or let the SQL read fewer partitions',
    );
    assert.equal(bytes, undefined, 'nothing of it is billed');
  });

  it('warns where only some dates are billed more than a query may be', async () => {
    table({});
    server.execute = (_sql, { configuration }) => {
      const date = configuration?.query?.queryParameters?.[0]?.parameterValue?.value ?? '';
      return { fields: FIELDS, bytes: (date < '2021-11-10' ? 20 : 30) * MIB };
    };
    const made = await plan('2021-11-30', 25 * MIB);
    assert.equal(made.partitions.filter(({ processor, action }) => processor === 'A' && action === 'run').length, 30);
    assert.match(made.warnings[0] ?? '', /^Some dates of A cannot run: a date is billed 20 MiB to 30 MiB, and .* allows 25 MiB/);
    assert.deepEqual(made.bytes?.overLimit, [{ processor: 'A', least: 20 * MIB, most: 30 * MIB, limit: 25 * MIB }]);
  });

  it('counts ten mebibytes for each table that a SELECT refers to, however small', async () => {
    table({});
    server.execute = () => ({ fields: FIELDS, bytes: MIB, tables: 5 });
    assert.equal((await plan('2021-11-02')).bytes?.atMost, 2 * 50 * MIB);
  });

  it('says why it cannot tell', async () => {
    table({});
    server.execute = () => ({ fields: FIELDS.slice(1) });
    const { bytes } = await plan('2021-11-02');
    assert.equal(bytes?.atMost, undefined);
    assert.match(bytesText({ ...(bytes !== undefined && { bytes }) }) ?? '', /^What is billed is unknown: A: .*day/);
  });

  it('never writes what the table would delete at once', async () => {
    table({ expirationMs: String(20 * 86_400_000) });
    server.execute = () => ({ fields: FIELDS });
    const { partitions } = await plan('2021-11-30');
    const never = partitions.filter(({ processor, preflight }) => processor === 'A' && preflight === 'never');
    assert.deepEqual([never[0]?.date, never.at(-1)?.date], ['2021-11-01', formatDay(READ_AT / 86_400_000 - 20.5)]);
    assert.equal(
      never[0]?.why,
      't.a deletes partitions of dates that are over 20 days old: what is written would be gone at once',
    );
  });
});
