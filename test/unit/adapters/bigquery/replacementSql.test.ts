import assert from 'node:assert/strict';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import {
  guardFinding,
  type Replacement,
  replacementJob,
  type Way,
  wayOf,
} from '../../../../src/adapters/bigquery/replacementSql';
import type { TableField, TableMetadata } from '../../../../src/adapters/bigquery/tableMetadata';
import type { Processor } from '../../../../src/core/pipeline';
import { type Emulator, emulator } from '../../../support/emulator';
import { DATE, processor } from '../../contract/writerContract';

const field = (name: string, type: string, mode: TableField['mode'] = 'NULLABLE', fields: TableField[] = []): TableField => ({
  name,
  type,
  mode,
  fields,
});
const FIELDS = [
  field('points', 'FLOAT64'),
  field('game_date', 'DATE'),
  field('player', 'STRING'),
  field('tags', 'STRING', 'REPEATED'),
  field('shot', 'STRUCT', 'NULLABLE', [field('zone', 'STRING'), field('made', 'INT64', 'REPEATED')]),
];
const GIVEN = [field('game_date', 'DATE'), field('PLAYER', 'STRING'), field('points', 'INT64')];
const SELECT =
  "SELECT DATE '2021-11-05' AS game_date, 'it\\'s' AS PLAYER, 1 AS points FROM (SELECT @date AS d) WHERE d = @date # the end";

const target = (change: Partial<TableMetadata> = {}): TableMetadata => ({
  ...{ type: 'TABLE', fields: FIELDS, requirePartitionFilter: false, clustering: [], numRows: 0, numBytes: 0 },
  ...{ lastModifiedTime: 0, etag: '', location: 'us-west2', timePartitioning: { type: 'DAY', field: 'Game_Date' } },
  ...change,
});
const replacement = (project: string, change: Partial<Replacement> = {}): Replacement => ({
  ...{ processor: processor(), day: DATE, table: 'mart.pdc', path: `${project}.mart.pdc`, target: target() },
  ...{ select: SELECT, usesDate: true, given: GIVEN },
  ...change,
});

