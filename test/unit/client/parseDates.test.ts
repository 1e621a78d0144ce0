import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDay } from '../../../src/base/day';
import { parseDates } from '../../../src/client/parseDates';

const isoDate = fc.integer({ min: 0, max: 30_000 }).map(formatDay);

describe('parseDates', () => {
  it('reads one date, several in any order, and a range', () => {
    assert.deepEqual(parseDates(' 2021-11-05 '), { dates: ['2021-11-05'] });
    assert.deepEqual(parseDates('2021-11-08,2021-11-05 2021-11-08'), { dates: ['2021-11-05', '2021-11-08'] });
    assert.deepEqual(parseDates('2021-11-05 to 2021-11-30'), { from: '2021-11-05', to: '2021-11-30' });
  });

  it('says what is wrong', () => {
    assert.deepEqual(parseDates('2021-02-30'), { problem: '“2021-02-30” is no date. Write YYYY-MM-DD.' });
    assert.deepEqual(parseDates('2021-11-30 to 2021-11-05'), { problem: '2021-11-30 is after 2021-11-05.' });
    assert.deepEqual(parseDates('2021-11-05 to'), { problem: 'Write a range as YYYY-MM-DD to YYYY-MM-DD.' });
    assert.deepEqual(parseDates('to'), { problem: 'Write a range as YYYY-MM-DD to YYYY-MM-DD.' });
    assert.ok('problem' in parseDates(''));
  });

  it('reads back every list and never throws on other text', () => {
    fc.assert(
      fc.property(fc.array(isoDate, { minLength: 1 }), (dates) => {
        assert.deepEqual(parseDates(dates.join(', ')), { dates: [...new Set(dates)].sort() });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => typeof parseDates(text) === 'object'));
  });
});
