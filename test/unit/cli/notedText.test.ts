import assert from 'node:assert/strict';
import { explainCsv, explainMarkdown, explainReport, explainText } from '../../../src/cli/render/explainText';
import { failuresCsv, failuresMarkdown, failuresText } from '../../../src/cli/render/failuresText';
import { timingCsv, timingMarkdown, timingText } from '../../../src/cli/render/timingText';
import { classify } from '../../../src/core/coverage/classify';
import { explain } from '../../../src/core/coverage/explain';
import { failureCategories, failuresOf } from '../../../src/core/records/failures';
import { failuresReport, notedOf } from '../../../src/core/records/noted';
import { runsOf } from '../../../src/core/records/runHistory';
import { timingView } from '../../../src/core/timing/timingView';
import { timingViewReport } from '../../../src/core/timing/timingWords';
import { buildInput, day, READ_AT } from '../../support/builders';
import { assertGolden } from '../../support/golden';
import { failureRecord, failureTable, historyRow, historyTable } from '../../support/records';

const screen = { width: 80, color: false };
const MINUTE = 60_000;

const input = buildInput({
  seasons: [['2021-11-01', '2021-11-30']],
  nodes: [{ id: 'PSZA', aliases: ['PszaProcessor'] }, { id: 'PDC' }, { id: 'MLFS' }],
  data: { PSZA: { '2021-11-01': 20, '2021-11-02': 21 } },
  failures: [failureTable(), failureTable({ table: 'ops.names', name: 'Unknown players', label: 'NO_PLAYER', reprocessed: 'r' })],
  history: historyTable(),
});
const grid = classify(input);
const few = Array.from({ length: 12 }, (_, index) =>
  failureRecord('PszaProcessor', `2021-11-${String(index + 1).padStart(2, '0')}`, 'INSUFFICIENT_DATA', {
    rows: 90,
    entities: 90,
  }),
);
const RECORDS = [
  ...few,
  ...few.map((record) => ({ ...record, category: 'INCOMPLETE_DATA', samples: ['ann', 'bob', 'cid'] })),
  failureRecord('PszaProcessor', '2021-11-02', 'PROCESSING_ERROR', { reason: 'left behind' }),
  failureRecord('PszaProcessor', '2021-11-03', 'processing_error', {
    ...{ rows: 12, entities: 12, samples: ['ann', 'bob', 'cid'], created: READ_AT },
    reason: 'division by zero\n  in line 12 | of a long text that goes on and on until it has to be broken into two lines',
  }),
  failureRecord('PDC', '2021-11-04', 'MISSING_DEPENDENCY', { wholeDate: true, entities: 0, samples: [] }),
  failureRecord('Stranger', '2021-11-04', 'MISSING_DEPENDENCY'),
  failureRecord('PDC', '2021-11-05', 'NO_PLAYER', { table: 1, rows: 2, entities: 2, resolved: 1 }),
];
const categories = failureCategories(failuresOf(RECORDS, input, grid));

const started = READ_AT - 90 * MINUTE;
const HISTORY = [
  historyRow('PszaProcessor', '2021-11-03', 'running', { run: 'a', started: started - 60 * MINUTE }),
  historyRow('PszaProcessor', '2021-11-03', 'running', { run: 'b', started, seconds: 0 }),
  historyRow('PszaProcessor', '2021-11-03', 'failed', {
    ...{ run: 'b', started, finished: started + 26_400, seconds: 26.4, rows: 0, errors: '[{"message": "division by zero"}]' },
    stages: '{"extract_time": 12.4, "save_time": 2}',
  }),
  ...[1, 2, 4].map((date) =>
    historyRow('PszaProcessor', `2021-11-0${date}`, 'success', {
      ...{ run: `s${date}`, started, seconds: date * 20, rows: 20 },
      stages: `{"extract_time": ${date * 10}}`,
    }),
  ),
  historyRow('Stranger', '2021-11-03', 'Crashed', { run: 'c' }),
];

