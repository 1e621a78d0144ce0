import { formatDay, weekdayOf } from '../../src/base/day';
import { DATE_STATUSES, type DateStatus, STATUSES, type Status } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import { paintCell } from './cell';
import { cellRect, type Hit, type Line, type MatrixLayout, type Segment, SIZE } from './layout';
import { gapsOfNode } from './navigate';
import type { PaintOp } from './paintOp';
import type { Palette } from './palette';

const DATE_LOOK: Readonly<Record<DateStatus, Status>> = {
  off: 'off',
  running: 'running',
  incomplete: 'missing',
  complete: 'complete',
  unknown: 'unknown',
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Width from which a cell has room for its number of rows. */
const COUNT_WIDTH = 40;

/** The matrix as paint operations; nothing outside the viewport is visited. */
export function paintMatrix(
  snapshot: Snapshot,
  layout: MatrixLayout,
  palette: Palette,
  marks: { readonly hover?: Hit | undefined; readonly focus?: Hit | undefined },
): PaintOp[] {
  const { view } = layout;
  const ops: PaintOp[] = [{ op: 'fill', x: 0, y: 0, w: view.width, h: view.height, color: palette.background, alpha: 1 }];
  ops.push({ op: 'clip', x: SIZE.gutter, y: SIZE.header, w: view.width - SIZE.gutter, h: view.height - SIZE.header });
  const lines = visibleLines(layout);
  for (const line of lines) paintLine(ops, snapshot, layout, line, palette);
  if (marks.hover !== undefined) paintCross(ops, layout, marks.hover, palette);
  if (marks.focus !== undefined) paintFocus(ops, layout, marks.focus, palette);
  ops.push({ op: 'unclip' });
  paintHeader(ops, layout, palette);
  paintGutter(ops, snapshot, layout, lines, palette);
  return ops;
}

function visibleLines(layout: MatrixLayout): Line[] {
  const top = layout.view.scrollY;
  const bottom = top + layout.view.height - SIZE.header;
  return layout.lines.filter((line) => line.y < bottom && line.y + line.height > top);
}

/** The first and last date of a segment that the viewport shows. */
function visibleDays(layout: MatrixLayout, segment: Segment): { from: number; to: number } {
  const { view } = layout;
  const left = Math.floor((view.scrollX - segment.x) / view.cellWidth);
  const right = Math.ceil((view.scrollX + view.width - SIZE.gutter - segment.x) / view.cellWidth);
  return {
    from: segment.firstDay + Math.max(0, left),
    to: segment.firstDay + Math.min(segment.count - 1, right),
  };
}

function paintLine(ops: PaintOp[], snapshot: Snapshot, layout: MatrixLayout, line: Line, palette: Palette): void {
  const top = SIZE.header + line.y - layout.view.scrollY;
  if (line.kind === 'phase') {
    ops.push({ op: 'fill', x: 0, y: top + line.height - 1, w: layout.view.width, h: 1, color: palette.border, alpha: 0.8 });
    return;
  }
  for (const segment of layout.segments) {
    const { from, to } = visibleDays(layout, segment);
    for (let day = from; day <= to; day++) {
      const box = cellRect(layout, line, day);
      if (box === undefined) continue;
      const index = day - snapshot.firstDay;
      if (line.kind === 'dates') {
        paintCell(ops, DATE_LOOK[DATE_STATUSES[snapshot.dates[index] ?? 0] ?? 'off'], box, palette);
        continue;
      }
      const cell = line.node * snapshot.dayCount + index;
      const status = STATUSES[snapshot.status[cell] ?? 0] ?? 'off';
      paintCell(ops, status, box, palette);
      const rows = snapshot.rows[cell] ?? -1;
      if (box.w >= COUNT_WIDTH && (rows > 0 || status !== 'off')) {
        const ink = status === 'failed' || status === 'suspect' || status === 'running' ? palette.background : palette.foreground;
        ops.push({
          op: 'text',
          x: box.x + box.w / 2,
          y: box.y + box.h / 2,
          text: rows < 0 ? '?' : String(rows),
          color: ink,
          font: `11px ${palette.font}`,
          align: 'center',
          max: box.w - 4,
        });
      } else if (((snapshot.flags[cell] ?? 0) & 1) !== 0) {
        // Rows on a date on which nothing is expected: a diamond in place of the dot.
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
    }
  }
}

function paintCross(ops: PaintOp[], layout: MatrixLayout, hover: Hit, palette: Palette): void {
  const line = lineOf(layout, hover);
  const box = line === undefined ? undefined : cellRect(layout, line, hover.day);
  if (box === undefined) return;
  const { width, height } = layout.view;
  ops.push({ op: 'fill', x: box.x, y: SIZE.header, w: box.w, h: height, color: palette.foreground, alpha: 0.07 });
  ops.push({ op: 'fill', x: SIZE.gutter, y: box.y, w: width, h: box.h, color: palette.foreground, alpha: 0.07 });
  ops.push({ op: 'stroke', x: box.x, y: box.y + 1.5, w: box.w, h: box.h - 3, color: palette.foreground, width: 1 });
}

function paintFocus(ops: PaintOp[], layout: MatrixLayout, focus: Hit, palette: Palette): void {
  const line = lineOf(layout, focus);
  const box = line === undefined ? undefined : cellRect(layout, line, focus.day);
  if (box === undefined) return;
  ops.push({ op: 'stroke', x: box.x - 1, y: box.y + 1, w: box.w + 2, h: box.h - 2, color: palette.focus, width: 2 });
}

function lineOf(layout: MatrixLayout, hit: Hit): Line | undefined {
  return layout.lines.find((line) =>
    hit.node === undefined ? line.kind === 'dates' : line.kind === 'node' && line.node === hit.node,
  );
}

function paintHeader(ops: PaintOp[], layout: MatrixLayout, palette: Palette): void {
  const { view } = layout;
  ops.push({ op: 'clip', x: SIZE.gutter, y: 0, w: view.width - SIZE.gutter, h: view.height });
  for (const segment of layout.segments) {
    const { from, to } = visibleDays(layout, segment);
    if (to < from) continue;
    const left = SIZE.gutter + segment.x - view.scrollX;
    const right = left + segment.count * view.cellWidth;
    ops.push({ op: 'clip', x: Math.max(left, SIZE.gutter), y: 0, w: right - Math.max(left, SIZE.gutter), h: view.height });
    paintMonths(ops, layout, segment, from, to, palette);
    ops.push({ op: 'unclip' });
    if (segment.x > 0) {
      const middle = left - SIZE.seasonGap / 2;
      ops.push({ op: 'fill', x: middle, y: 4, w: 1, h: view.height - 8, color: palette.border, alpha: 1 });
    }
  }
  ops.push({ op: 'unclip' });
  ops.push({ op: 'fill', x: 0, y: SIZE.header - 1, w: view.width, h: 1, color: palette.border, alpha: 1 });
}

function paintMonths(ops: PaintOp[], layout: MatrixLayout, segment: Segment, from: number, to: number, palette: Palette): void {
  const { view } = layout;
  let pinned = false;
  for (let day = from; day <= to; day++) {
    const x = SIZE.gutter + segment.x + (day - segment.firstDay) * view.cellWidth - view.scrollX;
    const [year = '', month = '', date = ''] = formatDay(day).split('-');
    const first = date === '01';
    const roomToNext = (daysLeftInMonth(day) + 1) * view.cellWidth;
    // The month at the left edge keeps its label while any of it is visible.
    if (first || !pinned) {
      const short = roomToNext < 66;
      const label = `${MONTHS[Number(month) - 1] ?? ''}${short ? '' : ` ${year}`}`;
      if (first) ops.push({ op: 'fill', x: x - 0.5, y: 6, w: 1, h: view.height, color: palette.border, alpha: 0.6 });
      if (roomToNext >= 30) {
        ops.push({
          op: 'text',
          x: Math.max(x, SIZE.gutter) + 4,
          y: 14,
          text: label,
          color: palette.foreground,
          font: `600 11px ${palette.font}`,
          align: 'left',
        });
      }
      pinned = true;
    }
    const monday = weekdayOf(day) === 1;
    if (view.cellWidth >= 16 || (monday && view.cellWidth >= 6)) {
      ops.push({
        op: 'text',
        x: x + view.cellWidth / 2,
        y: 34,
        text: String(Number(date)),
        color: palette.muted,
        font: `10px ${palette.font}`,
        align: 'center',
      });
    }
  }
}

function daysLeftInMonth(day: number): number {
  const [year = '0', month = '1', date = '1'] = formatDay(day).split('-');
  return new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate() - Number(date);
}

/** Room for the longest id, as far as that leaves room for names. Widths of letters are not known here: these are wide ones. */
function idWidth({ nodes }: Snapshot): number {
  const longest = Math.max(0, ...nodes.map(({ id }) => id.length));
  return Math.min(Math.max(48, longest * 10), 96);
}

function paintGutter(ops: PaintOp[], snapshot: Snapshot, layout: MatrixLayout, lines: readonly Line[], palette: Palette): void {
  const { view } = layout;
  ops.push({ op: 'fill', x: 0, y: 0, w: SIZE.gutter, h: view.height, color: palette.background, alpha: 1 });
  ops.push({ op: 'fill', x: SIZE.gutter - 1, y: 0, w: 1, h: view.height, color: palette.border, alpha: 1 });
  ops.push({ op: 'fill', x: 0, y: SIZE.header - 1, w: SIZE.gutter, h: 1, color: palette.border, alpha: 1 });
  const font = `10px ${palette.font}`;
  ops.push({ op: 'text', x: SIZE.gutter - 10, y: 34, text: 'gaps', color: palette.muted, font, align: 'right' });
  ops.push({ op: 'clip', x: 0, y: SIZE.header, w: SIZE.gutter - 1, h: view.height - SIZE.header });
  const ids = idWidth(snapshot);
  const names = 12 + ids + 8;
  for (const line of lines) {
    const middle = SIZE.header + line.y - view.scrollY + line.height / 2;
    const text = (x: number, words: string, color: string, font: string, max: number, align: 'left' | 'right' = 'left'): void => {
      ops.push({ op: 'text', x, y: middle, text: words, color, font, align, max });
    };
    if (line.kind === 'dates') {
      text(12, 'All processors', palette.foreground, `600 12px ${palette.font}`, SIZE.gutter - 20);
    } else if (line.kind === 'phase') {
      text(12, line.label, palette.muted, `600 11px ${palette.font}`, SIZE.gutter - 20);
    } else {
      const node = snapshot.nodes[line.node];
      if (node === undefined) continue;
      const gaps = gapsOfNode(snapshot, line.node);
      text(12, node.id, palette.foreground, `600 12px ${palette.font}`, ids);
      text(names, node.name, palette.muted, `11px ${palette.font}`, SIZE.gutter - names - (gaps > 0 ? 40 : 10));
      if (gaps > 0) text(SIZE.gutter - 10, String(gaps), palette.status.missing, `600 11px ${palette.font}`, 32, 'right');
    }
  }
  ops.push({ op: 'unclip' });
}
