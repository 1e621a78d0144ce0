import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayOf, formatDay } from '../../../src/base/day';
import { isGap, STATUSES, type Status, statusCode } from '../../../src/base/status';
import type { Snapshot } from '../../../src/protocol/snapshot';
import { gapIn, trailOf } from '../../../webview/matrix/causes';
import { paintCell } from '../../../webview/matrix/cell';
import { asCsv, asMarkdown, cellsToCopy } from '../../../webview/matrix/copying';
import { causeText, describe as describeCell, sentence } from '../../../webview/matrix/describe';
import {
  cellRect,
  columnAt,
  columnOf,
  gutterOf,
  layoutMatrix,
  lineOf,
  SIZE,
  scrollTo,
  segmentsOf,
  spotAt,
  type View,
} from '../../../webview/matrix/layout';
import { moved, nextGap } from '../../../webview/matrix/navigate';
import { dayInOverview, paintOverview } from '../../../webview/matrix/overview';
import { paintMatrix } from '../../../webview/matrix/paint';
import { cellsOfCause, readSelected, selectCells, selectedCells, withBlock } from '../../../webview/matrix/selected';
import { aggregate } from '../../../webview/matrix/summary';
import { LEVELS } from '../../../webview/matrix/zoom';
import type { PaintOp } from '../../../webview/shared/paintOp';
import { palette } from '../../support/palette';

const DAYS = { unit: 'day', width: 16 } as const;
const view: View = { width: 900, height: 300, zoom: DAYS, scrollX: 0, scrollY: 0 };
const firstDay = dayOf(2021, 10, 19);

/** Two seasons of 20 and 15 dates, 40 days apart; all complete but for the given cells `[node, offset, status]`. */
function snapshotOf(cells: readonly (readonly [number, number, Status])[] = []): Snapshot {
  const ids = ['BOX', 'PGS', 'PDC', 'MLFS'];
  const dayCount = 75;
  const size = ids.length * dayCount;
  const status = new Uint8Array(size).fill(statusCode('complete'));
  const dates = new Uint8Array(dayCount).fill(3);
  const rootSet = new Int32Array(size);
  for (const [node, offset, word] of cells) {
    status[node * dayCount + offset] = statusCode(word);
    dates[offset] = 2;
    rootSet[node * dayCount + offset] = 1;
  }
  return {
    version: 1,
    pipeline: 'Test',
    manifest: 'backfill.yaml',
    mode: 'backfill',
    asOf: 0,
    source: 'warehouse',
    firstDay,
    dayCount,
    nodes: ids.map((id, index) => ({
      id,
      name: `${id} name`,
      phase: index === 0 ? 'sources' : index === 1 ? 'phase3' : 'phase4',
      phaseName: index === 0 ? 'Sources' : index === 1 ? 'Analytics' : 'Precompute',
      isSource: index === 0,
      upstream: index === 0 ? [] : [index - 1],
    })),
    seasons: [
      { name: '2021-22', from: firstDay, to: firstDay + 19 },
      { name: '2022-23', from: firstDay + 60, to: firstDay + 74 },
    ],
    status,
    off: new Uint8Array(size).fill(255),
    rows: new Int32Array(size).fill(120),
    expectedRows: new Int32Array(size).fill(100),
    flags: new Uint8Array(size),
    rootSet,
    rootTexts: ['', 'PDC 2021-10-21: 36 rows, needs 100'],
    rootCells: [new Int32Array(), new Int32Array([2 * dayCount + 2])],
    causes: [{ headline: '1 cause: PDC below 100 rows', gaps: cells.length }],
    causeOfSet: new Int32Array([-1, 0]),
    dates,
    gaps: cells.length,
  };
}

