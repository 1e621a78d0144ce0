import type { DateStatus, Status } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import { type CauseTrail, causeOf } from './causes';
import { paintCell } from './cell';
import {
  type Column,
  cellRect,
  columnIn,
  gutterOf,
  type Hit,
  type Line,
  lineOf,
  type MatrixLayout,
  type Rect,
  SIZE,
} from './layout';
import { paintFrame } from './paintFrame';
import { paintTrail } from './paintTrail';
import { aggregate, aggregateDates, cellOf, type Look, lookOf } from './summary';
import { WIDE } from './zoom';

const DATE_LOOK: Readonly<Record<DateStatus, Status>> = {
  off: 'off',
  running: 'running',
  incomplete: 'missing',
  complete: 'complete',
  unknown: 'unknown',
};
/** Room for the shape of a status in a wide cell. */
const SHAPE = 17;
/** Room for the share that is complete, below a shape. */
const SHARE = 4;

/** What is marked on top of the statuses. */
export interface Marks {
  readonly hover?: Hit | undefined;
  readonly focus?: Hit | undefined;
  /** Whose gaps are marked, and the way to the roots. */
  readonly trail?: CauseTrail | undefined;
  /** A cause without a way, as the list of causes points at it. */
  readonly cause?: number | undefined;
  /** By cell: 1 where it is selected. */
  readonly selected?: Uint8Array | undefined;
  /** The looks that are shown; all where it is absent. */
  readonly shown?: ReadonlySet<Look> | undefined;
}

/** The matrix as paint operations; nothing outside the viewport is visited. */
export function paintMatrix(snapshot: Snapshot, layout: MatrixLayout, palette: Palette, marks: Marks): PaintOp[] {
  const { view } = layout;
  const ops: PaintOp[] = [{ op: 'fill', x: 0, y: 0, w: view.width, h: view.height, color: palette.background, alpha: 1 }];
  const columns = visibleColumns(layout);
  const lines = visibleLines(layout);
  ops.push({ op: 'clip', x: gutterOf(view), y: SIZE.header, w: view.width - gutterOf(view), h: view.height - SIZE.header });
  for (const line of lines) {
    if (line.kind === 'phase') paintRule(ops, layout, line, palette);
    else {
      if (marks.selected !== undefined) paintSelected(ops, snapshot, layout, line, columns, marks.selected, palette);
      for (const column of columns) paintPartition(ops, snapshot, layout, line, column, palette, marks);
    }
  }
  if (marks.hover !== undefined) paintCross(ops, layout, marks.hover, palette);
  if (marks.trail !== undefined) paintTrail(ops, layout, marks.trail, palette);
  if (marks.focus?.node !== undefined) paintFocus(ops, layout, marks.focus, palette);
  ops.push({ op: 'unclip' });
  ops.push({ op: 'clip', x: gutterOf(view), y: 0, w: view.width - gutterOf(view), h: view.height });
  for (const column of columns) paintDates(ops, snapshot, layout, column, palette);
  if (marks.focus !== undefined && marks.focus.node === undefined) paintFocus(ops, layout, marks.focus, palette);
  ops.push({ op: 'unclip' });
  paintFrame(ops, snapshot, layout, lines, palette, marks.hover ?? marks.focus);
  return ops;
}

function visibleLines(layout: MatrixLayout): Line[] {
  const top = layout.view.scrollY;
  const bottom = top + layout.view.height - SIZE.header;
  return layout.lines.filter((line) => line.y < bottom && line.y + line.height > top);
}

export function visibleColumns({ view, segments }: MatrixLayout): Column[] {
  const { width } = view.zoom;
  const columns: Column[] = [];
  for (const segment of segments) {
    const first = Math.max(0, Math.floor((view.scrollX - segment.x) / width));
    const end = Math.min(segment.starts.length, Math.ceil((view.scrollX + view.width - gutterOf(view) - segment.x) / width));
    for (let index = first; index < end; index++) columns.push(columnIn(segment, index, width));
  }
  return columns;
}

