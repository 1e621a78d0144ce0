import assert from 'node:assert/strict';
import { type RecordReader, WarehouseError } from '../../../src/app/ports';
import { formatDay } from '../../../src/base/day';
import type { FailureTable, Pipeline, RunHistoryTable } from '../../../src/core/pipeline';
import { buildPipeline, day } from '../../support/builders';
import type { TableFixture, WarehouseUnderTest } from './warehouseContract';

const FAILURES: TableFixture = {
  table: 'ops.failures',
  dateColumn: 'analysis_date',
  columns: [
    { name: 'analysis_date', type: 'DATE' },
    { name: 'processor_name', type: 'TEXT' },
    { name: 'entity_id', type: 'TEXT' },
    { name: 'failure_category', type: 'TEXT' },
    { name: 'failure_reason', type: 'TEXT' },
    { name: 'created_at', type: 'TIMESTAMP' },
    { name: 'resolved_at', type: 'TIMESTAMP' },
  ],
  rows: [
    ['2021-11-05', 'PszaProcessor', 'dan', 'INSUFFICIENT_DATA', 'only 3 games', '2021-11-06 10:00:00', null],
    ['2021-11-05', 'PszaProcessor', 'ann', 'INSUFFICIENT_DATA', 'only 2 games', '2021-11-06 10:00:01.500', null],
    ['2021-11-05', 'PszaProcessor', 'ann', 'INSUFFICIENT_DATA', 'only 2 games', '2021-11-06 10:00:01', null],
    ['2021-11-05', 'PszaProcessor', 'cid', 'INSUFFICIENT_DATA', null, null, null],
    ['2021-11-05', 'PszaProcessor', 'bob', 'INSUFFICIENT_DATA', null, null, null],
    ['2021-11-05', 'PszaProcessor', 'eve', 'PROCESSING_ERROR', "it's broken\nat line 2", null, null],
    ['2021-11-05', 'PszaProcessor', 'fay', 'PROCESSING_ERROR', 'settled', null, '2021-11-09 00:00:00'],
    ['2021-11-06', 'PDC', 'DATE_LEVEL', 'MISSING_DEPENDENCY', 'no rows upstream', '2021-11-07 00:00:00', null],
    ['2021-11-06', 'PDC', 'ann', null, null, null, null],
    [null, 'PDC', 'ann', 'LOST', null, null, null],
  ],
};

const NAMES: TableFixture = {
  table: 'ops.names',
  dateColumn: 'game_date',
  columns: [
    { name: 'game_date', type: 'DATE' },
    { name: 'processor_name', type: 'TEXT' },
    { name: 'player', type: 'TEXT' },
    { name: 'resolved_at', type: 'TIMESTAMP' },
    { name: 'reprocessed_at', type: 'TIMESTAMP' },
  ],
  rows: [
    ['2021-11-07', 'PGS', 'new one', null, null],
    ['2021-11-07', 'PGS', 'known now', '2021-11-09 00:00:00', null],
    ['2021-11-07', 'PGS', 'done', '2021-11-09 00:00:00', '2021-11-10 00:00:00'],
  ],
};

const HISTORY: TableFixture = {
  table: 'ops.runs',
  dateColumn: 'data_date',
  columns: [
    { name: 'data_date', type: 'DATE' },
    { name: 'processor_name', type: 'TEXT' },
    { name: 'run_id', type: 'TEXT' },
    { name: 'status', type: 'TEXT' },
    { name: 'started_at', type: 'TIMESTAMP' },
    { name: 'processed_at', type: 'TIMESTAMP' },
    { name: 'duration_seconds', type: 'FLOAT' },
    { name: 'records', type: 'INTEGER' },
    { name: 'errors', type: 'TEXT' },
    { name: 'skip_reason', type: 'TEXT' },
    { name: 'summary', type: 'JSON' },
    { name: 'notes', type: 'TEXT' },
  ],
  rows: [
    ['2021-11-05', 'PDC', 'r1', 'running', '2021-11-06 09:00:00', null, null, null, null, null, null, null],
    [
      '2021-11-05',
      'PDC',
      'r1',
      'success',
      '2021-11-06 09:00:00',
      '2021-11-06 09:00:26.600',
      26.6,
      312,
      null,
      null,
      '{"extract_time": 12.4}',
      '{broken',
    ],
    ['2021-11-06', 'PDC', 'r2', 'skipped', '2021-11-07 09:00:00', null, 0.5, 0, '["boom"]', 'no games', null, null],
  ],
};

