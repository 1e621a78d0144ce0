import assert from 'node:assert/strict';
import type { BackfillEvent, BackfillEventBody, Plan, PlannedPartition } from '../../../../src/core/backfill/backfill';
import { backfillChildren } from '../../../../src/server/backfills/backfillsTree';
import { summaryOf, viewOf } from '../../../../src/server/backfills/backfillViews';
import { planRequest } from '../../../support/requests';

const DATES = ['2021-11-05', '2021-11-06', '2021-11-07'];
const START = Date.UTC(2021, 11, 1, 12);
const OWNER = { host: 'h', boot: 'b', pidNamespace: 'n', pid: 1, startTime: '1' };

function planned(date: string, action: 'run' | 'skip' = 'run'): PlannedPartition {
  return { processor: 'PDC', date, action, status: 'missing', why: 'no rows', preflight: 'allowed' };
}

function planOf(partitions: readonly PlannedPartition[]): Plan {
  return {
    version: 1,
    id: '20211201T120000-pdc-ab12',
    pipeline: 'test',
    manifest: '/p/backfill.yaml',
    createdAt: new Date(START).toISOString(),
    mode: 'backfill',
    request: planRequest({ processors: ['PDC'], choices: ['missing'] }),
    jobs: [{ processor: 'PDC', method: 'date', command: ['job', '{date}'], slots: 1, hash: '' }],
    partitions,
    warnings: [],
  };
}

function events(...bodies: readonly BackfillEventBody[]): BackfillEvent[] {
  return bodies.map((body, index) => ({ seq: index + 1, at: new Date(START + index * 1000).toISOString(), ...body }));
}

const STARTED: BackfillEventBody = { type: 'started', owner: OWNER };
const begun = (date: string): BackfillEventBody => ({
  type: 'attemptStarted',
  attempt: date,
  processor: 'PDC',
  date,
  before: '',
  rowsBefore: 0,
  inputs: [],
  log: `logs/${date}.log`,
});
const ended = (date: string, outcome: 'done' | 'failed', message?: string): BackfillEventBody => ({
  type: 'attemptEnded',
  attempt: date,
  processor: 'PDC',
  date,
  outcome,
  seconds: 20,
  ...(message !== undefined && { message }),
});

function view(bodies: readonly BackfillEventBody[], alive: boolean, partitions = DATES.map((date) => planned(date))) {
  return viewOf({ plan: planOf(partitions), events: events(...bodies), problems: [], ownerAlive: alive }, START);
}

const line = (bodies: readonly BackfillEventBody[], alive: boolean) => {
  const [node] = backfillChildren([view(bodies, alive)], '', START);
  return `${node?.label} | ${node?.description} | ${node?.context}`;
};

