import { draw } from '../shared/draw';
import type { PaintOp } from '../shared/paintOp';

/** Draws into a canvas of a size in CSS pixels, sharp on every screen. */
export function paintInto(
  canvas: HTMLCanvasElement | null,
  width: number,
  height: number,
  ops: readonly PaintOp[],
  scale = window.devicePixelRatio,
): void {
  const context = canvas?.getContext('2d', { alpha: false });
  if (canvas === null || context === null || context === undefined || width === 0) return;
  const deviceWidth = Math.round(width * scale);
  const deviceHeight = Math.round(height * scale);
  // Setting the size clears the canvas and costs memory: only when it really changes.
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  draw(context, ops);
}

/** A picture as a file. */
export async function pngOf(width: number, height: number, ops: readonly PaintOp[]): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  // Twice the size where that stays within what browsers hold, so that it can be printed.
  const scale = width * height * 4 <= 32_000_000 ? 2 : 1;
  paintInto(canvas, width, height, ops, scale);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The picture is too large for this browser.');
  return new Uint8Array(await blob.arrayBuffer());
}
