import assert from 'node:assert/strict';
import { CommandLine } from '../support/commandLine';
import { ALL, sideBySide, Tally } from './support/figures';
import { killAndGoOn } from './support/killTrial';
import { METHODS, type Method, removeTemplates, SLOTS, SmallPipeline } from './support/smallPipeline';
import { Trial } from './support/trial';

/** A small backfill has some forty steps; more means that it never ends. */
const MOST_STEPS = 300;

type Killed = 'executor' | 'both';
/** SQL has no jobs that could be killed, too. */
const SETS: readonly { readonly method: Method; readonly who: Killed }[] = METHODS.flatMap((method) =>
  (method === 'sql' ? (['executor'] as const) : (['executor', 'both'] as const)).map((who) => ({ method, who })),
);

describe('a kill between every two writes of a small backfill', function () {
  this.timeout(600_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  it('knows all kinds of writes', async () => {
    const trial = await Trial.in(cli);
    try {
      const pipeline = await SmallPipeline.make(trial.folder, 'date');
      await trial.launch({ dates: pipeline.dates, slots: SLOTS });
      await trial.executor().ended;
      const kinds = new Set(trial.steps().map((step) => step.replace(/ J .*| [0-9a-f]{6}$/g, '')));
      const events = ['started', 'attemptStarted', 'attemptEnded', 'ended'].flatMap((type) =>
        ['before', 'torn', 'unsynced'].map((moment) => `${moment} ${type}`),
      );
      for (const kind of [...events, 'link owner-1.json', 'rename lease.json', 'write claim', 'remove claim'])
        assert.ok(kinds.has(kind), `${kind} is a step: ${[...kinds].join(', ')}`);
    } finally {
      await trial.dispose();
    }
  });

  it('of whoever launches it', async () => {
    const tally = new Tally('kill at every write, launcher');
    const steps = new Steps();
    await sideBySide(steps.each(), async (at) => {
      if (!(await killLauncher(cli, at, tally))) steps.over(at);
    });
    tally.report();
  });

  for (const [index, { method, who }] of SETS.entries()) {
    // `npm test` comes to every write of the SQL backfill, and to a few of the others.
    const isWhole = ALL || method === 'sql';
    const whom = who === 'both' ? 'the executor and its jobs' : 'the executor';
    it(`of ${whom}: ${method}${isWhole ? '' : ', a sample'}`, async () => {
      const tally = new Tally(`kill at ${isWhole ? 'every write' : 'some writes'}, ${who}, ${method}`);
      const steps = new Steps(isWhole ? undefined : [6 + 2 * index, 17 + 3 * index]);
      await sideBySide(steps.each(), async (at) => {
        if (!(await killAndGoOn(cli, { method, fault: { kill: { at, who } } }, tally))) steps.over(at);
      });
      tally.report();
    });
  }
});

/** There is a plan or there is none: then nothing is shown, and nothing in the way of another launch. */
async function killLauncher(cli: CommandLine, at: number, tally: Tally): Promise<boolean> {
  const trial = await Trial.in(cli);
  try {
    const pipeline = await SmallPipeline.make(trial.folder, 'date');
    const launch = ['run', '--processor', 'J', '--dates', pipeline.dates.join(',')];
    await trial.start(launch, { command: 'run', kill: { at, who: 'executor' } }).ended;
    const wasKilled = trial.steps().some((step) => step.startsWith('killed'));
    const [id, ...others] = await trial.fixture.journal.list();
    assert.deepEqual(others, []);
    assert.deepEqual(await trial.fixture.journal.damage(), []);
    const { code, out, err } = await trial.run(...(id === undefined ? launch : ['attach', id]));
    assert.equal(code, 0, `${out}\n${err}`);
    trial.take(id ?? (await trial.fixture.journal.list())[0] ?? '');
    await trial.isOver();
    const begun = (await pipeline.jobSteps()).filter(({ step }) => step === 'begun');
    assert.equal(begun.length, pipeline.dates.length);
    if (wasKilled) tally.add({ faults: 1, repeats: 0, lost: 0, orphans: trial.processes().length });
    return wasKilled;
  } finally {
    await trial.dispose();
  }
}

/** Steps of a backfill at which to kill: these, or all until one is not come to any more. */
class Steps {
  readonly #chosen: readonly number[] | undefined;
  #overAt = Number.POSITIVE_INFINITY;

  constructor(chosen?: readonly number[]) {
    this.#chosen = chosen;
  }

  *each(): Generator<number> {
    if (this.#chosen !== undefined) yield* this.#chosen;
    else for (let at = 1; at < Math.min(this.#overAt, MOST_STEPS); at += 1) yield at;
  }

  over(at: number): void {
    this.#overAt = Math.min(this.#overAt, at);
  }
}
