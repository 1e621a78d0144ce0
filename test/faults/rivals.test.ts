import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { progressOf } from '../../src/core/backfill/progress';
import { CommandLine } from '../support/commandLine';
import { skipUnlessInstalled } from '../support/skip';
import { ALL, sideBySide, Tally } from './support/figures';
import { removeTemplates, SLOTS, SmallPipeline } from './support/smallPipeline';
import { type Fault, Trial, until } from './support/trial';

const NAMESPACE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const SLOW = { FAULT_SLOW: '0.3' };
type Kill = NonNullable<Fault['kill']>;
const KILL_AT = ALL ? [4, 9, 14, 19, 24, 29, 34] : [14, 24];

/** Two backfills that want the same dates. */
describe('two backfills that compete for the same dates', function () {
  this.timeout(300_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  /** The second plan is made beside the first: neither knows of the other. */
  async function launchTwo(trial: Trial, pipeline: SmallPipeline): Promise<[string, string]> {
    const first = await trial.launch({ dates: pipeline.dates, slots: SLOTS });
    const second = await trial.launch({ dates: pipeline.dates, slots: SLOTS, reason: 'the other one' });
    assert.notEqual(first.id, second.id);
    // The one that is to be killed first: of two that start at once the earlier has what is queued.
    return first.id < second.id ? [first.id, second.id] : [second.id, first.id];
  }

  const execute = (trial: Trial, id: string) => ['execute', id, '--manifest', join(trial.folder, 'backfill.yaml')];

  async function neverAtOnce(pipeline: SmallPipeline): Promise<number> {
    const steps = await pipeline.jobSteps();
    assert.deepEqual(
      steps.filter(({ step }) => step === 'clash'),
      [],
      'two jobs were never at one date',
    );
    const begun = steps.filter(({ step }) => step === 'begun').map(({ date }) => date);
    return begun.length - new Set(begun).size;
  }

  it('each date is run by one of them, once', async () => {
    const tally = new Tally('two backfills on one host');
    const trial = await Trial.in(cli, SLOW);
    try {
      const pipeline = await SmallPipeline.make(trial.folder, 'date');
      const ids = await launchTwo(trial, pipeline);
      await Promise.all(ids.map((id) => trial.start(execute(trial, id)).ended));
      const repeats = await neverAtOnce(pipeline);
      assert.equal(repeats, 0);
      assert.equal((await pipeline.built()).size, pipeline.dates.length);
      assert.deepEqual(await trial.claims(), []);
      tally.add({ faults: 0, repeats, lost: 0, orphans: trial.processes().length });
    } finally {
      await trial.dispose();
    }
    tally.report();
  });

  it('also when one of them is killed', async () => {
    const tally = new Tally('two backfills on one host, one killed');
    const kills = [...killsOf('executor'), ...killsOf('both')];
    await sideBySide(kills, (kill) => compete(kill, [], tally));
    tally.report();
  });

  it('also from two pid namespaces, where neither sees the other’s processes', async function () {
    if (spawnSync(NAMESPACE[0] ?? '', [...NAMESPACE.slice(1), 'true']).status !== 0)
      skipUnlessInstalled(this, 'unshare(1) makes pid namespaces for root alone');
    const tally = new Tally('two backfills in two pid namespaces, one killed');
    await sideBySide(killsOf('executor'), (kill) => compete(kill, NAMESPACE, tally));
    tally.report();
  });

  const killsOf = (who: Kill['who']) => KILL_AT.map((at, index) => ({ at, who, isFirst: index % 3 < 2 }));

  /** One of them is killed and resumed. @param isFirst whether it is started before the other. */
  async function compete(
    { isFirst, ...kill }: Kill & { isFirst: boolean },
    wrapper: readonly string[],
    tally: Tally,
  ): Promise<void> {
    const trial = await Trial.in(cli, SLOW);
    try {
      const pipeline = await SmallPipeline.make(trial.folder, 'date');
      const [killed, other] = await launchTwo(trial, pipeline);
      const starts = [
        () => trial.startIn(wrapper, execute(trial, killed), { kill }).ended,
        () => trial.startIn(wrapper, execute(trial, other)).ended,
      ];
      const ended: Promise<unknown>[] = [];
      for (const start of isFirst ? starts : starts.toReversed()) {
        ended.push(start());
        await until(
          async () => (await trial.claims()).length > 0 || (await isEnded(ended[0])),
          () => 'the first has a claim',
          30_000,
        );
      }
      await Promise.all(ended);
      await trial.quiet();
      const wasKilled = trial.steps().some((step) => step.startsWith('killed'));
      const record = await trial.fixture.journal.read(other);
      assert.ok(record !== undefined);
      const progress = progressOf(record.plan, record.events, record.ownerAlive);
      assert.ok(progress.phase === 'done' || progress.phase === 'failed', progress.phase);
      for (const event of record.events)
        if (event.type === 'skipped') assert.match(event.why, new RegExp(killed), 'it is said who has it, or built it');

      trial.take(killed);
      if (wasKilled && (await trial.look()).progress.phase !== 'done') {
        if (wrapper.length > 0) await growOld(join(trial.folder, '.backfill/runs', killed, 'lease.json'));
        const { code, out, err } = await trial.goOn();
        assert.equal(code, 0, `${out}\n${err}`);
        await trial.isOver();
      }
      for (const date of pipeline.dates) assert.equal(await trial.fixture.statusOf('J', date), 'complete');
      const repeats = await neverAtOnce(pipeline);
      assert.ok(repeats <= (wasKilled ? SLOTS : 0), `${repeats} dates were run again`);
      tally.add({ faults: wasKilled ? 1 : 0, repeats, lost: 0, orphans: trial.processes().length });
    } finally {
      await trial.dispose();
    }
  }
});

function isEnded(work: Promise<unknown> | undefined): Promise<boolean> {
  return Promise.race([Promise.resolve(work).then(() => true), new Promise<boolean>((done) => setImmediate(() => done(false)))]);
}

/** As a lease looks minutes later: whoever cannot see its owner waits for that. */
async function growOld(path: string): Promise<void> {
  await until(
    async () => (await readFile(path, 'utf8').catch(() => '')) !== '',
    () => `${path} is not there`,
    1000,
  ).catch(() => undefined);
  const lease = await readFile(path, 'utf8').catch(() => undefined);
  if (lease === undefined) return;
  const at = new Date(Date.now() - 600_000).toISOString();
  await writeFile(path, lease.replace(/"at":"[^"]*"/, `"at":"${at}"`));
}
