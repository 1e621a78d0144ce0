import assert from 'node:assert/strict';
import { WarehouseError } from '../../../../src/app/ports';
import { PipelineRecords } from '../../../../src/app/session/pipelineRecords';
import type { Pipeline } from '../../../../src/core/pipeline';
import { buildPipeline, day } from '../../../support/builders';
import { failureRecord, failureTable, historyRow, historyTable, ScriptedRecords } from '../../../support/records';
import { ScriptedWarehouse, SILENT } from '../../../support/sessionDeps';

const SPEC = { nodes: [{ id: 'PDC' }], failures: [failureTable()], history: historyTable() };
const DATE = day('2021-11-05');
const lost = new WarehouseError('unreachable', 'The network is down: connect it.');

describe('PipelineRecords', () => {
  let reader: ScriptedRecords;
  let warehouse: ScriptedWarehouse & { records?: ScriptedRecords };
  let pipeline: Pipeline | undefined;
  let runs: boolean;
  let now: number;
  let records: PipelineRecords;
  beforeEach(() => {
    reader = new ScriptedRecords();
    reader.records = [failureRecord('PDC', '2021-11-05', 'X'), failureRecord('PDC', '2021-11-06', 'X')];
    reader.rows = [historyRow('PDC', '2021-11-05', 'success')];
    warehouse = Object.assign(new ScriptedWarehouse(), { records: reader });
    pipeline = buildPipeline(SPEC);
    runs = false;
    now = 1_000_000;
    records = new PipelineRecords({
      session: () => ({ pipeline, warehouse: () => warehouse }),
      backfillRuns: () => Promise.resolve(runs),
      clock: { now: () => now },
      logger: SILENT,
    });
  });

  it('reads failures once, and again when the metadata of their tables changed', async () => {
    assert.equal(records.failures, undefined);
    const known = await records.readFailures('probe');
    assert.equal(known?.reading?.records.length, 2);
    assert.equal(records.failures, known);
    await records.readFailures('probe');
    assert.deepEqual([reader.probes, reader.reads], [2, 1]);
    reader.fingerprint = 'b';
    await records.readFailures('probe');
    await records.readFailures('read');
    assert.equal(reader.reads, 3);
  });

  it('reads other dates when these are asked for', async () => {
    await records.readFailures('probe', { from: DATE, to: DATE });
    await records.readFailures('probe', { from: DATE, to: DATE + 1 });
    assert.deepEqual([reader.reads, reader.days?.to], [2, DATE + 1]);
  });

  it('asks once for all who ask at the same time', async () => {
    await Promise.all([records.readFailures('read'), records.readFailures('read')]);
    assert.equal(reader.reads, 1);
  });

  it('keeps the last good answer, says since when there is none newer, and recovers', async () => {
    const { reading } = (await records.readFailures('probe')) ?? {};
    reader.failure = lost;
    await records.readFailures('read');
    now += 5_000;
    const known = await records.readFailures('probe');
    assert.deepEqual([known?.reading, known?.problem], [reading, { message: lost.message, since: 1_000_000 }]);
    reader.failure = undefined;
    assert.equal((await records.readFailures('probe'))?.problem, undefined);
  });

  it('forgets what was read of another manifest', async () => {
    await records.readFailures('probe');
    pipeline = buildPipeline({ ...SPEC, failures: [failureTable({ table: 'ops.others' })] });
    assert.equal(records.failures, undefined);
    reader.failure = lost;
    assert.equal((await records.readFailures('probe'))?.reading, undefined);
  });

  it('reads again for nothing that only changes what is made of it', async () => {
    await records.readFailures('probe');
    pipeline = buildPipeline({ ...SPEC, failures: [failureTable({ meanings: new Map([['x', 'nothing']]) })] });
    await records.readFailures('probe');
    assert.equal(reader.reads, 1);
  });

  it('holds back while jobs of a backfill need the warehouse', async () => {
    warehouse.blocksWriters = true;
    runs = true;
    assert.equal((await records.readFailures('probe'))?.reading?.records.length, 2, 'never read before');
    reader.fingerprint = 'b';
    await records.readFailures('probe');
    assert.equal(reader.reads, 1);
    const held = await records.ofDate(DATE);
    assert.deepEqual([held.failures, held.problems.length], [[], 1]);
    runs = false;
    assert.equal((await records.ofDate(DATE)).failures.length, 1);
    runs = true;
    assert.equal((await records.ofDate(DATE)).failures.length, 1, 'known by now');
    await records.readFailures('read');
    assert.equal(reader.reads, 3);
  });

  it('knows what is noted about a date until a table changes', async () => {
    const found = await records.ofDate(DATE);
    assert.deepEqual([found.failures.length, found.history.length, found.problems], [1, 1, []]);
    await records.ofDate(DATE);
    assert.equal(reader.reads, 1);
    reader.fingerprint = 'b';
    await records.ofDate(DATE);
    assert.equal(reader.reads, 2);
  });

  it('tells of each table that could not be read, and tries again only after a minute', async () => {
    reader.errors = new Map([[0, new WarehouseError('missingTable', 'There is no table ops.failures.')]]);
    assert.deepEqual((await records.ofDate(DATE)).problems, ['There is no table ops.failures.']);
    assert.equal((await records.ofDate(DATE)).history.length, 1, 'the rest is there');
    assert.equal(reader.reads, 1);
    reader.errors = new Map();
    now += 61_000;
    assert.deepEqual((await records.ofDate(DATE)).problems, []);
    reader.fingerprint = lost;
    assert.deepEqual(await records.ofDate(DATE), { failures: [], history: [], problems: [lost.message] });
  });

  it('asks nothing where the manifest names no table', async () => {
    pipeline = buildPipeline({ nodes: [{ id: 'PDC' }] });
    assert.deepEqual((await records.readFailures('read'))?.reading?.records, []);
    assert.deepEqual((await records.ofDate(DATE)).problems, []);
    assert.equal(reader.probes, 0);
    pipeline = undefined;
    assert.equal(await records.readFailures('read'), undefined);
  });

  it('knows how long runs took until the history changes, and does without where it cannot be read', async () => {
    const timed = (seconds: number) => [historyRow('PDC', '2021-11-05', 'success', { run: 'a', seconds })];
    reader.rows = timed(5);
    const expected = { table: 'ops.runs', seconds: new Map([['PDC', [5]]]) };
    assert.deepEqual(await records.runTimes(), expected);
    reader.rows = timed(6);
    assert.deepEqual(await records.runTimes(), expected);
    reader.fingerprint = 'b';
    assert.deepEqual((await records.runTimes())?.seconds.get('PDC'), [6]);
    reader.fingerprint = lost;
    assert.equal(await records.runTimes(), undefined);
    pipeline = buildPipeline({ nodes: [{ id: 'PDC' }], failures: [failureTable()] });
    assert.equal(await records.runTimes(), undefined);
  });

  it('says so where a warehouse has no way to read them', async () => {
    delete warehouse.records;
    assert.match((await records.readFailures('read'))?.problem?.message ?? '', /cannot read failure tables/);
  });
});
