import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { draw } from '../shared/draw';
import type { PaintOp } from '../shared/paintOp';
import { px } from '../shared/px';
import { usePalette } from '../shared/usePalette';
import { usePixelRatio } from '../shared/usePixelRatio';
import { paintCell } from './cell';
import { LEGEND, type Look } from './summary';

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
      {LEGEND.map((look) => (
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
  const palette = usePalette();
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    // Also clears it: what is behind a glyph shows through.
    context.canvas.width = WIDTH * ratio;
    context.canvas.height = HEIGHT * ratio;
    context.scale(ratio, ratio);
    const ops: PaintOp[] = [];
    paintCell(ops, look, { x: 0, y: 0, w: WIDTH, h: HEIGHT }, palette);
    draw(context, ops);
  }, [look, palette, ratio]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} class="glyph" style={{ width: px(WIDTH), height: px(HEIGHT) }} />
    </span>
  );
}
