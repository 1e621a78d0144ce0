import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Status } from '../../src/base/status';
import { px } from '../shared/px';
import { paintCell } from './cell';
import { draw } from './draw';
import type { PaintOp } from './paintOp';
import { readPalette } from './readPalette';

const SHOWN: readonly Status[] = [
  'complete',
  'stale',
  'partial',
  'suspect',
  'missing',
  'failed',
  'blocked',
  'running',
  'queued',
  'off',
  'unknown',
];
const WIDTH = 16;
const HEIGHT = 20;

/** What the shapes and colours mean. */
export function Legend(): VNode {
  return (
    <ul class="legend" aria-label="Legend">
      {SHOWN.map((status) => (
        <li key={status}>
          <StatusGlyph status={status} /> {status}
        </li>
      ))}
    </ul>
  );
}

/** A cell of the matrix as a glyph in a text, drawn by the same code. */
export function StatusGlyph({ status }: { status: Status }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const redraw = (): void => {
      const context = canvas.current?.getContext('2d');
      if (context === null || context === undefined) return;
      const scale = window.devicePixelRatio;
      context.canvas.width = WIDTH * scale;
      context.canvas.height = HEIGHT * scale;
      context.scale(scale, scale);
      const ops: PaintOp[] = [];
      paintCell(ops, status, { x: 0, y: 0, w: WIDTH, h: HEIGHT }, readPalette(document.body));
      draw(context, ops);
    };
    redraw();
    const observer = new MutationObserver(redraw);
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, [status]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} class="glyph" style={{ width: px(WIDTH), height: px(HEIGHT) }} />
    </span>
  );
}