const FAILURE_TABLE: FailureTable = {
  table: 'ops.failures',
  processor: 'processor_name',
  date: 'analysis_date',
  entity: 'entity_id',
  category: 'failure_category',
  reason: 'failure_reason',
  created: 'created_at',
  resolved: 'resolved_at',
  expected: [],
  stop: [],
  meanings: new Map(),
};
const NAME_TABLE: FailureTable = {
  table: 'ops.names',
  processor: 'processor_name',
  date: 'game_date',
  entity: 'player',
  label: 'UNKNOWN_PLAYER',
  resolved: 'resolved_at',
  reprocessed: 'reprocessed_at',
  expected: [],
  stop: [],
  meanings: new Map(),
};
const HISTORY_TABLE: RunHistoryTable = {
  table: 'ops.runs',
  processor: 'processor_name',
  date: 'data_date',
  status: 'status',
  run: 'run_id',
  started: 'started_at',
  finished: 'processed_at',
  seconds: 'duration_seconds',
  rows: 'records',
  errors: 'errors',
  reason: 'skip_reason',
  stages: { column: 'summary', seconds: new Map([['extract', 'extract_time']]) },
  statuses: { running: ['running'], success: ['success'], partial: [], failed: [], skipped: ['skipped'] },
};

function pipelineWith(failures: readonly FailureTable[], history?: RunHistoryTable): Pipeline {
  return { ...buildPipeline({ nodes: [{ id: 'PDC' }] }), failures, ...(history !== undefined && { history }) };
}

