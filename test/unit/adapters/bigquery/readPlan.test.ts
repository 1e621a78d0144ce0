import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Extent,
  extentOf,
  extentsOf,
  joinRanges,
  needsPartitions,
  type TableNow,
} from '../../../../src/adapters/bigquery/readPlan';
import { formatRange } from '../../../../src/base/day';
import { bigqueryTable } from '../../../support/bigqueryMetadata';

const daily = bigqueryTable({ timePartitioning: { type: 'DAY', field: 'day' } });
const before = { print: 'old', partitions: new Map([['20211101', 'a']]), by: 'day' };
const changed: TableNow = { metadata: daily, print: 'new', before, partitions: new Map([['20211101', 'b']]) };
const unchanged: TableNow = { ...changed, print: 'old' };
const textOf = (extent: Extent) => (typeof extent === 'string' ? extent : extent.map(formatRange));

describe('How much of a node is read', () => {
  it('is nothing where no table changed, and the dates of changed partitions of any', () => {
    assert.equal(extentOf('day', [unchanged, unchanged]), 'nothing');
    assert.deepEqual(textOf(extentOf('day', [changed])), ['2021-11-01']);
    const other: TableNow = {
      ...changed,
      partitions: new Map([
        ['20211101', 'a'],
        ['20211102', 'b'],
      ]),
    };
    assert.deepEqual(textOf(extentOf('day', [unchanged, changed, other])), ['2021-11-01 to 2021-11-02']);
  });

  it('is all where partitions cannot tell', () => {
    const all: Record<string, TableNow> = {
      'never read': { ...changed, before: undefined },
      'a view': { ...unchanged, metadata: { ...daily, type: 'VIEW' } },
      'partitions of another column then': { ...changed, before: { ...before, by: 'loaded' } },
      'no partitions then': { ...changed, before: { print: 'old' } },
      'no partitions now': { ...changed, partitions: undefined },
      'streamed rows': { ...unchanged, metadata: { ...daily, streamingBuffer: { estimatedRows: 1, estimatedBytes: 1 } } },
      'another date column': { ...changed, metadata: bigqueryTable({ timePartitioning: { type: 'DAY', field: 'loaded' } }) },
      'integer ranges': { ...changed, metadata: bigqueryTable({ rangePartitioning: { field: 'day' } }) },
      'no partitions at all': { ...changed, metadata: bigqueryTable() },
      'rows of no partition': { ...changed, partitions: new Map([['__UNPARTITIONED__', 'a']]) },
    };
    for (const [why, table] of Object.entries(all)) assert.equal(extentOf('day', [unchanged, table]), 'all', why);
  });

  it('is all of a node that is new, and all or nothing of what is read as a whole', () => {
    const states = new Map([
      ['t', changed],
      ['u', unchanged],
    ]);
    const plan = (table: string, isWhole: boolean, isKnown: boolean, isBlind = false) => {
      const planned = { key: 'K', tables: [table], dateColumn: 'day', isWhole, isKnown, isBlind };
      return textOf(extentsOf([planned], states).get('K') ?? 'nothing');
    };
    assert.equal(plan('u', false, false), 'all');
    assert.equal(plan('t', true, true), 'all');
    assert.equal(plan('u', true, true), 'nothing');
    assert.deepEqual(plan('t', false, true), ['2021-11-01']);
    assert.equal(plan('u', false, true, true), 'all', 'its table does not tell');
  });

  it('asks for the partitions of what changed only, and only where they can tell', () => {
    assert.ok(needsPartitions(['x', 'day'], changed));
    assert.ok(needsPartitions(['day'], { ...changed, before: undefined }), 'for the next time');
    assert.ok(!needsPartitions(['day'], unchanged));
    assert.ok(!needsPartitions(['x'], changed));
    assert.ok(!needsPartitions([], changed));
  });

  it('joins ranges: the same dates, in few enough', () => {
    const range = fc.tuple(fc.nat(200), fc.nat(5)).map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), fc.integer({ min: 1, max: 5 }), (ranges, most) => {
        const holds = (joined: readonly { from: number; to: number }[], day: number) =>
          joined.some(({ from, to }) => from <= day && day <= to);
        const exact = joinRanges(ranges, 1_000);
        for (let day = -1; day < 210; day++) assert.equal(holds(exact, day), holds(ranges, day), String(day));
        const few = joinRanges(ranges, most);
        assert.ok(few.length <= most);
        assert.ok(
          few.every(({ from }, index) => index === 0 || from > (few[index - 1]?.to ?? from) + 1),
          'disjoint and ascending',
        );
        for (let day = 0; day < 210; day++) assert.ok(!holds(ranges, day) || holds(few, day), String(day));
      }),
    );
  });
});
