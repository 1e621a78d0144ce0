import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BackfillEvent, BackfillEventBody, PastSeconds, Plan } from '../../../../src/core/backfill/backfill';
import { learnSeconds } from '../../../../src/core/backfill/dateSeconds';
import { type Forecast, forecastOf } from '../../../../src/core/backfill/forecast';
import { progressOf } from '../../../../src/core/backfill/progress';
import { attempted, ended, eventsOf, planOf, START, started } from '../../cli/backfillFixture';

type Timed = readonly [number, BackfillEventBody];

const DAYS = Array.from({ length: 28 }, (_, index) => index + 1);

/** A plan of dates of PDC, with as many slots. */
function pdc(count: number, slots = 1, past?: Omit<PastSeconds, 'processor'>): Plan {
  const plan = planOf(DAYS.slice(0, count).map((day) => ['PDC', day] as const));
  return {
    ...plan,
    request: { ...plan.request, slots },
    jobs: plan.jobs.map((job) => ({ ...job, slots })),
    ...(past !== undefined && { estimate: { p50: 0, p90: 0, basis: '', dates: [{ processor: 'PDC', ...past }] } }),
  };
}

function at(plan: Plan, events: readonly BackfillEvent[], now: number, alive = true): Forecast {
  return forecastOf({ plan, events }, progressOf(plan, events, alive), START + now * 1000);
}

