import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isGroupAlive } from '../../../../src/adapters/process/processIdentity';
import { startExecutor } from '../../../../src/adapters/process/startExecutor';
import type { SessionRequest } from '../../../../src/app/execution/executeBackfill';
import type { BackfillEvent, Plan } from '../../../../src/core/backfill/backfill';
import { progressOf } from '../../../../src/core/backfill/progress';
import { runDuckdb } from '../../../support/duckdb';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { useExecutor } from '../../../support/executorProcess';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const DATES = ['2021-11-01', '2021-11-02', '2021-11-03', '2021-11-04'];
/** What was there before. */
const OLD = Object.fromEntries(DATES.map((date) => [date, 3]));
const LOGGED = "log_profiles: { told: { success: ['^(?<date>\\d{4}-\\d{2}-\\d{2}): (?<rows>\\d+) rows'] } }\n";

describe('a backfill that was interrupted', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  const executor = useExecutor();
  let fixture: ExecutionFixture;

  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  const write = (run: string, more = '', head = '', rows: Readonly<Record<string, number>> = {}) =>
    fixture.write(
      `${head}phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day${more}, run: { ${run} } }] }]`,
      { j: rows },
    );
  const start = (id: string, request: SessionRequest = {}) =>
    startExecutor(fixture.journal, id, { cli: executor, args: [folder(), id, JSON.stringify(request)], cwd: folder() });
  const eventsOf = async (id: string): Promise<readonly BackfillEvent[]> => (await fixture.journal.read(id))?.events ?? [];
  const go = () => writeFile(`${fixture.database}.go`, '');
  const spans = async () => (await fixture.calls()).map(({ span }) => span);
  const lease = async (id: string) =>
    JSON.parse(await readFile(join(fixture.journal.folder(id), 'lease.json'), 'utf8')) as { children: { pid: number }[] };
  const resume = (plan: Plan, request: SessionRequest = {}): Promise<Executed> =>
    fixture.execute(plan, undefined, fixture.deps(), { resume: true, ...request });
  const decisions = (events: readonly BackfillEvent[]) =>
    events
      .slice(events.findLastIndex(({ type }) => type === 'started'))
      .flatMap((event) =>
        event.type === 'waitsAgain' || event.type === 'notAttempted' || event.type === 'emptied' || event.type === 'skipped'
          ? [`${event.type} ${event.date}`]
          : event.type === 'attemptEnded'
            ? [`${event.outcome} ${event.date}`]
            : [],
      );

  async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await holds())) await delay(20);
  }

  /** Starts an executor, lets it come to where its job is held, and kills what is asked for. @returns the pid of its job. */
  async function cut(plan: Plan, what: 'executor' | 'job' | 'both', mark = `${fixture.database}.held`): Promise<number> {
    await start(plan.id);
    await until(() => existsSync(mark));
    const started = (await eventsOf(plan.id)).find(({ type }) => type === 'started');
    const executor = started?.type === 'started' ? started.owner.pid : 0;
    const job = (await lease(plan.id)).children[0]?.pid ?? 0;
    assert.ok(executor > 0 && job > 0);
    if (what !== 'job') process.kill(executor, 'SIGKILL');
    if (what !== 'executor') process.kill(-job, 'SIGKILL');
    if (what !== 'job') await until(async () => !(await fixture.journal.ownerAlive(plan.id)));
    if (what !== 'executor') await until(() => !isGroupAlive(job));
    return job;
  }

  it('is not executed by itself', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-02", "{date}"], each: date');
    const plan = await fixture.launch({ dates: DATES });
    await cut(plan, 'both');
    await assert.rejects(fixture.execute(plan), /was interrupted: `backfill resume .*` goes on with it/);
    assert.deepEqual(await spans(), DATES.slice(0, 2));
  });

  it('repeats the date that was torn, and nothing that was done', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-02", "{date}"], each: date', '', '', OLD);
    const plan = await fixture.launch({ dates: DATES, choices: ['all'] });
    await cut(plan, 'both');
    await go();
    const { result, progress, events } = await resume(plan);
    assert.deepEqual([result, progress.phase, progress.done], ['done', 'done', 4]);
    assert.deepEqual(await spans(), ['2021-11-01', '2021-11-02', '2021-11-02', '2021-11-03', '2021-11-04']);
    assert.deepEqual(decisions(events).slice(0, 2), ['torn 2021-11-02', 'waitsAgain 2021-11-02']);
    assert.ok(events.some((event) => event.type === 'note' && /^1 partition done before and still as left/.test(event.message)));
    assert.equal(new Set(events.flatMap((event) => (event.type === 'attemptStarted' ? [event.attempt] : []))).size, 5);
    assert.deepEqual(await fixture.rows('main.j'), Object.fromEntries(DATES.map((date) => [date, 10])));
  });

  for (const each of ['list', 'range'] as const) {
    it(`repeats of a ${each} the date that was torn, and runs those that it had not come to`, async () => {
      const span = each === 'list' ? '"{dates}"' : '"{start}..{end}"';
      await write(`command: [$JOB, main.j, "held-at=2021-11-03", ${span}], each: ${each}, max_dates: 30`, '', '', OLD);
      const plan = await fixture.launch({ dates: DATES, choices: ['all'] });
      await cut(plan, 'both');
      await go();
      const { result, progress, events } = await resume(plan);
      assert.deepEqual([result, progress.done], ['done', 4]);
      assert.deepEqual(decisions(events).slice(0, 5), [
        'done 2021-11-01',
        'done 2021-11-02',
        'torn 2021-11-03',
        'notAttempted 2021-11-04',
        'waitsAgain 2021-11-03',
      ]);
      assert.equal((await spans())[1], each === 'list' ? '2021-11-03,2021-11-04' : '2021-11-03..2021-11-04');
    });
  }

  it('waits for the job that its executor left, and does not repeat what that says it has finished', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-02", "{date}"], each: date', ', log: told', LOGGED);
    const plan = await fixture.launch({ dates: DATES });
    const job = await cut(plan, 'executor');
    const record = await fixture.journal.read(plan.id);
    const seen = progressOf(plan, record?.events ?? [], false, record?.jobsLeft);
    assert.deepEqual([seen.phase, seen.current], ['interrupted', 'J 2021-11-02']);
    const resumed = resume(plan);
    await until(async () =>
      (await eventsOf(plan.id)).some((event) => event.type === 'note' && /still runs, left by/.test(event.message)),
    );
    assert.equal(isGroupAlive(job), true);
    await go();
    const { result, events } = await resumed;
    assert.equal(result, 'done');
    assert.deepEqual(await spans(), DATES, 'nothing was repeated');
    assert.deepEqual(decisions(events).slice(0, 1), ['done 2021-11-02']);
  });

  it('finds a job that its executor did not live to put on record', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-01", "{date}"], each: date');
    const plan = await fixture.launch({ dates: DATES.slice(0, 1) });
    const job = await cut(plan, 'executor');
    await writeFile(
      join(fixture.journal.folder(plan.id), 'lease.json'),
      JSON.stringify({ ...(await lease(plan.id)), children: [] }),
    );
    const resumed = resume(plan);
    await until(async () =>
      (await eventsOf(plan.id)).some((event) => event.type === 'note' && event.message.includes(`process ${job}`)),
    );
    await go();
    assert.equal((await resumed).result, 'done');
  });

  it('is brought to its end by a cancel, to the last process that ignores it', async () => {
    await write('command: [$JOB, main.j, hang, "{date}"], each: date');
    const plan = await fixture.launch({ dates: DATES });
    const job = await cut(plan, 'executor', `${fixture.database}.hanging`);
    const { result, progress, events } = await fixture.execute(plan, undefined, fixture.deps(), { cancelBy: 'me' });
    assert.deepEqual([result, progress.phase, progress.waiting], ['cancelled', 'cancelled', 4]);
    assert.equal(isGroupAlive(job), false);
    assert.ok(events.some((event) => event.type === 'cancelRequested' && event.by === 'me'));
    assert.deepEqual(await spans(), DATES.slice(0, 1), 'nothing was started');
  });

  it('is cancelled while it waits for what was left', async () => {
    await write('command: [$JOB, main.j, hang, "{date}"], each: date');
    const plan = await fixture.launch({ dates: DATES });
    const job = await cut(plan, 'executor', `${fixture.database}.hanging`);
    const resumed = resume(plan);
    await until(async () => (await eventsOf(plan.id)).filter(({ type }) => type === 'started').length === 2);
    await fixture.journal.request(plan.id, { kind: 'cancel' }, 'me');
    await fixture.journal.request(plan.id, { kind: 'cancel' }, 'me again');
    assert.equal((await resumed).result, 'cancelled');
    assert.equal(isGroupAlive(job), false);
  });

  it('repeats what was torn where the session that said so died before it took that up again', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-02", "{date}"], each: date', '', '', OLD);
    const plan = await fixture.launch({ dates: DATES.slice(0, 2), choices: ['all'] });
    await cut(plan, 'both');
    await go();
    await resume(plan);
    await forget(plan, (events) => events.findIndex((event) => event.type === 'attemptEnded' && event.outcome === 'torn') + 1);
    const { result, progress } = await resume(plan);
    assert.deepEqual([result, progress.done], ['done', 2]);
  });

  it('is resumed by one, however many ask at once', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-02", "{date}"], each: date');
    const plan = await fixture.launch({ dates: DATES });
    await cut(plan, 'both');
    await go();
    await Promise.all([1, 2, 3].map(() => start(plan.id, { resume: true })));
    await until(async () => (await eventsOf(plan.id)).at(-1)?.type === 'ended');
    assert.equal((await eventsOf(plan.id)).filter(({ type }) => type === 'started').length, 2);
    assert.equal((await spans()).length, 5);
  });

  it('is resumed after a reboot, whoever has its pids now', async () => {
    await write('command: [$JOB, main.j, "held-at=2021-11-02", "{date}"], each: date');
    const plan = await fixture.launch({ dates: DATES });
    await cut(plan, 'both');
    const own = join(fixture.journal.folder(plan.id), 'owner-1.json');
    const owner = JSON.parse(await readFile(own, 'utf8')) as object;
    await writeFile(own, JSON.stringify({ ...owner, boot: 'the one before', pid: process.pid }));
    const left = { ...(await lease(plan.id)), children: [{ pid: process.pid, startTime: '1' }] };
    await writeFile(join(fixture.journal.folder(plan.id), 'lease.json'), JSON.stringify(left));
    const record = await fixture.journal.read(plan.id);
    assert.deepEqual([record?.ownerAlive, record?.jobsLeft], [false, false]);
    await go();
    assert.equal((await resume(plan)).result, 'done');
  });

  describe('looks at what was done', () => {
    async function interruptedAfter(dates: number): Promise<Plan> {
      await write('command: [$JOB, main.j, fill, "{date}"], each: date');
      const { plan } = await fixture.run({ dates: DATES });
      await forget(plan, (events) => {
        const ended = events.flatMap(({ type }, index) => (type === 'attemptEnded' ? [index] : []));
        return (ended[dates - 1] ?? 0) + 1;
      });
      return plan;
    }

    it('raises an alarm where it is empty now, and runs it again only when asked to', async () => {
      const plan = await interruptedAfter(2);
      await runDuckdb(fixture.database, "DELETE FROM main.j WHERE day <= DATE '2021-11-01'");
      const { result, progress, events } = await resume(plan);
      assert.equal(result, 'failed');
      assert.equal(progress.partitions.get('J 2021-11-01'), 'succeededButEmpty');
      assert.ok(decisions(events).includes('emptied 2021-11-01'));
      await forget(plan, (all) => all.findLastIndex(({ type }) => type === 'emptied') + 1);
      assert.equal((await resume(plan, { retryFailed: true })).result, 'done');
      assert.equal((await fixture.rows('main.j'))['2021-11-01'], 10);
    });

    it('runs nothing that was to be filled and is complete now', async () => {
      const plan = await interruptedAfter(2);
      const { result, progress, events } = await resume(plan);
      assert.deepEqual([result, progress.done, progress.skipped], ['done', 2, 2]);
      assert.deepEqual(decisions(events), ['skipped 2021-11-03', 'skipped 2021-11-04']);
      assert.equal((await spans()).length, 4);
    });
  });

  it('loses nothing and repeats nothing by SQL, wherever its journal was cut', async () => {
    await write('sql: sql/j.sql');
    await fixture.writeSql('j.sql', 'SELECT @date AS day, i AS k, 1 AS stamp FROM range(3) r(i)');
    const { plan } = await fixture.run({ dates: DATES.slice(0, 2) });
    const whole = await readFile(journalOf(plan), 'utf8');
    const lines = whole.trim().split('\n').length;
    for (let kept = 1; kept < lines; kept++) {
      await writeFile(journalOf(plan), whole);
      await forget(plan, () => kept);
      const { result, progress, events } = await resume(plan);
      assert.deepEqual([result, progress.failed, progress.waiting], ['done', 0, 0], `cut after ${kept} lines`);
      const again = events.slice(kept).filter(({ type }) => type === 'attemptStarted');
      assert.equal(again.length, 0, `cut after ${kept} lines: it has all been done`);
    }
  });

  const journalOf = (plan: Plan) => join(fixture.journal.folder(plan.id), 'events.ndjson');
  /** Cuts the journal off: all that happened after so many events is forgotten. */
  async function forget(plan: Plan, kept: (events: readonly BackfillEvent[]) => number): Promise<void> {
    const text = await readFile(journalOf(plan), 'utf8');
    const lines = text.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as BackfillEvent);
    // A file of its own, as a reader would notice that it has become shorter.
    await rm(journalOf(plan));
    await writeFile(journalOf(plan), `${lines.slice(0, kept(events)).join('\n')}\n`);
  }
});
