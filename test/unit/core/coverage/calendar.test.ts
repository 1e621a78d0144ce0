import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import { OFF_KINDS } from '../../../../src/base/status';
import { EXPECTED, todayOf } from '../../../../src/core/coverage/calendar';
import { classify } from '../../../../src/core/coverage/classify';
import type { CoverageGrid } from '../../../../src/core/coverage/coverage';
import { buildInput, DAILY, day, GAMES, type InputSpec } from '../../../support/builders';

function spanOf(spec: InputSpec): string[] {
  const grid = classify(buildInput(spec));
  return grid.dayCount === 0 ? [] : [formatDay(grid.firstDay), formatDay(grid.firstDay + grid.dayCount - 1)];
}

function offAt(grid: CoverageGrid, date: string): string {
  const code = grid.off[day(date) - grid.firstDay] ?? 0;
  return code === EXPECTED ? 'expected' : (OFF_KINDS[code] ?? 'nothing');
}

const NODES = [{ id: 'A' }];
const AT_NOON = (date: string) => Date.parse(`${date}T12:00:00Z`);

describe('the span of a grid', () => {
  const seasons = [
    ['2020-10-01', '2020-12-31'],
    ['2021-10-01', '2021-12-31'],
  ] as const;

  it('goes from the first season to today, and no further than the last season', () => {
    assert.deepEqual(spanOf({ seasons, nodes: NODES, now: AT_NOON('2021-11-10') }), ['2020-10-01', '2021-11-10']);
    assert.deepEqual(spanOf({ seasons, nodes: NODES, now: AT_NOON('2022-05-01') }), ['2020-10-01', '2021-12-31']);
  });

  it('is empty before the first season, and has no season then', () => {
    assert.deepEqual(spanOf({ seasons, nodes: NODES, now: AT_NOON('2020-09-01') }), []);
  });

  it('takes in rows outside of the seasons, but not those of impossible dates', () => {
    const data = { A: { '1970-01-01': 1, '2019-05-01': 1, '2022-03-01': 1, '9999-12-31': 1 } };
    const input = { seasons, nodes: NODES, data, now: AT_NOON('2022-05-01') };
    assert.deepEqual(spanOf(input), ['2019-05-01', '2022-03-01']);
    const grid = classify(buildInput(input));
    assert.equal(offAt(grid, '2019-05-01'), 'outside');
    assert.equal(offAt(grid, '2021-02-01'), 'outside');
    assert.equal(offAt(grid, '2021-11-01'), 'expected');
  });

  it('goes from the first observation to today without seasons, and has no bootstrap', () => {
    const input: InputSpec = {
      nodes: [{ id: 'A', bootstrapDays: 5 }],
      data: { A: { '2021-11-03': 4 } },
      now: AT_NOON('2021-11-10'),
    };
    assert.deepEqual(spanOf(input), ['2021-11-03', '2021-11-10']);
    assert.equal(offAt(classify(buildInput(input)), '2021-11-04'), 'expected');
  });

  it('counts dates by the clock of the zone', () => {
    const due = { afterDays: 1, zone: 'America/New_York' };
    assert.equal(formatDay(todayOf(due, Date.parse('2021-11-10T03:00:00Z'))), '2021-11-09');
    assert.equal(formatDay(todayOf({ ...due, zone: 'Nowhere/Else' }, Date.parse('2021-11-10T03:00:00Z'))), '2021-11-10');
    const grid = classify(
      buildInput({ seasons: [['2021-11-01', '2021-11-30']], nodes: NODES, due, now: Date.parse('2021-11-10T03:00:00Z') }),
    );
    assert.equal(offAt(grid, '2021-11-08'), 'expected');
    assert.equal(offAt(grid, '2021-11-09'), 'notDue');
  });

  it('gives the first calendar its counts, bootstrap or not', () => {
    const grid = classify(
      buildInput({
        seasons: [['2021-11-01', '2021-11-05']],
        calendars: [GAMES, DAILY],
        calendarDates: { games: { '2021-11-01': 7, '2021-11-03': 2 } },
        nodes: [{ id: 'A', calendar: 'daily', bootstrapDays: 3 }],
      }),
    );
    assert.deepEqual([...grid.counts], [7, -1, 2, -1, -1]);
  });
});
