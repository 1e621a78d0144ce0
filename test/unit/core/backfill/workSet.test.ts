import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type WorkItem, WorkSet } from '../../../../src/core/backfill/workSet';

const item = (key: string, processor: string, ...after: string[]): WorkItem => ({
  key,
  processor,
  day: Number(key.slice(1)),
  after,
});

describe('WorkSet', () => {
  it('holds an item back until all that it comes after is settled', () => {
    const [a, b] = [item('a1', 'A'), item('b1', 'B', 'a1', 'elsewhere')];
    const work = new WorkSet([a, b]);
    assert.deepEqual([work.ready('A', false), work.ready('B', false)], [[a], []]);
    work.start([a]);
    assert.deepEqual([work.ready('A', false), work.ready('B', false)], [[], []]);
    work.settle(a);
    assert.deepEqual(work.ready('B', false), [b]);
  });

  it('lets items that wait for each other go together, in order', () => {
    const items = [item('a1', 'A'), item('a2', 'A', 'a1'), item('a3', 'A', 'a2', 'b3'), item('b3', 'B')];
    const work = new WorkSet(items);
    assert.deepEqual(
      work.ready('A', true).map(({ key }) => key),
      ['a1', 'a2'],
    );
    assert.deepEqual(
      work.ready('A', false).map(({ key }) => key),
      ['a1'],
    );
  });

  it('puts started items back to their place', () => {
    const items = [item('a1', 'A'), item('a2', 'A'), item('a3', 'A')];
    const work = new WorkSet(items);
    work.start(items.slice(0, 2));
    work.putBack(items.slice(1, 2));
    assert.deepEqual(
      work.ready('A', true).map(({ key }) => key),
      ['a2', 'a3'],
    );
    assert.deepEqual([work.waiting, work.waitingOf('A'), work.waitingOf('B')], [2, 2, 0]);
  });

  it('comes to its end, whatever depends on what', () => {
    const graph = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(graph, (edges) => {
        const items = edges.map((up, index) =>
          item(`n${index}`, `P${index % 3}`, ...(index === 0 ? [] : up.map((one) => `n${one % index}`))),
        );
        const work = new WorkSet(items);
        const settled: string[] = [];
        while (work.waiting > 0) {
          const next = ['P0', 'P1', 'P2'].flatMap((processor) => work.ready(processor, false))[0];
          assert.ok(next !== undefined, 'something can always start');
          assert.ok(next.after.every((key) => settled.includes(key)));
          work.start([next]);
          work.settle(next);
          settled.push(next.key);
        }
        assert.equal(settled.length, items.length);
      }),
    );
  });
});
