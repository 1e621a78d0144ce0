import assert from 'node:assert/strict';
import { CommandLine } from '../support/commandLine';
import { ALL, sideBySide, Tally } from './support/figures';
import { killAndGoOn } from './support/killTrial';
import { METHODS, type Method, removeTemplates, SLOTS, SmallPipeline } from './support/smallPipeline';
import { Trial } from './support/trial';

/** A small backfill has some fifty steps; more means that it never ends. */
const MOST_STEPS = 300;

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
      await SmallPipeline.make(trial.folder, 'date');
      await trial.launch({ slots: SLOTS });
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

  for (const method of METHODS) {
    for (const who of method === 'sql' ? (['executor'] as const) : (['executor', 'both'] as const)) {
      it(`of ${who === 'both' ? 'the executor and its jobs' : 'the executor'}: ${method}`, async () => {
        const tally = new Tally(`kill at every write, ${who}, ${method}`);
        await sideBySide(stepsUntilOver(), async (step) => {
          if (isOver(step.at)) return;
          if (!(await killAndGoOn(cli, { method, fault: { kill: { at: step.at, who } } }, tally))) step.over();
        });
        tally.report();
      });
    }
  }

  let overAt = Number.POSITIVE_INFINITY;
  const isOver = (at: number) => at >= overAt;
  function* stepsUntilOver() {
    overAt = Number.POSITIVE_INFINITY;
    for (let at = 1; at < MOST_STEPS && !isOver(at); at += 1) {
      yield {
        at,
        over: () => {
          overAt = Math.min(overAt, at);
        },
      };
    }
  }
});

describe('a kill at every step of a job', function () {
  this.timeout(600_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  for (const method of METHODS.filter((one): one is Exclude<Method, 'sql'> => one !== 'sql')) {
    for (const who of ['child', 'executor', 'both'] as const) {
      it(`of ${{ child: 'the job', executor: 'its executor', both: 'both' }[who]}: ${method}`, async () => {
        const tally = new Tally(`kill at every step of a job, ${who}, ${method}`);
        await sideBySide(jobStepsOf(method), async (at) => {
          await killAndGoOn(cli, { method, at: { ...at, who } }, tally);
        });
        tally.report();
      });
    }
  }
});

function jobStepsOf(method: Method): { readonly step: string; readonly date: string }[] {
  const dates = method === 'date' ? ['2021-11-01', '2021-11-03'] : ['2021-11-01', '2021-11-02', '2021-11-04'];
  const span = { sql: '', date: '2021-11-01', range: '2021-11-01..2021-11-02', list: '2021-11-01,2021-11-02' }[method];
  const steps = dates.flatMap((date) => ['begun', 'deleted', 'made'].map((step) => ({ step, date })));
  const all = [...steps, { step: 'over', date: span }];
  return ALL ? all : all.filter((_, index) => index % 3 === 2);
}