describe('The SQL that replaces a partition', () => {
  it('is a query into the partition only where that is a day of the processor’s own', () => {
    const way = (change: Partial<TableMetadata>, of: Partial<Processor> = {}) => wayOf(processor(of), target(change));
    assert.equal(way({}), 'into');
    assert.equal(way({}, { where: 'points > 0' }), 'merge');
    assert.equal(way({ type: 'VIEW' }), 'merge');
    assert.equal(way({ timePartitioning: { type: 'HOUR', field: 'game_date' } }), 'merge');
    assert.equal(way({ timePartitioning: { type: 'DAY' } }), 'merge', 'by the time at which rows arrive');
    assert.equal(way({ timePartitioning: { type: 'DAY', field: 'made' } }), 'merge');
    assert.equal(way({ fields: [...FIELDS, field('id', 'INT64', 'REQUIRED')] }), 'merge');
    const strict = field('pass', 'STRUCT', 'REPEATED', [field('to', 'STRING', 'REQUIRED')]);
    assert.equal(way({ fields: [...FIELDS, strict] }), 'merge', 'also within a STRUCT');
    assert.equal(wayOf(processor(), undefined), 'create');
  });

  it('tells guards from other errors', () => {
    const said = 'Query error: backfill_guard:strays:3:10 at [12:5]';
    assert.deepEqual(guardFinding(said), { finding: 'strays', count: 3, staged: 10 });
    assert.equal(guardFinding('Syntax error: backfill_guard'), undefined);
  });

  describe('passes BigQuery’s own analyser', function () {
    this.timeout(60_000);
    let server: Emulator;
    let project: string;
    let client: BigqueryClient;

    before(async function () {
      server = await emulator(this, 'goccy');
      project = server.newProject();
      client = new BigqueryClient(server.config(project), { pause: async () => {} });
      await server.createDataset(project, 'mart');
      await server.run(
        project,
        'CREATE TABLE mart.pdc (points FLOAT64, game_date DATE, player STRING, tags ARRAY<STRING>, shot STRUCT<zone STRING, made ARRAY<INT64>>)',
      );
      await server.run(project, 'CREATE TABLE mart.moments (game_date TIMESTAMP, player STRING, points INT64)');
    });

    let jobs = 0;
    /** What it says of a text; undefined where it runs. */
    const verdict = async (way: Way, one: Replacement, mangle: (sql: string) => string = (sql) => sql) => {
      const { sql, params = {} } = replacementJob(way, one);
      const jobId = `analysed_${process.pid}_${jobs++}`;
      const answer = client.startJob({ jobId, sql: mangle(sql), params, location: 'us-west2' });
      return answer.then(
        ({ error }) => error?.message,
        (thrown: unknown) => String(thrown),
      );
    };
    /** It analyses every MERGE, and executes only those of two tables. */
    const ANALYSED = /MERGE: source must be a single-table reference/;
    const unknown = (sql: string) => sql.replace('THEN DELETE', 'AND nonsense THEN DELETE');

    it('as a query into a partition, with columns that the SELECT does not give and such that have to be widened', async () => {
      assert.equal(await verdict('into', replacement(project)), undefined);
      const bare = processor({ key: [] });
      assert.equal(await verdict('into', replacement(project, { processor: bare })), undefined);
      const twice = replacement(project, { select: `${SELECT}\nUNION ALL SELECT DATE '2021-11-05', 'it\\'s', 2` });
      assert.match((await verdict('into', twice)) ?? '', /backfill_guard:repeated:1:2/);
    });

    it('as a MERGE of a share', async () => {
      const of = processor({ where: "player != 'a' # not he" });
      assert.match((await verdict('merge', replacement(project, { processor: of }))) ?? '', ANALYSED);
      const wrong = await verdict('merge', replacement(project, { processor: of }), unknown);
      assert.match(wrong ?? '', /Unrecognized name: nonsense|There is no column nonsense/);
    });

    it('as a MERGE into a table of timestamps', async () => {
      const given = [field('game_date', 'TIMESTAMP'), field('player', 'STRING'), field('points', 'INT64')];
      const moments = {
        ...{ table: 'mart.moments', path: `${project}.mart.moments`, target: target({ fields: given }), given },
        select: "SELECT TIMESTAMP '2021-11-05 10:00:00+00' AS game_date, 'p' AS player, 1 AS points",
        usesDate: false,
      };
      assert.match((await verdict('merge', replacement(project, moments))) ?? '', ANALYSED);
      assert.equal(await verdict('into', replacement(project, moments)), undefined);
    });

    it('as what makes the table', async () => {
      for (const [name, expression, type] of [
        ['by_date', "DATE '2021-11-05'", 'DATE'],
        ['by_timestamp', "TIMESTAMP '2021-11-05 10:00:00+00'", 'TIMESTAMP'],
        ['by_datetime', "DATETIME '2021-11-05 10:00:00'", 'DATETIME'],
        ['by_text', "'2021-11-05'", 'STRING'],
      ] as const) {
        const select = `SELECT ${expression} AS game_date, 'p' AS player`;
        const given = [field('game_date', type), field('player', 'STRING')];
        const one = replacement(project, {
          ...{ select, given, usesDate: false, target: undefined, table: `mart.${name}`, path: `${project}.mart.${name}` },
        });
        assert.equal(await verdict('create', one), undefined, name);
        const { sql } = replacementJob('create', one);
        assert.equal(
          /PARTITION BY (\S+)/.exec(sql)?.[1],
          { DATE: '`game_date`', TIMESTAMP: 'DATE(`game_date`)', DATETIME: 'DATE(`game_date`)', STRING: undefined }[type],
        );
      }
    });
  });
});
