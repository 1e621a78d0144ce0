import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import type { CauseTrail, Place } from './causes';
import { cellRect, type Line, lineOf, type MatrixLayout, type Rect } from './layout';

type Points = readonly (readonly [number, number])[];

/** Between the edge of a cell and its shape. */
const INSET = 3;
const WIDTH = 1.5;

/**
 * From a gap through what it needs to its roots, which share a frame. Lines run between columns and between lines, where
 * nothing is drawn, so that they hide no status; those to roots of one processor share their way and part at each root.
 */
export function paintTrail(ops: PaintOp[], layout: MatrixLayout, { roots, steps }: CauseTrail, palette: Palette): void {
  const color = palette.foreground;
  const draw = (points: Points): void => void ops.push({ op: 'path', points, color, width: WIDTH });
  for (const { from, node, days } of bundled(steps)) {
    const [start, line] = [boxOf(layout, from), lineOf(layout, { node, day: from.day })];
    if (start === undefined || line === undefined) continue;
    const ends = days.flatMap((day) => cellRect(layout, line, day) ?? []);
    const row = ends[0];
    if (row === undefined) continue;
    const isAbove = row.y < start.y;
    const [leave, lane] = isAbove ? [start.y, row.y + row.h] : [start.y + start.h, row.y];
    const toward = isAbove ? -INSET : INSET;
    const middle = middleOf(start);
    const middles = ends.map(middleOf);
    // Straight where it is the next line, else beside the column.
    const beside = leave === lane ? middle : start.x;
    draw([
      [middle, leave - toward],
      [middle, leave],
      [beside, leave],
      [beside, lane],
    ]);
    draw([
      [Math.min(beside, ...middles), lane],
      [Math.max(beside, ...middles), lane],
    ]);
    for (const x of new Set(middles)) {
      if (x < 0 || x > layout.view.width) continue;
      draw([
        [x, lane],
        [x, lane + toward],
      ]);
    }
  }
  // What is its own cause is outlined as its gaps are.
  if (steps.length > 0)
    for (const { x, y, w, h } of framesOf(layout, roots)) {
      ops.push({ op: 'stroke', x, y: y + 1, w, h: h - 2, color, width: 2 });
    }
}

/** One frame around roots of a line that stand side by side. */
function framesOf(layout: MatrixLayout, roots: readonly Place[]): readonly Rect[] {
  const frames: Rect[] = [];
  const boxes = roots.flatMap((root) => boxOf(layout, root) ?? []).filter(({ x, w }) => x + w >= 0 && x <= layout.view.width);
  for (const box of boxes.toSorted((one, other) => one.y - other.y || one.x - other.x)) {
    const last = frames.at(-1);
    if (last !== undefined && last.y === box.y && box.x <= last.x + last.w) {
      frames[frames.length - 1] = { ...last, w: box.x + box.w - last.x };
    } else frames.push(box);
  }
  return frames;
}

interface Bundle {
  readonly from: Place;
  readonly node: number;
  readonly days: number[];
}

/** Steps from one place to dates of one node. */
function bundled(steps: CauseTrail['steps']): readonly Bundle[] {
  const bundles = new Map<string, Bundle>();
  for (const [from, to] of steps) {
    const key = `${from.node} ${from.day} ${to.node}`;
    const bundle = bundles.get(key) ?? { from, node: to.node, days: [] };
    bundle.days.push(to.day);
    bundles.set(key, bundle);
  }
  return [...bundles.values()];
}

function boxOf(layout: MatrixLayout, { node, day }: Place): Rect | undefined {
  const line: Line | undefined = lineOf(layout, { node, day });
  return line === undefined ? undefined : cellRect(layout, line, day);
}

function middleOf({ x, w }: Rect): number {
  return x + w / 2;
}
