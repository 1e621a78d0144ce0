import assert from 'node:assert/strict';
import fc from 'fast-check';
import { STATUSES } from '../../../../src/base/status';
import { classify, tablesOf } from '../../../../src/core/coverage/classify';
import { explain } from '../../../../src/core/coverage/explain';
import { gapsByRoot } from '../../../../src/core/coverage/gaps';
import type { PastDates } from '../../../../src/core/coverage/needs';
import { coverageReport } from '../../../../src/core/coverage/report';
import { arbitraryInput } from '../../../support/arbitraries';
import { attempt, buildInput, day, type InputSpec, READ_AT } from '../../../support/builders';

const SPEC: InputSpec = {
  seasons: [['2021-11-01', '2021-11-05']],
  nodes: [
    { id: 'BOX', phase: 'sources' },
    { id: 'PDC', needs: ['BOX'], bootstrapDays: 1 },
    { id: 'MLFS', phase: 'phase2', needs: [{ node: 'PDC', minRows: 100 }], bootstrapDays: 1, entity: ['player'] },
  ],
  data: {
    BOX: { '2021-11-01': 5, '2021-11-02': 5, '2021-11-03': 5 },
    PDC: { '2021-11-02': 81, '2021-11-03': 120 },
    MLFS: { '2021-11-03': { rows: 200, entities: 190 } },
  },
};

describe('coverageReport', () => {
  it('sums up a date by naming each upstream once', () => {
    const all = { '2021-11-01': 5, '2021-11-02': 5, '2021-11-03': 5 };
    const needy = buildInput({
      seasons: [['2021-11-01', '2021-11-03']],
      nodes: [
        { id: 'BOX' },
        { id: 'SHOTS' },
        { id: 'A', needs: ['BOX', 'SHOTS', { node: 'BOX', window: { kind: 'lastDates', count: 2 } }] },
      ],
      data: { SHOTS: { '2021-11-01': 5, '2021-11-02': 5 }, A: all },
    });
    const { dates } = coverageReport(needy, classify(needy), {}, 'cache');
    for (const { summary } of dates) assert.equal(summary.split('BOX').length, 2, summary);
    assert.equal(dates[2]?.summary, 'BOX missing (also on 2 dates), SHOTS missing');
  });

  const input = buildInput(SPEC);
  const grid = classify(input);

  it('has the documented shape', () => {
    const report = coverageReport(input, grid, { from: day('2021-11-02'), to: day('2021-11-04') }, 'cache');
    assert.deepEqual(
      JSON.parse(JSON.stringify({ ...report, partitions: report.partitions.slice(3, 5), dates: report.dates.slice(0, 2) })),
      {
        asOf: '2021-12-02T12:00:00.000Z',
        source: 'cache',
        mode: 'backfill',
        processors: [
          {
            id: 'PDC',
            phase: 'phase1',
            table: 't.pdc',
            expected: 3,
            complete: 2,
            gaps: 1,
            datesWithRows: 2,
            firstDate: '2021-11-02',
            lastDate: '2021-11-03',
            absentRanges: [{ from: '2021-11-04', to: '2021-11-04', status: 'blocked', reason: 'upstream' }],
          },
          {
            id: 'MLFS',
            phase: 'phase2',
            table: 't.mlfs',
            expected: 3,
            complete: 1,
            gaps: 2,
            datesWithRows: 1,
            firstDate: '2021-11-03',
            lastDate: '2021-11-03',
            absentRanges: [
              { from: '2021-11-02', to: '2021-11-02', status: 'blocked', reason: 'upstream' },
              { from: '2021-11-04', to: '2021-11-04', status: 'blocked', reason: 'upstream' },
            ],
          },
        ],
        dates: [
          {
            date: '2021-11-02',
            status: 'incomplete',
            roots: [{ processor: 'PDC', date: '2021-11-02', have: '81 rows', need: '100 rows' }],
            summary: 'PDC 81 < 100',
          },
          { date: '2021-11-03', status: 'complete', roots: [], summary: 'Complete' },
        ],
        partitions: [
          {
            processor: 'MLFS',
            date: '2021-11-02',
            status: 'blocked',
            rows: 0,
            entities: 0,
            roots: [{ processor: 'PDC', date: '2021-11-02', have: '81 rows', need: '100 rows' }],
            reason: {
              kind: 'upstream',
              partition: { node: 'PDC', date: '2021-11-02' },
              have: '81 rows',
              need: '100 rows',
              text: 'PDC 2021-11-02: 81 rows, needs 100 rows',
            },
          },
          { processor: 'MLFS', date: '2021-11-03', status: 'complete', rows: 200, entities: 190, roots: [] },
        ],
      },
    );
  });

  it('names a source as a source, and says what was never read', () => {
    const unread = buildInput({ ...SPEC, data: { ...SPEC.data, MLFS: null } });
    const report = coverageReport(unread, classify(unread), { from: day('2021-11-04'), to: day('2021-11-04') }, 'warehouse');
    assert.deepEqual(report.dates[0]?.roots, [{ source: 'BOX', date: '2021-11-04', have: '0 rows', need: '1 row' }]);
    const mlfs = report.partitions.find(({ processor }) => processor === 'MLFS');
    assert.deepEqual([mlfs?.status, mlfs?.rows, mlfs?.entities, mlfs?.reason?.kind], ['unknown', null, null, 'unavailable']);
  });

  it('has no time when nothing was ever read', () => {
    const unread = buildInput({ ...SPEC, data: { BOX: null, PDC: null, MLFS: null } });
    assert.equal(coverageReport(unread, classify(unread), {}, 'cache').asOf, null);
  });

  it('lets a source be asked about by name', () => {
    const [box] = coverageReport(input, grid, { processors: [0] }, 'warehouse').processors;
    assert.deepEqual([box?.id, box?.phase, box?.gaps], ['BOX', 'sources', 2]);
  });
});