function boxOf({ view }: MatrixLayout, line: Line, column: Column): Rect {
  return {
    x: gutterOf(view) + column.x - view.scrollX,
    y: SIZE.header + line.y - view.scrollY,
    w: view.zoom.width,
    h: line.height,
  };
}

function paintRule(ops: PaintOp[], { view }: MatrixLayout, line: Line, palette: Palette): void {
  const y = SIZE.header + line.y - view.scrollY + line.height - 1;
  ops.push({ op: 'fill', x: 0, y, w: view.width, h: 1, color: palette.border, alpha: 0.8 });
}

function paintPartition(
  ops: PaintOp[],
  snapshot: Snapshot,
  layout: MatrixLayout,
  line: Extract<Line, { kind: 'node' }>,
  column: Column,
  palette: Palette,
  marks: Marks,
): void {
  const box = boxOf(layout, line, column);
  const single = column.from === column.to;
  const cell = cellOf(snapshot, line.node, column.from);
  const sum = single ? undefined : aggregate(snapshot, line.node, column.from, column.to);
  const look = sum?.look ?? lookOf(snapshot, cell);
  const unexpected = sum?.unexpected ?? ((snapshot.flags[cell] ?? 0) & 1) !== 0;
  if (marks.shown !== undefined && !marks.shown.has(look)) {
    paintCell(ops, 'off', box, palette);
    return;
  }
  const wide = box.w >= WIDE;
  const share = sum !== undefined && sum.complete < sum.expected && !wide;
  const shape = { x: box.x, y: box.y, w: wide ? SHAPE : box.w, h: share ? box.h - SHARE : box.h };
  if (look === 'off' && unexpected) paintDiamond(ops, shape, palette);
  else paintCell(ops, look, shape, palette);
  if (share) paintShare(ops, box, sum.complete / sum.expected, palette);
  if (wide) paintFigure(ops, box, look, figureOf(snapshot, cell, look, sum), palette);
  const cause = marks.trail?.cause ?? marks.cause;
  if (cause !== undefined && hasCause(snapshot, line.node, column, cause)) {
    ops.push({
      op: 'stroke',
      x: box.x + 0.75,
      y: box.y + 1.75,
      w: box.w - 1.5,
      h: box.h - 3.5,
      color: palette.foreground,
      width: 1.5,
    });
  }
}

function hasCause(snapshot: Snapshot, node: number, { from, to }: Column, cause: number): boolean {
  for (let cell = cellOf(snapshot, node, from); cell <= cellOf(snapshot, node, to); cell++) {
    if (causeOf(snapshot, cell) === cause) return true;
  }
  return false;
}

function figureOf(snapshot: Snapshot, cell: number, look: Look, sum: ReturnType<typeof aggregate> | undefined): string {
  if (sum !== undefined) return sum.expected === 0 ? '' : `${sum.complete}/${sum.expected}`;
  const rows = snapshot.rows[cell] ?? -1;
  if (rows < 0 || (rows === 0 && look === 'off')) return '';
  if (rows < 10_000) return String(rows);
  return rows < 1_000_000 ? `${Math.floor(rows / 1000)}k` : `${Math.floor(rows / 1_000_000)}M`;
}

function paintFigure(ops: PaintOp[], box: Rect, look: Look, text: string, palette: Palette): void {
  if (text === '') return;
  const color = look === 'complete' || look === 'off' ? palette.muted : palette.foreground;
  const font = `11px ${palette.font}`;
  const y = box.y + box.h / 2 + 0.5;
  ops.push({ op: 'text', x: box.x + SHAPE + 3, y, text, color, font, align: 'left', max: box.w - SHAPE - 5 });
}

/** How much is complete, as a bar below the worst. */
function paintShare(ops: PaintOp[], box: Rect, share: number, palette: Palette): void {
  const x = box.x + 1.5;
  const y = box.y + box.h - SHARE - 2;
  const w = box.w - 3;
  ops.push({ op: 'fill', x, y, w, h: 3, color: palette.muted, alpha: 0.3 });
  ops.push({ op: 'fill', x, y, w: w * share, h: 3, color: palette.status.complete, alpha: 1 });
}

