import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startExecutor } from '../../../../src/adapters/process/startExecutor';
import type { BackfillRecord } from '../../../../src/app/journal';
import type { Plan } from '../../../../src/core/backfill/backfill';
import { type BackfillProgress, progressOf } from '../../../../src/core/backfill/progress';
import { ExecutionFixture } from '../../../support/execution';
import { useExecutor } from '../../../support/executorProcess';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('the executor’s process', () => {
  const folder = useTemporaryFolder();
  const executor = useExecutor();
  let fixture: ExecutionFixture;

  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  async function launch(behaviour: string, dates: readonly string[]): Promise<Plan> {
    const run = `command: [$JOB, main.j, ${behaviour}, "{date}"], each: date`;
    await fixture.write(`phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, run: { ${run} } }] }]`, {
      j: {},
    });
    return fixture.launch({ dates });
  }

  const start = (id: string) => startExecutor(fixture.journal, id, { cli: executor, args: [folder(), id], cwd: folder() });

  /** Resolves when the journal shows what is asked for. */
  function until(id: string, holds: (progress: BackfillProgress, record: BackfillRecord) => boolean): Promise<BackfillProgress> {
    return new Promise((resolve, reject) => {
      const look = async () => {
        const alive = await fixture.journal.ownerAlive(id);
        const record = await fixture.journal.read(id);
        if (record === undefined) return;
        const progress = progressOf(record.plan, record.events, alive);
        if (!holds(progress, record)) return;
        stop();
        resolve(progress);
      };
      const stop = fixture.journal.watch(() => void look().catch(reject));
    });
  }

  const ownerOf = async (id: string) => {
    const event = (await fixture.journal.read(id))?.events.find(({ type }) => type === 'started');
    assert.ok(event?.type === 'started');
    return event.owner.pid;
  };
  const hanging = (id: string) =>
    until(id, ({ running }) => running === 1).then(async () => {
      const call = async () => (await fixture.calls())[0] === undefined;
      while (await call()) await new Promise((next) => setImmediate(next));
    });
  const childrenOf = async (id: string): Promise<{ pid: number }[]> =>
    (JSON.parse(await readFile(join(fixture.journal.folder(id), 'lease.json'), 'utf8')) as { children: { pid: number }[] })
      .children;

  it('is started once, however many ask at once, and works without whoever asked', async () => {
    const plan = await launch('fill', ['2021-11-05', '2021-11-06']);
    const answers = await Promise.all([start(plan.id), start(plan.id), start(plan.id)]);
    assert.ok(answers.includes('started'));
    const progress = await until(plan.id, ({ phase }) => phase === 'done');
    assert.equal(progress.done, 2);
    const record = await fixture.journal.read(plan.id);
    assert.equal(record?.events.filter(({ type }) => type === 'started').length, 1);
    assert.deepEqual(record.problems, []);
    assert.equal((await fixture.calls()).length, 2);
    assert.equal(await start(plan.id), 'alreadyRunning', 'nothing starts what has ended');
    assert.equal((await fixture.calls()).length, 2);
  });

  for (const order of ['as they were planned', 'the last one first'] as const) {
    it(`builds a partition once, however many backfills of it start at once (${order})`, async () => {
      const first = await launch('fill', ['2021-11-05']);
      const plans = [first, await fixture.launch({ dates: ['2021-11-05'] }), await fixture.launch({ dates: ['2021-11-05'] })];
      const ids = plans.map(({ id }) => id);
      if (order !== 'as they were planned') ids.reverse();
      await Promise.all(ids.map(start));
      const ended = await Promise.all(ids.map((id) => until(id, ({ endedAt }) => endedAt !== undefined)));
      assert.equal((await fixture.calls()).length, 1, 'one attempt');
      assert.deepEqual(ended.map(({ done, skipped }) => `${done} done, ${skipped} skipped`).toSorted(), [
        '0 done, 1 skipped',
        '0 done, 1 skipped',
        '1 done, 0 skipped',
      ]);
      for (const id of ids) {
        const record = await fixture.journal.read(id);
        for (const event of record?.events ?? [])
          if (event.type === 'skipped') assert.match(event.why, /^backfill \S+ has (it|built it)/);
      }
      assert.deepEqual(await readdir(join(folder(), '.backfill', 'claims')), [], 'nothing stays claimed');
    });
  }

  it('leaves a partition to a later backfill that runs it, and takes over what a dead one held', async () => {
    const older = await launch('hang', ['2021-11-05']);
    const younger = await fixture.launch({ dates: ['2021-11-05'] });
    assert.ok(older.id !== younger.id);
    const [early, late] = [older.id, younger.id].sort();
    assert.ok(early !== undefined && late !== undefined);
    await start(late);
    await hanging(late);
    await start(early);
    const skipped = await until(early, ({ phase }) => phase === 'failed');
    assert.equal(skipped.partitions.get('J 2021-11-05'), 'skipped');
    assert.match(JSON.stringify((await fixture.journal.read(early))?.events), new RegExp(`backfill ${late} has it`));
    assert.equal((await fixture.calls()).length, 1);

    const [child] = await childrenOf(late);
    const pid = await ownerOf(late);
    process.kill(pid, 'SIGKILL');
    process.kill(-(child?.pid ?? pid), 'SIGKILL');
    await until(late, ({ phase }) => phase === 'interrupted');
    const next = await fixture.launch({ dates: ['2021-11-05'] });
    await start(next.id);
    await until(next.id, ({ running }) => running === 1);
    await fixture.journal.request(next.id, { kind: 'cancel' }, 'the test');
    await until(next.id, ({ phase }) => phase === 'cancelled');
  });

  it('has a session of its own, and outlives hang-up and interrupt', async () => {
    const plan = await launch('hang', ['2021-11-05']);
    await start(plan.id);
    await hanging(plan.id);
    const pid = await ownerOf(plan.id);
    if (process.platform === 'linux') assert.equal(await sessionOf(pid), pid);
    process.kill(pid, 'SIGHUP');
    process.kill(pid, 'SIGINT');
    await fixture.journal.request(plan.id, { kind: 'cancel' }, 'the test');
    const progress = await until(plan.id, ({ phase }) => phase === 'cancelled');
    assert.equal(progress.partitions.get('J 2021-11-05'), 'interrupted');
  });

  it('cancels when it is told to end', async () => {
    const plan = await launch('hang', ['2021-11-05']);
    await start(plan.id);
    await hanging(plan.id);
    process.kill(await ownerOf(plan.id), 'SIGTERM');
    await until(plan.id, ({ phase }) => phase === 'cancelled');
  });

  it('is missed when it is killed: what ran is interrupted, but stays held while its job lives on', async () => {
    const plan = await launch('hang', ['2021-11-05', '2021-11-06']);
    await start(plan.id);
    await hanging(plan.id);
    const [child] = await childrenOf(plan.id);
    assert.ok(child !== undefined);
    const pid = await ownerOf(plan.id);
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    const left = await fixture.journal.read(plan.id);
    assert.deepEqual([left?.ownerAlive, left?.jobsLeft], [false, true], 'its job may still write');
    assert.equal((await fixture.journal.ledger()).active.get('J 2021-11-05')?.state, 'running');
    process.kill(-child.pid, 'SIGKILL');
    const progress = await until(plan.id, (_, { jobsLeft }) => jobsLeft === false);
    assert.deepEqual([progress.interrupted, progress.failed, progress.waiting], [1, 0, 1]);
    const ledger = await fixture.journal.ledger();
    assert.equal(ledger.last.get('J 2021-11-05')?.outcome, 'interrupted');
    assert.equal(ledger.active.size, 0);
    assert.equal(await fixture.statusOf('J', '2021-11-05'), 'failed interrupted');
  });

  it('says why it could not start', async () => {
    const plan = await launch('fill', ['2021-11-05']);
    await assert.rejects(
      startExecutor(fixture.journal, plan.id, { cli: join(folder(), 'missing.js'), args: [], cwd: folder() }),
      /did not start: it ended with exit code 1\.[\s\S]*Cannot find module/,
    );
  });
});

async function sessionOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    if (process.platform === 'linux' && /\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z '))) return;
    await new Promise((next) => setImmediate(next));
  }
}