const zone = process.env['TZ'];
before(() => {
  process.env['TZ'] = 'UTC';
});
after(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('failures as text', () => {
  it('come by category, what stops first, with the newest dates in full', () => {
    assertGolden('cli/failures.txt', failuresText(categories, false, screen).join('\n'));
    assert.deepEqual(failuresText([], false, screen), ['No failures.']);
  });

  it('are all told when they are asked for', () => {
    const all = failuresText(categories, true, screen);
    assert.equal(all.filter((line) => /^ {4}2021-11-\d\d {2}/.test(line)).length, RECORDS.length);
    assert.ok(!all.some((line) => line.includes('--all')));
  });

  it('are data for tools', () => {
    const short = categories.filter(({ failures }) => failures.length < 5);
    assertGolden('cli/failures.json', JSON.stringify(failuresReport(short), null, 2));
    assertGolden('cli/failures.csv', failuresCsv(short));
    assertGolden('cli/failures.md', failuresMarkdown(categories));
  });
});

describe('timing as text', () => {
  const runs = runsOf(HISTORY, input.pipeline, historyTable(), READ_AT);
  const attempts = [40, 50].map((seconds) => ({
    ...{ processor: 'MLFS', outcome: 'done' as const, day: day('2021-11-05'), seconds },
    stages: [{ name: 'write', seconds: 2 }],
  }));
  const view = timingView({ history: runs, runs: attempts, order: ['PSZA', 'PDC', 'MLFS'] });
  const timings = view.processors;

  it('has a line a processor, and its stages', () => {
    assertGolden('cli/timing.txt', timingText(view, screen).join('\n'));
    assert.deepEqual(timingText({ processors: [], left: [] }, screen), ['No run is known.']);
  });

  it('says below what is left over all processors', () => {
    const left = [
      {
        backfill: 'b1',
        dates: 45,
        slots: 2,
        processors: ['PDC', 'MLFS'],
        seconds: [9_000, 4_800, 3_600, 2_400, 2_000, 1_800, 1_600, 1_500],
      },
      { dates: 3, slots: 1, processors: ['PSZA', 'PDC', 'MLFS'], seconds: [90], limit: 'a DuckDB file has one writer at a time' },
      { backfill: 'b2', dates: 3, slots: 1, processors: ['PSZA'], seconds: [90] },
    ];
    assert.deepEqual(timingText({ processors: timings, left }, { ...screen, width: 200 }).slice(-4), [
      '',
      'Left:',
      '  b1: 45 dates left of PDC and MLFS: 1 h 20 min with 2 at once, 40 min with 4 at once, 25 min with 8',
      '  3 gaps that can be filled, of PSZA and 2 more: 90 s (one at a time: a DuckDB file has one writer at a time)',
    ]);
  });

  it('is data for tools', () => {
    assertGolden('cli/timing.json', JSON.stringify(timingViewReport(view), null, 2));
    assertGolden('cli/timing.csv', timingCsv(timings));
    assertGolden('cli/timing.md', timingMarkdown(timings));
  });
});

describe('an explanation with what jobs noted, as text', () => {
  const node = input.pipeline.processors[0];
  assert.ok(node);
  const date = day('2021-11-03');
  const explanation = explain(input, grid, node.index, date);
  const noted = notedOf(
    node,
    {
      failures: RECORDS.filter((record) => record.day === date),
      history: HISTORY.filter((row) => row.day === date),
      problems: ['There is no table ops.names.'],
    },
    input,
    grid,
  );

  it('tells failures and runs beside the rest', () => {
    assertGolden('cli/explainNoted.txt', explainText(explanation, node, 'backfill', screen, noted).join('\n'));
  });

  it('is data for tools', () => {
    const { failures, runs, notRead } = explainReport(explanation, node, 'backfill', noted);
    assertGolden('cli/explainNoted.json', JSON.stringify({ failures, runs, notRead }, null, 2));
    assertGolden('cli/explainNoted.csv', explainCsv(explanation, 'backfill', noted));
    assert.match(explainMarkdown(explanation, 'backfill', noted), /Runs noted +\| failed/);
    assert.ok(!('failures' in explainReport(explanation, node, 'backfill')));
  });
});
