import assert from 'node:assert/strict';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import type { WarehouseError } from '../../../../src/app/ports';
import { type Emulator, type EmulatorName, emulator } from '../../../support/emulator';

const DAY_TABLE = { columns: ['d DATE', 'n INT64 NOT NULL', 'name STRING'], partition: { field: 'd' } };

for (const name of ['bqemulator', 'goccy'] satisfies readonly EmulatorName[]) {
  describe(`BigQuery client on ${name}`, () => {
    let server: Emulator;
    let project: string;
    let client: BigqueryClient;

    before(async function () {
      server = await emulator(this, name);
      project = server.newProject();
      client = new BigqueryClient(server.config(project));
      await server.createDataset(project, 'nba');
      await server.createTable(project, 'nba.pdc', DAY_TABLE);
      await server.insert(project, 'nba.pdc', ["DATE '2021-11-01', 5, 'a'", "DATE '2021-11-02', 9007199254740993, NULL"]);
    });

    const rows = (sql: string) => client.query(sql, { purpose: 'test', tables: ['nba.pdc'] });

    it('reads rows as plain values', async () => {
      assert.deepEqual(await rows(`SELECT d, n, name FROM \`${project}.nba.pdc\` WHERE d >= '2021-01-01' ORDER BY d`), [
        { d: '2021-11-01', n: 5, name: 'a' },
        { d: '2021-11-02', n: 9007199254740993n, name: null },
      ]);
    });

    it('decodes every type that a pipeline may hold', async () => {
      const [row] = await rows(
        "SELECT TIMESTAMP '2021-11-01 00:00:00.123456 UTC' AS moment, DATETIME '2021-11-01 01:02:03' AS local, DATE '2021-11-01' AS day, NUMERIC '1.5' AS exact, 0.25 AS ratio, TRUE AS yes, [1, 2] AS list, STRUCT(1 AS x, 'y' AS y) AS pair, [STRUCT(1 AS x)] AS pairs, CAST(NULL AS INT64) AS nothing, TIME '01:02:03' AS clock",
      );
      assert.deepEqual(row, {
        moment: Date.UTC(2021, 10, 1) + 123.456,
        local: '2021-11-01T01:02:03',
        day: '2021-11-01',
        exact: 1.5,
        ratio: 0.25,
        yes: true,
        list: [1, 2],
        pair: { x: 1, y: 'y' },
        pairs: [{ x: 1 }],
        nothing: null,
        clock: '01:02:03',
      });
    });

    it('passes parameters with their types', async () => {
      const [row] = await client.query('SELECT @date AS day, @n AS n, @names AS names, @nothing AS nothing', {
        purpose: 'test',
        tables: ['nba.pdc'],
        params: {
          date: { type: 'DATE', value: '2021-11-01' },
          n: { type: 'INT64', value: 3 },
          names: { type: 'STRING', value: ['x', 'y'] },
          nothing: { type: 'STRING', value: null },
        },
      });
      assert.deepEqual(row, { day: '2021-11-01', n: 3, names: ['x', 'y'], nothing: null });
    });

    it('knows where a dataset is, what a table is and what there is', async () => {
      assert.equal(await client.location('nba.pdc'), 'us-west2');
      const { type, fields, timePartitioning } = await client.table('nba.pdc');
      assert.equal(type, 'TABLE');
      assert.deepEqual(
        fields.map((field) => [field.name, field.type, field.mode]),
        [
          ['d', 'DATE', 'NULLABLE'],
          ['n', 'INT64', 'REQUIRED'],
          ['name', 'STRING', 'NULLABLE'],
        ],
      );
      assert.deepEqual(timePartitioning, { type: 'DAY', field: 'd' });
      assert.deepEqual(await client.tables({ project, dataset: 'nba' }), ['pdc']);
      // goccy's makes some of its own beside them.
      assert.equal((await client.datasets())[0], 'nba');
    });

    const mistakes: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
      ['a table', () => client.table('nba.nope'), /^missingTable: There is no table .*nope: run the job that creates it/],
      ['a dataset', () => client.location('nope.pdc'), /^missingTable: There is no dataset .*nope: create it/],
      [
        'the table of a query',
        () => rows(`SELECT 1 FROM \`${project}.nba.nope\``),
        /^missingTable: There is no table .*nba\.nope/,
      ],
      ['a column', () => rows(`SELECT m FROM \`${project}.nba.pdc\``), /^missingColumn: There is no column m: correct it/],
      ['SQL', () => rows('SELEC 1'), /^invalidSql: BigQuery does not accept this SQL: .*SELEC/],
    ];
    for (const [what, work, sentence] of mistakes) {
      it(`says what is wrong with ${what}`, async () => {
        const said = await work().then(
          () => assert.fail('it went well'),
          ({ kind, message }: WarehouseError) => `${kind}: ${message}`,
        );
        assert.match(said, sentence);
      });
    }

    it('runs a job that a plan has named, to its end', async () => {
      const request = { jobId: `run_${name}`, location: 'us-west2', sql: `SELECT n FROM \`${project}.nba.pdc\`` };
      assert.equal(await client.job(request.jobId, 'us-west2'), undefined);
      await client.startJob(request);
      const done = await client.jobDone(request.jobId, 'us-west2');
      assert.deepEqual([done.state, done.error], ['DONE', undefined]);
      assert.equal((await client.job(request.jobId, 'us-west2'))?.state, 'DONE');
    });

    // goccy's forgets it.
    if (name === 'bqemulator')
      it('tells why a job failed', async () => {
        const request = { jobId: `bad_${name}`, location: 'us-west2', sql: `SELECT m FROM \`${project}.nba.pdc\`` };
        await client.startJob(request);
        const { state, error } = await client.jobDone(request.jobId, 'us-west2');
        assert.deepEqual([state, error?.kind], ['DONE', 'missingColumn']);
      });
  });
}
