import assert from 'node:assert/strict';
import { BigqueryWriter } from '../../../src/adapters/bigquery/bigqueryWriter';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import { BigqueryGate, failure } from '../../support/bigqueryGate';
import { makeDataset, runBigquery } from '../../support/bigqueryTables';
import { type Emulator, emulator } from '../../support/emulator';
import { takingPartitions } from '../../support/wholePartitions';
import { attempt, DATE, processor, refused, SELECT, type WriterFixture, writerContract } from './writerContract';

describe('A writer of BigQuery', function () {
  this.timeout(60_000);
  let server: Emulator;
  let project: string;
  let gate: BigqueryGate;
  let fixture: WriterFixture;

  before(async function () {
    server = await emulator(this, 'bqemulator');
  });

  beforeEach(async () => {
    project = server.newProject();
    gate = await BigqueryGate.open(server.endpoint);
    await makeDataset(server.endpoint, project, 'mart');
  });
  afterEach(() => gate.close());

  const write = (decorators?: boolean) => {
    const client = new BigqueryClient({ type: 'bigquery', project, endpoint: gate.endpoint });
    const run = (sql: string) => runBigquery(server.endpoint, project, sql);
    fixture = {
      writer: new BigqueryWriter(client, { pauseMs: 10, ...(decorators !== undefined && { decorators }) }),
      run: async (...statements) => {
        for (const statement of statements) await run(statement);
      },
      rows: async (sql) => (await run(sql)).map((row) => Object.values(row).map(String)),
    };
  };

  describe('by MERGE, as on an emulator and for a share of a table', () => {
    beforeEach(() => write());
    writerContract(() => fixture);
  });

  describe('by queries into whole partitions', () => {
    beforeEach(() => {
      write(true);
      gate.keeper = takingPartitions(server.endpoint, project);
    });
    writerContract(() => fixture);

    it('tells by a dry run what a replacement is billed, and changes nothing', async () => {
      await fixture.run('CREATE TABLE mart.raw2 (game_date DATE, player STRING, points INT64)');
      await fixture.run('CREATE TABLE mart.pdc (game_date DATE, player STRING, points INT64) PARTITION BY game_date');
      const writer = fixture.writer as BigqueryWriter;
      const bytes = await writer.cost(processor(), DATE, SELECT.replace('mart.raw', 'mart.raw2'), new AbortController().signal);
      // The emulator knows no referenced tables, and few bytes: what is left is the least that BigQuery bills.
      assert.ok(bytes >= 10 * 1024 * 1024, String(bytes));
      assert.deepEqual(await fixture.rows('SELECT * FROM mart.pdc'), []);
      await refused(
        writer.cost(processor(), DATE, 'SELECT nothing FROM mart.absent', new AbortController().signal),
        'missingTable',
        /absent/,
      );
    });

    it('is how a table is written that is partitioned by the date', async () => {
      await fixture.run(
        'CREATE TABLE mart.pdc (points FLOAT64, note STRING, game_date DATE, player STRING) PARTITION BY game_date',
      );
      await fixture.run("INSERT INTO mart.pdc VALUES (1, 'old', DATE '2021-11-05', 'p'), (2, 'other', DATE '2021-11-06', 'p')");
      await fixture.writer.replace(processor(), DATE, SELECT, attempt());
      const [job] = gate.submissions;
      assert.equal(job?.body?.configuration?.query?.destinationTable?.tableId, 'pdc$20211105');
      assert.deepEqual(await fixture.rows('SELECT game_date, player, points, note FROM mart.pdc ORDER BY 1, 2'), [
        ['2021-11-05', 'p0', '0.0', 'null'],
        ['2021-11-05', 'p1', '5.0', 'null'],
        ['2021-11-05', 'p2', '10.0', 'null'],
        ['2021-11-06', 'p', '2.0', 'other'],
      ]);
    });

    it('takes timestamps for dates by UTC', async () => {
      const moment = "TIMESTAMP(CONCAT(CAST(game_date AS STRING), ' 23:59:59+00'))";
      const moments = processor({ tables: ['mart.moments'], dateColumn: 'moment' });
      const select = (date: string) => `SELECT ${moment} AS moment, player FROM mart.raw WHERE game_date = ${date}`;
      const columns = ['moment TIMESTAMP', 'player STRING'];
      await server.createTable(project, 'mart.moments', { columns, partition: { type: 'DAY', field: 'moment' } });
      for (const day of [DATE, DATE, DATE + 1]) await fixture.writer.replace(moments, day, select('@date'), attempt());
      assert.deepEqual(
        gate.submissions.map(({ sql = '' }) => /^\w+/.exec(sql)?.[0]),
        ['WITH', 'WITH', 'WITH'],
      );
      assert.deepEqual(await fixture.rows('SELECT COUNT(*), COUNT(DISTINCT moment) FROM mart.moments'), [['6', '2']]);
      const later = fixture.writer.replace(moments, DATE, select('DATE_ADD(@date, INTERVAL 1 DAY)'), attempt());
      await refused(later, 'guard', /3 of 3 rows have another moment/);
    });

    it('says that a dataset is missing, and makes none', async () => {
      const astray = processor({ tables: ['nowhere.pdc'] });
      await refused(fixture.writer.replace(astray, DATE, SELECT, attempt()), 'missingTable', /There is no dataset .*nowhere/);
      assert.equal(gate.submissions.length, 0);
    });

    it('submits where the table is, and where the manifest says when nobody may look at the dataset', async () => {
      await fixture.run('CREATE TABLE mart.pdc (game_date DATE, player STRING, points INT64)');
      const partitions = takingPartitions(server.endpoint, project);
      const denied = failure(
        403,
        'accessDenied',
        `Access Denied: Dataset ${project}:mart: Permission bigquery.datasets.get denied`,
      );
      gate.keeper = async (request, forward) => {
        if (request.path === 'datasets/mart') return denied;
        const answer = await partitions(request, forward);
        if (!request.path.endsWith('/tables/pdc') || answer === 'hangUp') return answer;
        return { ...answer, body: { ...answer.body, location: 'europe-west4' } };
      };
      await fixture.writer.replace(processor(), DATE, SELECT, attempt());
      const config = { type: 'bigquery', project, endpoint: gate.endpoint, location: 'us-east1' } as const;
      const other = new BigqueryWriter(new BigqueryClient(config));
      await other.replace(processor({ tables: ['mart.made'] }), DATE, SELECT, attempt());
      assert.deepEqual(
        gate.submissions.map(({ body }) => body?.jobReference?.location),
        ['europe-west4', 'us-east1'],
      );
    });

    it('is not where BigQuery could not do it', async () => {
      const tables = {
        share: ['game_date DATE, player STRING, points INT64', 'PARTITION BY game_date'],
        month: ['game_date DATE, player STRING, points INT64', 'PARTITION BY DATE_TRUNC(game_date, MONTH)'],
        other: ['game_date DATE, made DATE, player STRING, points INT64', 'PARTITION BY made'],
        none: ['game_date DATE, player STRING, points INT64', ''],
        strict: ['game_date DATE NOT NULL, player STRING, points INT64', 'PARTITION BY game_date'],
      };
      for (const [name, [columns, partition]] of Object.entries(tables)) {
        await fixture.run(`CREATE TABLE mart.${name} (${columns}) ${partition}`);
        const where = name === 'share' ? { where: 'points >= 0' } : {};
        await fixture.writer.replace(processor({ tables: [`mart.${name}`], ...where }), DATE, SELECT, attempt());
        assert.match(gate.submissions.at(-1)?.sql ?? '', /^MERGE /, name);
        assert.deepEqual(await fixture.rows(`SELECT COUNT(*) FROM mart.${name}`), [['3']], name);
      }
    });
  });
});
