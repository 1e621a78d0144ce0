import assert from 'node:assert/strict';
import { messageOf } from '../../../../src/base/logger';
import type { ElsewhereReport, Sightings } from '../../../../src/core/checkpoints/elsewhere';
import type { ElsewhereJob } from '../../../../src/core/checkpoints/elsewhereJob';
import { classify } from '../../../../src/core/coverage/classify';
import type { Pipeline } from '../../../../src/core/pipeline';
import { backfillChildren } from '../../../../src/server/backfills/backfillsTree';
import { ElsewhereFeed } from '../../../../src/server/backfills/elsewhereFeed';
import { type ElsewhereView, elsewhereTooltip } from '../../../../src/server/backfills/elsewhereNodes';
import { buildInput, day } from '../../../support/builders';
import { SILENT } from '../../../support/sessionDeps';

const NOW = Date.UTC(2026, 10, 25, 12);
const HOUR = 3_600_000;
const RANGE = { from: day('2021-11-01'), to: day('2021-11-30') };

const JOB: ElsewhereJob = {
  id: 'TDZA/2021-11-01_2021-11-30',
  processor: 'TDZA',
  state: 'running',
  range: RANGE,
  processes: [{ pid: 42, startedAt: NOW - HOUR, argv: ['python', 'tdza.py', '--x', 'a b'] }],
  checkpoint: { path: '/tmp/cp/tdza.json', writtenAt: NOW - 60_000, madeAt: NOW - HOUR },
  done: 12,
  total: 28,
  failed: [day('2021-11-05')],
  left: [day('2021-11-15')],
  at: day('2021-11-15'),
  secondsPerDate: 300,
  etaSeconds: 2400,
  resume: { kind: 'goesOn', at: day('2021-11-15') },
  findings: [
    { kind: 'failedBehind', days: [day('2021-11-05')] },
    { kind: 'doneElsewhere', other: RANGE, days: [day('2021-11-15')] },
  ],
};
const STOPPED: ElsewhereJob = {
  ...JOB,
  id: 'TDZA/2021-10-01_2021-10-02',
  state: 'stopped',
  processes: [],
  at: day('2021-11-14'),
  checkpoint: { path: '/tmp/cp/old.json', writtenAt: NOW - 3 * HOUR },
  findings: [],
};

const INPUT = buildInput({
  nodes: [{ id: 'TDZA', run: [{ kind: 'command', each: 'list', argv: ['py', '--dates', '{dates}'], overrides: {} }] }],
});

function view(jobs: readonly ElsewhereJob[], unknownJobs: readonly string[] = []): ElsewhereView {
  return { report: { jobs, checkpoints: [], unknownJobs }, pipeline: INPUT.pipeline, now: NOW };
}

const lines = (one: ElsewhereView, parent = '') =>
  backfillChildren([], parent, NOW, one).map(({ label, description = '', context }) => `${label} | ${description} | ${context}`);

describe('jobs elsewhere in the Backfills tree', () => {
  it('say how far they are, and how many things somebody should look at', () => {
    assert.deepEqual(lines(view([JOB, STOPPED])), [
      'TDZA elsewhere | 12/28, 1 failed · at 2021-11-15 · ~40 min left · 1 warning | elsewhere+active',
      'TDZA elsewhere | stopped after 2021-11-14 · 12/28, 1 failed · 3 h ago · would resume at 2021-11-15 | elsewhere',
    ]);
  });

  it('list what was found, the dates that failed, and the processes', () => {
    const [node] = backfillChildren([], '', NOW, view([JOB]));
    assert.deepEqual(lines(view([JOB]), node?.id), [
      '1 failed date left behind | 1 failed date before its last success: going on never comes back to them (2021-11-05). | finding+runnable',
      '1 date done in another checkpoint | 1 date still to come is done in another checkpoint (2021-11-01 to 2021-11-30): ranges share no progress. | message',
      'TDZA 2021-11-05 | noted as failed | partition+runnable',
      'Process 42 | started 1 h ago | message',
    ]);
    const [finding] = backfillChildren([], node?.id ?? '', NOW, view([JOB]));
    assert.deepEqual(finding?.target, { nodes: ['TDZA'], dates: ['2021-11-05'] });
    assert.deepEqual(
      lines(view([STOPPED]), `backfills/@elsewhere/${STOPPED.id}`)[0],
      'Run again, it would resume at 2021-11-15 |  | message',
    );
    assert.deepEqual(lines(view([JOB]), 'backfills/@elsewhere/GONE/1'), []);
  });

  it('that ended well long ago are one node; names that no processor has are told', () => {
    const old: ElsewhereJob = { ...STOPPED, state: 'complete', checkpoint: { path: '/x', writtenAt: NOW - 48 * HOUR } };
    const both = view([old, { ...old, id: 'TDZA/x' }], ['grading_backfill']);
    assert.deepEqual(lines(both), [
      'Finished elsewhere | 2 jobs | message',
      'Checkpoints of unknown jobs | grading_backfill | message',
    ]);
    assert.equal(lines(both, 'backfills/@elsewhere').length, 2);
    assert.equal(lines(view([{ ...old, checkpoint: { path: '/x', writtenAt: NOW } }])).length, 1);
  });

  it('have ids of their own, all of them different', () => {
    const all = [JOB, STOPPED].flatMap(({ id }) => [
      ...backfillChildren([], '', NOW, view([JOB, STOPPED])),
      ...backfillChildren([], `backfills/@elsewhere/${id}`, NOW, view([JOB, STOPPED])),
    ]);
    assert.equal(new Set(all.map(({ id }) => id)).size, new Set(all.map(({ id, label }) => `${id} ${label}`)).size);
  });

  it('tell in their tooltip who they are and what to do', () => {
    const tooltip = elsewhereTooltip(view([JOB]), `backfills/@elsewhere/${JOB.id}`);
    assert.match(tooltip, /Process 42, since .*: `python tdza\.py --x 'a b'`/);
    assert.match(tooltip, /Checkpoint `\/tmp\/cp\/tdza\.json`, begun .*, last written /);
    assert.match(tooltip, /```sh\nbackfill run --processor TDZA --dates 2021-11-05\n```/);
    assert.match(tooltip, /By its own command: `py --dates 2021-11-05`/);
    assert.match(tooltip, /command:backfill\.launch/);
    const [finding] = backfillChildren([], `backfills/@elsewhere/${JOB.id}`, NOW, view([JOB]));
    assert.match(
      elsewhereTooltip(view([JOB]), finding?.id ?? ''),
      /^\$\(warning\) 1 failed date before[\s\S]*Run them by name[\s\S]*--dates 2021-11-05/,
    );
    assert.equal(elsewhereTooltip(view([JOB]), 'backfills/@elsewhere/GONE/1'), '');
  });
});

