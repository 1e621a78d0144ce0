import type { Day } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import { startsOf, type Zoom } from './zoom';

/** Sizes in CSS pixels. The header holds months, dates and the line of all processors, which stays in place. */
export const SIZE = {
  gutter: 248,
  /** Where the panel is narrow: ids and figures without names. */
  narrowGutter: 152,
  narrow: 600,
  ticks: 46,
  header: 68,
  line: 22,
  phase: 26,
  seasonGap: 14,
  overview: 26,
  seasons: 16,
} as const;

/** Room for names and figures at the left of the cells. */
export function gutterOf({ width }: { readonly width: number }): number {
  return width < SIZE.narrow ? SIZE.narrowGutter : SIZE.gutter;
}

/** A season's columns, side by side. Dates between seasons take no room. */
export interface Segment {
  readonly name: string;
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** The first date of each column, ascending. */
  readonly starts: Int32Array;
  /** How many columns are left of it. */
  readonly firstColumn: number;
  /** Left edge in content coordinates. */
  readonly x: number;
}

/** The dates of a column, inclusive, and its left edge in content coordinates. */
export interface Column {
  readonly from: Day;
  readonly to: Day;
  readonly x: number;
  /** Counted from the first season on. */
  readonly index: number;
}

export type Line = { readonly y: number; readonly height: number } & (
  | { readonly kind: 'phase'; readonly phase: string; readonly label: string }
  | { readonly kind: 'node'; readonly node: number }
);

/** What the viewer chose: where they look, and how large. Sizes and scroll in CSS pixels. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly zoom: Zoom;
  readonly scrollX: number;
  readonly scrollY: number;
}

/**
 * Where everything stands. Content coordinates start at the top left of the cells; the gutter of names and the header of dates
 * stay in place while the cells scroll.
 */
export interface MatrixLayout {
  readonly view: View;
  readonly segments: readonly Segment[];
  readonly columns: number;
  readonly lines: readonly Line[];
  /** Nodes in the order of their lines. */
  readonly nodes: readonly number[];
  readonly contentWidth: number;
  readonly contentHeight: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export function segmentsOf(snapshot: Pick<Snapshot, 'firstDay' | 'dayCount' | 'seasons'>, { unit, width }: Zoom): Segment[] {
  const last = snapshot.firstDay + snapshot.dayCount - 1;
  const seasons = snapshot.seasons.length > 0 ? snapshot.seasons : [{ name: '', from: snapshot.firstDay, to: last }];
  const segments: Segment[] = [];
  let x = 0;
  let firstColumn = 0;
  for (const season of seasons) {
    const firstDay = Math.max(season.from, snapshot.firstDay);
    const lastDay = Math.min(season.to, last);
    if (lastDay < firstDay) continue;
    const starts = startsOf(unit, firstDay, lastDay);
    segments.push({ name: season.name, firstDay, lastDay, starts, firstColumn, x });
    x += starts.length * width + SIZE.seasonGap;
    firstColumn += starts.length;
  }
  return segments;
}

function linesOf(snapshot: Pick<Snapshot, 'nodes'>, nodes: readonly number[]): Line[] {
  const lines: Line[] = [];
  let y = 0;
  let phase: string | undefined;
  for (const index of nodes) {
    const node = snapshot.nodes[index];
    if (node === undefined) continue;
    if (node.phase !== phase) {
      phase = node.phase;
      lines.push({ kind: 'phase', phase, label: node.phaseName, y, height: SIZE.phase });
      y += SIZE.phase;
    }
    lines.push({ kind: 'node', node: index, y, height: SIZE.line });
    y += SIZE.line;
  }
  return lines;
}

type Frame = Pick<Snapshot, 'firstDay' | 'dayCount' | 'seasons' | 'nodes'>;

/** The layout of a snapshot; the scroll of the view is kept within the content. @param nodes those that are shown, in order. */
export function layoutMatrix(
  snapshot: Frame,
  view: View,
  nodes: readonly number[] = snapshot.nodes.map((_, index) => index),
): MatrixLayout {
  const segments = segmentsOf(snapshot, view.zoom);
  const lines = linesOf(snapshot, nodes);
  const lastSegment = segments.at(-1);
  const lastLine = lines.at(-1);
  const contentWidth = lastSegment === undefined ? 0 : lastSegment.x + lastSegment.starts.length * view.zoom.width;
  const contentHeight = lastLine === undefined ? 0 : lastLine.y + lastLine.height;
  const whole: MatrixLayout = {
    view,
    segments,
    columns: lastSegment === undefined ? 0 : lastSegment.firstColumn + lastSegment.starts.length,
    lines,
    nodes,
    contentWidth,
    contentHeight,
  };
  return scrolledTo(whole, view.scrollX, view.scrollY);
}

/** The same elsewhere: nothing is laid out anew by scrolling. */
export function scrolledTo(layout: MatrixLayout, scrollX: number, scrollY: number): MatrixLayout {
  const { view, contentWidth, contentHeight } = layout;
  const maxX = Math.max(0, contentWidth - (view.width - gutterOf(view)));
  const maxY = Math.max(0, contentHeight - (view.height - SIZE.header));
  return {
    ...layout,
    view: { ...view, scrollX: Math.min(Math.max(0, scrollX), maxX), scrollY: Math.min(Math.max(0, scrollY), maxY) },
  };
}

/** A column of a segment by its place in it. */
export function columnIn(segment: Segment, index: number, width: number): Column {
  const from = segment.starts[index] ?? segment.firstDay;
  const next = segment.starts[index + 1];
  return {
    from,
    to: next === undefined ? segment.lastDay : next - 1,
    x: segment.x + index * width,
    index: segment.firstColumn + index,
  };
}

/** The column that holds a date; undefined between seasons. */
export function columnOf({ segments, view }: Pick<MatrixLayout, 'segments' | 'view'>, day: Day): Column | undefined {
  const segment = segments.find((candidate) => day >= candidate.firstDay && day <= candidate.lastDay);
  if (segment === undefined) return undefined;
  let low = 0;
  let high = segment.starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((segment.starts[middle] ?? 0) <= day) low = middle;
    else high = middle - 1;
  }
  return columnIn(segment, low, view.zoom.width);
}