describe('gap matrix: layout and hit-test', () => {
  it('hits exactly the cell that is drawn, at every zoom and scroll', () => {
    const snapshot = snapshotOf();
    fc.assert(
      fc.property(
        fc.constantFrom(...LEVELS),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 74 }),
        (zoom, scrollX, scrollY, node, offset) => {
          const layout = layoutMatrix(snapshot, { ...view, height: 150, zoom, scrollX, scrollY });
          const line = lineOf(layout, { node, day: 0 });
          const column = columnOf(layout, firstDay + offset);
          const box = cellRect(layout, line, firstDay + offset);
          const between = offset >= 20 && offset < 60;
          assert.equal(box === undefined, between);
          if (box === undefined || column === undefined) return;
          assert.ok(column.from <= firstDay + offset && firstDay + offset <= column.to);
          const x = box.x + box.w / 2;
          const y = box.y + box.h / 2;
          const hidden = x < SIZE.gutter || y < SIZE.header;
          const found = spotAt(layout, x, y);
          assert.deepEqual(
            found?.kind === 'cell' ? found : undefined,
            hidden ? undefined : { kind: 'cell', node, day: column.from },
          );
        },
      ),
    );
  });

  it('covers every date of the seasons by exactly one column, in order', () => {
    for (const zoom of LEVELS) {
      const layout = layoutMatrix(snapshotOf(), { ...view, zoom });
      const dates: number[] = [];
      for (let index = 0; index < layout.columns; index++) {
        const column = columnAt(layout, index);
        assert.equal(column?.index, index);
        for (let day = column?.from ?? 0; day <= (column?.to ?? -1); day++) dates.push(day - firstDay);
      }
      assert.deepEqual(dates, [...Array.from({ length: 20 }, (_, at) => at), ...Array.from({ length: 15 }, (_, at) => 60 + at)]);
    }
  });

  it('begins weeks on Monday and months on their first', () => {
    const starts = (unit: 'week' | 'month') =>
      segmentsOf(snapshotOf(), { unit, width: 20 }).map((segment) => [...segment.starts].map((day) => formatDay(day)));
    assert.deepEqual(starts('week')[0], ['2021-10-19', '2021-10-25', '2021-11-01']);
    assert.deepEqual(starts('month'), [
      ['2021-10-19', '2021-11-01'],
      ['2021-12-18', '2022-01-01'],
    ]);
  });

  it('finds names, phases and dates, and nothing between seasons', () => {
    const layout = layoutMatrix(snapshotOf(), view);
    assert.deepEqual(spotAt(layout, 20, SIZE.header + 5), { kind: 'phase', phase: 'sources' });
    assert.deepEqual(spotAt(layout, 20, SIZE.header + SIZE.phase + 5), { kind: 'node', node: 0 });
    assert.deepEqual(spotAt(layout, SIZE.gutter + 20, 10), { kind: 'date', day: firstDay + 1 });
    assert.equal(spotAt(layout, SIZE.gutter + 20 * 16 + 4, SIZE.header + 30), undefined);
    assert.equal(spotAt(layout, 20, 10), undefined);
  });

  it('brings any cell into view', () => {
    const snapshot = snapshotOf();
    for (const zoom of LEVELS) {
      for (const day of [firstDay, firstDay + 19, firstDay + 60, firstDay + 74]) {
        for (const node of [0, 3]) {
          const before = layoutMatrix(snapshot, { ...view, width: 420, height: 130, zoom });
          const after = layoutMatrix(snapshot, { ...before.view, ...scrollTo(before, { node, day }) });
          const box = cellRect(after, lineOf(after, { node, day }), day);
          assert.ok(box !== undefined);
          assert.ok(
            box.x >= gutterOf(after.view) && box.x + box.w <= 420.01,
            `${zoom.unit} ${zoom.width} ${formatDay(day)}: x ${box.x}`,
          );
          assert.ok(box.y >= SIZE.header && box.y + box.h <= 130, `${zoom.unit} ${formatDay(day)}: y ${box.y}`);
        }
      }
    }
  });

  it('moves by columns and lines within what is shown', () => {
    const weeks = layoutMatrix(snapshotOf(), { ...view, zoom: { unit: 'week', width: 16 } }, [1, 3]);
    assert.deepEqual(moved(weeks, { node: 1, day: firstDay }, 1, 0), { node: 1, day: firstDay + 6 });
    assert.deepEqual(moved(weeks, { node: 1, day: firstDay + 3 }, 0, 1), { node: 3, day: firstDay + 3 });
    assert.deepEqual(moved(weeks, { node: 1, day: firstDay }, 0, -1), { day: firstDay });
    assert.deepEqual(moved(weeks, { node: 3, day: firstDay }, -5, 5), { node: 3, day: firstDay });
  });
});

