import type { Status } from '../../src/base/status';
import type { Rect } from './layout';
import type { PaintOp } from './paintOp';
import type { Palette } from './palette';

/** Below this width a cell is colour alone: there is no room for a shape, and the zoom says so by its ticks. */
const SHAPE_WIDTH = 9;

/**
 * How a status looks: a colour and a shape of its own, so that it can be told without colour.
 * Filled: there is data. Hollow: there is none. The mark inside says what is wrong.
 */
export function paintCell(ops: PaintOp[], status: Status, box: Rect, palette: Palette): void {
  const color = palette.status[status];
  const gap = box.w >= SHAPE_WIDTH ? 1.5 : 0.5;
  const x = box.x + gap;
  const y = box.y + 3;
  const w = Math.max(1, box.w - 2 * gap);
  const h = box.h - 6;
  const shapes = box.w >= SHAPE_WIDTH;
  const fill = (alpha: number): void => {
    ops.push({ op: 'fill', x, y, w, h, color, alpha: palette.highContrast ? Math.min(1, alpha + 0.2) : alpha });
  };
  const outline = (): void => {
    if (shapes) ops.push({ op: 'stroke', x: x + 0.75, y: y + 0.75, w: w - 1.5, h: h - 1.5, color, width: 1.5 });
    else ops.push({ op: 'fill', x, y, w, h, color, alpha: 1 });
  };
  const mark = (points: readonly (readonly [number, number])[], ink: string): void => {
    if (!shapes) return;
    ops.push({ op: 'path', points: points.map(([px, py]) => [x + px * w, y + py * h]), color: ink, width: 1.5 });
  };
  switch (status) {
    case 'off':
      if (shapes) ops.push({ op: 'fill', x: x + w / 2 - 1, y: y + h / 2 - 1, w: 2, h: 2, color, alpha: 0.5 });
      return;
    case 'complete':
      fill(0.5);
      return;
    case 'stale':
      fill(0.5);
      mark(
        [
          [0, 0.55],
          [0.45, 0],
        ],
        palette.background,
      );
      return;
    case 'partial':
      if (shapes) {
        outline();
        ops.push({ op: 'fill', x, y: y + h / 2, w, h: h / 2, color, alpha: 1 });
      } else fill(1);
      return;
    case 'suspect':
      fill(0.9);
      mark(
        [
          [0.2, 0.85],
          [0.8, 0.15],
        ],
        palette.background,
      );
      return;
    case 'missing':
      outline();
      return;
    case 'failed':
      fill(1);
      mark(
        [
          [0.25, 0.25],
          [0.75, 0.75],
        ],
        palette.background,
      );
      mark(
        [
          [0.75, 0.25],
          [0.25, 0.75],
        ],
        palette.background,
      );
      return;
    case 'blocked':
      outline();
      mark(
        [
          [0.2, 0.5],
          [0.8, 0.5],
        ],
        color,
      );
      return;
    case 'running':
      fill(0.9);
      mark(
        [
          [0.35, 0.25],
          [0.7, 0.5],
          [0.35, 0.75],
        ],
        palette.background,
      );
      return;
    case 'queued':
      outline();
      mark(
        [
          [0.35, 0.25],
          [0.7, 0.5],
          [0.35, 0.75],
        ],
        color,
      );
      return;
    case 'unknown':
      if (shapes) {
        const font = `600 11px ${palette.font}`;
        ops.push({ op: 'text', x: x + w / 2, y: y + h / 2 + 0.5, text: '?', color, font, align: 'center' });
      }
      return;
  }
}
