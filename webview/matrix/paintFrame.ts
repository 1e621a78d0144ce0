import { type Day, formatDay, weekdayOf } from '../../src/base/day';
import { formatCount } from '../../src/base/figures';
import { globSpan } from '../../src/base/selection/selection';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import { percentText } from './describe';
import { columnIn, columnOf, gutterOf, type Hit, type Line, type MatrixLayout, type Segment, SIZE } from './layout';
import { summaryOf } from './summary';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Room for the figures of a line at the right of the gutter: gaps, and the share that is complete. */
const FIGURES = { share: 30, gaps: 38, edge: 10 } as const;

/** What stays in place while cells scroll: seasons, months and dates above, names and figures at the left. */
export function paintFrame(
  ops: PaintOp[],
  snapshot: Snapshot,
  layout: MatrixLayout,
  lines: readonly Line[],
  palette: Palette,
  at: Hit | undefined,
): void {
  paintHeader(ops, layout, palette, at);
  paintGutter(ops, snapshot, layout, lines, palette, at);
}

function paintHeader(ops: PaintOp[], layout: MatrixLayout, palette: Palette, at: Hit | undefined): void {
  const { view } = layout;
  ops.push({ op: 'clip', x: gutterOf(view), y: 0, w: view.width - gutterOf(view), h: view.height });
  layout.segments.forEach((segment, index) => {
    const left = gutterOf(view) + segment.x - view.scrollX;
    const right = left + segment.starts.length * view.zoom.width;
    if (right < gutterOf(view) || left > view.width) return;
    const from = Math.max(left, gutterOf(view));
    if (index % 2 === 1) ops.push({ op: 'fill', x: from, y: 0, w: right - from, h: SIZE.ticks, color: palette.band, alpha: 0.6 });
    // Names may reach beyond the last column: up to the next season, or to the edge of the panel.
    const beyond = index === layout.segments.length - 1 ? Math.max(0, view.width - right) : SIZE.seasonGap / 2;
    ops.push({ op: 'clip', x: from, y: 0, w: right + beyond - from, h: view.height });
    paintTicks(ops, layout, segment, palette, beyond);
    ops.push({ op: 'unclip' });
    if (segment.x > 0) {
      ops.push({ op: 'fill', x: left - SIZE.seasonGap / 2, y: 4, w: 1, h: view.height - 8, color: palette.border, alpha: 1 });
    }
  });
  const column = at === undefined ? undefined : columnOf(layout, at.day);
  if (column !== undefined) {
    const x = gutterOf(view) + column.x - view.scrollX;
    ops.push({ op: 'fill', x, y: SIZE.ticks - 2, w: view.zoom.width, h: 2, color: palette.focus, alpha: 1 });
  }
  ops.push({ op: 'unclip' });
  ops.push({ op: 'fill', x: 0, y: SIZE.header - 1, w: view.width, h: 1, color: palette.border, alpha: 1 });
}

/** Months, or years where columns are months; below them the dates that columns begin with. */
function paintTicks(ops: PaintOp[], { view }: MatrixLayout, segment: Segment, palette: Palette, beyond: number): void {
  const { unit, width } = view.zoom;
  const first = Math.max(0, Math.floor((view.scrollX - segment.x) / width));
  const end = Math.min(segment.starts.length, Math.ceil((view.scrollX + view.width - gutterOf(view) - segment.x) / width));
  let group = '';
  // Dates of weeks are as wide as two figures: every second has to do where columns are narrow.
  const every = width >= 15 ? 1 : undefined;
  for (let index = first; index < end; index++) {
    const { from, x: content } = columnIn(segment, index, width);
    const x = gutterOf(view) + content - view.scrollX;
    const [year = '', month = '', date = ''] = formatDay(from).split('-');
    const own = unit === 'month' ? year : `${year}-${month}`;
    if (own !== group) {
      const isFirst = index > first || isStart(unit === 'month' ? year : own, from);
      const room = roomOf(segment, index, own, width, beyond) - Math.max(0, gutterOf(view) - x);
      const text = unit === 'month' ? year : `${MONTHS[Number(month) - 1] ?? ''}${room < 66 ? '' : ` ${year}`}`;
      if (isFirst && index > 0)
        ops.push({ op: 'fill', x: x - 0.5, y: 6, w: 1, h: view.height, color: palette.border, alpha: 0.6 });
      const season = group === '' && segment.name !== '' && room > 150 ? `  ·  ${segment.name}` : '';
      if (room >= 30) {
        const font = `600 11px ${palette.font}`;
        ops.push({
          op: 'text',
          x: Math.max(x, gutterOf(view)) + 4,
          y: 14,
          text: text + season,
          color: palette.foreground,
          font,
          align: 'left',
        });
      }
      group = own;
    }
    const label =
      unit === 'month'
        ? width >= 26
          ? MONTHS[Number(month) - 1]
          : (MONTHS[Number(month) - 1] ?? '').slice(0, 1)
        : String(Number(date));
    const shown = every === 1 || (unit === 'day' && weekdayOf(from) === 1);
    if (!shown || label === undefined) continue;
    const font = `10px ${palette.font}`;
    ops.push({ op: 'text', x: x + width / 2, y: 34, text: label, color: palette.muted, font, align: 'center' });
  }
}

