import assert from 'node:assert/strict';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
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
  });
}
