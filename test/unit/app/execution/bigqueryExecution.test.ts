import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareClean } from '../../../../src/app/planning/prepareClean';
import { launchPlan } from '../../../../src/app/planning/preparePlan';
import { classify } from '../../../../src/core/coverage/classify';
import { useBigqueryFolder } from '../../../support/bigqueryFolder';
import { failure, type Gatekeeper, jobAnswer } from '../../../support/bigqueryGate';
import type { Executed } from '../../../support/execution';
import { JobTable } from '../../../support/jobTable';
import { Mutations } from '../../../support/mutations';
import { takingPartitions } from '../../../support/wholePartitions';

const FULL = [1, 2, 3, 4, 5, 6, 7, 8].map((day) => `2021-11-0${day} 3`);
const ONE = { processors: ['V1'], dates: ['2021-11-05'] };

describe('Executing SQL on BigQuery', function () {
  this.timeout(120_000);
  const folder = useBigqueryFolder();

  const outcomes = ({ events }: Executed) =>
    events.flatMap((event) =>
      event.type === 'attemptEnded' ? [`${event.processor} ${event.date} ${event.outcome} ${event.attempt.at(-1)}`] : [],
    );
  const notes = ({ events }: Executed) => events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  const claims = () => readdir(join(folder().fixture.folder, '.backfill', 'claims'));

  it('changes one table once at a time, however many slots there are, and goes on where others get in the way', async () => {
    const mutations = new Mutations();
    folder().gate.keeper = mutations.keeper((index) => index % 3 === 1);
    const executed = await folder().fixture.run({ processors: ['V1', 'V2'], slots: 4 });
    assert.deepEqual(
      executed.plan.jobs.map(({ slots, sequential }) => [slots, sequential]),
      Array.from({ length: 2 }, () => [1, 'BigQuery takes one change of mart.store at a time']),
    );
    assert.equal(executed.result, 'done', JSON.stringify(notes(executed)));
    assert.ok(
      outcomes(executed).every((outcome) => outcome.endsWith(' done 1')),
      'a conflict costs no attempt',
    );
    assert.equal(outcomes(executed).length, 16);
    assert.deepEqual([mutations.overlaps, mutations.most], [0, 1]);
    assert.ok(mutations.submitted > 16, 'there were conflicts');
    for (const version of ['v1', 'v2']) assert.deepEqual(await folder().rows('mart.store', `version = '${version}'`), FULL);
    assert.deepEqual(await claims(), []);
  });

  it('does so, too, where only the table itself tells that it must', async () => {
    const mutations = new Mutations();
    folder().gate.keeper = mutations.keeper((index) => index === 3);
    const executed = await folder().fixture.run({ processors: ['LONE'], slots: 4 });
    assert.equal(executed.plan.jobs[0]?.slots, 4);
    assert.deepEqual([executed.result, mutations.overlaps, mutations.most], ['done', 0, 1]);
    assert.deepEqual(await folder().rows('mart.lone'), FULL);
  });

  it('ends well for two backfills that change one table at the same time', async () => {
    const mutations = new Mutations();
    folder().gate.keeper = mutations.keeper(undefined, 2);
    const [one, two] = [
      await folder().fixture.launch({ processors: ['V1'] }),
      await folder().fixture.launch({ processors: ['V2'] }),
    ];
    const both = await Promise.all([folder().fixture.execute(one), folder().fixture.execute(two)]);
    for (const executed of both) {
      assert.equal(executed.result, 'done', JSON.stringify(notes(executed)));
      assert.ok(outcomes(executed).every((outcome) => outcome.endsWith(' done 1')));
    }
    assert.ok(mutations.overlaps > 0, 'they got in each other’s way');
    for (const version of ['v1', 'v2']) assert.deepEqual(await folder().rows('mart.store', `version = '${version}'`), FULL);
  });

  it('writes whole partitions side by side', async () => {
    const mutations = new Mutations();
    const changes = mutations.keeper(undefined, 2);
    const partitions = takingPartitions(folder().server.endpoint, folder().project);
    folder().gate.keeper = (request, forward) =>
      changes(request, async () => partitions(request, forward) as ReturnType<typeof forward>);
    const plan = await folder().fixture.launch({ processors: ['DAYS'], slots: 4 });
    const executed = await folder().fixture.execute(plan, undefined, folder().deps({ decorators: true }));
    assert.deepEqual([executed.result, plan.jobs[0]?.slots, plan.jobs[0]?.sequential], ['done', 4, undefined]);
    assert.ok(mutations.most > 1, `${mutations.most} at once`);
    assert.equal(mutations.overlaps, 0);
    assert.deepEqual(await folder().rows('mart.days'), FULL);
  });

  it('deletes a share of a table by one job on record, and only the rows that were shown', async () => {
    const { fixture } = folder();
    await fixture.run({ processors: ['V1', 'V2'] });
    const plan = async () => {
      const input = await fixture.input();
      const warehouse = fixture.deps().openWarehouse(input.pipeline.warehouse, folder().fixture.folder);
      const request = { select: 'V1 & 2021-11-05, 2021-11-06 & all', withDownstream: false, author: 'ann' };
      const made = await prepareClean({ input, grid: classify(input), request }, warehouse, fixture.manifest);
      await launchPlan(made, fixture.journal, fixture.deps().readText);
      return made;
    };
    const cleaned = await fixture.execute(await plan());
    assert.equal(cleaned.result, 'done', JSON.stringify(notes(cleaned)));
    assert.deepEqual(outcomes(cleaned), ['V1 2021-11-06 cleaned 1', 'V1 2021-11-05 cleaned 1']);
    assert.equal(cleaned.events.filter(({ type }) => type === 'remoteJob').length, 2);
    const left = FULL.filter((line) => !/-0[56] /.test(line));
    assert.deepEqual(await folder().rows('mart.store', "version = 'v1'"), left);
    assert.deepEqual(await folder().rows('mart.store', "version = 'v2'"), FULL);
    assert.deepEqual(await claims(), []);
  });

  it('records each job before it is submitted, by run, processor, date and attempt', async () => {
    const executed = await folder().fixture.run(ONE);
    const jobs = executed.events.filter((event) => event.type === 'remoteJob');
    assert.deepEqual(
      jobs.map(({ processor, date, project, location, job }) => ({ processor, date, project, location, job })),
      [
        {
          ...{ processor: 'V1', date: '2021-11-05', project: folder().project, location: 'us-west2' },
          job: `backfill_${executed.plan.id}_V1-2021-11-05-1`,
        },
      ],
    );
    assert.deepEqual(
      folder()
        .gate.submissions.map(({ jobId }) => jobId)
        .filter((id) => id?.includes('V1')),
      [jobs[0]?.job],
    );
  });

  it('reads before and after without an answer that BigQuery remembers', async () => {
    await folder().fixture.run(ONE);
    const reads = folder().gate.submissions.filter(({ jobId }) => jobId?.startsWith('backfill_read_'));
    assert.ok(reads.length >= 2);
    assert.ok(reads.every(({ body }) => body?.configuration?.query?.useQueryCache === false));
  });

  it('waits for rows that were streamed in, says so once, and changes nothing meanwhile', async () => {
    const plan = await folder().fixture.launch(ONE);
    let asked = 0;
    folder().gate.keeper = async ({ method, path, sql }, forward) => {
      const { events = [] } = (await folder().fixture.journal.read(plan.id)) ?? {};
      if (events.some(({ type }) => type === 'note')) asked += 1;
      const isStreaming = asked < 4;
      if (sql?.startsWith('MERGE') === true) assert.equal(isStreaming, false);
      const answer = await forward();
      if (method !== 'GET' || !path.endsWith('/tables/store') || !isStreaming) return answer;
      return { ...answer, body: { ...answer.body, streamingBuffer: { estimatedRows: '7', estimatedBytes: '70' } } };
    };
    const executed = await folder().fixture.execute(plan);
    assert.deepEqual(outcomes(executed), ['V1 2021-11-05 done 1']);
    assert.equal(notes(executed).length, 1);
    assert.match(notes(executed)[0] ?? '', /^Waiting for the warehouse: rows that were streamed into mart\.store are still in/);
  });

  it('waits for a quota, and costs no attempt', async () => {
    let refusals = 3;
    folder().gate.keeper = ({ sql }, forward) =>
      sql?.startsWith('MERGE') === true && refusals-- > 0
        ? failure(403, 'quotaExceeded', 'Quota exceeded: too many table update operations for this table')
        : forward();
    const plan = await folder().fixture.launch(ONE);
    const executed = await folder().fixture.execute(plan, undefined, folder().deps({}));
    assert.deepEqual([outcomes(executed), notes(executed).length], [['V1 2021-11-05 done 1'], 1]);
  });

  it('stops at a guard with the words of all warehouses', async () => {
    await folder().fixture.writeSql('v1.sql', "SELECT day, k, 'v1' AS version FROM mart.raw");
    const executed = await folder().fixture.run(ONE);
    const end = executed.events.find((event) => event.type === 'attemptEnded');
    assert.deepEqual([end?.outcome, end?.category], ['failed', 'guard']);
    assert.equal(
      end?.message,
      'V1 2021-11-05: 21 of 24 rows have another day; filter on @date. The partition was left as it was.',
    );
    assert.deepEqual(await folder().rows('mart.store'), []);
  });

  describe('when it is cancelled', () => {
    /** A change that never ends by itself; `begun` resolves when it was asked for. */
    const hanging = (onCancel: (job: { state: string; error?: object }) => void) => {
      const table = new JobTable();
      let begin = () => {};
      const begun = new Promise<void>((done) => {
        begin = done;
      });
      const jobs = table.keeper({
        asked: () => {
          begin();
          return undefined;
        },
        cancelled: (job) => {
          onCancel(job);
          return undefined;
        },
      });
      const keeper: Gatekeeper = (request, forward) =>
        request.sql?.startsWith('MERGE') === true || table.jobs.has(request.jobId ?? '') ? jobs(request, forward) : forward();
      return { keeper, begun, table };
    };
    const cancelOnce = async (options: { cancelMs?: number }, begun: Promise<void>) => {
      const plan = await folder().fixture.launch(ONE);
      const controller = new AbortController();
      const execution = folder().fixture.execute(plan, controller.signal, folder().deps(options));
      await begun;
      controller.abort();
      return execution;
    };

    it('cancels the job and waits until it is gone', async () => {
      const { keeper, begun, table } = hanging((job) => {
        job.state = 'DONE';
        job.error = { reason: 'stopped', message: 'Job execution was cancelled' };
      });
      folder().gate.keeper = keeper;
      const executed = await cancelOnce({}, begun);
      assert.equal(executed.result, 'cancelled');
      assert.deepEqual(outcomes(executed), ['V1 2021-11-05 interrupted 1']);
      assert.ok([...table.jobs.values()].every(({ cancelled }) => cancelled));
      assert.deepEqual(await claims(), []);
    });

    it('keeps the claim of a job that does not end, until somebody learns that it has', async () => {
      const { keeper, begun, table } = hanging(() => {});
      folder().gate.keeper = keeper;
      const executed = await cancelOnce({ cancelMs: 50 }, begun);
      assert.equal(executed.result, 'cancelled');
      assert.match(notes(executed).join('\n'), /BigQuery job .* was to be cancelled and is not known to have ended after/);
      assert.equal((await claims()).length, 1);
      assert.equal(await folder().fixture.statusOf('V1', '2021-11-05'), 'failed interrupted');

      const next = await folder().fixture.run(ONE);
      const [skipped] = next.events.filter((event) => event.type === 'skipped');
      assert.equal(
        skipped?.why,
        `backfill ${executed.plan.id} ended without its job backfill_${executed.plan.id}_V1-2021-11-05-1, which may still run: wait for that, or cancel it`,
      );
      for (const job of table.jobs.values()) job.state = 'DONE';
      folder().gate.keeper = (request, forward) =>
        table.jobs.has(request.jobId ?? '') ? jobAnswer(request.jobId ?? '', 'DONE') : forward();
      assert.deepEqual(outcomes(await folder().fixture.run(ONE)), ['V1 2021-11-05 done 1']);
      assert.deepEqual(await claims(), []);
    });
  });

  it('leaves a job alone whose end nobody can tell, and keeps its claim', async () => {
    const table = new JobTable();
    const jobs = table.keeper({ asked: () => 'hangUp' });
    folder().gate.keeper = (request, forward) =>
      request.sql?.startsWith('MERGE') === true || table.jobs.has(request.jobId ?? '') ? jobs(request, forward) : forward();
    const plan = await folder().fixture.launch(ONE);
    const executed = await folder().fixture.execute(plan, undefined, folder().deps({ silenceMs: 0 }));
    assert.deepEqual([executed.result, outcomes(executed), table.jobs.size], ['failed', [], 1]);
    assert.match(notes(executed).join('\n'), /cannot be asked about .*its partition stays claimed/);
    assert.equal((await claims()).length, 1);
  });
});
