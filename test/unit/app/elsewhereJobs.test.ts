import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointFolder } from '../../../src/adapters/checkpoints/checkpointFolder';
import { FileJournal } from '../../../src/adapters/journal/fileJournal';
import { SystemProcessTable } from '../../../src/adapters/process/processTable';
import { ElsewhereJobs } from '../../../src/app/elsewhereJobs';
import type { Plan } from '../../../src/core/backfill/backfill';
import { judgeElsewhere } from '../../../src/core/checkpoints/elsewhere';
import { elsewhereLine, findingText } from '../../../src/core/checkpoints/elsewhereWords';
import { classify } from '../../../src/core/coverage/classify';
import { buildInput } from '../../support/builders';
import { ElsewhereProcess, JOB_SCRIPT, type JobOptions } from '../../support/elsewhereJob';
import { planRequest } from '../../support/requests';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const DATES = ['2021-11-01', '2021-11-02', '2021-11-03', '2021-11-04', '2021-11-05', '2021-11-06'];

describe('jobs that were started elsewhere, as real processes', () => {
  const folder = useTemporaryFolder();
  let jobs: ElsewhereProcess[];
  let journal: FileJournal;
  let looks: ElsewhereJobs;

  function coverage() {
    const built = buildInput({
      seasons: [['2021-11-01', '2021-11-30']],
      nodes: [
        {
          id: 'TDZA',
          aliases: ['tdza'],
          run: [
            {
              kind: 'command',
              each: 'range',
              argv: ['node', JOB_SCRIPT, '--start-date', '{start}', '--end-date', '{end}'],
              overrides: {},
            },
          ],
        },
      ],
      // The warehouse was read long ago.
      data: { TDZA: {} },
    });
    const pipeline = { ...built.pipeline, checkpoints: { path: 'checkpoints/{job}_{start}_{end}.json' } };
    const input = { ...built, pipeline };
    return { input, grid: classify(input) };
  }

  async function start(options: JobOptions = {}): Promise<ElsewhereProcess> {
    const job = await ElsewhereProcess.start(folder(), options);
    jobs.push(job);
    return job;
  }

  async function look() {
    const known = coverage();
    return judgeElsewhere(await looks.look(known.input.pipeline), known, Date.now()).jobs;
  }

  const lines = async () => (await look()).map((job) => elsewhereLine(job, Date.now()).replace(/~\d+ (?:s|min)/, '~N s'));

  beforeEach(() => {
    jobs = [];
    journal = new FileJournal(join(folder(), '.backfill'));
    const checkpoints = new CheckpointFolder(folder());
    looks = new ElsewhereJobs({ folder: realpathSync(folder()), checkpoints, processes: new SystemProcessTable(), journal });
  });
  afterEach(() => Promise.all(jobs.map((job) => job.kill())));

  it('run, stop with the date of their last sign, and go on', async () => {
    const job = await start();
    assert.match((await lines()).join(), /^running for \d s · 2021-11-01 to 2021-11-06$/);
    await job.end('successful', '2021-11-01');
    await job.end('failed', '2021-11-02');
    await job.end('successful', '2021-11-03');
    const [seen] = await look();
    assert.deepEqual([seen?.state, seen?.done, seen?.total, seen?.processes[0]?.pid], ['running', 2, 6, job.pid]);
    assert.deepEqual(await lines(), ['running · 2/6, 1 failed · at 2021-11-04 · ~N s left']);
    await job.kill();
    assert.deepEqual(await lines(), ['stopped after 2021-11-03 · 2/6, 1 failed · just now · would resume at 2021-11-04']);
    const again = await start();
    await again.end('successful', '2021-11-04');
    const [resumed] = await look();
    assert.deepEqual([resumed?.state, resumed?.done, resumed?.left.length], ['running', 3, 2]);
    assert.deepEqual(resumed?.findings.map(findingText), [
      '1 failed date before its last success: going on never comes back to them (2021-11-02).',
    ]);
  });

  it('are recognised where they start over although they say that they resume', async () => {
    const first = await start();
    for (const date of DATES) await first.end('successful', date);
    await first.kill();
    assert.match((await lines()).join(), /^complete · 6\/6 · /);
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(folder(), 'checkpoints/tdza_2021-11-01_2021-11-06.json'), anHourAgo, anHourAgo);
    await start();
    const [again] = await look();
    assert.equal(again === undefined ? '' : elsewhereLine(again, Date.now()), 'running again from 2021-11-01');
    assert.deepEqual(
      again?.findings.map(({ kind }) => kind),
      ['runsAgain'],
    );
    // It ends a date that was noted before: nothing is added, and it is still known for what it does.
    await jobs[1]?.end('successful', '2021-11-01');
    assert.deepEqual(await lines(), ['running again from 2021-11-01']);
  });

  it('are not the shell, the pipe and the tee around them', async () => {
    const log = join(folder(), 'tdza_precompute_backfill.log');
    const through = (argv: readonly string[]) => ['sh', '-c', `${argv.join(' ')} 2>&1 | tee ${log}; true`];
    await start({ through });
    const [job, ...others] = await look();
    assert.deepEqual([job?.processes.length, others], [1, []]);
    // The job is below the shell, whose process this test has started.
    assert.notEqual(job?.processes[0]?.pid, jobs[0]?.pid);
    await looks.look(coverage().input.pipeline);
  });

  it('tell of two that hold one checkpoint', async () => {
    const pids = [await start(), await start()].map(({ pid }) => pid);
    const [job] = await look();
    await jobs[0]?.end('successful', '2021-11-01');
    const [both] = await look();
    assert.deepEqual(
      job?.processes.map(({ pid }) => pid).sort((a, b) => a - b),
      pids.sort((a, b) => a - b),
    );
    assert.deepEqual(both?.findings[0]?.kind, 'manyWriters');
  });

  it('are no backfills: what an executor has started is left out, with the checkpoint that it leaves', async () => {
    const plan = planOf();
    await journal.create(plan);
    const claim = await journal.claim(plan.id);
    assert.ok(claim !== undefined);
    const started = (date: string) =>
      ({
        type: 'attemptStarted',
        attempt: date,
        processor: 'TDZA',
        date,
        before: '',
        rowsBefore: 0,
        inputs: [],
        log: 'logs/1.log',
      }) as const;
    await journal.append(plan.id, { type: 'started', owner: claim.owner }, ...DATES.map(started));
    // Its parent, this process, is the executor of the journal.
    const job = await start();
    await job.end('successful', '2021-11-01');
    assert.deepEqual(await look(), []);
    await job.kill();
    assert.deepEqual(await look(), []);
    await claim.release();
    // Another one over the same checkpoint is not the backfill's.
    await start();
    assert.deepEqual(
      (await look()).map(({ id, state }) => `${id} ${state}`),
      ['TDZA/2021-11-01_2021-11-06 running'],
    );
  });

  it('keep the last good content of a checkpoint that was torn', async () => {
    const job = await start();
    await job.end('successful', '2021-11-01');
    await look();
    writeFileSync(join(folder(), 'checkpoints/tdza_2021-11-01_2021-11-06.json'), '{"job_name": "td');
    const [torn] = await look();
    assert.deepEqual(
      [torn?.done, torn?.findings.map(findingText)],
      [1, ['Its checkpoint cannot be read. It is no JSON, or is cut off.']],
    );
  });

  it('leave what they keep as it was', async () => {
    mkdirSync(join(folder(), 'checkpoints'));
    const path = join(folder(), 'checkpoints/tdza_2021-11-01_2021-11-06.json');
    writeFileSync(path, '{}');
    assert.deepEqual(
      (await lines()).map((line) => line.split(' · ')[0]),
      ['unreadable'],
    );
    const [file] = await new CheckpointFolder(folder()).read('checkpoints/{job}_{start}_{end}.json');
    assert.deepEqual(file?.content, { text: '{}' });
  });
});

function planOf(): Plan {
  return {
    version: 1,
    id: '20211201T120000-tdza-ab12',
    pipeline: 'test',
    manifest: '/p/backfill.yaml',
    createdAt: new Date().toISOString(),
    mode: 'backfill',
    request: planRequest({ processors: ['TDZA'], choices: ['missing'] }),
    jobs: [{ processor: 'TDZA', method: 'range', command: ['node', JOB_SCRIPT], slots: 1, hash: 'x' }],
    partitions: DATES.map((date) => ({
      processor: 'TDZA',
      date,
      action: 'run',
      status: 'missing',
      why: 'no rows',
      preflight: 'allowed',
    })),
    warnings: [],
  };
}