function isStart(group: string, day: Day): boolean {
  return globSpan(group).from === day;
}

/** How much room the name of a month or year has from a column on. @param beyond what there is after the last column. */
function roomOf(segment: Segment, index: number, group: string, width: number, beyond: number): number {
  const last = globSpan(group).to;
  let next = index;
  while (next < segment.starts.length && (segment.starts[next] ?? 0) <= last) next += 1;
  return (next - index) * width + (next === segment.starts.length ? beyond : 0);
}

/** Room for the longest id, as far as that leaves room for names. Widths of letters are not known here: these are wide ones. */
function idWidth({ nodes }: Snapshot): number {
  const longest = Math.max(0, ...nodes.map(({ id }) => id.length));
  return Math.min(Math.max(48, longest * 9), 104);
}

function paintGutter(
  ops: PaintOp[],
  snapshot: Snapshot,
  layout: MatrixLayout,
  lines: readonly Line[],
  palette: Palette,
  at: Hit | undefined,
): void {
  const { view } = layout;
  const summary = summaryOf(snapshot);
  const gutter = gutterOf(view);
  const isNarrow = gutter < SIZE.gutter;
  const right = gutter - FIGURES.edge;
  const room = right - FIGURES.gaps - FIGURES.share - 12;
  const ids = isNarrow ? room : idWidth(snapshot);
  const names = 12 + ids + 8;
  ops.push({ op: 'fill', x: 0, y: 0, w: gutter, h: view.height, color: palette.background, alpha: 1 });
  ops.push({ op: 'fill', x: gutter - 1, y: 0, w: 1, h: view.height, color: palette.border, alpha: 1 });
  const text = (
    x: number,
    y: number,
    words: string,
    color: string,
    font: string,
    max: number,
    align: 'left' | 'right' = 'left',
  ) => ops.push({ op: 'text', x, y, text: words, color, font: `${font} ${palette.font}`, align, max });
  const total = SIZE.ticks + SIZE.line / 2;
  text(12, total, isNarrow ? 'All' : 'All processors', palette.foreground, '600 12px', 120);
  text(right, SIZE.ticks - 12, 'gaps', palette.muted, '10px', 40, 'right');
  text(right - FIGURES.gaps, SIZE.ticks - 12, 'complete', palette.muted, '10px', 60, 'right');
  if (snapshot.gaps > 0)
    text(right, total, formatCount(snapshot.gaps), palette.foreground, '600 11px', FIGURES.gaps - 2, 'right');
  text(right - FIGURES.gaps, total, percentText(summary.all), palette.muted, '11px', 44, 'right');
  ops.push({ op: 'clip', x: 0, y: SIZE.header, w: gutter, h: view.height - SIZE.header });
  for (const line of lines) {
    const top = SIZE.header + line.y - view.scrollY;
    const y = top + line.height / 2;
    if (line.kind === 'phase') {
      text(12, y, line.label, palette.muted, '600 11px', gutter - 20);
      ops.push({ op: 'fill', x: 0, y: top + line.height - 1, w: gutter, h: 1, color: palette.border, alpha: 0.8 });
      continue;
    }
    const node = snapshot.nodes[line.node];
    const sum = summary.nodes[line.node];
    if (node === undefined || sum === undefined) continue;
    if (at?.node === line.node) {
      ops.push({ op: 'fill', x: 0, y: top, w: gutter - 1, h: line.height, color: palette.foreground, alpha: 0.09 });
      ops.push({ op: 'fill', x: 0, y: top, w: 3, h: line.height, color: palette.focus, alpha: 1 });
    }
    text(12, y, node.id, palette.foreground, '600 12px', ids);
    if (!isNarrow) text(names, y, node.name, palette.muted, '11px', room - ids - 16);
    if (sum.expected > 0) text(right - FIGURES.gaps, y, percentText(sum), palette.muted, '11px', 44, 'right');
    if (sum.gaps > 0) text(right, y, formatCount(sum.gaps), palette.foreground, '600 11px', FIGURES.gaps - 2, 'right');
  }
  ops.push({ op: 'unclip' });
}
