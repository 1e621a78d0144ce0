import { draw } from '../shared/draw';
import { HATCH_PATHS, TILE } from './hatch';
import type { TimingOp } from './paint';

const tiles = new Map<string, CanvasPattern | null>();

export function drawChart(context: CanvasRenderingContext2D, ops: readonly TimingOp[]): void {
  for (const op of ops) {
    if (op.op !== 'hatch') {
      draw(context, [op]);
      continue;
    }
    const key = `${op.hatch} ${op.color}`;
    const known = tiles.get(key);
    const tile = known === undefined ? tileOf(context, HATCH_PATHS[op.hatch], op.color) : known;
    tiles.set(key, tile);
    if (tile === null) continue;
    context.fillStyle = tile;
    context.fillRect(op.x, op.y, op.w, op.h);
  }
}

function tileOf(context: CanvasRenderingContext2D, path: string, color: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = TILE;
  tile.height = TILE;
  const on = tile.getContext('2d');
  if (on === null) return null;
  on.strokeStyle = color;
  on.lineWidth = 1.3;
  on.stroke(new Path2D(path));
  return context.createPattern(tile, 'repeat');
}
