import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NodeObservations } from '../../../../src/core/observation/observation';
import { replaceDates } from '../../../../src/core/observation/replaceDates';

/** Observations whose every column holds a number that tells its date and version. */
function observationsOf(days: readonly number[], version: number, readAt: number): NodeObservations {
  const ascending = [...new Set(days)].sort((a, b) => a - b);
  const values = ascending.map((day) => day * 10 + version);
  const integers = Int32Array.from(values);
  return {
    days: Int32Array.from(ascending),
    rows: integers,
    entities: integers,
    keys: integers,
    written: Float64Array.from(values),
    checks: [Float64Array.from(values)],
    readAt,
  };
}

const days = fc.array(fc.integer({ min: -20, max: 20 }));

describe('replaceDates', () => {
  it('takes the dates of the ranges from the new reading, and all others from the old one', () => {
    const range = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.nat(6)).map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(days, days, fc.array(range), (old, now, ranges) => {
        const isNew = (day: number) => ranges.some(({ from, to }) => from <= day && day <= to);
        const joined = replaceDates(observationsOf(old, 1, 1), observationsOf(now.filter(isNew), 2, 2), ranges);
        const expected = observationsOf([...old.filter((day) => !isNew(day)), ...now.filter(isNew)], 0, 2);
        const values = [...expected.days].map((day) => day * 10 + (isNew(day) ? 2 : 1));
        assert.deepEqual(joined, {
          ...expected,
          rows: Int32Array.from(values),
          entities: Int32Array.from(values),
          keys: Int32Array.from(values),
          written: Float64Array.from(values),
          checks: [Float64Array.from(values)],
        });
      }),
    );
  });

  it('has no columns that the node does not declare', () => {
    const bare = (day: number): NodeObservations => ({
      days: Int32Array.of(day),
      rows: Int32Array.of(1),
      checks: [],
      readAt: day,
    });
    assert.deepEqual(replaceDates(bare(1), bare(2), [{ from: 2, to: 2 }]), {
      days: Int32Array.of(1, 2),
      rows: Int32Array.of(1, 1),
      checks: [],
      readAt: 2,
    });
  });
});
