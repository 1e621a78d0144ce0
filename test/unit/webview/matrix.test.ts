import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayOf, formatDay } from '../../../src/base/day';
import { STATUSES, type Status, statusCode } from '../../../src/base/status';
import type { Snapshot } from '../../../src/protocol/snapshot';
import { paintCell } from '../../../webview/matrix/cell';
import { describe as describeCell, sentence } from '../../../webview/matrix/describe';
import { CELL_WIDTHS, cellRect, hitTest, layoutMatrix, SIZE, scrollTo, type View } from '../../../webview/matrix/layout';
import { nextGap } from '../../../webview/matrix/navigate';
import { dayInOverview, paintOverview } from '../../../webview/matrix/overview';
import { paintMatrix } from '../../../webview/matrix/paint';
import type { PaintOp } from '../../../webview/matrix/paintOp';
import type { Palette } from '../../../webview/matrix/palette';

const palette: Palette = {
  background: 'bg',
  foreground: 'fg',
  muted: 'muted',
  border: 'border',
  band: 'band',
  focus: 'focus',
  status: Object.fromEntries(STATUSES.map((status) => [status, `color-${status}`])) as Record<Status, string>,
  highContrast: false,
  font: 'sans-serif',
};
const view: View = { width: 900, height: 300, cellWidth: 16, scrollX: 0, scrollY: 0 };
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
        fc.constantFrom(...CELL_WIDTHS),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 74 }),
        (cellWidth, scrollX, scrollY, node, offset) => {
          const layout = layoutMatrix(snapshot, { ...view, height: 150, cellWidth, scrollX, scrollY });
          const line = layout.lines.find((candidate) => candidate.kind === 'node' && candidate.node === node);
          const box = line === undefined ? undefined : cellRect(layout, line, firstDay + offset);
          const between = offset >= 20 && offset < 60;
          assert.equal(box === undefined, between);
          if (box === undefined) return;
          const x = box.x + box.w / 2;
          const y = box.y + box.h / 2;
          const hidden = x < SIZE.gutter || y < SIZE.header;
          assert.deepEqual(hitTest(layout, x, y), hidden ? undefined : { node, day: firstDay + offset });
        },
      ),
    );
  });

  it('hits no cell on names, headers, phase titles and between seasons', () => {
    const layout = layoutMatrix(snapshotOf(), view);
    assert.equal(hitTest(layout, 20, 100), undefined);
    assert.equal(hitTest(layout, 400, 10), undefined);
    assert.equal(hitTest(layout, SIZE.gutter + 5, SIZE.header + SIZE.line + 5), undefined);
    assert.equal(hitTest(layout, SIZE.gutter + 20 * 16 + 4, SIZE.header + 5), undefined);
  });

  it('brings any cell into view', () => {
    const snapshot = snapshotOf();
    for (const cellWidth of CELL_WIDTHS) {
      for (const day of [firstDay, firstDay + 19, firstDay + 60, firstDay + 74]) {
        for (const node of [0, 3]) {
          const before = layoutMatrix(snapshot, { ...view, width: 420, height: 120, cellWidth });
          const after = layoutMatrix(snapshot, { ...before.view, ...scrollTo(before, { node, day }) });
          const line = after.lines.find((candidate) => candidate.kind === 'node' && candidate.node === node);
          const box = line === undefined ? undefined : cellRect(after, line, day);
          assert.ok(box !== undefined);
          assert.ok(box.x >= SIZE.gutter && box.x + box.w <= 420.01, `${cellWidth} ${formatDay(day)}: x ${box.x}`);
          assert.ok(box.y >= SIZE.header && box.y + box.h <= 120, `${cellWidth} ${formatDay(day)}: y ${box.y}`);
        }
      }
    }
  });
});

describe('gap matrix: painting', () => {
  it('visits only what the viewport shows', () => {
    const small = paintMatrix(snapshotOf(), layoutMatrix(snapshotOf(), { ...view, width: SIZE.gutter + 64 }), palette, {});
    const cells = small.filter((op) => op.op === 'fill' && op.color === 'color-complete');
    // Four dates and the one cut by the edge, on five lines.
    assert.ok(cells.length >= 20 && cells.length <= 30, String(cells.length));
  });

  it('gives every status a look of its own without colour', () => {
    const looks = STATUSES.map((status) => {
      const ops: PaintOp[] = [];
      paintCell(ops, status, { x: 0, y: 0, w: 16, h: 22 }, palette);
      return ops.map((op) => ({ ...op, color: op.op === 'unclip' || op.op === 'clip' ? '' : inkOf(op.color) }));
    });
    const distinct = new Set(looks.map((look) => JSON.stringify(look)));
    assert.equal(distinct.size, STATUSES.length);
  });

  it('shows a single hole in a strip of thousands of dates', () => {
    const snapshot = snapshotOf([[2, 3, 'missing']]);
    const narrow = layoutMatrix(snapshot, { ...view, width: SIZE.gutter + 20 });
    const ops = paintOverview(snapshot, narrow, palette);
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