describe('the Backfills tree', () => {
  it('says how far a backfill is, how long it will take and what it does now', () => {
    const bodies = [STARTED, begun('2021-11-05'), ended('2021-11-05', 'done'), begun('2021-11-06')];
    assert.equal(line(bodies, true), 'PDC | 1/3 · 40–70 s left · PDC 2021-11-06 · 30/min | backfill+active+log+pausable');
  });

  it('says that it is paused, by what, and what is to be done', () => {
    const bodies = [STARTED, begun('2021-11-05'), ended('2021-11-05', 'done'), begun('2021-11-06')];
    const paused = (cause: 'asked' | 'environment' | 'signature', message: string) =>
      [...bodies, { type: 'paused', cause, message }] satisfies BackfillEventBody[];
    const first = (of: readonly BackfillEventBody[]) => {
      const [note] = backfillChildren([view(of, true)], `backfills/${planOf([]).id}`, START);
      return `${note?.label} | ${note?.description} | ${note?.context}`;
    };
    const asked = paused('asked', 'asked for by ada');
    assert.equal(line(asked, true), 'PDC | paused · 1/3 · 40–70 s of work left · PDC 2021-11-06 | backfill+active+log+resumable');
    assert.equal(
      first(asked),
      'Paused | asked for by ada · 1 still running · Resume starts the next dates | pause+resumable+active',
    );
    assert.match(line(paused('environment', 'the quota is used up'), true), /^PDC \| waiting · 1\/3 · /);
    assert.match(
      first(paused('environment', 'the quota is used up')),
      /^Waits for its surroundings \| the quota is used up · .*by itself/,
    );
    assert.match(line(paused('signature', 'three failures'), true), /^PDC \| paused with a question · /);
  });

  it('says which jobs may hang, with what can be done about them, until somebody waits for one', () => {
    const silent = { type: 'silent', attempt: '2021-11-05', processor: 'PDC', date: '2021-11-05', seconds: 600 } as const;
    const bodies: BackfillEventBody[] = [STARTED, begun('2021-11-05'), { ...silent, basis: 'its longest silence was 40 s' }];
    const later = START + 122_000;
    const hung = view(bodies, true);
    const [node] = backfillChildren([hung], '', later);
    assert.match(node?.description ?? '', /^2021-11-05 may hang, silent for 12 min · 0\/3/);
    assert.equal(node?.icon, 'warning');
    const [job] = backfillChildren([hung], node?.id ?? '', later);
    assert.equal(
      `${job?.label} | ${job?.description} | ${job?.context}`,
      'PDC 2021-11-05 may hang | silent for 12 min · its longest silence was 40 s | silent+active+waitable',
    );
    assert.deepEqual(job?.target, {
      ...{ nodes: ['PDC'], from: '2021-11-05', to: '2021-11-05' },
      ...{ backfill: hung.progress.id, attempt: '2021-11-05' },
    });
    assert.deepEqual(summaryOf(hung, START).jobs, [
      { attempt: '2021-11-05', name: 'PDC 2021-11-05', silent: 'its longest silence was 40 s' },
    ]);
    const waited = { ...hung, waitedFor: new Set(['2021-11-05']) };
    assert.doesNotMatch(backfillChildren([waited], '', later)[0]?.description ?? '', /hang/);
    assert.match(backfillChildren([waited], node?.id ?? '', later)[0]?.label ?? '', /is waited for$/);
    assert.equal(summaryOf(waited, START).jobs[0]?.silent, undefined);
  });

  it('says what an interrupted one has left, also while a job of it still runs', () => {
    const bodies = [STARTED, begun('2021-11-05'), ended('2021-11-05', 'done'), begun('2021-11-06')];
    const cut = view(bodies, false);
    const [left, next] = backfillChildren([cut], `backfills/${cut.progress.id}`, START);
    assert.equal(left?.label, '2 left: 1 cut off, 1 not begun · 40–70 s');
    assert.equal(left?.context, 'pause+resumable');
    assert.match(next?.description ?? '', /^interrupted/);
    const plan = planOf(DATES.map((date) => planned(date)));
    const alive = viewOf({ plan, events: events(...bodies), problems: [], ownerAlive: false, jobsLeft: true }, START);
    const [rest, jobs] = backfillChildren([alive], `backfills/${plan.id}`, START);
    assert.match(rest?.label ?? '', /^1 left: 1 not begun/);
    assert.match(
      `${jobs?.label} | ${jobs?.description}`,
      /^1 date still in hand \| PDC 2021-11-06 goes on without its executor$/,
    );
  });

  it('says how it ended', () => {
    const done = DATES.flatMap((date) => [begun(date), ended(date, 'done')]);
    const at = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/;
    assert.match(
      line([STARTED, ...done, { type: 'ended', result: 'done' }], false),
      /^PDC \| done · 3\/3 · 2021-11-05 to 2021-11-07 · /,
    );
    assert.match(line([STARTED, ...done, { type: 'ended', result: 'done' }], false), at);
    const failed = [STARTED, begun('2021-11-05'), ended('2021-11-05', 'failed')];
    assert.match(line([...failed, { type: 'ended', result: 'failed' }], false), /^PDC \| 0\/3, 1 failed · /);
    assert.equal(
      line([STARTED, begun('2021-11-05')], false),
      'PDC | interrupted · 0/3 · 3 left: 1 cut off, 2 not begun · 2021-11-05 to 2021-11-07 | backfill+log+resumable+cut',
    );
    const skips = DATES.slice(1).map(
      (date): BackfillEventBody => ({ type: 'skipped', processor: 'PDC', date, why: 'it is full' }),
    );
    const some = [STARTED, begun('2021-11-05'), ended('2021-11-05', 'done'), ...skips];
    assert.match(line([...some, { type: 'ended', result: 'done' }], false), /^PDC \| done · 1\/3, 2 skipped · /);
    assert.match(line(some, true), /^PDC \| 3\/3, 2 skipped · /);
    assert.equal(line([], false), 'PDC | planned · 0/3 · 2021-11-05 to 2021-11-07 | backfill');
  });

  it('lists what needs eyes first, and leaves out what the plan skipped', () => {
    const bodies = [
      STARTED,
      begun('2021-11-05'),
      ended('2021-11-05', 'done'),
      begun('2021-11-06'),
      ended('2021-11-06', 'failed', 'no such model: v3'),
      begun('2021-11-07'),
    ];
    const partitions = [...DATES.map((date) => planned(date)), planned('2021-11-08', 'skip')];
    const one = view(bodies, true, partitions);
    const nodes = backfillChildren([one], `backfills/${one.progress.id}`, START);
    assert.deepEqual(
      nodes.map(({ label, description = '', context }) => `${label} | ${description} | ${context}`),
      [
        'PDC 2021-11-07 | running | partition+log',
        'PDC 2021-11-06 | failed · no such model: v3 | partition+log+runnable',
        'PDC 2021-11-05 | done · 20 s | partition+log',
        '1 partition left out by the plan |  | message',
      ],
    );
    assert.deepEqual(nodes[0]?.target, { nodes: ['PDC'], from: '2021-11-07', to: '2021-11-07' });
  });

  it('stays readable for a plan of thousands', () => {
    const many = Array.from({ length: 1096 }, (_, index) =>
      planned(new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10)),
    );
    const one = view([STARTED], true, many);
    const nodes = backfillChildren([one], `backfills/${one.progress.id}`, START);
    assert.equal(nodes.length, 201);
    assert.equal(nodes.at(-1)?.label, '896 more partitions: see them in the terminal');
    assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length);
  });

  it('has no children for a backfill that is gone', () => {
    assert.deepEqual(backfillChildren([], 'backfills/x', START), []);
  });
});

