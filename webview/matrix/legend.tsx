import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { draw } from '../shared/draw';
import type { PaintOp } from '../shared/paintOp';
import { px } from '../shared/px';
import { readPalette } from '../shared/readPalette';
import { paintCell } from './cell';
import type { Look } from './summary';

const SHOWN: readonly Look[] = [
  'complete',
  'stale',
  'partial',
  'suspect',
  'missing',
  'failed',
  'blocked',
  'running',
  'queued',
  'waived',
  'off',
  'unknown',
];
const WIDTH = 16;
const HEIGHT = 20;

interface Props {
  /** The looks that are shown; all where it is absent. */
  readonly shown: ReadonlySet<Look> | undefined;
  readonly onChange: (shown: ReadonlySet<Look> | undefined) => void;
}

/** What the shapes and colours mean; a click shows only what has them. */
export function Legend({ shown, onChange }: Props): VNode {
  const toggle = (look: Look): void => {
    const next = new Set(shown ?? []);
    if (!next.delete(look)) next.add(look);
    onChange(next.size === 0 ? undefined : next);
  };
  return (
    <ul class="legend" aria-label="Legend: each shows only what has its status">
      {SHOWN.map((look) => (
        <li key={look}>
          <button type="button" aria-pressed={shown?.has(look) === true} title={`Show only ${look}`} onClick={() => toggle(look)}>
            <StatusGlyph look={look} /> {look}
          </button>
        </li>
      ))}
      {shown === undefined ? null : (
        <li>
          <button type="button" class="clear" onClick={() => onChange(undefined)}>
            <i class="codicon codicon-close" /> Show all
          </button>
        </li>
      )}
    </ul>
  );
}

/** A cell of the matrix as a glyph in a text, drawn by the same code. */
export function StatusGlyph({ look }: { look: Look }): VNode {
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
      paintCell(ops, look, { x: 0, y: 0, w: WIDTH, h: HEIGHT }, readPalette(document.body));
      draw(context, ops);
    };
    redraw();
    const observer = new MutationObserver(redraw);
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, [look]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} class="glyph" style={{ width: px(WIDTH), height: px(HEIGHT) }} />
    </span>
  );
}
