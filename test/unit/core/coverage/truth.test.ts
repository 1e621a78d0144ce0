import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import { STATUSES } from '../../../../src/base/status';
import { classify } from '../../../../src/core/coverage/classify';
import type { CoverageGrid, CoverageInput } from '../../../../src/core/coverage/coverage';
import { dateCoverage } from '../../../../src/core/coverage/dates';
import { explain } from '../../../../src/core/coverage/explain';
import { gapsByRoot } from '../../../../src/core/coverage/gaps';
import { coverageReport } from '../../../../src/core/coverage/report';
import { fixText, rootText } from '../../../../src/core/words';
import expected from '../../../fixtures/coverage-nov-2021.expected.json';
import { buildInput, DAILY, day, GAMES, type NodeSpec } from '../../../support/builders';
import {
  dayRange,
  NOVEMBER_NODES,
  NOVEMBER_NODES_WITH_CAUSES,
  november2021,
  realGames,
  sharedDataMissing,
} from '../../../support/realSeasons';
import { skipBecause } from '../../../support/skip';

const NOVEMBER = dayRange(['2021-11-01', '2021-11-30']);

function covered(nodes: readonly NodeSpec[]): { input: CoverageInput; grid: CoverageGrid } {
  const input = buildInput(november2021(nodes));
  return { input, grid: classify(input) };
}

function nodeIndex(input: CoverageInput, id: string): number {
  return input.pipeline.nodes.findIndex((node) => node.id === id);
}

function statusOf(grid: CoverageGrid, node: number, date: string): string {
  return STATUSES[grid.status[node * grid.dayCount + day(date) - grid.firstDay] ?? 0] ?? '';
}

/** The ids of a partition's roots, sorted; all of them lie on its own date here. */
function rootIds({ input, grid }: { input: CoverageInput; grid: CoverageGrid }, id: string, date: string): string[] {
  const { roots } = explain(input, grid, nodeIndex(input, id), day(date));
  for (const root of roots) assert.equal(formatDay(root.day), date);
  return roots.map(({ node }) => node).sort();
}

