import assert from 'node:assert/strict';
import { BigqueryRecords } from '../../../../src/adapters/bigquery/bigqueryRecords';
import { WarehouseError } from '../../../../src/app/ports';
import { buildPipeline, day } from '../../../support/builders';
import { failureTable, historyTable } from '../../../support/records';
import { ScriptedBigquery } from '../../../support/scriptedBigquery';

const MIB = 1024 * 1024;
const COLUMNS = ['processor_name', 'analysis_date', 'entity_id', 'failure_category', 'failure_reason', 'created_at'];
const typeOf = (column: string) => (column.endsWith('_date') ? 'DATE' : column.endsWith('_at') ? 'TIMESTAMP' : 'STRING');

const PIPELINE = buildPipeline({
  nodes: [{ id: 'PDC' }],
  failures: ['ops.a', 'ops.b', 'west.c'].map((table) => failureTable({ table })),
  history: historyTable(),
});
const DAYS = { from: day('2021-11-01'), to: day('2021-11-30') };

describe('BigqueryRecords', () => {
  let server: ScriptedBigquery;
  beforeEach(async () => {
    server = await ScriptedBigquery.start();
    server.datasets.set('p.ops', { location: 'US' });
    server.datasets.set('p.west', { location: 'us-west2' });
    for (const table of ['ops.a', 'ops.b', 'west.c']) {
      const [datasetId = '', tableId = ''] = table.split('.');
      server.tables.set(`p.${table}`, {
        tableReference: { projectId: 'p', datasetId, tableId },
        type: 'TABLE',
        location: datasetId === 'ops' ? 'US' : 'us-west2',
        schema: { fields: COLUMNS.map((name) => ({ name, type: typeOf(name) })) },
        timePartitioning: { type: 'DAY', field: 'analysis_date' },
        requirePartitionFilter: true,
      });
    }
  });
  afterEach(() => server.stop());

  const sqlOf = () => server.submitted.map(({ configuration }) => configuration?.query?.query ?? '');
  const records = (maxBytesBilled?: number) =>
    new BigqueryRecords(server.client({}, maxBytesBilled === undefined ? {} : { maxBytesBilled }), { now: () => 1_000 });

  it('asks one query a location, of literal dates', async () => {
    await records().failures(PIPELINE, DAYS);
    assert.deepEqual(
      sqlOf()
        .map((sql) => [...sql.matchAll(/`p\.(\w+\.\w+)`/g)].map(([, table]) => table).join(' '))
        .sort(),
      ['ops.a ops.b', 'west.c'],
    );
    assert.deepEqual(server.submitted.map(({ jobReference }) => jobReference?.location ?? '').sort(), ['US', 'us-west2']);
    for (const sql of sqlOf()) {
      const branches = sql.split('UNION ALL').length;
      assert.equal([...sql.matchAll(/WHERE `analysis_date` BETWEEN DATE '2021-11-01' AND DATE '2021-11-30'/g)].length, branches);
      assert.doesNotMatch(sql, /CURRENT_DATE|@/);
    }
  });

  it('names dates even where all are meant, because tables may refuse a query without', async () => {
    await records().failures(PIPELINE);
    for (const sql of sqlOf()) assert.match(sql, /`analysis_date` BETWEEN DATE '1900-01-01' AND DATE '9998-12-31'/);
  });

  it('reads by and by what a cap on bytes does not allow at once', async () => {
    await records(15 * MIB).failures(PIPELINE, DAYS);
    assert.equal(server.submitted.length, 3);
  });

  it('rejects where nothing could be read, and tells of one table where the others could', async () => {
    server.execute = () => ({ error: { reason: 'quotaExceeded', message: 'Quota exceeded: too many.' } });
    await assert.rejects(records().failures(PIPELINE, DAYS), (error) => error instanceof WarehouseError && !error.isOfOneNode);
    const asked = server.submitted.length;
    server.execute = (sql) =>
      sql.includes('`p.ops.b`') ? { error: { reason: 'invalidQuery', message: 'Bad double value: x' } } : {};
    const { errors } = await records().failures(PIPELINE, DAYS);
    assert.deepEqual([...errors.keys()], [1]);
    assert.match(errors.get(1)?.message ?? '', /^Failures of ops\.b: /);
    assert.equal(server.submitted.length - asked, 4, 'both locations, then one by one where it failed');
  });

  it('probes by free metadata alone', async () => {
    const before = await records().probe(PIPELINE);
    assert.equal(await records().probe(PIPELINE), before);
    const table = server.tables.get('p.ops.a');
    server.tables.set('p.ops.a', { ...table, numRows: '5', lastModifiedTime: '7' });
    assert.notEqual(await records().probe(PIPELINE), before);
    assert.deepEqual(server.submitted, []);
  });
});
