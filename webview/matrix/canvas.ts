import { draw } from '../shared/draw';
import type { PaintOp } from '../shared/paintOp';
import type { Picture } from './picture';

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

/** Browsers hold no larger canvas: edge and area, in pixels. */
const MOST = { edge: 16_000, area: 64_000_000 } as const;

/** A picture as a file: twice its size where that fits, so that it can be printed, and less where it does not. */
export async function pngOf({ width, height, ops }: Picture): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  paintInto(
    canvas,
    width,
    height,
    ops,
    Math.min(2, MOST.edge / width, MOST.edge / height, Math.sqrt(MOST.area / (width * height))),
  );
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The picture is too large for this browser.');
  return new Uint8Array(await blob.arrayBuffer());
}
