import { DATE_STATUSES, type DateStatus } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import { type MatrixLayout, SIZE, segmentsOf } from './layout';
import type { PaintOp } from './paintOp';
import type { Palette } from './palette';

/** From the least to the most noticeable: a pixel column shows the worst of its dates, so that no hole is averaged away. */
const SEVERITY: Readonly<Record<DateStatus, number>> = { off: 0, complete: 1, unknown: 2, running: 3, incomplete: 4 };

/** How wide a date is when all seasons fit into `width`. */
export function overviewCellWidth(snapshot: Snapshot, width: number): number {
  const days = segmentsOf(snapshot, 1).reduce((sum, segment) => sum + segment.count, 0);
  const gaps = Math.max(0, segmentsOf(snapshot, 1).length - 1) * SIZE.seasonGap;
  return days === 0 ? 1 : Math.max(0.1, (width - SIZE.gutter - gaps - 8) / days);
}

/** The whole pipeline in one strip, with a frame around what the matrix shows. */
export function paintOverview(snapshot: Snapshot, layout: MatrixLayout, palette: Palette): PaintOp[] {
  const { width } = layout.view;
  const cellWidth = overviewCellWidth(snapshot, width);
  const height = SIZE.overview;
  const ops: PaintOp[] = [{ op: 'fill', x: 0, y: 0, w: width, h: height, color: palette.background, alpha: 1 }];
  const colors: Readonly<Record<DateStatus, string>> = {
    off: palette.muted,
    complete: palette.status.complete,
    running: palette.status.running,
    incomplete: palette.status.missing,
    unknown: palette.muted,
  };
  for (const segment of segmentsOf(snapshot, cellWidth)) {
    const left = SIZE.gutter + segment.x;
    const pixels = Math.max(1, Math.ceil(segment.count * cellWidth));
    for (let pixel = 0; pixel < pixels; pixel++) {
      const from = Math.floor(pixel / cellWidth);
      const to = Math.min(segment.count, Math.max(from + 1, Math.ceil((pixel + 1) / cellWidth)));
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
    if (segment.name !== '' && segment.count * cellWidth > 60) {
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
  const { from, to } = visibleSpan(layout);
  const x = SIZE.gutter + xInOverview(snapshot, cellWidth, from);
  const right = SIZE.gutter + xInOverview(snapshot, cellWidth, to);
  ops.push({ op: 'stroke', x, y: 1, w: Math.max(4, right - x), h: height - 2, color: palette.foreground, width: 1 });
  return ops;
}

/** The date at a pixel of the strip. */
export function dayInOverview(snapshot: Snapshot, width: number, x: number): number | undefined {
  const cellWidth = overviewCellWidth(snapshot, width);
  const segments = segmentsOf(snapshot, cellWidth);
  for (const segment of segments) {
    const offset = Math.floor((x - SIZE.gutter - segment.x) / cellWidth);
    if (offset < segment.count) return segment.firstDay + Math.max(0, offset);
  }
  const last = segments.at(-1);
  return last === undefined ? undefined : last.firstDay + last.count - 1;
}

function visibleSpan(layout: MatrixLayout): { from: number; to: number } {
  const { view, segments } = layout;
  const dayAt = (x: number): number => {
    for (const segment of segments) {
      const offset = (x - segment.x) / view.cellWidth;
      if (offset < segment.count) return segment.firstDay + Math.max(0, offset);
    }
    const last = segments.at(-1);
    return last === undefined ? 0 : last.firstDay + last.count;
  };
  return { from: dayAt(view.scrollX), to: dayAt(view.scrollX + view.width - SIZE.gutter) };
}

function xInOverview(snapshot: Snapshot, cellWidth: number, day: number): number {
  for (const segment of segmentsOf(snapshot, cellWidth)) {
    if (day <= segment.firstDay + segment.count) return segment.x + Math.max(0, day - segment.firstDay) * cellWidth;
  }
  return 0;
}
