import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import type { BackfillEvent, BackfillEventBody, Plan } from '../../../../src/core/backfill/backfill';
import { forecastOf } from '../../../../src/core/backfill/forecast';
import { progressOf } from '../../../../src/core/backfill/progress';
import type { NotedRun } from '../../../../src/core/records/runHistory';
import { backfillGrowth } from '../../../../src/core/timing/backfillGrowth';
import { callRuns, journalRuns } from '../../../../src/core/timing/journalRuns';
import { sequencesOf, type TimedRun } from '../../../../src/core/timing/timedRun';
import { timingView } from '../../../../src/core/timing/timingView';
import { whatIsLeft } from '../../../../src/core/timing/whatIsLeft';
import { randomOf } from '../../../support/timedSeries';

const FIRST = 18_930;
const START = Date.UTC(2022, 0, 1);
const dateOf = (index: number): string => formatDay(FIRST + index);

/** A plan of `PDC` over dates, and what a session says of the first of them. */
function played(dates: number, { method = 'date', slots = 1 }: { method?: 'date' | 'range'; slots?: number } = {}) {
  const plan: Plan = {
    ...{ version: 1, id: 'b1', pipeline: 'p', manifest: '/p/backfill.yaml', createdAt: '', mode: 'backfill', warnings: [] },
    request: {
      ...{ select: '', withUpstream: false, withDownstream: false, order: 'oldest', slots, policy: 'continue', overrides: [] },
    },
    jobs: [{ processor: 'PDC', method, command: ['job'], slots, hash: '' }],
    partitions: Array.from({ length: dates }, (_, index) => ({
      ...{ processor: 'PDC', date: dateOf(index), action: 'run', status: 'missing', why: '', preflight: 'allowed' },
    })),
  };
  const events: BackfillEvent[] = [];
  let at = START;
  const say = (body: BackfillEventBody): void => {
    events.push({ seq: events.length + 1, at: new Date(at).toISOString(), ...body });
  };
  const begin = (): void => say({ type: 'started', owner: { host: '', boot: '', pidNamespace: '', pid: 1, startTime: '' } });
  const run = (index: number, stages: Record<string, number>, log = `logs/${index}.log`): void => {
    const of = { attempt: `PDC-${dateOf(index)}-1`, processor: 'PDC', date: dateOf(index) };
    say({ type: 'attemptStarted', ...of, before: '', rowsBefore: 0, inputs: [], log });
    const seconds = Object.values(stages).reduce((sum, part) => sum + part, 0);
    at += seconds * 1000;
    say({ type: 'attemptEnded', ...of, outcome: 'done', seconds, stages });
  };
  begin();
  return { plan, events, begin, run, say, pass: (seconds: number) => (at += seconds * 1000) };
}

function viewOf({ plan, events }: { readonly plan: Plan; readonly events: readonly BackfillEvent[] }) {
  const runs = journalRuns({ plan, events });
  const left = whatIsLeft({
    open: [{ plan, events, progress: progressOf(plan, events, true) }],
    runs,
    now: Date.parse(events.at(-1)?.at ?? ''),
  });
  const [times] = timingView({ history: [], runs, order: ['PDC'], left }).processors;
  assert.ok(times);
  return times;
}

/** Six dates of A, of which the first is done, and of B, which waits for A. */
function twoProcessors() {
  const of = played(6, { slots: 2 });
  of.run(0, { extract: 60 });
  const { plan, events } = of;
  const job = plan.jobs[0];
  assert.ok(job);
  const named = (processor: string) => plan.partitions.map((one) => ({ ...one, processor }));
  return {
    plan: {
      ...plan,
      jobs: [
        { ...job, processor: 'A' },
        { ...job, processor: 'B', after: ['A'] },
      ],
      partitions: [...named('A'), ...named('B')],
    } satisfies Plan,
    events: events.map((event) => ('processor' in event ? { ...event, processor: 'A' } : event)) as BackfillEvent[],
  };
}

