import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import type { Rect } from './layout';
import type { Look } from './summary';

type Points = readonly (readonly [number, number])[];

/** Marks in a cell, in shares of its width and height. */
const MARKS: Readonly<Partial<Record<Look, readonly Points[]>>> = {
  stale: [
    [
      [0, 0.55],
      [0.45, 0],
    ],
  ],
  suspect: [
    [
      [0.2, 0.85],
      [0.8, 0.15],
    ],
  ],
  failed: [
    [
      [0.25, 0.25],
      [0.75, 0.75],
    ],
    [
      [0.75, 0.25],
      [0.25, 0.75],
    ],
  ],
  blocked: [
    [
      [0.2, 0.5],
      [0.8, 0.5],
    ],
  ],
  running: [
    [
      [0.35, 0.25],
      [0.7, 0.5],
      [0.35, 0.75],
    ],
  ],
  queued: [
    [
      [0.35, 0.25],
      [0.7, 0.5],
      [0.35, 0.75],
    ],
  ],
  waived: [
    [
      [0.25, 0.5],
      [0.45, 0.75],
      [0.8, 0.25],
    ],
  ],
};

/** Opacity of what is filled; what is absent is an outline. */
const FILLS: Readonly<Partial<Record<Look, number>>> = { complete: 0.5, stale: 0.5, suspect: 0.9, failed: 1, running: 0.9 };

function colorOf(look: Look, palette: Palette): string {
  return look === 'waived' ? palette.muted : palette.status[look];
}

/**
 * How a status looks: a colour and a shape of its own, so that it can be told without colour.
 * Filled: there is data. Hollow: there is none. The mark inside says what is wrong.
 */
export function paintCell(ops: PaintOp[], look: Look, box: Rect, palette: Palette): void {
  const color = colorOf(look, palette);
  const x = box.x + 1.5;
  const y = box.y + 3;
  const w = Math.max(1, box.w - 3);
  const h = box.h - 6;
  if (look === 'off') {
    ops.push({ op: 'fill', x: x + w / 2 - 1, y: y + h / 2 - 1, w: 2, h: 2, color, alpha: 0.5 });
    return;
  }
  if (look === 'unknown') {
    const font = `600 11px ${palette.font}`;
    ops.push({ op: 'text', x: x + w / 2, y: y + h / 2 + 0.5, text: '?', color, font, align: 'center' });
    return;
  }
  const fill = FILLS[look];
  if (fill === undefined) {
    ops.push({ op: 'stroke', x: x + 0.75, y: y + 0.75, w: w - 1.5, h: h - 1.5, color, width: 1.5 });
    if (look === 'partial') ops.push({ op: 'fill', x, y: y + h / 2, w, h: h / 2, color, alpha: 1 });
  } else {
    const alpha = palette.highContrast ? Math.min(1, fill + 0.2) : fill;
    ops.push({ op: 'fill', x, y, w, h, color, alpha });
  }
  const ink = fill === undefined ? color : palette.background;
  for (const points of MARKS[look] ?? []) {
    ops.push({ op: 'path', points: points.map(([px, py]) => [x + px * w, y + py * h]), color: ink, width: 1.5 });
  }
}
