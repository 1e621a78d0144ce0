import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayOf, formatDay, formatRange, parseDay, rangesOf, todayIn, weekdayOf } from '../../../src/base/day';

describe('day', () => {
  it('reads and writes every date of four centuries', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayOf(1800, 1, 1), max: dayOf(2200, 12, 31) }), (day) => {
        assert.equal(parseDay(formatDay(day)), day);
      }),
    );
  });

  it('refuses what is no date', () => {
    for (const text of ['', '2021-2-3', '2021-02-30', '2021-13-01', '20211105', '2021-11-05T00:00', ' 2021-11-05']) {
      assert.equal(parseDay(text), undefined, text);
    }
  });

  it('knows the weekday before and after 1970', () => {
    assert.equal(weekdayOf(dayOf(2021, 11, 25)), 4); // Thanksgiving, a Thursday
    assert.equal(weekdayOf(dayOf(1969, 12, 31)), 3);
  });

  it('tells the date by the clock of the zone', () => {
    const instant = Date.UTC(2021, 10, 5, 3, 30);
    assert.equal(formatDay(todayIn('America/New_York', instant)), '2021-11-04');
    assert.equal(formatDay(todayIn('UTC', instant)), '2021-11-05');
  });

  it('joins adjacent dates into inclusive ranges', () => {
    const first = dayOf(2021, 11, 5);
    const ranges = rangesOf([first, first + 1, first + 2, first + 9]);
    assert.deepEqual(ranges.map(formatRange), ['2021-11-05 to 2021-11-07', '2021-11-14']);
  });
});
