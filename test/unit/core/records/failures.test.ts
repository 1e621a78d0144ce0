import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDay } from '../../../../src/base/day';
import { classify } from '../../../../src/core/coverage/classify';
import {
  countFailures,
  FAILURE_KINDS,
  type Failure,
  failureCategories,
  failureKind,
  failuresIn,
  failuresOf,
} from '../../../../src/core/records/failures';
import type { FailureRecord } from '../../../../src/core/records/records';
import { buildInput, type Held, READ_AT } from '../../../support/builders';
import { failureRecord, failureTable } from '../../../support/records';

const HOUR = 3_600_000;
const names = failureTable({
  table: 'ops.names',
  label: 'UNKNOWN_PLAYER',
  expected: [],
  stop: [],
  reprocessed: 'reprocessed_at',
});

/** PSZA is complete on the 1st, below its expectation on the 2nd and missing on the 3rd; it says when it was written. */
function inputWith(held: Readonly<Record<string, Held>>) {
  return buildInput({
    seasons: [['2021-11-01', '2021-11-03']],
    nodes: [
      { id: 'PDC', aliases: ['PlayerDailyCacheProcessor'] },
      { id: 'PSZA', aliases: ['PszaProcessor'], writtenAt: 'written', expect: { minRows: 10 } },
    ],
    data: { PSZA: held, PDC: { '2021-11-01': 5 } },
    failures: [failureTable(), names],
  });
}
const input = inputWith({
  '2021-11-01': { rows: 20, written: READ_AT - 10 * HOUR },
  '2021-11-02': { rows: 2, written: READ_AT - 10 * HOUR },
});
const grid = classify(input);
const failures = (...records: readonly FailureRecord[]): Failure[] => failuresOf(records, input, grid);
const staleOf = (date: string, change: Partial<FailureRecord>, processor = 'PSZA') =>
  failures(failureRecord(processor, date, 'X', change))[0]?.stale;

describe('the kind of a failure', () => {
  it('is that of its category in the manifest, without regard to case, and attention otherwise', () => {
    const table = failureTable();
    for (const [category, kind] of [
      ['PROCESSING_ERROR', 'stop'],
      ['processing_error', 'stop'],
      ['Insufficient_Data', 'expected'],
      ['SOMETHING_NEW', 'attention'],
      ['', 'attention'],
    ] as const)
      assert.equal(failureKind(table, category), kind, category);
  });
});

describe('a stale failure', () => {
  const [before, after] = [READ_AT - 20 * HOUR, READ_AT - 5 * HOUR];

  it('is one of a partition that is complete, where nobody noted when', () => {
    assert.equal(staleOf('2021-11-01', {}), 'complete');
    assert.equal(staleOf('2021-11-01', {}, 'PlayerDailyCacheProcessor'), 'complete');
    assert.equal(staleOf('2021-11-02', {}), undefined);
    assert.equal(staleOf('2021-11-03', {}), undefined);
  });

  it('is one that was noted before the partition was written again', () => {
    assert.equal(staleOf('2021-11-01', { created: before }), 'complete');
    assert.equal(staleOf('2021-11-02', { created: before }), 'rewritten');
  });

  it('is none that was noted with or after the rows that are there', () => {
    assert.equal(staleOf('2021-11-01', { created: after }), undefined);
    assert.equal(staleOf('2021-11-01', { created: READ_AT - 10 * HOUR - 60_000 }), undefined);
    assert.equal(staleOf('2021-11-02', { created: after }), undefined);
  });

  it('is one of a whole date that is complete, whenever it was noted', () => {
    assert.equal(staleOf('2021-11-01', { created: after, wholeDate: true, entities: 0 }), 'complete');
    assert.equal(staleOf('2021-11-02', { created: after, wholeDate: true, entities: 0 }), undefined);
  });

  it('is one that was expected only where the partition was written again: it is complete without it', () => {
    const expected = (change: Partial<FailureRecord>) =>
      failures(failureRecord('PSZA', '2021-11-01', 'INSUFFICIENT_DATA', change))[0];
    assert.equal(expected({})?.stale, undefined);
    assert.equal(expected({ created: before })?.stale, 'complete');
  });

  it('is none of a table that says itself what is over, of an unknown name, or of a date beyond the seasons', () => {
    assert.equal(staleOf('2021-11-01', { table: 1 }), undefined);
    assert.equal(staleOf('2021-11-01', {}, 'Nobody'), undefined);
    assert.equal(staleOf('2020-01-01', {}), undefined);
  });
});