const noise = (seed: number) => {
  const random = randomOf(seed);
  return (seconds: number): number => Math.round(1000 * seconds * (0.95 + 0.1 * random())) / 1000;
};

describe('the timing view', () => {
  it('says what grows over a run, and what that means for the dates left', () => {
    const backfill = played(27);
    const about = noise(1);
    for (let index = 0; index < 12; index++)
      backfill.run(index, { dependency_check: about(5 + 25 * index), extract: about(60), write: about(15) });
    const { growths, regressions, left } = viewOf(backfill);
    assert.equal(regressions.length, 0, JSON.stringify(regressions));
    assert.equal(left?.dates, 15);
    assert.equal(growths.length, 1);
    // 15 dates of 75 s and 305 s, 330 s and so on; at first 80 s each.
    assert.match(
      growths[0]?.text ?? '',
      /^dependency check grows 25 s a date: the 15 dates left would take 2 h 15 min, not 20 min$/,
    );
    assert.deepEqual([growths[0]?.stage, growths[0]?.count], ['dependency_check', 12]);
  });

  it('never fits a growth across a restart: two short runs that grow are two, and none where each is level', () => {
    const level = played(40);
    const about = noise(2);
    for (let index = 0; index < 12; index++) level.run(index, { extract: about(20) });
    level.begin();
    for (let index = 12; index < 24; index++) level.run(index, { extract: about(60) });
    assert.deepEqual(viewOf(level).growths, []);
    const saw = played(40);
    for (let index = 0; index < 24; index++) {
      if (index === 12) saw.begin();
      saw.run(index, { extract: about(20 + 25 * (index % 12)) });
    }
    const { growths, regressions } = viewOf(saw);
    assert.deepEqual(
      growths.map(({ count, from }) => [count, formatDay(from)]),
      [
        [12, dateOf(0)],
        [12, dateOf(12)],
      ],
    );
    assert.match(growths[0]?.text ?? '', /extract grew 2\d s a date, .*; started anew it took \d+ s from /);
    assert.deepEqual(regressions, [], 'what a growth explains is no regression');
  });

  it('splits a sequence where nothing ran for long', () => {
    const backfill = played(20);
    for (let index = 0; index < 10; index++) {
      if (index === 5) backfill.pass(7_200);
      backfill.run(index, { extract: 20 });
    }
    assert.deepEqual(
      sequencesOf(journalRuns(backfill)).map(({ length }) => length),
      [5, 5],
    );
  });

  it('names the stage of a regression, its factor and its first date', () => {
    const backfill = played(40);
    const about = noise(3);
    for (let index = 0; index < 40; index++)
      backfill.run(index, { extract: about(20), calculate: about(index < 30 ? 25 : 75), write: about(5) });
    const { regressions } = viewOf(backfill);
    assert.deepEqual(
      regressions.map(({ kind, stage, from }) => [kind, stage, formatDay(from)]),
      [['slower', 'calculate', dateOf(30)]],
    );
    assert.match(regressions[0]?.text ?? '', new RegExp(`^calculate takes (2\\.9|3|3\\.1) times as long since ${dateOf(30)}: `));
  });

  it('names the stage of a change that took next to nothing before, and where some runs tell no stages', () => {
    const backfill = played(60);
    const about = noise(4);
    for (let index = 0; index < 60; index++)
      backfill.run(index, {
        dependency_check: about(index < 50 ? 1 : 90),
        ...(index % 20 !== 3 && { extract: about(40) }),
        calculate: about(index === 20 ? 800 : 25),
      });
    const { regressions } = viewOf(backfill);
    assert.deepEqual(
      regressions.map(({ kind, stage, from }) => [kind, stage, formatDay(from)]),
      [
        ['spike', 'calculate', dateOf(20)],
        ['slower', 'dependency_check', dateOf(50)],
      ],
    );
  });

  it('levels each run of the same dates by its own growth', () => {
    const backfill = played(24);
    const about = noise(5);
    for (const again of [0, 1]) {
      if (again === 1) backfill.begin();
      for (let index = 0; index < 24; index++) backfill.run(index, { extract: about((again === 0 ? 40 : 20) + 25 * index) });
    }
    const { growths, regressions, dates } = viewOf(backfill);
    assert.deepEqual([growths.length, dates.length], [2, 24]);
    assert.deepEqual(regressions, [], 'the growth of the last run explains it');
  });

  it('counts a failed attempt for nothing but its failure, and a clock that went back for nothing at all', () => {
    const backfill = played(12);
    for (let index = 0; index < 10; index++) {
      const of = { attempt: `PDC-${dateOf(index)}-0`, processor: 'PDC', date: dateOf(index) };
      backfill.say({ type: 'attemptStarted', ...of, before: '', rowsBefore: 0, inputs: [], log: `logs/f${index}.log` });
      backfill.pass(900);
      backfill.say({ type: 'attemptEnded', ...of, outcome: 'failed', seconds: index === 4 ? -3_600 : 900 });
      backfill.run(index, { extract: 20 });
    }
    const of = { attempt: 'back', processor: 'PDC', date: dateOf(10) };
    backfill.say({ type: 'attemptStarted', ...of, before: '', rowsBefore: 0, inputs: [], log: 'logs/back.log' });
    backfill.say({ type: 'attemptEnded', ...of, outcome: 'done', seconds: -3_600 });
    const { p50, p95, runs, failed, total, slowest, left } = viewOf(backfill);
    assert.deepEqual([p50, p95, runs, failed, total, slowest[0]?.seconds], [20, 20, 10, 9, 200, 20]);
    assert.equal(left?.seconds[0], 20 * (left?.dates ?? 0), 'a failed attempt and a clock teach nothing');
  });

  it('has nothing to say of one run, and of none', () => {
    const one = played(3);
    one.run(0, {});
    const { regressions, growths, p50, stageNames } = viewOf(one);
    assert.deepEqual([regressions, growths, p50, stageNames], [[], [], 0, []]);
    assert.deepEqual(timingView({ history: [], runs: [], order: ['PDC'] }), { total: 0, left: [], processors: [] });
  });

  it('says what a stage takes of the whole, also where stages overlap', () => {
    const backfill = played(2);
    backfill.run(0, { extract: 30, save: 10 });
    const [run] = journalRuns(backfill);
    assert.ok(run);
    const shares = (seconds: number) =>
      timingView({ history: [], runs: [{ ...run, seconds }], order: [] }).processors[0]?.stageShares;
    assert.deepEqual(
      [shares(40), shares(20)],
      [
        [0.75, 0.25],
        [1.5, 0.5],
      ],
    );
  });

  it('takes the stages of a call for many dates for their times, in the order of the call', () => {
    const backfill = played(4, { method: 'range' });
    const of = (index: number) => ({ attempt: `a${index}`, processor: 'PDC', date: dateOf(index) });
    for (const index of [0, 1, 2])
      backfill.say({ type: 'attemptStarted', ...of(index), before: '', rowsBefore: 0, inputs: [], log: 'logs/call.log' });
    backfill.pass(90);
    for (const index of [0, 1, 2])
      backfill.say({ type: 'attemptEnded', ...of(index), outcome: 'done', seconds: 30, stages: { extract: 20 + 10 * index } });
    const runs = journalRuns(backfill);
    assert.deepEqual(
      runs.map(({ seconds, cumulative }) => [seconds, cumulative]),
      [
        [20, undefined],
        [30, undefined],
        [40, undefined],
      ],
    );
    assert.equal(new Set(runs.map(({ sequence }) => sequence)).size, 1);
    assert.deepEqual(
      runs.map(({ endedAt }) => ((endedAt ?? 0) - START) / 1000),
      [20, 50, 90],
    );
  });

  it('tells stages that go on counting from date to date, and fits nothing to them', () => {
    const backfill = played(12, { method: 'range' });
    const of = (index: number) => ({ attempt: `a${index}`, processor: 'PDC', date: dateOf(index) });
    const indexes = Array.from({ length: 12 }, (_, index) => index);
    for (const index of indexes)
      backfill.say({ type: 'attemptStarted', ...of(index), before: '', rowsBefore: 0, inputs: [], log: 'logs/call.log' });
    backfill.pass(240);
    for (const index of indexes)
      backfill.say({ type: 'attemptEnded', ...of(index), outcome: 'done', seconds: 20, stages: { extract: 20 * (index + 1) } });
    const { growths, cumulative, regressions, p50 } = viewOf(backfill);
    assert.deepEqual([growths, regressions, cumulative, p50], [[], [], 12, 20]);
  });

  it('tells the same of a run history whose clock was not started anew, by the time that passed', () => {
    const history = Array.from({ length: 12 }, (_, index): NotedRun => {
      const endedAt = START + 20_000 * (index + 1);
      return {
        ...{ name: 'PDC', day: FIRST + index, outcome: 'success', status: 'success', attempt: 1, stages: [] },
        ...{ seconds: 20 * (index + 1), startedAt: endedAt - 20_000, endedAt },
      };
    });
    const [bad] = timingView({ history, runs: [], order: [] }).processors;
    assert.deepEqual([bad?.cumulative, bad?.growths], [12, []]);
    const grown = history.map((run, index) => {
      const endedAt = START + 10_000 * (index + 1) * (index + 2);
      return { ...run, endedAt, startedAt: endedAt - 20_000 * (index + 1) };
    });
    const [good] = timingView({ history: grown, runs: [], order: [] }).processors;
    assert.deepEqual([good?.cumulative, good?.growths.length, Math.round(good?.growths[0]?.perDate ?? 0)], [0, 1, 20]);
  });

  it('counts what a call that runs has finished by its log', () => {
    const backfill = played(30, { method: 'range' });
    for (let index = 0; index < 30; index++)
      backfill.say({
        ...{ type: 'attemptStarted', attempt: `a${index}`, processor: 'PDC', date: dateOf(index) },
        ...{ before: '', rowsBefore: 0, inputs: [], log: 'logs/call.log' },
      });
    const dates = Array.from({ length: 15 }, (_, index) => ({
      ...{ date: dateOf(index), outcome: 'succeeded' as const, stages: { check: 20 + 25 * index }, firstLine: 1, lastLine: 2 },
    }));
    const digest = { dates, omitted: 0, unmatched: { lines: 0, samples: [] }, lines: 9 };
    const runs = callRuns('b1', 'PDC', digest, START + 3_600_000);
    const { plan, events } = backfill;
    const left = whatIsLeft({
      open: [{ plan, events, progress: progressOf(plan, events, true) }],
      runs,
      now: Date.parse(events.at(-1)?.at ?? ''),
    });
    assert.deepEqual(
      [left.byProcessor.get('PDC')?.dates, left.byProcessor.get('PDC')?.limit],
      [15, 'one call gets all of its dates'],
    );
    const [times] = timingView({ history: [], runs, order: [], left }).processors;
    assert.match(times?.growths[0]?.text ?? '', /^check grows 25 s a date: the 15 dates left would take 2 h 25 min, not 5 min$/);
  });

  it('says of a backfill what grows in it now, and nothing of what an earlier session did', () => {
    const backfill = played(30);
    for (let index = 0; index < 12; index++) backfill.run(index, { dependency_check: 5 + 25 * index, extract: 60 });
    const said = () => {
      const { plan, events } = backfill;
      return backfillGrowth({ plan, events, progress: progressOf(plan, events, true) }, journalRuns(backfill), START);
    };
    assert.deepEqual(said(), ['PDC: dependency check grows 25 s a date: the 18 dates left would take 2 h 55 min, not 20 min']);
    backfill.begin();
    backfill.run(12, { dependency_check: 5, extract: 60 });
    assert.deepEqual(said(), []);
  });

  it('tells how long a date waited for a slot, where there are several', () => {
    const several = played(4, { slots: 2 });
    several.pass(30);
    several.run(0, { extract: 60 });
    several.run(1, { extract: 60 });
    assert.deepEqual(
      journalRuns(several).map(({ queued }) => queued),
      [30, 90],
    );
    const alone = played(4);
    alone.pass(30);
    alone.run(0, { extract: 60 });
    assert.deepEqual(
      journalRuns(alone).map(({ queued }) => queued),
      [undefined],
    );
  });

  it('ranks processors by what they cost, and tells the queue apart', () => {
    const run = (processor: string, index: number, seconds: number): TimedRun => ({
      ...{ processor, day: FIRST + index, outcome: 'done', seconds, stages: [], queued: 60, endedAt: START + index },
    });
    const view = timingView({
      history: [],
      runs: [run('A', 0, 10), run('A', 1, 10), run('B', 0, 60)],
      order: ['A', 'B'],
      left: { byProcessor: new Map([['A', { dates: 4, slots: 1, seconds: [40, 20, 20, 10] }]]), whole: [] },
    });
    assert.deepEqual(
      view.processors.map(({ name, total, share, queue }) => [name, total, share, queue?.total]),
      [
        ['B', 60, 0.75, 60],
        ['A', 20, 0.25, 120],
      ],
    );
  });

  it('says how long all that is left takes with several at once, over all processors', () => {
    const { plan, events } = twoProcessors();
    const open = [{ plan, events, progress: progressOf(plan, events, true) }];
    const now = START + 60_000;
    const { whole, byProcessor } = whatIsLeft({ open, runs: journalRuns({ plan, events }), now });
    // A has taken 60 s; nothing is known of B but that, and each of its dates waits for that of A.
    const [left] = whole;
    assert.deepEqual([left?.dates, left?.slots, left?.processors, left?.backfill], [11, 2, ['A', 'B'], 'b1']);
    assert.deepEqual([left?.seconds[0], left?.seconds[1], left?.seconds[5]], [660, 360, 120]);
    // As the forecast has it, which is what every other view shows.
    const progress = progressOf(plan, events, true);
    assert.equal(left?.seconds[1], forecastOf({ plan, events }, progress, now).left?.p50);
    assert.deepEqual([byProcessor.get('A')?.dates, byProcessor.get('A')?.seconds[4]], [5, 60]);
    // What the manifest allows at once is no more than that, whatever somebody tries.
    const limited = whatIsLeft({ open, runs: [], now, limits: new Map([['A', 3]]) });
    assert.deepEqual([limited.whole[0]?.seconds[5], limited.byProcessor.get('A')?.seconds[5]], [180, 120]);
  });

  it('says why nothing is gained by several at once', () => {
    const { plan, events } = twoProcessors();
    const jobs = plan.jobs.map((job) => ({
      ...job,
      slots: 1,
      lane: '/p/w.duckdb',
      sequential: 'a DuckDB file has one writer at a time',
    }));
    const open = [{ plan: { ...plan, jobs }, events, progress: progressOf(plan, events, true) }];
    const [left] = whatIsLeft({ open, runs: [], now: START + 60_000 }).whole;
    assert.deepEqual([left?.seconds, left?.limit, left?.slots], [[660], 'a DuckDB file has one writer at a time', 1]);
  });

  it('says how long what is left takes with several at once', () => {
    const backfill = played(12, { slots: 4 });
    for (let index = 0; index < 4; index++) backfill.run(index, { extract: 60 });
    const { left } = viewOf(backfill);
    assert.deepEqual([left?.dates, left?.slots, left?.seconds[0], left?.seconds[3], left?.seconds[7]], [8, 4, 480, 120, 60]);
  });
});
