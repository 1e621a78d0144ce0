import { DATE_STATUSES, type DateStatus } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import { columnIn, gutterOf, type MatrixLayout, type Segment, SIZE, segmentsOf } from './layout';
import type { Zoom } from './zoom';

/** From the least to the most noticeable: a pixel column shows the worst of its dates, so that no hole is averaged away. */
const SEVERITY: Readonly<Record<DateStatus, number>> = { off: 0, complete: 1, unknown: 2, running: 3, incomplete: 4 };

/** All seasons side by side in a strip of a width. */
interface Strip {
  readonly width: number;
  /** Of a date. */
  readonly cellWidth: number;
  readonly segments: readonly Segment[];
}

const strips = new WeakMap<Snapshot, Strip>();

/** Laid out once a snapshot and width: the frame is placed in it at every frame of a scroll. */
function stripOf(snapshot: Snapshot, width: number): Strip {
  const known = strips.get(snapshot);
  if (known?.width === width) return known;
  const seasons = segmentsOf(snapshot, days(1));
  const count = seasons.reduce((sum, segment) => sum + segment.starts.length, 0);
  const gaps = Math.max(0, seasons.length - 1) * SIZE.seasonGap;
  const cellWidth = count === 0 ? 1 : Math.max(0.1, (width - gutterOf({ width }) - gaps - 8) / count);
  const strip = { width, cellWidth, segments: segmentsOf(snapshot, days(cellWidth)) };
  strips.set(snapshot, strip);
  return strip;
}

function days(width: number): Zoom {
  return { unit: 'day', width };
}

/** What of the strip the matrix shows: left edge and width. */
export function frameInOverview(snapshot: Snapshot, layout: MatrixLayout): { readonly x: number; readonly width: number } {
  const strip = stripOf(snapshot, layout.view.width);
  const { from, to } = visibleSpan(layout);
  const gutter = gutterOf(layout.view);
  const x = gutter + xInOverview(strip, from);
  return { x, width: Math.max(4, gutter + xInOverview(strip, to) - x) };
}

/** The whole pipeline in one strip. */
export function paintOverview(snapshot: Snapshot, width: number, palette: Palette): PaintOp[] {
  const { cellWidth, segments } = stripOf(snapshot, width);
  const height = SIZE.overview;
  const ops: PaintOp[] = [{ op: 'fill', x: 0, y: 0, w: width, h: height + SIZE.seasons, color: palette.background, alpha: 1 }];
  const colors: Readonly<Record<DateStatus, string>> = {
    off: palette.muted,
    complete: palette.status.complete,
    running: palette.status.running,
    incomplete: palette.status.missing,
    unknown: palette.muted,
  };
  for (const segment of segments) {
    const left = gutterOf({ width }) + segment.x;
    const pixels = Math.max(1, Math.ceil(segment.starts.length * cellWidth));
    for (let pixel = 0; pixel < pixels; pixel++) {
      const from = Math.floor(pixel / cellWidth);
      const to = Math.min(segment.starts.length, Math.max(from + 1, Math.ceil((pixel + 1) / cellWidth)));
      let worst: DateStatus = 'off';
      for (let offset = from; offset < to; offset++) {
        const status = DATE_STATUSES[snapshot.dates[segment.firstDay + offset - snapshot.firstDay] ?? 0] ?? 'off';
        if (SEVERITY[status] > SEVERITY[worst]) worst = status;
      }
      const inset = worst === 'incomplete' ? 3 : worst === 'off' ? 11 : 7;
      ops.push({
        op: 'fill',
        x: left + pixel,
        y: inset,
        w: 1,
        h: height - 2 * inset,
        color: colors[worst],
        alpha: worst === 'off' ? 0.3 : worst === 'complete' ? 0.6 : 1,
      });
    }
    if (segment.name !== '' && segment.starts.length * cellWidth > 60) {
      ops.push({
        op: 'text',
        x: left + 2,
        y: height + 8,
        text: segment.name,
        color: palette.muted,
        font: `10px ${palette.font}`,
        align: 'left',
      });
    }
  }
  return ops;
}

/** The date at a pixel of the strip. */
export function dayInOverview(snapshot: Snapshot, width: number, x: number): number | undefined {
  const { cellWidth, segments } = stripOf(snapshot, width);
  for (const segment of segments) {
    const offset = Math.floor((x - gutterOf({ width }) - segment.x) / cellWidth);
    if (offset < segment.starts.length) return segment.firstDay + Math.max(0, offset);
  }
  const last = segments.at(-1);
  return last?.lastDay;
}

function visibleSpan(layout: MatrixLayout): { from: number; to: number } {
  const { view, segments } = layout;
  const dayAt = (x: number): number => {
    for (const segment of segments) {
      const index = (x - segment.x) / view.zoom.width;
      if (index >= segment.starts.length) continue;
      const { from, to } = columnIn(segment, Math.max(0, Math.floor(index)), view.zoom.width);
      return from + (to - from + 1) * Math.max(0, index - Math.floor(index));
    }
    const last = segments.at(-1);
    return last === undefined ? 0 : last.lastDay + 1;
  };
  return { from: dayAt(view.scrollX), to: dayAt(view.scrollX + view.width - gutterOf(view)) };
}

function xInOverview({ cellWidth, segments }: Strip, day: number): number {
  for (const segment of segments) {
    if (day <= segment.firstDay + segment.starts.length) return segment.x + Math.max(0, day - segment.firstDay) * cellWidth;
  }
  return 0;
}
