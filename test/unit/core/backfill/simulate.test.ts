import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PoolJob, simulatePool } from '../../../../src/core/backfill/simulate';

function job(processor: string, count: number, seconds: number, more: Partial<PoolJob> = {}): PoolJob {
  const dates = Array.from({ length: count }, (_, index) => ({ date: `d${String(index).padStart(4, '0')}`, seconds }));
  return { processor, slots: 9, datesPerCall: 1, after: [], dates, ...more };
}

describe('a simulated pool', () => {
  it('slides: a slow date keeps one slot busy, and the others go on', () => {
    const slow = job('A', 5, 10, { dates: [40, 10, 10, 10, 10].map((seconds, index) => ({ date: `d${index}`, seconds })) });
    assert.equal(simulatePool([slow], 2), 40, 'waves would take 60');
  });

  it('keeps to the slots of the pool, of a job and of a lane', () => {
    assert.equal(simulatePool([job('A', 12, 10)], 4), 30);
    assert.equal(simulatePool([job('A', 12, 10, { slots: 2 })], 4), 60);
    assert.equal(simulatePool([job('A', 3, 10, { lane: 'x' }), job('B', 3, 10, { lane: 'x' })], 4), 60);
  });

  it('lets a phase flow behind the one before it, and not before', () => {
    const second = job('B', 10, 10, { slots: 1, after: ['A'] });
    assert.equal(simulatePool([job('A', 10, 10, { slots: 1 }), second], 4), 110);
    assert.equal(simulatePool([job('A', 10, 10, { slots: 1 }), { ...second, after: ['C'] }], 4), 100, 'C is not in the pool');
    assert.equal(simulatePool([job('A', 10, 10), job('B', 10, 10, { datesPerCall: Infinity, after: ['A'] })], 4), 130);
  });

  it('begins with what runs already', () => {
    const running = [{ dates: ['d9998', 'd9999'], secondsLeft: 25 }];
    assert.equal(simulatePool([job('A', 0, 10, { running })], 1), 25);
    assert.equal(simulatePool([job('A', 2, 10, { running })], 1), 45);
    const waits = job('B', 1, 5, { dates: [{ date: 'd9999', seconds: 5 }], after: ['A'] });
    assert.equal(simulatePool([job('A', 0, 10, { running }), waits], 4), 30);
  });

  it('takes no longer than one after another, and no less than the work shared out', () => {
    const jobs = fc.array(
      fc.record({
        count: fc.nat({ max: 30 }),
        seconds: fc.nat({ max: 100 }),
        slots: fc.integer({ min: 1, max: 4 }),
        datesPerCall: fc.constantFrom(1, 1, 3, Number.POSITIVE_INFINITY),
        isLater: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 6 }), (list, slots) => {
        const pool = list.map(({ isLater, ...one }, index) =>
          job(`P${index}`, one.count, one.seconds, {
            slots: one.slots,
            datesPerCall: one.datesPerCall,
            after: isLater && index > 0 ? [`P${index - 1}`] : [],
          }),
        );
        const work = list.reduce((sum, { count, seconds }) => sum + count * seconds, 0);
        const seconds = simulatePool(pool, slots);
        assert.ok(seconds <= work + 1e-6, `${seconds} of ${work}`);
        assert.ok(seconds >= work / slots - 1e-6, `${seconds} of ${work} over ${slots}`);
      }),
    );
  });

  it('takes a plan of 11 processors and four seasons at once', () => {
    const jobs = Array.from({ length: 11 }, (_, index) =>
      job(`P${index}`, 850, 60 + index, { slots: 4, after: index === 0 ? [] : [`P${index - 1}`] }),
    );
    // Time of the processor: what else the machine does is no matter.
    const began = process.cpuUsage();
    simulatePool(jobs, 8);
    const { user } = process.cpuUsage(began);
    assert.ok(user < 500_000, `${user / 1000} ms`);
  });
});