describe('gap matrix: sums', () => {
  it('never hide a hole: a column is as bad as its worst date, and says how many are complete', () => {
    const statuses = fc.array(fc.constantFrom(...STATUSES), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(statuses, (words) => {
        const snapshot = snapshotOf(words.map((word, offset) => [2, offset, word] as const));
        const sum = aggregate(snapshot, 2, firstDay, firstDay + words.length - 1);
        const gaps = words.filter((word) => isGap(word)).length;
        assert.equal(sum.gaps, gaps);
        assert.equal(sum.complete, words.filter((word) => word === 'complete').length);
        assert.equal(sum.expected, words.filter((word) => word !== 'off').length);
        if (gaps > 0) assert.ok(sum.look !== 'waived' && isGap(sum.look), sum.look);
        else assert.ok(words.includes(sum.look as Status));
      }),
    );
  });

  it('take a waived gap for none', () => {
    const snapshot = snapshotOf([[2, 3, 'missing']]);
    snapshot.flags[2 * 75 + 3] = 2;
    const sum = aggregate(snapshot, 2, firstDay, firstDay + 5);
    assert.deepEqual([sum.gaps, sum.look, sum.complete], [0, 'waived', 6]);
  });
});

describe('gap matrix: selection and text', () => {
  it('is the same both ways', () => {
    const cell = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 74 }));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 30 }), (picked) => {
        const snapshot = snapshotOf();
        const cells = new Uint8Array(snapshot.status.length);
        for (const [node, offset] of picked) cells[node * 75 + offset] = 1;
        const { text, count } = selectCells(snapshot, cells);
        const read = readSelected(snapshot, text);
        assert.deepEqual(read.cells, cells, text);
        assert.equal(read.count, count);
      }),
    );
  });

  it('never takes sources, and of a rectangle only what is expected', () => {
    const snapshot = snapshotOf();
    snapshot.off[2 * 75 + 1] = 0;
    const cells = withBlock(snapshot, undefined, { nodes: [0, 1, 2], from: firstDay, to: firstDay + 2 }, 1);
    assert.deepEqual(
      [...selectedCells(snapshot, cells)].map(({ node, day }) => `${node} ${day - firstDay}`),
      ['PGS 0', 'PGS 1', 'PGS 2', 'PDC 0', 'PDC 2'],
    );
    const single = withBlock(snapshot, undefined, { nodes: [2], from: firstDay + 1, to: firstDay + 1 }, 1);
    assert.equal(selectCells(snapshot, single).text, 'PDC & 2021-10-20 & all');
  });

  it('follows what the snapshot holds, and says what is wrong with a text', () => {
    assert.equal(readSelected(snapshotOf([[2, 3, 'missing']]), 'gaps').count, 1);
    assert.equal(readSelected(snapshotOf(), 'gaps').count, 0);
    assert.equal(
      readSelected(snapshotOf(), 'PDD').problem?.message,
      '“PDD” is no date, no status and no processor. Did you mean `PDC`?',
    );
    assert.equal(readSelected(snapshotOf(), '').count, 0);
  });

  it('copies what is selected as CSV and Markdown', () => {
    const snapshot = snapshotOf([[3, 2, 'blocked']]);
    const cells = cellsToCopy(snapshot, undefined);
    const csv = asCsv(snapshot, cells);
    assert.equal(
      csv,
      'processor,date,status,rows,expects,cause\nMLFS,2021-10-21,blocked,120,100,"PDC 2021-10-21: 36 rows, needs 100"\n',
    );
    assert.match(asMarkdown(snapshot, cells), /\| MLFS +\| 2021-10-21 \| blocked \|/);
  });
});