describe('failures by category', () => {
  const found = failures(
    failureRecord('PszaProcessor', '2021-11-02', 'INSUFFICIENT_DATA', { rows: 90, entities: 90 }),
    failureRecord('psza', '2021-11-03', 'insufficient_data', { rows: 80, entities: 80 }),
    failureRecord('PszaProcessor', '2021-11-01', 'INSUFFICIENT_DATA', { rows: 70, entities: 70 }),
    failureRecord('Other', '2021-11-03', 'MISSING_DATA'),
    failureRecord('PDC', '2021-11-02', 'missing_data'),
    failureRecord('PDC', '2021-11-03', 'MISSING_DATA'),
    failureRecord('PDC', '2021-11-03', 'calculation_error'),
    failureRecord('PSZA', '2021-11-03', 'PROCESSING_ERROR'),
    failureRecord('PDC', '2021-11-03', 'UNKNOWN_PLAYER', { table: 1 }),
  );
  const categories = failureCategories(found);

  it('come with what stops first and what is expected last', () => {
    assert.deepEqual(
      categories.map(({ kind, name, counts }) => [kind, name, counts]),
      [
        ['stop', 'PROCESSING_ERROR', { rows: 1, partitions: 1, stale: 0 }],
        ['attention', 'MISSING_DATA', { rows: 3, partitions: 3, stale: 0 }],
        ['attention', 'UNKNOWN_PLAYER', { rows: 1, partitions: 1, stale: 0 }],
        ['attention', 'calculation_error', { rows: 1, partitions: 1, stale: 0 }],
        ['expected', 'INSUFFICIENT_DATA', { rows: 240, partitions: 3, stale: 0 }],
      ],
    );
    assert.equal(categories.at(-1)?.meaning, 'too few games so far');
  });

  it('name known processors first, and the newest dates of each first', () => {
    assert.deepEqual(
      categories[1]?.failures.map(({ name, day }) => `${name} ${formatDay(day)}`),
      ['PDC 2021-11-03', 'PDC 2021-11-02', 'Other 2021-11-03'],
    );
  });

  it('are those of a scope', () => {
    const psza = input.pipeline.nodes.findIndex(({ id }) => id === 'PSZA');
    assert.equal(failuresIn(found, input, { processors: [psza] }).length, 4);
    const [from] = found.map(({ day }) => day).sort((a, b) => b - a);
    assert.ok(from !== undefined);
    assert.equal(failuresIn(found, input, { from }).length, 6);
    assert.equal(failuresIn(found, input, {}).length, found.length);
  });

  it('count a partition as stale only when all of its failures are', () => {
    const [one] = failures(failureRecord('PSZA', '2021-11-01', 'A'));
    assert.ok(one);
    const { stale: _, ...fresh } = one;
    assert.deepEqual(countFailures([one, { ...fresh, category: 'B' }]), { rows: 2, partitions: 1, stale: 0 });
  });

  it('lose none and count none twice, whatever the records', () => {
    const record = fc.record({
      table: fc.integer({ min: 0, max: 3 }),
      processor: fc.constantFrom('PDC', 'pdc', 'PszaProcessor', 'Nobody', '', '__proto__'),
      day: fc.integer({ min: -1000, max: 40_000 }),
      category: fc.oneof(fc.constantFrom('PROCESSING_ERROR', 'processing_error', 'insufficient_data'), fc.string()),
      rows: fc.nat(),
      entities: fc.nat(),
      wholeDate: fc.boolean(),
      samples: fc.array(fc.string(), { maxLength: 3 }),
      created: fc.integer(),
      resolved: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const all = failuresOf(records, input, grid);
        assert.equal(all.length, records.filter(({ table }) => table < 2).length);
        const sorted = failureCategories(all);
        assert.equal(sorted.flatMap((category) => category.failures).length, all.length);
        const ranks = sorted.map(({ kind }) => FAILURE_KINDS.indexOf(kind));
        assert.deepEqual(
          ranks,
          ranks.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