/** What every warehouse that reads failure tables and run histories must do. */
export function describeRecords(name: string, setUp: () => Promise<WarehouseUnderTest>): void {
  describe(`${name}, as every warehouse with records,`, () => {
    let tested: WarehouseUnderTest;
    let records: RecordReader;
    beforeEach(async () => {
      tested = await setUp();
      assert.ok(tested.warehouse.records);
      records = tested.warehouse.records;
      for (const fixture of [FAILURES, NAMES, HISTORY]) await tested.write(fixture);
    });

    it('groups failures by processor, date and category, newest dates first', async () => {
      const { records: found, truncated, errors } = await records.failures(pipelineWith([FAILURE_TABLE]));
      assert.deepEqual([truncated, errors], [false, new Map()]);
      assert.deepEqual(
        found.map(({ day: date, ...rest }) => ({ ...rest, date: formatDay(date) })),
        [
          {
            ...{ table: 0, processor: 'PDC', date: '2021-11-06', category: 'MISSING_DEPENDENCY', rows: 1, entities: 0 },
            ...{ wholeDate: true, resolved: 0, samples: [], reason: 'no rows upstream', created: Date.UTC(2021, 10, 7) },
          },
          {
            ...{ table: 0, processor: 'PDC', date: '2021-11-06', category: 'UNKNOWN', rows: 1, entities: 1 },
            ...{ wholeDate: false, resolved: 0, samples: ['ann'] },
          },
          {
            ...{ table: 0, processor: 'PszaProcessor', date: '2021-11-05', category: 'INSUFFICIENT_DATA', rows: 5, entities: 4 },
            ...{ wholeDate: false, resolved: 0, samples: ['ann', 'bob', 'cid'], reason: 'only 2 games' },
            created: Date.UTC(2021, 10, 6, 10, 0, 1, 500),
          },
          {
            ...{ table: 0, processor: 'PszaProcessor', date: '2021-11-05', category: 'PROCESSING_ERROR', rows: 1, entities: 1 },
            ...{ wholeDate: false, resolved: 0, samples: ['eve'], reason: "it's broken\nat line 2" },
          },
        ],
      );
    });

    it('reads several tables at once, and counts what is settled and waits for another run', async () => {
      const { records: found } = await records.failures(pipelineWith([FAILURE_TABLE, NAME_TABLE]));
      assert.equal(found.length, 5);
      const { table, category, rows, resolved, samples } = found[0] ?? {};
      assert.deepEqual([table, category, rows, resolved, samples], [1, 'UNKNOWN_PLAYER', 2, 1, ['known now', 'new one']]);
    });

    it('reads tables that name neither entity nor reason', async () => {
      const { entity: _, reason: __, created: ___, ...bare } = FAILURE_TABLE;
      const { records: found, errors } = await records.failures(pipelineWith([bare, NAME_TABLE]));
      assert.deepEqual(errors, new Map());
      assert.deepEqual(
        found.map(({ rows, entities, wholeDate }) => [rows, entities, wholeDate]),
        [
          [2, 2, false],
          [1, 0, false],
          [1, 0, false],
          [5, 0, false],
          [1, 0, false],
        ],
      );
    });

    it('reads a range of dates', async () => {
      const range = { from: day('2021-11-05'), to: day('2021-11-05') };
      const { records: found } = await records.failures(pipelineWith([FAILURE_TABLE, NAME_TABLE]), range);
      assert.deepEqual([...new Set(found.map((one) => formatDay(one.day)))], ['2021-11-05']);
      const { rows } = await records.history(pipelineWith([], HISTORY_TABLE), { ...range, to: day('2021-11-06') });
      assert.equal(rows.length, 3);
      assert.equal((await records.history(pipelineWith([], HISTORY_TABLE), range)).rows.length, 2);
    });

    it('says which failure table cannot be read, and reads the others', async () => {
      const lost: FailureTable = { ...FAILURE_TABLE, table: 'ops.failure' };
      const wrong: FailureTable = { ...NAME_TABLE, entity: 'playr' };
      const { records: found, errors } = await records.failures(pipelineWith([lost, wrong, FAILURE_TABLE]));
      assert.deepEqual([...new Set(found.map(({ table }) => table))], [2]);
      assert.deepEqual([...errors].map(([index, { kind }]) => `${index} ${kind}`).sort(), ['0 missingTable', '1 missingColumn']);
      assert.match(errors.get(0)?.message ?? '', /ops\.failure\b/);
      assert.match(errors.get(1)?.message ?? '', /playr/);
    });

    it('reads the rows of a run history as they stand there, newest dates first', async () => {
      const { rows, truncated } = await records.history(pipelineWith([], HISTORY_TABLE));
      assert.equal(truncated, false);
      const shown = rows.map((row) => {
        const { stages: _stages, errors: _errors, day: date, ...rest } = row;
        return { ...rest, date: formatDay(date) };
      });
      const begun = Date.UTC(2021, 10, 6, 9);
      const skipped = {
        run: 'r2',
        status: 'skipped',
        started: Date.UTC(2021, 10, 7, 9),
        seconds: 0.5,
        rows: 0,
        reason: 'no games',
      };
      assert.deepEqual(shown[0], { processor: 'PDC', date: '2021-11-06', ...skipped });
      assert.deepEqual(
        shown.slice(1).sort((a, b) => a.status.localeCompare(b.status)),
        [
          { processor: 'PDC', date: '2021-11-05', run: 'r1', status: 'running', started: begun },
          {
            ...{ processor: 'PDC', date: '2021-11-05', run: 'r1', status: 'success', started: begun },
            ...{ finished: begun + 26_600, seconds: 26.6, rows: 312 },
          },
        ],
      );
      const summary = rows.find(({ status }) => status === 'success')?.stages ?? '';
      assert.deepEqual(JSON.parse(summary), { extract_time: 12.4 });
      assert.match(rows[0]?.errors ?? '', /boom/);
    });

    it('takes text for JSON, also where it is none', async () => {
      const odd: RunHistoryTable = { ...HISTORY_TABLE, stages: { column: 'notes', seconds: new Map() } };
      const { rows } = await records.history(pipelineWith([], odd));
      assert.match(rows.find(({ status }) => status === 'success')?.stages ?? '', /\{broken/);
    });

    it('says what a run history lacks', async () => {
      const gone = records.history(pipelineWith([], { ...HISTORY_TABLE, table: 'ops.run' }));
      await assert.rejects(gone, (error) => error instanceof WarehouseError && error.kind === 'missingTable');
      const short = records.history(pipelineWith([], { ...HISTORY_TABLE, finished: 'ended_at' }));
      await assert.rejects(short, (error) => error instanceof WarehouseError && error.kind === 'missingColumn');
    });

    it('answers at once where nothing is declared', async () => {
      const { records: found, errors } = await records.failures(pipelineWith([]));
      assert.deepEqual([found, errors, tested.opened()], [[], new Map(), 0]);
      assert.deepEqual((await records.history(pipelineWith([]))).rows, []);
    });

    it('asks one query, whatever the number of tables and dates', async () => {
      await records.failures(pipelineWith([FAILURE_TABLE, NAME_TABLE]));
      assert.equal(tested.opened(), 1);
      await records.history(pipelineWith([], HISTORY_TABLE));
      assert.equal(tested.opened(), 2);
    });

    it('changes its fingerprint with these tables, without being opened', async () => {
      const pipeline = pipelineWith([FAILURE_TABLE], HISTORY_TABLE);
      const before = await records.probe(pipeline);
      assert.equal(await records.probe(pipeline), before);
      assert.equal(tested.opened(), 0);
      await tested.write({ ...FAILURES, rows: FAILURES.rows.slice(1) });
      assert.notEqual(await records.probe(pipeline), before);
    });
  });
}