/** One date after another, each with what it takes; the last one has just begun. */
function oneByOne(seconds: readonly number[], more: readonly Timed[] = []): readonly BackfillEvent[] {
  let now = 0;
  const bodies: Timed[] = [[0, started]];
  for (const [index, took] of seconds.entries()) {
    bodies.push([now, attempted('PDC', index + 1)]);
    now += took;
    bodies.push([now, ended('PDC', index + 1, took)]);
  }
  return eventsOf([...bodies, ...more]);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const near = (value: number | undefined, truth: number, share: number, what = '') =>
  assert.ok(value !== undefined && Math.abs(value - truth) <= share * truth, `${what} ${value} for ${truth}`);

describe('how long is left', () => {
  it('is not known before anything is, and over when nothing is left', () => {
    assert.equal(at(pdc(5), eventsOf([[0, started]]), 0).left, undefined);
    assert.equal(at(pdc(3), oneByOne([5, 5, 5]), 15).left, undefined);
    for (const result of ['done', 'failed', 'cancelled'] as const) {
      assert.equal(at(pdc(5), oneByOne([5, 5], [[10, { type: 'ended', result }]]), 10, false).left, undefined);
    }
  });

  it('is that of the plan at first, as its history tells', () => {
    const { left } = at(pdc(10, 1, { p50: 60, p90: 66, of: 20 }), eventsOf([[0, started]]), 0);
    near(left?.p50, 600, 0.05);
    assert.ok((left?.p90 ?? 0) > (left?.p50 ?? 0));
    assert.equal(left?.basis, '20 earlier dates');
  });

  it('takes all slots into account, and what has run already', () => {
    const two = eventsOf([
      [0, started],
      ...[1, 2, 3, 4].map((day) => [0, attempted('PDC', day)] as const),
      ...[1, 2, 3, 4].map((day) => [60, ended('PDC', day, 60)] as const),
      ...[5, 6, 7, 8].map((day) => [60, attempted('PDC', day)] as const),
    ]);
    near(at(pdc(12, 4), two, 60).left?.p50, 120, 0.01);
    near(at(pdc(12, 4), two, 80).left?.p50, 100, 0.01);
    near(at(pdc(12, 4), two, 500).left?.p50, 66, 0.02, 'overdue dates are not over at once');
  });

  it('is right on a constant series from the first date on, and falls with every date that ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 28 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 4 }),
        (n, each, slots) => {
          let before = Number.POSITIVE_INFINITY;
          for (let done = 1; done < n; done++) {
            const events = oneByOne(Array<number>(done).fill(each));
            const left = at(pdc(n, slots), events, done * each).left;
            near(left?.p50, Math.ceil((n - done) / slots) * each, 0.01);
            assert.ok((left?.p50 ?? 0) <= before + 1e-6 && (left?.p90 ?? 0) >= (left?.p50 ?? 0));
            before = left?.p50 ?? 0;
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('carries a growth on: 25 s more a date, or a few percent', () => {
    for (const growth of [(index: number) => 60 + 25 * index, (index: number) => 100 * 1.03 ** index]) {
      const all = DAYS.map((_, index) => growth(index) * (1 + 0.03 * Math.sin(index * 7)));
      for (const done of [12, 16, 20]) {
        const { left } = at(pdc(28), oneByOne(all.slice(0, done)), sum(all.slice(0, done)));
        near(left?.p50, sum(all.slice(done)), 0.15, `after ${done}`);
      }
    }
    assert.ok((learnSeconds([10, 11, 9, 10, 12, 9, 10, 11, 10])?.at(500) ?? 0) < 12, 'noise is no growth');
  });

  it('is not led astray by a slow start, by failures or by a single slow date', () => {
    const slowFirst = oneByOne([600, 60, 60, 60]);
    near(at(pdc(24), slowFirst, 780).left?.p50, 20 * 60, 0.05);
    const history = { p50: 60, p90: 70, of: 30 };
    near(at(pdc(11, 1, history), oneByOne([600]), 600).left?.p50, 600, 0.4, 'one slow date against a history');
    const failed = eventsOf([
      [0, started],
      ...[1, 2, 3].flatMap((day) => [
        [day, attempted('PDC', day)] as const,
        [day, ended('PDC', day, 1, { outcome: 'failed' })] as const,
      ]),
      [4, attempted('PDC', 4)],
      [64, ended('PDC', 4, 60)],
    ]);
    near(at(pdc(14), failed, 64).left?.p50, 600, 0.01, 'a failure tells nothing of what takes a minute');
    const single = oneByOne([60, 60, 60, 60, 60, 60, 1200, 60]);
    near(at(pdc(28), single, 1620).left?.p50, 20 * 60, 0.3);
    assert.notEqual(at(pdc(14), failed.slice(0, 7), 4).left, undefined, 'nothing but failures is better than nothing');
  });

  it('forgets a history that does not hold any more', () => {
    const events = oneByOne(Array<number>(15).fill(300));
    near(at(pdc(25, 1, { p50: 60, p90: 70, of: 500 }), events, 4500).left?.p50, 3000, 0.1);
  });

  it('grows surer with every date', () => {
    const noisy = DAYS.map((day) => (day % 2 === 0 ? 40 : 80));
    const width = (done: number) => {
      const { left } = at(pdc(28), oneByOne(noisy.slice(0, done)), sum(noisy.slice(0, done)));
      return ((left?.p90 ?? 0) - (left?.p50 ?? 0)) / (left?.p50 ?? 1);
    };
    assert.ok(width(14) < width(8) && width(8) < width(4), `${width(4)} ${width(8)} ${width(14)}`);
  });

  it('knows calls for many dates by how long they have run', () => {
    const plan = pdc(20);
    const ranges = { ...plan, jobs: plan.jobs.map((job) => ({ ...job, method: 'range' as const, maxDates: 10 })) };
    const call = (from: number, seconds: number) =>
      DAYS.slice(from, from + 10).map(
        (day): Timed => [seconds, { ...attempted('PDC', day), log: `logs/${from}.log` } as BackfillEventBody],
      );
    const events = eventsOf([
      [0, started],
      ...call(0, 0),
      ...DAYS.slice(0, 10).map((day): Timed => [1000, ended('PDC', day, 100)]),
      ...call(10, 1000),
    ]);
    near(at(ranges, events, 1000).left?.p50, 1000, 0.01);
    near(at(ranges, events, 1700).left?.p50, 300, 0.01);
    near(at(ranges, events, 1000).perMinute, 0.6, 0.01);
  });

  it('of an interrupted one is what a resume will take', () => {
    const events = oneByOne([60, 60], [[120, attempted('PDC', 3)]]);
    near(at(pdc(10), events, 90_000, false).left?.p50, 480, 0.01);
  });

  it('is never negative and never fails, whatever the events', () => {
    const body: fc.Arbitrary<BackfillEventBody> = fc.oneof(
      fc.constant(started),
      fc.integer({ min: 1, max: 12 }).map((day) => attempted('PDC', day)),
      fc
        .tuple(fc.integer({ min: 1, max: 12 }), fc.nat({ max: 1e6 }), fc.constantFrom('done', 'failed', 'torn'))
        .map(([day, seconds, outcome]) => ended('PDC', day, seconds, { outcome: outcome as 'done' })),
      fc.constant<BackfillEventBody>({ type: 'paused', cause: 'asked', message: 'x' }),
      fc.constant<BackfillEventBody>({ type: 'continued', by: 'x' }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 1e5 }), body), { maxLength: 40 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.boolean(),
        (bodies, now, alive) => {
          const { left, perMinute } = at(pdc(12, 3), eventsOf(bodies), now, alive);
          if (left !== undefined) assert.ok(left.p50 >= 0 && left.p90 >= left.p50 && Number.isFinite(left.p90));
          assert.ok((perMinute ?? 0) >= 0);
        },
      ),
    );
  });

  it('is told at once for a plan of thousands', () => {
    const dates = Array.from({ length: 1096 }, (_, index) => new Date(Date.UTC(2021, 0, 1 + index)).toISOString().slice(0, 10));
    const small = pdc(1, 4);
    const processors = Array.from({ length: 11 }, (_, index) => `P${index}`);
    const plan: Plan = {
      ...small,
      jobs: processors.flatMap((processor, index) =>
        small.jobs.map((job) => ({ ...job, processor, after: processors.slice(Math.max(0, index - 1), index) })),
      ),
      partitions: processors.flatMap((processor) =>
        dates.flatMap((date) => small.partitions.map((one) => ({ ...one, processor, date }))),
      ),
      estimate: { p50: 1, p90: 1, basis: '', dates: processors.map((processor) => ({ processor, p50: 60, p90: 80, of: 9 })) },
    };
    const progress = progressOf(plan, eventsOf([[0, started]]), true);
    const forecast = () => forecastOf({ plan, events: eventsOf([[0, started]]) }, progress, START);
    near(forecast().left?.p50, (1096 * 11 * 62) / 4, 0.05);
    const before = process.cpuUsage();
    for (let time = 0; time < 5; time++) forecast();
    const each = process.cpuUsage(before).user / 5000;
    assert.ok(each < 50, `${each} ms`);
  });
});

describe('the rate', () => {
  it('leaves out pauses and the time between sessions', () => {
    const dates = (from: number, days: readonly number[]): Timed[] =>
      days.map((day, index): Timed => [from + 10 * (index + 1), ended('PDC', day, 10)]);
    const steady = eventsOf([[0, started], ...dates(0, [1, 2, 3])]);
    near(at(pdc(9), steady, 30).perMinute, 6, 0.01);
    const paused = eventsOf([
      [0, started],
      ...dates(0, [1, 2, 3]),
      [30, { type: 'paused', cause: 'asked', message: '' }],
      [9000, { type: 'continued', by: 'me' }],
      ...dates(9000, [4, 5, 6]),
    ]);
    near(at(pdc(9), paused, 9030).perMinute, 6, 0.01);
    const resumed = eventsOf([[0, started], ...dates(0, [1, 2, 3]), [80_000, started], ...dates(80_000, [4, 5, 6])]);
    near(at(pdc(9), resumed, 80_030).perMinute, 6, 0.01);
    assert.equal(at(pdc(9), eventsOf([[0, started]]), 30).perMinute, undefined);
  });

  it('is that of now, not of the hours before', () => {
    const all = eventsOf([
      [0, started],
      ...DAYS.map((day): Timed => [600 * day, ended('PDC', day, 600)]),
      ...DAYS.slice(0, 27).flatMap((day): Timed[] => [
        [16_800 + 10 * day, ended('PDC', day, 10)],
        [16_800 + 10 * day, ended('PDC', day, 10)],
      ]),
    ]);
    near(at(pdc(28), all, 17_070).perMinute, 12, 0.1);
  });
});