describe('gap matrix: causes', () => {
  it('lead from a gap through what it needs to the root', () => {
    const snapshot = snapshotOf([
      [2, 2, 'missing'],
      [3, 2, 'blocked'],
      [3, 5, 'blocked'],
    ]);
    const trail = trailOf(snapshot, { node: 3, day: firstDay + 2 });
    assert.deepEqual(trail?.roots, [{ node: 2, day: firstDay + 2 }]);
    assert.deepEqual(trail?.steps, [
      [
        { node: 3, day: firstDay + 2 },
        { node: 2, day: firstDay + 2 },
      ],
    ]);
    assert.equal(trail?.cause, 0);
    assert.equal(trailOf(snapshot, { node: 1, day: firstDay }), undefined);
    assert.equal(
      cellsOfCause(snapshot, 0).reduce((sum, one) => sum + one, 0),
      3,
    );
  });

  it('are told of the first gap of a column, wherever in it that is', () => {
    const snapshot = snapshotOf([[3, 2, 'blocked']]);
    const week = { node: 3, day: firstDay };
    assert.deepEqual(gapIn(snapshot, week, firstDay + 6), { node: 3, day: firstDay + 2 });
    assert.equal(causeText(snapshot, week, firstDay + 6), snapshot.causes[0]?.headline);
    assert.equal(causeText(snapshot, week, firstDay + 1), undefined);
    assert.equal(gapIn(snapshot, { day: firstDay }, firstDay + 6), undefined);
  });

  it('are marked on every gap that has them', () => {
    const snapshot = snapshotOf([
      [2, 2, 'missing'],
      [3, 5, 'blocked'],
    ]);
    const layout = layoutMatrix(snapshot, view);
    const strokes = (cause?: number) =>
      paintMatrix(snapshot, layout, palette, { cause }).filter((op) => op.op === 'stroke' && op.color === 'fg').length;
    assert.equal(strokes(0) - strokes(), 2);
  });
});

describe('gap matrix: painting', () => {
  it('visits only what the viewport shows', () => {
    const small = paintMatrix(snapshotOf(), layoutMatrix(snapshotOf(), { ...view, width: SIZE.narrowGutter + 64 }), palette, {});
    const cells = small.filter((op) => op.op === 'fill' && op.color === 'color-complete');
    // Four dates and the one cut by the edge, on five lines.
    assert.ok(cells.length >= 20 && cells.length <= 30, String(cells.length));
  });

  it('gives every status a look of its own without colour', () => {
    const looks = ([...STATUSES, 'waived'] as const).map((status) => {
      const ops: PaintOp[] = [];
      paintCell(ops, status, { x: 0, y: 0, w: 10, h: 22 }, palette);
      return ops.map((op) => ({ ...op, color: op.op === 'unclip' || op.op === 'clip' ? '' : inkOf(op.color) }));
    });
    const distinct = new Set(looks.map((look) => JSON.stringify(look)));
    assert.equal(distinct.size, STATUSES.length + 1);
  });

  it('shows a single hole in a strip of thousands of dates', () => {
    const snapshot = snapshotOf([[2, 3, 'missing']]);
    const ops = paintOverview(snapshot, SIZE.gutter + 20, palette);
    assert.ok(ops.some((op) => op.op === 'fill' && op.color === 'color-missing'));
  });

  it('keeps its place when the strip is pressed', () => {
    const snapshot = snapshotOf();
    assert.equal(dayInOverview(snapshot, 900, SIZE.gutter), firstDay);
    assert.equal(dayInOverview(snapshot, 900, 899), firstDay + 74);
  });
});

/** Ink on the cell and the cell's own colour are different marks; which colour they have must not matter. */
function inkOf(color: string): string {
  return color === palette.background ? 'ink' : 'own';
}

describe('gap matrix: moving and describing', () => {
  it('goes through the gaps by date, both ways, and around', () => {
    const snapshot = snapshotOf([
      [3, 2, 'blocked'],
      [2, 2, 'missing'],
      [1, 64, 'failed'],
      [0, 5, 'missing'], // a source: it is never run
    ]);
    const visited: string[] = [];
    let at = nextGap(snapshot, undefined, 1);
    for (let count = 0; count < 4 && at !== undefined; count++) {
      visited.push(`${at.node} ${at.day - firstDay}`);
      at = nextGap(snapshot, at, 1);
    }
    assert.deepEqual(visited, ['2 2', '3 2', '1 64', '2 2']);
    assert.deepEqual(nextGap(snapshot, undefined, -1), { node: 1, day: firstDay + 64 });
    assert.equal(nextGap(snapshotOf(), undefined, 1), undefined);
  });

  it('says rows, expectation and cause', () => {
    const snapshot = snapshotOf([[3, 2, 'blocked']]);
    assert.equal(
      sentence(describeCell(snapshot, { node: 3, day: firstDay + 2 })),
      'MLFS · 2021-10-21, Thursday. blocked. 120 rows, expects at least 100. PDC 2021-10-21: 36 rows, needs 100',
    );
  });
});