describe('November 2021 as recorded', () => {
  before(function () {
    const missing = sharedDataMissing();
    if (missing !== undefined) skipBecause(this, missing);
  });

  it('has the statuses and root sets of the committed table', () => {
    const coverage = covered(NOVEMBER_NODES);
    const { input, grid } = coverage;
    const dates = dateCoverage(input, grid, NOVEMBER);
    assert.equal(dates.length, 30);
    expected.dates.forEach(({ date, status, roots, statuses, gaps }, index) => {
      const found = dates[index];
      assert.equal(formatDay(found?.day ?? 0), date);
      assert.equal(found?.status, status, date);
      assert.deepEqual(found?.roots.map(({ node }) => node).sort(), roots, date);
      for (const [id, wanted] of Object.entries(statuses))
        assert.equal(statusOf(grid, nodeIndex(input, id), date), wanted, `${id} ${date}`);
      for (const id of Object.keys(statuses)) {
        assert.deepEqual(rootIds(coverage, id, date), (gaps as Record<string, string[]>)[id] ?? [], `${id} ${date}`);
      }
    });
  });

  it('says each date in one short line', () => {
    const { input, grid } = covered(NOVEMBER_NODES);
    const summaries = dateCoverage(input, grid, NOVEMBER).map(({ day: at, summary }) => `${formatDay(at).slice(8)} ${summary}`);
    assert.deepEqual(
      summaries.filter((_, index) => [1, 3, 5, 7, 10, 25, 29].includes(index + 1)),
      [
        '01 Bootstrap, day 14 of 17',
        '03 Bootstrap, day 16 of 17',
        '05 PDC 36 < 100, PCF missing',
        '07 PDC 81 < 100',
        '10 Complete',
        '25 No games',
        '29 TDZA 29 < 30',
      ],
    );
  });

  it('finds the true cause of the six dates, which no run mends', () => {
    const coverage = covered(NOVEMBER_NODES_WITH_CAUSES);
    const { input, grid } = coverage;
    for (const { date, PCF, MLFS, fix } of expected.trueCauses) {
      assert.deepEqual(rootIds(coverage, 'PCF', date), PCF, date);
      assert.deepEqual(rootIds(coverage, 'MLFS', date), MLFS, date);
      const { roots } = explain(input, grid, nodeIndex(input, 'MLFS'), day(date));
      for (const root of roots) assert.equal(root.fix, (fix as Record<string, string>)[root.node], rootText(root));
      const { overlays } = explain(input, grid, nodeIndex(input, PCF[0] ?? ''), day(date));
      assert.equal(overlays[0]?.kind, 'shortFor');
    }
  });

  it('offers what helps where UTGC is too little', () => {
    const { input, grid } = covered(NOVEMBER_NODES_WITH_CAUSES);
    const { roots } = explain(input, grid, nodeIndex(input, 'PCF'), day('2021-11-23'));
    assert.deepEqual(roots.map(rootText), ['UTGC 2021-11-23 has 8 rows, PCF needs 10 rows']);
    assert.deepEqual(roots.map(fixText), [
      'Lower what PCF needs, or waive the gap: running UTGC 2021-11-23 again changes nothing.',
    ]);
  });

  it('groups the gaps by what causes them', () => {
    const { input, grid } = covered(NOVEMBER_NODES);
    const groups = gapsByRoot(input, grid, NOVEMBER);
    assert.deepEqual(
      groups.map(({ headline }) => headline),
      [
        '4 gaps, 1 cause: TDZA below 30 entities for PCF on 2 dates',
        '6 gaps, 2 causes: PDC below 100 rows for MLFS on 6 dates; PCF missing on 6 dates',
        '3 gaps, 1 cause: PDC below 100 rows for MLFS on 3 dates',
        '6 gaps, 1 cause: PCF missing on 6 dates',
      ],
    );
  });

  it('tells where rows are absent and why', () => {
    const { input, grid } = covered(NOVEMBER_NODES);
    const report = coverageReport(input, grid, { from: day('2021-10-19'), to: NOVEMBER.to }, 'warehouse');
    const mlfs = report.processors.find(({ id }) => id === 'MLFS');
    assert.deepEqual(mlfs?.absentRanges.slice(0, 2), [
      { from: '2021-10-19', to: '2021-11-04', status: 'off', reason: 'bootstrap' },
      { from: '2021-11-05', to: '2021-11-09', status: 'blocked', reason: 'upstream' },
    ]);
    assert.deepEqual([mlfs?.expected, mlfs?.complete, mlfs?.gaps], [25, 14, 11]);
    assert.deepEqual([mlfs?.firstDate, mlfs?.lastDate, mlfs?.datesWithRows], ['2021-11-10', '2021-11-28', 14]);
  });
});

describe('four seasons of games', () => {
  before(function () {
    const missing = sharedDataMissing();
    if (missing !== undefined) skipBecause(this, missing);
  });

  it('expects the dates with games and no other', () => {
    const { games, seasons } = realGames(2018, 2021);
    assert.deepEqual(
      seasons.map(({ name }) => name),
      expected.seasons.names,
    );
    const input = buildInput({
      seasons: seasons.map(({ from, to }) => [from, to] as const),
      calendars: [GAMES, DAILY],
      calendarDates: { games },
      nodes: [{ id: 'PGS' }],
      data: { PGS: games },
      now: Date.UTC(2022, 6, 1),
    });
    const grid = classify(input);
    const expectedDates = [...grid.status.keys()].filter((cell) => grid.status[cell] === STATUSES.indexOf('complete'));
    assert.equal(expectedDates.length, expected.seasons.gameDates);
    const november = expectedDates.filter((cell) => formatDay(grid.firstDay + cell).startsWith('2021-11'));
    assert.equal(november.length, expected.seasons.gameDatesInNovember2021);
    for (const [from = '', to = ''] of expected.seasons.offDays) {
      for (const date of dateCoverage(input, grid, dayRange([from, to]))) {
        assert.equal(date.status, 'off', formatDay(date.day));
        assert.equal(date.summary, 'No games');
        assert.equal(grid.rootSet[date.day - grid.firstDay], 0);
      }
    }
  });
});
