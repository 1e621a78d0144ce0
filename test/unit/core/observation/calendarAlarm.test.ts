import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keepCalendar } from '../../../../src/core/observation/calendarAlarm';
import type { CalendarObservations } from '../../../../src/core/observation/observation';
import { buildPipeline, calendarObserved, day } from '../../../support/builders';

const AT = Date.UTC(2021, 10, 10, 12);
const pipeline = buildPipeline({
  nodes: [],
  seasons: [['2021-11-01', '2021-11-30']],
  exclusions: [{ from: day('2021-11-04'), to: day('2021-11-05'), reason: 'break' }],
});

const someDates: fc.Arbitrary<CalendarObservations> = fc
  .uniqueArray(fc.integer({ min: day('2021-10-25'), max: day('2021-12-05') }))
  .chain((days) =>
    fc.array(fc.nat(20), { minLength: days.length, maxLength: days.length }).map((counts) => ({
      days: Int32Array.from(days).sort(),
      counts: Int32Array.from(counts),
      readAt: AT,
    })),
  );

describe('keepCalendar', () => {
  it('never lets a past date of a season go, unless it is excluded, and takes all that the table says now', () => {
    fc.assert(
      fc.property(someDates, someDates, (before, now) => {
        const { observations, lost } = keepCalendar(pipeline, before, now, AT);
        const kept = new Map(Array.from(observations.days, (date, index) => [date, observations.counts[index]]));
        for (const [index, date] of now.days.entries()) assert.equal(kept.get(date), now.counts[index]);
        const guarded = (date: number) =>
          date >= day('2021-11-01') && date <= day('2021-11-10') && (date < day('2021-11-04') || date > day('2021-11-05'));
        const expected = Array.from(before.days).filter((date) => guarded(date) && !now.days.includes(date));
        assert.deepEqual(lost, expected);
        for (const date of lost) assert.equal(kept.get(date), before.counts[before.days.indexOf(date)]);
        assert.equal(kept.size, now.days.length + lost.length);
        assert.deepEqual(observations.days, observations.days.toSorted());
      }),
    );
  });

  it('is settled: the same table again loses the same dates', () => {
    fc.assert(
      fc.property(someDates, someDates, (before, now) => {
        const once = keepCalendar(pipeline, before, now, AT);
        const twice = keepCalendar(pipeline, once.observations, now, AT);
        assert.deepEqual(twice, once);
      }),
    );
  });

  it('has nothing to compare with at first', () => {
    const now = calendarObserved({ '2021-11-01': 3 });
    assert.deepEqual(keepCalendar(pipeline, undefined, now, AT), { observations: now, lost: [] });
  });

  it('looks at all dates where the manifest has no seasons', () => {
    const open = buildPipeline({ nodes: [] });
    const { lost } = keepCalendar(open, calendarObserved({ '2019-01-01': 1 }), calendarObserved({}), AT);
    assert.deepEqual(lost, [day('2019-01-01')]);
  });
});
