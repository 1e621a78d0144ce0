import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../support/commandLine';
import { ALL, report, Tally } from './support/figures';
import { removeTemplates, SmallPipeline } from './support/smallPipeline';
import { Trial, until } from './support/trial';

const MIB = 1024 * 1024;
const FLOOD_MIB = ALL ? 1024 : 256;
/** What an executor may grow by while a job floods its output. */
const GROWTH_MIB = 48;
const WAIT_MS = 60_000;

/** Jobs in the place of job.sh: each makes its date's rows by it in the end, where it gets there. */
const DEAF = `trap '' TERM; echo "deaf $1 $$" >> calls; while :; do sleep 0.1; done`;
const FLOOD = `[ "$1" = 2021-11-01 ] && yes 'a line of output that is like any other line, and there are many of them' | head -c ${FLOOD_MIB}M; sh job.sh j "$1"; echo "waits $1 $$" >> calls; [ "$1" = 2021-11-01 ] || while [ ! -e go ]; do sleep 0.05; done`;
const BINARY = `head -c 1M /dev/urandom; printf '\\033[2J\\007\\000\\377\\n'; sh job.sh j "$1"`;

describe('jobs that misbehave', function () {
  this.timeout(300_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  async function withJob(script: string, work: (trial: Trial, pipeline: SmallPipeline) => Promise<void>): Promise<void> {
    const trial = await Trial.in(cli);
    try {
      const command = ['sh', '-c', script, 'job', '{date}'].map((word) => JSON.stringify(word)).join(', ');
      await work(trial, await SmallPipeline.make(trial.folder, 'date', `each: date, command: [${command}]`));
    } finally {
      await trial.dispose();
    }
  }

  it('one that does not hear SIGTERM is killed, and leaves nobody behind', async () => {
    const tally = new Tally('a job that ignores SIGTERM');
    await withJob(DEAF, async (trial, pipeline) => {
      await trial.launch({ dates: pipeline.dates, slots: 2 });
      const executor = trial.executor();
      await until(
        async () => (await pipeline.jobSteps()).length === 2,
        () => 'both jobs run',
        WAIT_MS,
      );
      assert.equal((await trial.run('cancel', trial.id)).code, 0);
      await executor.ended;
      const orphans = trial.processes().length;
      assert.equal(orphans, 0, JSON.stringify(trial.processes()));
      const { progress, words } = await trial.look();
      assert.equal(progress.phase, 'cancelled');
      assert.match(words, /was cancelled.*0 of 3 done, 2 interrupted, 1 not started/);
      assert.deepEqual(await trial.claims(), []);
      tally.add({ faults: 1, repeats: 0, lost: 0, orphans });
    });
    tally.report();
  });

  it(`one that floods its output with ${FLOOD_MIB} MiB costs the executor no memory`, async () => {
    const began = performance.now();
    await withJob(FLOOD, async (trial, pipeline) => {
      await trial.launch({ dates: ['2021-11-01', '2021-11-02'], slots: 1 });
      const executor = trial.executor();
      const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${executor.child.pid}/status`, 'utf8'))?.[1]) / 1024;
      const log = join(trial.folder, '.backfill/runs', trial.id, 'logs/J-2021-11-01-1.log');
      const size = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
      await until(
        () => size() > MIB,
        () => 'the flood has begun',
        WAIT_MS,
      );
      const before = peak();
      await until(
        async () => (await pipeline.jobSteps()).some(({ step, date }) => step === 'waits' && date === '2021-11-02'),
        () => 'the flood is over',
        WAIT_MS,
      );
      const growth = peak() - before;
      assert.ok(growth < GROWTH_MIB, `it grew by ${growth} MiB`);
      assert.ok(size() >= FLOOD_MIB * MIB);
      writeFileSync(join(trial.folder, 'go'), '');
      await executor.ended;
      await trial.isOver();
      report({
        fault: `a job that prints ${FLOOD_MIB} MiB`,
        ...{ trials: 1, faults: 1, repeats: 0, mostRepeats: 0, lost: 0, orphans: trial.processes().length },
        seconds: Math.round((performance.now() - began) / 100) / 10,
        note: `executor ${Math.round(before)} MiB at the beginning, ${Math.round(before + growth)} MiB at most`,
      });
    });
  });

  it('one that prints binary is read, judged and told of as any other', async () => {
    const tally = new Tally('a job that prints binary');
    await withJob(BINARY, async (trial, pipeline) => {
      await trial.launch({ dates: pipeline.dates, slots: 2 });
      await trial.executor().ended;
      await trial.isOver();
      const log = join(trial.folder, '.backfill/runs', trial.id, 'logs/J-2021-11-01-1.log');
      assert.ok(statSync(log).size > MIB, 'every byte is kept');
      for (const words of [['attach', trial.id], ['runs'], ['logs', trial.id, '--dates']]) {
        const { code, out, err } = await trial.run(...words);
        assert.equal(code, 0, `${words.join(' ')}: ${err}`);
        assert.doesNotMatch(out + err, /[^\P{Cc}\n]/u, 'nothing of it reaches the terminal');
      }
      tally.add({ faults: 3, repeats: 0, lost: 0, orphans: trial.processes().length });
    });
    tally.report();
  });
});