describe('summaryOf', () => {
  it('takes the last sign of life for the end of what was interrupted', () => {
    const summary = summaryOf(view([STARTED, begun('2021-11-05')], false), START);
    assert.equal(summary.phase, 'interrupted');
    assert.equal(summary.endedAt, START + 1000);
    assert.equal(summaryOf(view([STARTED], true), START).endedAt, undefined);
  });

  it('shows failures of one cause as one node, which names exactly their dates and can be run again', () => {
    const failing = (date: string, minutes: number) => {
      const message = `exit code 1: KeyError: 'minutes' in row ${minutes}`;
      return { ...ended(date, 'failed', message), signature: "KeyError: exit code <n>: KeyError: 'minutes' in row <n>" };
    };
    const [a = '', b = '', c = ''] = DATES;
    const bodies = [STARTED, begun(a), failing(a, 1), begun(b), ended(b, 'failed', 'another'), begun(c), failing(c, 2)];
    const shown = view(bodies as BackfillEventBody[], true);
    const children = (parent: string) => backfillChildren([shown], parent, START);
    const [group, other] = children('backfills/20211201T120000-pdc-ab12');
    assert.equal(group?.label, '2 dates of PDC');
    assert.equal(group?.description, "KeyError: 'minutes' in row <n> · same cause");
    assert.deepEqual(group?.target, { nodes: ['PDC'], dates: [a, c] });
    assert.match(group?.context ?? '', /\+runnable/);
    assert.equal(other?.label, `PDC ${b}`);
    assert.deepEqual(
      children(group?.id ?? '').map(({ label, context }) => `${label} ${context}`),
      [`PDC ${a} partition+log+runnable`, `PDC ${c} partition+log+runnable`],
    );
    assert.deepEqual(children('backfills/20211201T120000-pdc-ab12/@same/other'), []);
  });
});
