import assert from 'node:assert/strict';
import type { Root } from '../../../../src/core/coverage/coverage';
import { fixesOf } from '../../../../src/core/coverage/fixes';
import { day } from '../../../support/builders';

const root = (date: string): Root => ({
  node: 'PDC',
  day: day(date),
  isSource: false,
  status: 'complete',
  fix: 'lowerOrWaive',
  consumer: 'MLFS',
  have: '36 rows',
  need: '100 rows',
});

describe('what mends a gap', () => {
  it('that a re-run cannot is a waiver, whose reason and end are left to a person', () => {
    const dates = ['2021-11-02', '2021-11-03'];
    const gaps = dates.map((date) => ({ node: 'MLFS', day: day(date) }));
    const [fix] = fixesOf(dates.map(root), [...gaps, { node: 'PRED', day: day('2021-11-03') }], 'backfill');
    assert.equal(fix?.command, 'backfill waive MLFS 2021-11-02,2021-11-03 --reason WHY --until YYYY-MM-DD');
    assert.equal(fixesOf([root('2021-11-02')], [], 'backfill')[0]?.command, undefined, 'nothing waits for it');
  });
});
