import type { Day } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';

/** Sizes in CSS pixels. */
export const SIZE = { gutter: 224, header: 46, line: 22, phase: 26, seasonGap: 14, overview: 26 } as const;
/** Widths of a date, from the smallest to the largest zoom. */
export const CELL_WIDTHS = [3, 6, 10, 16, 24, 40] as const;

/** A season's dates, side by side. Dates between seasons take no room. */
export interface Segment {
  readonly name: string;
  readonly firstDay: Day;
  readonly count: number;
  /** Left edge in content coordinates. */
  readonly x: number;
}

export type Line = { readonly y: number; readonly height: number } & (
  | { readonly kind: 'dates' }
  | { readonly kind: 'phase'; readonly label: string }
  | { readonly kind: 'node'; readonly node: number }
);

/** What the viewer chose: where they look, and how large. Sizes and scroll in CSS pixels. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
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
  readonly lines: readonly Line[];
  readonly contentWidth: number;
  readonly contentHeight: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export function segmentsOf(snapshot: Pick<Snapshot, 'firstDay' | 'dayCount' | 'seasons'>, cellWidth: number): Segment[] {
  const last = snapshot.firstDay + snapshot.dayCount - 1;
  const seasons = snapshot.seasons.length > 0 ? snapshot.seasons : [{ name: '', from: snapshot.firstDay, to: last }];
  const segments: Segment[] = [];
  let x = 0;
  for (const season of seasons) {
    const from = Math.max(season.from, snapshot.firstDay);
    const to = Math.min(season.to, last);
    if (to < from) continue;
    segments.push({ name: season.name, firstDay: from, count: to - from + 1, x });
    x += (to - from + 1) * cellWidth + SIZE.seasonGap;
  }
  return segments;
}

function linesOf(snapshot: Snapshot): Line[] {
  const lines: Line[] = [{ kind: 'dates', y: 0, height: SIZE.line }];
  let y: number = SIZE.line;
  let phase: string | undefined;
  snapshot.nodes.forEach((node, index) => {
    if (node.phase !== phase) {
      phase = node.phase;
      lines.push({ kind: 'phase', label: node.phaseName, y, height: SIZE.phase });
      y += SIZE.phase;
    }
    lines.push({ kind: 'node', node: index, y, height: SIZE.line });
    y += SIZE.line;
  });
  return lines;
}

/** The layout of a snapshot; the scroll of the view is kept within the content. */
export function layoutMatrix(snapshot: Snapshot, view: View): MatrixLayout {
  const segments = segmentsOf(snapshot, view.cellWidth);
  const lines = linesOf(snapshot);
  const lastSegment = segments.at(-1);
  const lastLine = lines.at(-1);
  const contentWidth = lastSegment === undefined ? 0 : lastSegment.x + lastSegment.count * view.cellWidth;
  const contentHeight = lastLine === undefined ? 0 : lastLine.y + lastLine.height;
  const maxX = Math.max(0, contentWidth - (view.width - SIZE.gutter));
  const maxY = Math.max(0, contentHeight - (view.height - SIZE.header));
  return {
    view: {
      ...view,
      scrollX: Math.min(Math.max(0, view.scrollX), maxX),
      scrollY: Math.min(Math.max(0, view.scrollY), maxY),
    },
    segments,
    lines,
    contentWidth,
    contentHeight,
  };
}

/** Left edge of a date in content coordinates; undefined between seasons. */
export function xOfDay(segments: readonly Segment[], cellWidth: number, day: Day): number | undefined {
  const segment = segments.find((candidate) => day >= candidate.firstDay && day < candidate.firstDay + candidate.count);
  return segment === undefined ? undefined : segment.x + (day - segment.firstDay) * cellWidth;
}

/** The date at a content coordinate; undefined between seasons. */
export function dayAtX(segments: readonly Segment[], cellWidth: number, x: number): Day | undefined {
  for (const segment of segments) {
    const offset = Math.floor((x - segment.x) / cellWidth);
    if (offset >= 0 && offset < segment.count) return segment.firstDay + offset;
  }
  return undefined;
}

/** What is drawn at a date of a line, in viewport coordinates. */
export function cellRect(layout: MatrixLayout, line: Line, day: Day): Rect | undefined {
  const x = xOfDay(layout.segments, layout.view.cellWidth, day);
  if (x === undefined) return undefined;
  return {
    x: SIZE.gutter + x - layout.view.scrollX,
    y: SIZE.header + line.y - layout.view.scrollY,
    w: layout.view.cellWidth,
    h: line.height,
  };
}

export interface Hit {
  /** Absent on the line of all processors. */
  readonly node?: number;
  readonly day: Day;
}

/** The cell at a viewport coordinate; undefined on names, headers and gaps. */
export function hitTest(layout: MatrixLayout, x: number, y: number): Hit | undefined {
  if (x < SIZE.gutter || y < SIZE.header) return undefined;
  const day = dayAtX(layout.segments, layout.view.cellWidth, x - SIZE.gutter + layout.view.scrollX);
  const line = lineAtY(layout, y - SIZE.header + layout.view.scrollY);
  if (day === undefined || line === undefined || line.kind === 'phase') return undefined;
  return line.kind === 'node' ? { node: line.node, day } : { day };
}

function lineAtY(layout: MatrixLayout, y: number): Line | undefined {
  return layout.lines.find((line) => y >= line.y && y < line.y + line.height);
}

/** The scroll that brings a cell into view, changed as little as possible; a margin keeps its surroundings visible. */
export function scrollTo(layout: MatrixLayout, hit: Hit): { scrollX: number; scrollY: number } {
  const { view } = layout;
  const x = xOfDay(layout.segments, view.cellWidth, hit.day) ?? 0;
  const line = layout.lines.find((candidate) =>
    hit.node === undefined ? candidate.kind === 'dates' : candidate.kind === 'node' && candidate.node === hit.node,
  );
  const room = view.width - SIZE.gutter;
  const margin = Math.min(room / 4, 8 * view.cellWidth);
  let { scrollX, scrollY } = view;
  if (x - margin < scrollX) scrollX = x - margin;
  if (x + view.cellWidth + margin > scrollX + room) scrollX = x + view.cellWidth + margin - room;
  if (line !== undefined) {
    const height = view.height - SIZE.header;
    if (line.y < scrollY) scrollY = line.y;
    if (line.y + line.height > scrollY + height) scrollY = line.y + line.height - height;
  }
  return { scrollX: Math.max(0, scrollX), scrollY: Math.max(0, scrollY) };
}
