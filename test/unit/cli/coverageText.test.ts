import assert from 'node:assert/strict';
import { coverageCsv, coverageMarkdown, coverageTable } from '../../../src/cli/render/coverageText';
import { explainCsv, explainMarkdown, explainReport, explainText } from '../../../src/cli/render/explainText';
import { gapsCsv, gapsMarkdown, gapsText } from '../../../src/cli/render/gapsText';
import { classify } from '../../../src/core/coverage/classify';
import { explain } from '../../../src/core/coverage/explain';
import { gapsReport } from '../../../src/core/coverage/fixes';
import { gapsByRoot } from '../../../src/core/coverage/gaps';
import { coverageReport } from '../../../src/core/coverage/report';
import { attempt, buildInput, day, GAMES, type Held } from '../../support/builders';
import { assertGolden } from '../../support/golden';

const screen = { width: 80, color: false };

function dates(first: number, last: number, held: Held): Record<string, Held> {
  const found: Record<string, Held> = {};
  for (let date = first; date <= last; date++) found[`2021-11-${String(date).padStart(2, '0')}`] = held;
  return found;
}

/**
 * Two processors over half a month: bootstrap on 1 to 4, PDC low on 7 and 8 and missing on 9 and 10, off on the 11th, where PDC has rows
 * nevertheless, MLFS failed on the 12th and waived on the 14th.
 */
const input = buildInput({
  name: 'NBA seasons',
  seasons: [['2021-11-01', '2021-11-14']],
  calendars: [GAMES],
  calendarDates: { games: { ...(dates(1, 10, 5) as Record<string, number>), ...(dates(12, 14, 7) as Record<string, number>) } },
  nodes: [
    { id: 'BOX', phase: 'sources' },
    { id: 'PDC', phase: 'phase4', bootstrapDays: 4, entity: ['player'], needs: ['BOX'] },
    { id: 'MLFS', phase: 'phase5', bootstrapDays: 4, needs: [{ node: 'PDC', minRows: 100 }] },
  ],
  data: {
    BOX: { ...dates(1, 10, 200), ...dates(12, 14, 200) },
    PDC: { ...dates(5, 6, 214), ...dates(7, 8, 81), ...dates(11, 11, 3), ...dates(12, 14, 220) },
    MLFS: { ...dates(5, 6, 214), ...dates(13, 13, 200) },
  },
  last: {
    'MLFS 2021-11-12': attempt({
      outcome: 'failed',
      category: 'exit',
      message: 'exit code 1: no such column: minutes',
      signature: 's',
      seconds: 12.4,
      stages: { extract: 9.1, calculate_and_save: 3.3 },
    }),
  },
  waivers: [{ node: 'MLFS', from: day('2021-11-14'), to: day('2021-11-14'), reason: 'no model yet', author: 'ann' }],
});
const grid = classify(input);
const report = coverageReport(input, grid, {}, 'warehouse');
const groups = gapsByRoot(input, grid, {});

const zone = process.env['TZ'];
before(() => {
  process.env['TZ'] = 'UTC';
});
after(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('coverage as text', () => {
  it('has a line a processor, and every run of dates without rows below it', () => {
    assertGolden('cli/coverage.txt', coverageTable(report, false, screen).join('\n'));
  });

  it('is the grid that operators draw', () => {
    assertGolden('cli/coverage.md', coverageMarkdown(report));
  });

  it('is a row a partition', () => {
    assertGolden('cli/coverage.csv', coverageCsv(report));
  });

  it('counts ranges that are too many to list, unless all are asked for', () => {
    const scattered = buildInput({
      seasons: [['2021-11-01', '2021-11-14']],
      nodes: [{ id: 'A' }],
      data: { A: Object.fromEntries([1, 3, 5, 7, 9, 11, 13].map((date) => [`2021-11-${String(date).padStart(2, '0')}`, 1])) },
    });
    const scatteredReport = coverageReport(scattered, classify(scattered), {}, 'cache');
    assert.deepEqual(coverageTable(scatteredReport, false, screen).slice(2, 3), [
      '  7 dates from 2021-11-02 on, in 7 ranges: missing (--all lists them)',
    ]);
    assert.equal(coverageTable(scatteredReport, true, screen).filter((line) => line.endsWith(': missing')).length, 7);
  });
});

describe('what is off', () => {
  it('is summed up in one line, unless all is asked for', () => {
    assert.ok(coverageTable(report, false, screen).includes('  off: 1 off-day'));
    assert.ok(coverageTable(report, true, screen).includes('  2021-11-11: off-day'));
  });
});

describe('gaps as text', () => {
  it('groups them by cause with what mends each', () => {
    assertGolden('cli/gaps.txt', gapsText(groups, 'backfill', screen).join('\n'));
    assert.deepEqual(gapsText([], 'backfill', screen), ['No gaps.']);
  });

  it('is data for tools', () => {
    assertGolden('cli/gaps.json', JSON.stringify(gapsReport(groups, 'backfill'), null, 2));
    assertGolden('cli/gaps.csv', gapsCsv(groups, 'backfill'));
    assertGolden('cli/gaps.md', gapsMarkdown(groups, 'backfill'));
  });
});

describe('an explanation as text', () => {
  const node = input.pipeline.nodes.find(({ id }) => id === 'MLFS');
  assert.ok(node !== undefined);
  const at = (date: string) => explain(input, grid, node.index, day(date));

  it('tells status, reasons, needs, roots and what to do', () => {
    const dates = ['2021-11-02', '2021-11-06', '2021-11-07', '2021-11-09', '2021-11-12', '2021-11-14'];
    assertGolden(
      'cli/explain.txt',
      dates.map((date) => explainText(at(date), node, 'backfill', screen).join('\n')).join('\n\n\n'),
    );
  });

  it('is data for tools', () => {
    assertGolden('cli/explain.json', JSON.stringify(explainReport(at('2021-11-12'), node, 'backfill'), null, 2));
    assertGolden('cli/explain.csv', explainCsv(at('2021-11-12'), 'backfill'));
    assertGolden('cli/explain.md', explainMarkdown(at('2021-11-12'), 'backfill'));
  });
});