/** Rows on a date on which nothing is expected: a diamond in place of the dot. */
function paintDiamond(ops: PaintOp[], box: Rect, palette: Palette): void {
  const x = box.x + box.w / 2;
  const y = box.y + box.h / 2;
  const points = [
    [x, y - 4],
    [x + 4, y],
    [x, y + 4],
    [x - 4, y],
    [x, y - 4],
  ] as const;
  ops.push({ op: 'path', points, color: palette.status.partial, width: 1.5 });
}

function paintDates(ops: PaintOp[], snapshot: Snapshot, { view }: MatrixLayout, column: Column, palette: Palette): void {
  const box = { x: gutterOf(view) + column.x - view.scrollX, y: SIZE.ticks, w: view.zoom.width, h: SIZE.line };
  const { status, gaps, expected, complete } = aggregateDates(snapshot, column.from, column.to);
  const wide = box.w >= WIDE;
  const share = column.from < column.to && complete < expected && !wide;
  paintCell(ops, DATE_LOOK[status], { ...box, w: wide ? SHAPE : box.w, h: share ? box.h - SHARE : box.h }, palette);
  if (share) paintShare(ops, box, complete / expected, palette);
  if (wide && gaps > 0) paintFigure(ops, box, 'missing', gaps === 1 ? '1 gap' : `${gaps} gaps`, palette);
}

/** Neighbours share a band with a line above and below, so that a selection is seen without colour. */
function paintSelected(
  ops: PaintOp[],
  snapshot: Snapshot,
  layout: MatrixLayout,
  line: Extract<Line, { kind: 'node' }>,
  columns: readonly Column[],
  selected: Uint8Array,
  palette: Palette,
): void {
  let start: Rect | undefined;
  let end = 0;
  const flush = (): void => {
    if (start === undefined) return;
    const { x, y, h } = start;
    const w = end - x;
    ops.push({ op: 'fill', x, y, w, h, color: palette.focus, alpha: palette.highContrast ? 0.45 : 0.28 });
    ops.push({ op: 'fill', x, y, w, h: 1, color: palette.focus, alpha: 1 });
    ops.push({ op: 'fill', x, y: y + h - 1, w, h: 1, color: palette.focus, alpha: 1 });
    start = undefined;
  };
  for (const column of columns) {
    const from = cellOf(snapshot, line.node, column.from);
    if (!selected.subarray(from, from + column.to - column.from + 1).includes(1)) {
      flush();
      continue;
    }
    const box = boxOf(layout, line, column);
    if (start !== undefined && box.x > end) flush();
    start ??= box;
    end = box.x + box.w;
  }
  flush();
}

function paintCross(ops: PaintOp[], layout: MatrixLayout, hover: Hit, palette: Palette): void {
  const line = hover.node === undefined ? undefined : lineOf(layout, hover);
  const box = cellRect(layout, line, hover.day);
  if (box === undefined) return;
  const { width, height } = layout.view;
  ops.push({ op: 'fill', x: box.x, y: SIZE.header, w: box.w, h: height, color: palette.foreground, alpha: 0.07 });
  if (line !== undefined) {
    ops.push({ op: 'fill', x: gutterOf(layout.view), y: box.y, w: width, h: box.h, color: palette.foreground, alpha: 0.07 });
  }
}

function paintFocus(ops: PaintOp[], layout: MatrixLayout, focus: Hit, palette: Palette): void {
  const line = focus.node === undefined ? undefined : lineOf(layout, focus);
  if (focus.node !== undefined && line === undefined) return;
  const box = cellRect(layout, line, focus.day);
  if (box === undefined) return;
  ops.push({ op: 'stroke', x: box.x - 1, y: box.y + 1, w: box.w + 2, h: box.h - 2, color: palette.focus, width: 2 });
}
