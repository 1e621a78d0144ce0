import assert from 'node:assert/strict';
import type { WarehouseError } from '../../../../src/app/ports';
import { type Outcome, ScriptedBigquery } from '../../../support/scriptedBigquery';

const PDC = { purpose: 'coverage', tables: ['nba.pdc'] };
const SQL = 'SELECT n FROM `p.nba.pdc`';
const ONE: Outcome = { fields: [{ name: 'n', type: 'INTEGER' }], rows: [['1']] };

describe('BigQuery client on the wire', () => {
  let server: ScriptedBigquery;

  beforeEach(async () => {
    server = await ScriptedBigquery.start();
    server.datasets.set('p.nba', { location: 'us-west2' });
    server.execute = () => ONE;
  });
  afterEach(() => server.stop());

  describe('cost', () => {
    it('is labelled and capped on the wire', async () => {
      await server.client({}, { maxBytesBilled: 5e8 }).query(SQL, PDC);
      const [job] = server.submitted;
      assert.deepEqual(job?.configuration?.labels, { tool: 'backfill-explorer', purpose: 'coverage' });
      assert.equal(job?.configuration?.query?.maximumBytesBilled, '500000000');
      assert.equal(job?.configuration?.query?.useLegacySql, false);
    });

    it('below what BigQuery bills at least is refused before anything is asked', async () => {
      const refused = await refusal(
        server.client({}, { maxBytesBilled: 2e7 }).query(SQL, { ...PDC, tables: ['nba.pdc', 'nba.pcf'] }),
      );
      assert.equal(refused.kind, 'bytesCap');
      assert.match(refused.message, /max_bytes_billed` is 20 MB, and BigQuery bills at least 20\.98 MB for a query of 2 tables/);
      assert.deepEqual(server.requests, []);
    });

    it('above the cap fails without a charge, and says what it would take', async () => {
      server.execute = () => ({ bytes: 3e9 });
      const refused = await refusal(server.client({}, { maxBytesBilled: 1e9 }).query(SQL, PDC));
      assert.equal(refused.kind, 'bytesCap');
      assert.match(refused.message, /would be billed 3 GB, and `warehouse\.max_bytes_billed` allows 1 GB/);
    });

    it('is told before: what is read, and at most what is billed', async () => {
      server.execute = () => ({ bytes: 1000 });
      const { bytes, upperBound } = await server.client().dryRun(SQL, { ...PDC, tables: ['nba.pdc', 'nba.pcf'] });
      assert.deepEqual([bytes, upperBound], [1000, 2 * 10 * 1024 * 1024]);
      assert.equal(server.jobs.size, 0);
    });
  });

  describe('jobs', () => {
    const request = {
      jobId: 'run-1_PDC_2021-11-01_1',
      location: 'us-west2',
      sql: SQL,
      labels: { purpose: 'replace', Date: '2021-11-01' },
    };

    it('are submitted with their id, destination and labels', async () => {
      await server.client().startJob({ ...request, destination: 'nba.pdc$20211101', writeDisposition: 'WRITE_TRUNCATE' });
      const [job] = server.submitted;
      assert.deepEqual(job?.jobReference, { projectId: 'p', jobId: request.jobId, location: 'us-west2' });
      assert.deepEqual(job?.configuration?.query?.destinationTable, {
        projectId: 'p',
        datasetId: 'nba',
        tableId: 'pdc$20211101',
      });
      assert.equal(job?.configuration?.query?.writeDisposition, 'WRITE_TRUNCATE');
    });

    it('run once, however often they are submitted', async () => {
      server.execute = () => ({ polls: 2 });
      const first = await server.client().startJob(request);
      const second = await server.client().startJob(request);
      assert.deepEqual([first.state, second.state, server.jobs.size], ['RUNNING', 'RUNNING', 1]);
      assert.equal(second.jobId, request.jobId);
    });

    it('are told from jobs that never were', async () => {
      assert.equal(await server.client().job(request.jobId, 'us-west2'), undefined);
      await server.client().cancelJob(request.jobId, 'us-west2');
    });

    it('are waited for, well or badly', async () => {
      server.execute = () => ({ polls: 2, error: { reason: 'invalidQuery', message: 'Division by zero: 1 / 0' } });
      await server.client().startJob(request);
      const { state, error } = await server.client().jobDone(request.jobId, 'us-west2');
      assert.deepEqual([state, error?.kind], ['DONE', 'invalidSql']);
    });

    it('are cancelled where they run', async () => {
      server.execute = () => ({ polls: Number.POSITIVE_INFINITY });
      await server.client().startJob(request);
      await server.client().cancelJob(request.jobId, 'us-west2');
      const { state, error } = await server.client().jobDone(request.jobId, 'us-west2');
      assert.deepEqual([state, error?.message], ['DONE', 'The query was cancelled in BigQuery by somebody: run it again.']);
    });
  });

  it('reads what tables.get tells', async () => {
    server.tables.set('p.nba.pdc', {
      type: 'TABLE',
      schema: {
        fields: [
          { name: 'game_date', type: 'DATE', mode: 'REQUIRED' },
          { name: 'tags', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'x', type: 'FLOAT' }] },
        ],
      },
      timePartitioning: { type: 'DAY', field: 'game_date', requirePartitionFilter: true },
      clustering: { fields: ['player'] },
      numRows: '120',
      numBytes: '9600',
      lastModifiedTime: '1636000000123',
      streamingBuffer: { estimatedRows: '7', estimatedBytes: '560' },
      etag: '"abc"',
      location: 'us-west2',
    });
    const one = server.client();
    assert.deepEqual(await one.table('nba.pdc'), {
      type: 'TABLE',
      fields: [
        { name: 'game_date', type: 'DATE', mode: 'REQUIRED', fields: [] },
        {
          name: 'tags',
          type: 'STRUCT',
          mode: 'REPEATED',
          fields: [{ name: 'x', type: 'FLOAT64', mode: 'NULLABLE', fields: [] }],
        },
      ],
      timePartitioning: { type: 'DAY', field: 'game_date' },
      requirePartitionFilter: true,
      clustering: ['player'],
      numRows: 120,
      numBytes: 9600,
      lastModifiedTime: 1636000000123,
      streamingBuffer: { estimatedRows: 7, estimatedBytes: 560 },
      etag: '"abc"',
      location: 'us-west2',
    });
    assert.equal(await one.location('nba.pdc'), 'us-west2');
    assert.deepEqual(server.of('datasets.get'), [], 'the table has told the location already');
  });

  it('lists datasets and tables', async () => {
    server.datasets.set('p.ref', { location: 'US' });
    server.tables.set('p.nba.pdc', {});
    assert.deepEqual(await server.client().datasets(), ['nba', 'ref']);
    assert.deepEqual(await server.client().tables({ project: 'p', dataset: 'nba' }), ['pdc']);
  });
});

function refusal(work: Promise<unknown>): Promise<WarehouseError> {
  return work.then(
    () => assert.fail('it went well'),
    (error: WarehouseError) => error,
  );
}
