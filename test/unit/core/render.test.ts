import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classify } from '../../../src/core/classify';
import { coverageCsv, csvField } from '../../../src/core/render/csv';
import { coverageMarkdown, escapeCell } from '../../../src/core/render/markdown';
import { processorTable } from '../../../src/core/render/processorTable';
import { buildInput, day, GAMES, type InputSpec } from '../../support/builders';

const SPEC: InputSpec = {
  name: 'NBA',
  seasons: [['2021-11-01', '2021-11-06']],
  calendars: [GAMES],
  calendarDates: { games: { '2021-11-01': 5, '2021-11-02': 5, '2021-11-03': 5, '2021-11-05': 5, '2021-11-06': 5 } },
  nodes: [
    { id: 'BOX', phase: 'sources' },
    { id: 'PDC', needs: ['BOX'], bootstrapDays: 1 },
    { id: 'MLFS', phase: 'phase2', bootstrapDays: 1, needs: [{ node: 'PDC', minRows: 100 }] },
    { id: 'X', phase: 'phase2', bootstrapDays: 1 },
  ],
  data: {
    BOX: { '2021-11-01': 9, '2021-11-02': 9, '2021-11-03': 9, '2021-11-05': 9, '2021-11-06': 9 },
    PDC: { '2021-11-02': 81, '2021-11-03': 120, '2021-11-04': 3, '2021-11-05': 110, '2021-11-06': 101 },
    MLFS: { '2021-11-03': 200 },
    X: null,
  },
};
const ALL = {};
const WITHOUT_X = { processors: [1, 2] };

describe('coverage as text', () => {
  const input = buildInput(SPEC);
  const grid = classify(input);

  it('is the Markdown grid that operators draw', () => {
    assert.equal(
      coverageMarkdown(input, grid, WITHOUT_X),
      `NBA: rows by date · mode backfill · read 2021-12-02T12:00:00.000Z

| Date       | PDC |  MLFS | Status                |
| ---------- | --: | ----: | --------------------- |
| 2021-11-01 |   · |     · | Bootstrap, day 1 of 1 |
| 2021-11-02 |  81 | **0** | PDC 81 < 100          |
| 2021-11-03 | 120 |   200 | Complete              |
| 2021-11-04 |   3 |     · | No games              |
| 2021-11-05 | 110 | **0** | MLFS missing          |
| 2021-11-06 | 101 | **0** | MLFS missing          |
`,
    );
  });

  it('asks where nothing was read', () => {
    assert.match(coverageMarkdown(input, grid, ALL), /^\| 2021-11-03 .*\| +\? \| Never read: X +\|$/m);
  });

  it('is CSV', () => {
    assert.deepEqual(coverageCsv(input, grid, { ...ALL, from: day('2021-11-02'), to: day('2021-11-04') }).split('\r\n'), [
      'date,PDC,MLFS,X,status,summary',
      '2021-11-02,81,0,,incomplete,PDC 81 < 100',
      '2021-11-03,120,200,,unknown,Never read: X',
      '2021-11-04,3,0,,off,No games',
      '',
    ]);
  });

  it('is a table of processors', () => {
    const { columns, rows } = processorTable(input, grid, WITHOUT_X);
    assert.deepEqual(
      columns.map(({ title }) => title),
      ['Processor', 'Phase', 'Expected', 'Complete', 'Gaps', 'First', 'Last', 'Absent'],
    );
    assert.deepEqual(rows, [
      ['PDC', 'phase1', '4', '4', '0', '2021-11-02', '2021-11-06', '2021-11-01: bootstrap'],
      [
        'MLFS',
        'phase2',
        '4',
        '1',
        '3',
        '2021-11-03',
        '2021-11-03',
        '2021-11-01: bootstrap, 2021-11-02: upstream, 2021-11-05 to 2021-11-06: neverRun',
      ],
    ]);
  });

  it('keeps its columns whatever the texts hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cell = escapeCell(text);
        assert.doesNotMatch(cell.replace(/\\./gu, ''), /[|\n\r]|<[a-z/!?]/i);
        assert.doesNotMatch(csvField(text), /^[=+@-]/);
      }),
    );
    assert.equal(csvField('a "b", c'), '"a ""b"", c"');
    assert.equal(csvField('=1+1'), "'=1+1");
  });
});