/** A column by its number; undefined where there is none. */
export function columnAt({ segments, view }: Pick<MatrixLayout, 'segments' | 'view'>, index: number): Column | undefined {
  const segment = segments.findLast((candidate) => candidate.firstColumn <= index);
  if (segment === undefined || index >= segment.firstColumn + segment.starts.length) return undefined;
  return columnIn(segment, index - segment.firstColumn, view.zoom.width);
}

/** The first column that is in sight, if only in part; undefined where there is none. */
export function leftmost({ segments, view }: MatrixLayout): Column | undefined {
  for (const segment of segments) {
    const index = Math.max(0, Math.floor((view.scrollX - segment.x) / view.zoom.width));
    if (index < segment.starts.length) return columnIn(segment, index, view.zoom.width);
  }
  return undefined;
}

function columnAtX({ segments, view }: MatrixLayout, x: number): Column | undefined {
  for (const segment of segments) {
    const index = Math.floor((x - segment.x) / view.zoom.width);
    if (index >= 0 && index < segment.starts.length) return columnIn(segment, index, view.zoom.width);
  }
  return undefined;
}

/** Where a date of a line is drawn, in viewport coordinates; without a line in the line of all processors. */
export function cellRect(layout: MatrixLayout, line: Line | undefined, day: Day): Rect | undefined {
  const column = columnOf(layout, day);
  if (column === undefined) return undefined;
  return {
    x: gutterOf(layout.view) + column.x - layout.view.scrollX,
    y: line === undefined ? SIZE.ticks : SIZE.header + line.y - layout.view.scrollY,
    w: layout.view.zoom.width,
    h: line?.height ?? SIZE.line,
  };
}

export interface Hit {
  /** Absent on the line of all processors. */
  readonly node?: number;
  /** The first one of its column. */
  readonly day: Day;
}

/** What is under a pointer. */
export type Spot =
  | { readonly kind: 'cell'; readonly node: number; readonly day: Day }
  | { readonly kind: 'date'; readonly day: Day }
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'phase'; readonly phase: string };

export function spotAt(layout: MatrixLayout, x: number, y: number): Spot | undefined {
  const line = y < SIZE.header ? undefined : lineAtY(layout, y - SIZE.header + layout.view.scrollY);
  const gutter = gutterOf(layout.view);
  if (x < gutter) {
    if (line === undefined) return undefined;
    return line.kind === 'phase' ? { kind: 'phase', phase: line.phase } : { kind: 'node', node: line.node };
  }
  const column = columnAtX(layout, x - gutter + layout.view.scrollX);
  if (column === undefined) return undefined;
  if (y < SIZE.header) return { kind: 'date', day: column.from };
  return line?.kind === 'node' ? { kind: 'cell', node: line.node, day: column.from } : undefined;
}

/** The cell at a viewport coordinate; undefined on names, ticks and gaps. */
export function hitTest(layout: MatrixLayout, x: number, y: number): Hit | undefined {
  if (y < SIZE.ticks) return undefined;
  const spot = spotAt(layout, x, y);
  if (spot?.kind === 'cell') return { node: spot.node, day: spot.day };
  return spot?.kind === 'date' ? { day: spot.day } : undefined;
}

/** By bisection: two hundred lines are looked through at every move of a pointer. */
function lineAtY({ lines }: MatrixLayout, y: number): Line | undefined {
  let low = 0;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const line = lines[middle];
    if (line === undefined) return undefined;
    if (y < line.y) high = middle - 1;
    else if (y >= line.y + line.height) low = middle + 1;
    else return line;
  }
  return undefined;
}

export function lineOf({ lines }: MatrixLayout, hit: Hit): Line | undefined {
  return lines.find((line) => line.kind === 'node' && line.node === hit.node);
}

/** Whether a cell is seen as a whole. */
export function isInSight(layout: MatrixLayout, hit: Hit): boolean {
  const box = cellRect(layout, hit.node === undefined ? undefined : lineOf(layout, hit), hit.day);
  if (box === undefined) return false;
  const { width, height } = layout.view;
  const top = hit.node === undefined ? SIZE.ticks : SIZE.header;
  return box.x >= gutterOf(layout.view) && box.x + box.w <= width && box.y >= top && box.y + box.h <= height;
}

/** The scroll that brings a cell into view, changed as little as possible; a margin keeps its surroundings visible. */
export function scrollTo(layout: MatrixLayout, hit: Hit): { scrollX: number; scrollY: number } {
  const { view } = layout;
  const x = columnOf(layout, hit.day)?.x ?? 0;
  const line = hit.node === undefined ? undefined : lineOf(layout, hit);
  const room = view.width - gutterOf(view);
  const { width } = view.zoom;
  const margin = Math.min(room / 4, 8 * width);
  let { scrollX, scrollY } = view;
  if (x - margin < scrollX) scrollX = x - margin;
  if (x + width + margin > scrollX + room) scrollX = x + width + margin - room;
  if (line !== undefined) {
    const height = view.height - SIZE.header;
    // The title of its phase comes with the first line of it.
    const top = line.y - SIZE.phase;
    if (top < scrollY) scrollY = top;
    if (line.y + line.height > scrollY + height) scrollY = line.y + line.height - height;
  }
  return { scrollX: Math.max(0, scrollX), scrollY: Math.max(0, scrollY) };
}