describe('ElsewhereFeed', () => {
  const coverage = { input: INPUT, grid: classify(INPUT) };
  let sightings: Sightings;
  let looks: number;
  let broken: Error | undefined;
  let errors: string[];
  let follows: { pipeline: Pipeline; changed: () => void }[];
  let changes: (() => void)[];
  let feed: ElsewhereFeed;

  const running = (pid: number): Sightings => {
    const process = { pid, ancestors: [], group: pid, session: pid, startedAt: NOW, argv: [] };
    return { ...NONE, processes: [{ processor: 0, process, start: RANGE.from, end: RANGE.to }] };
  };
  const NONE: Sightings = { files: [], processes: [], processesKnown: true, ownCalls: [] };
  const changed = () => new Promise<void>((resolve) => changes.push(resolve));
  const states = ({ jobs }: ElsewhereReport) => jobs.map(({ id, state }) => `${id} ${state}`);

  function make(slowMs = 60_000): void {
    feed = new ElsewhereFeed({
      jobs: {
        look: () => {
          looks++;
          return broken === undefined ? Promise.resolve(sightings) : Promise.reject(broken);
        },
        watch: (pipeline, tell) => {
          const one = { pipeline, changed: tell };
          follows.push(one);
          return () => follows.splice(follows.indexOf(one), 1);
        },
      },
      clock: { now: () => NOW },
      logger: { ...SILENT, error: (message, cause) => errors.push(`${message} ${messageOf(cause)}`) },
      changed: () => {
        for (const resolve of changes.splice(0)) resolve();
      },
      slowMs,
    });
  }

  beforeEach(() => {
    sightings = NONE;
    looks = 0;
    broken = undefined;
    errors = [];
    follows = [];
    changes = [];
    make();
  });
  afterEach(() => feed.dispose());

  it('looks and follows while somebody watches, and not otherwise', async () => {
    feed.judge(coverage);
    assert.deepEqual([looks, follows.length], [0, 0]);
    feed.watch(true);
    assert.deepEqual([looks, follows.length], [0, 1]);
    sightings = running(7);
    const told = changed();
    follows[0]?.changed();
    await told;
    assert.deepEqual(states(feed.report), ['TDZA/2021-11-01_2021-11-30 running']);
    sightings = NONE;
    await feed.look();
    feed.watch(false);
    assert.deepEqual([looks, follows.length, feed.report.jobs], [2, 0, []]);
  });

  it('looks after a job that runs when nobody watches, until it is gone', async () => {
    feed.dispose();
    make(1);
    feed.judge(coverage);
    feed.watch(true);
    sightings = running(7);
    await feed.look();
    feed.watch(false);
    assert.equal(follows.length, 1);
    sightings = NONE;
    await changed();
    assert.deepEqual([feed.report.jobs, follows.length], [[], 0]);
  });

  it('keeps what it knows until another manifest was looked at', async () => {
    feed.judge(coverage);
    feed.watch(true);
    sightings = running(7);
    await feed.look();
    const input = buildInput({ nodes: [{ id: 'A' }, { id: 'TDZA' }] });
    sightings = NONE;
    const told = changed();
    feed.judge({ input, grid: classify(input) });
    assert.equal(feed.report.jobs.length, 1);
    await told;
    assert.deepEqual([feed.report.jobs, follows.map(({ pipeline }) => pipeline)], [[], [input.pipeline]]);
  });

  it('says in the log where looking fails, and keeps what it knew', async () => {
    feed.judge(coverage);
    sightings = running(7);
    await feed.look();
    broken = new Error('no such thing');
    await feed.look();
    assert.deepEqual(
      [feed.report.jobs.length, errors],
      [1, ['Jobs that were started elsewhere could not be looked for. no such thing']],
    );
  });
});
