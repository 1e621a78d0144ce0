import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import { growthOf } from '../../../../src/core/timing/growth';
import { regressionsOf } from '../../../../src/core/timing/regressions';
import { trendOf } from '../../../../src/core/timing/trend';
import { NOISES, NOTHING_HAPPENED, type Noise, quietSeries, timedSeries } from '../../../support/timedSeries';

const KINDS = Object.keys(NOISES) as Noise[];
const EACH = 60;

/** How many of so many seeded series satisfy something. */
function share(count: number, holds: (seed: number) => boolean): number {
  return Array.from({ length: count }, (_, seed) => holds(seed)).filter(Boolean).length / count;
}

describe('what stands out in the times of dates', () => {
  for (const kind of Object.keys(NOTHING_HAPPENED)) {
    it(`is nothing in 99 of 100 series without an effect, whatever their length (${kind})`, () => {
      const found: string[] = [];
      let all = 0;
      for (const length of [3, 4, 5, 6, 8, 10, 12, 15, 21, 30, 45, 90, 250]) {
        for (let seed = 0; seed < EACH; seed++) {
          const { days, seconds } = quietSeries(kind, seed * 7919 + length, length);
          const { spikes, shifts } = regressionsOf(days, seconds);
          all += 1;
          if (spikes.length > 0 || shifts.length > 0 || growthOf(seconds) !== undefined) found.push(`${length} ${seed}`);
        }
      }
      assert.ok(found.length <= all / 100, `${found.length} of ${all}: ${found.join(', ')}`);
    }).timeout(60_000);
  }

  for (const [noise, length, at] of [
    ['lognormal', 30, 15],
    ['lognormal', 90, 84],
    ['heavy', 30, 20],
    ['waiting', 60, 30],
    ['weekly', 42, 30],
  ] as const) {
    it(`is a shift to twice the time, with its first date (${noise}, ${length} dates, from the ${at + 1}th)`, () => {
      const right = share(40, (seed) => {
        const { days, seconds } = timedSeries(noise, seed, length, (took, index) => (index < at ? took : 2 * took));
        const { shifts, spikes } = regressionsOf(days, seconds);
        const [shift] = shifts;
        if (shift === undefined || shifts.length > 1 || spikes.length > 0) return false;
        return Math.abs(shift.from - (days[at] ?? 0)) <= 1 && shift.factor > 1.5 && shift.factor < 2.7 && shift.to === undefined;
      });
      assert.ok(right >= 0.9, `${right}`);
    });
  }

  it('is a spike, and no shift, where one date took ten times as long', () => {
    for (const [noise, length] of [
      ['lognormal', 3],
      ['lognormal', 10],
      ['lognormal', 90],
      ['weekly', 60],
    ] as const) {
      const at = length >> 1;
      const right = share(30, (seed) => {
        const { days, seconds } = timedSeries(noise, seed, length, (took, index) => (index === at ? 10 * took : took));
        const { spikes, shifts } = regressionsOf(days, seconds);
        return spikes.length === 1 && spikes[0]?.day === days[at] && shifts.length === 0;
      });
      assert.ok(right >= 0.85, `${noise} ${length}: ${right}`);
    }
  });

  it('is a spike beside dates that did nothing', () => {
    const { days, seconds } = timedSeries('lognormal', 6, 40, (took, index) =>
      index === 30 ? 400 : index % 13 === 5 ? 0 : took,
    );
    const { spikes, shifts } = regressionsOf(days, seconds);
    assert.deepEqual([spikes.map(({ day }) => day), shifts], [[days[30]], []]);
  });

  it('is found in noise that is heavy or remembers, too, where it is large', () => {
    const shifted = share(40, (seed) => {
      const { days, seconds } = quietSeries('remembers half', seed, 60);
      const { shifts, spikes } = regressionsOf(
        days,
        seconds.map((took, index) => (index < 30 ? took : 3 * took)),
      );
      return shifts.length === 1 && spikes.length === 0 && Math.abs((shifts[0]?.from ?? 0) - (days[30] ?? 0)) <= 1;
    });
    assert.ok(shifted >= 0.85, `${shifted}`);
    const stoodOut = share(40, (seed) => {
      const { days, seconds } = quietSeries('student', seed, 60);
      const { shifts, spikes } = regressionsOf(
        days,
        seconds.map((took, index) => (index === 20 ? 150 * took : took)),
      );
      return spikes[0]?.day === days[20] && shifts.length === 0;
    });
    assert.ok(stoodOut >= 0.7, `${stoodOut}`);
  });

  it('is both where both are', () => {
    const { days, seconds } = timedSeries('lognormal', 1, 60, (took, index) =>
      index === 10 ? 500 : index < 30 ? took : took * 3,
    );
    const { spikes, shifts } = regressionsOf(days, seconds);
    assert.deepEqual(
      [spikes.map(({ day }) => day), shifts.map(({ from }) => from)],
      [[days[10]], [days[30]]],
      spikes.map(({ day }) => formatDay(day)).join(),
    );
  });

  it('is a shift with an end where the old time returns', () => {
    const { days, seconds } = timedSeries('lognormal', 4, 120, (took, index) => (index >= 60 && index < 72 ? 3 * took : took));
    const { shifts } = regressionsOf(days, seconds);
    assert.equal(shifts.length, 2);
    assert.ok(Math.abs((shifts[0]?.from ?? 0) - (days[60] ?? 0)) <= 1 && Math.abs((shifts[0]?.to ?? 0) - (days[71] ?? 0)) <= 1);
    assert.ok((shifts[0]?.factor ?? 0) > 2 && (shifts[1]?.factor ?? 9) < 0.5, 'slower, then faster again');
  });

  it('is nothing of fewer than three dates, and nothing below a second', () => {
    assert.deepEqual(regressionsOf([1, 2], [1, 900]), { spikes: [], shifts: [] });
    const { days, seconds } = timedSeries('lognormal', 2, 60, (took, index) => (index < 30 ? took : 2 * took) / 200);
    assert.deepEqual(regressionsOf(days, seconds), { spikes: [], shifts: [] });
  });
});