describe('gapsByRoot', () => {
  it('puts the source before what lacks it, in one group with all that it causes', () => {
    const input = buildInput(SPEC);
    const headlines = gapsByRoot(input, classify(input), {}).map(({ headline, gaps }) => [headline, gaps.length]);
    assert.deepEqual(headlines, [
      ['4 gaps, 1 cause: BOX missing on 2 dates', 4],
      ['1 gap, 1 cause: PDC 2021-11-02 has 81 rows, MLFS needs 100 rows', 1],
    ]);
  });
});

describe('what an attempt read after it ended', () => {
  const fact = attempt({ outcome: 'done', endedAt: READ_AT + 60_000, after: 'r300 e150 k- w- c' });

  it('counts until the warehouse is read again', () => {
    const input = buildInput({ ...SPEC, mode: 'production', last: { 'MLFS 2021-11-04': fact } });
    const grid = classify(input);
    const found = explain(input, grid, 2, day('2021-11-04'));
    assert.deepEqual([found.rows, found.entities], [300, 150]);
  });

  it('is older than a read that came later', () => {
    const older = { ...fact, endedAt: READ_AT - 1 };
    const input = buildInput({ ...SPEC, last: { 'PDC 2021-11-02': older } });
    assert.equal(explain(input, classify(input), 1, day('2021-11-02')).rows, 81);
  });
});

describe('windows', () => {
  it('are counted in passing as they would be one by one', () => {
    let counted = 0;
    fc.assert(
      fc.property(arbitraryInput, (spec) => {
        const input = buildInput(spec);
        const t = tablesOf(input, classify(input));
        for (const table of t.nodes) {
          for (const rule of table.needs.flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need]))) {
            const past: PastDates | undefined = rule.past;
            if (past === undefined) continue;
            for (let offset = 0; offset < t.dayCount; offset++) {
              if ((table.off[offset] ?? 0) < 254) continue;
              const cells: number[] = [...past.dates(offset)].map((date) => rule.node * t.dayCount + date);
              const sums: ReturnType<PastDates['count']> = past.count(t, offset);
              counted++;
              assert.equal(sums.total, cells.length);
              const sound = cells.filter((cell) => STATUSES[t.held[cell] ?? 0] !== 'suspect');
              assert.equal(
                sums.rows,
                sound.reduce((sum, cell) => sum + Math.max(0, t.rows[cell] ?? 0), 0),
              );
              const window = rule.window;
              if (window.kind === 'lastDates') assert.ok(sums.total <= window.count);
              const season = t.timeline.season[offset];
              for (const cell of cells) {
                const date = cell % t.dayCount;
                assert.ok(date < offset && t.timeline.season[date] === season);
                if (window.kind === 'lastDays') assert.ok(date >= offset - window.days);
              }
            }
          }
        }
      }),
    );
    assert.ok(counted > 100, `only ${counted} windows`);
  });
});
