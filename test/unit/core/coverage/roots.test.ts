import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MOST_ROOTS, RootSets } from '../../../../src/core/coverage/roots';

const DATES = 40;
const IDS = ['C', 'A', 'B', 'E', 'D'];
const CELLS = IDS.length * DATES;

/** Earliest dates first, by id within a date. */
function byDate(a: number, b: number): number {
  const id = (cell: number) => IDS[Math.floor(cell / DATES)] ?? '';
  return (a % DATES) - (b % DATES) || (id(a) < id(b) ? -1 : 1);
}

describe('sets of root causes', () => {
  it('are unions, bounded to the earliest, with equal numbers for equal sets', () => {
    const cells = fc.uniqueArray(fc.nat({ max: CELLS - 1 }), { minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(fc.array(cells, { minLength: 1, maxLength: 5 }), (groups) => {
        const roots = new RootSets(IDS, DATES);
        const numbers = groups.map((group) => roots.union(group.map((cell) => roots.single(cell))));
        const all = [...new Set(groups.flat())].sort(byDate).slice(0, MOST_ROOTS);
        const found = roots.union(numbers);
        assert.deepEqual(
          [...(roots.sets[found] ?? [])],
          all.sort((a, b) => a - b),
        );
        assert.equal(roots.union([...numbers].reverse()), found);
        assert.equal(roots.union(all.map((cell) => roots.single(cell))), found);
      }),
    );
  });

  it('give the empty set number 0', () => {
    assert.equal(new RootSets(IDS, DATES).union([]), 0);
  });
});