describe('growth over a run', () => {
  it('is found with its size, in noise of every kind', () => {
    for (const noise of KINDS) {
      const right = share(30, (seed) => {
        const { seconds } = timedSeries(noise, seed, 15, (took, index) => took + 25 * index);
        const growth = growthOf(seconds);
        return growth !== undefined && growth.perDate > 20 && growth.perDate < 30 && !growth.stopped;
      });
      assert.ok(right >= 0.9, `${noise}: ${right}`);
    }
  });

  it('survives single dates that stand out', () => {
    const { seconds } = timedSeries('lognormal', 3, 20, (took, index) => (index % 9 === 4 ? 900 : took / 4 + 25 * index));
    const growth = growthOf(seconds);
    assert.ok(growth !== undefined && Math.abs(growth.perDate - 25) < 3, `${growth?.perDate}`);
  });

  it('is not a step, nor one slow date at the start or the end', () => {
    const wrong = share(60, (seed) => {
      const step = timedSeries('lognormal', seed, 24, (took, index) => (index < 12 ? took : 2 * took));
      const cold = timedSeries('lognormal', seed, 24, (took, index) => (index === 0 ? 500 : took));
      const last = timedSeries('lognormal', seed, 24, (took, index) => (index === 23 ? 500 : took));
      return [step, cold, last].some(({ seconds }) => growthOf(seconds) !== undefined);
    });
    assert.ok(wrong <= 0.02, `${wrong}`);
  });

  it('says that it has stopped where the later dates are level', () => {
    const { seconds } = timedSeries('lognormal', 5, 40, (took, index) => took / 10 + 25 * Math.min(index, 25));
    const growth = growthOf(seconds);
    assert.equal(growth?.stopped, true);
    assert.ok(Math.abs((growth?.next ?? 0) - 629) < 15, `${growth?.next}`);
  });
});

describe('a trend', () => {
  it('is the median of all slopes, and as significant as Kendall’s test with ties says', () => {
    const trend = trendOf([1, 2, 3, 4, 100, 6, 7, 8, 9, 10]);
    assert.deepEqual([trend?.slope, trend?.start], [1, 1]);
    // S = 35, variance 125: z = 34 / 11.18.
    assert.ok(Math.abs((trend?.p ?? 0) - 0.002_36) < 1e-4, `${trend?.p}`);
    // All equal: nothing is significant.
    assert.ok((trendOf([5, 5, 5, 5])?.p ?? 0) > 0.999);
    assert.equal(trendOf([1, 2]), undefined);
  });

  it('compares a sample of many values', () => {
    const trend = trendOf(Array.from({ length: 5_000 }, (_, index) => 3 * index));
    assert.ok(Math.abs((trend?.slope ?? 0) - 3) < 1e-9 && (trend?.p ?? 1) < 1e-6);
  });
});
