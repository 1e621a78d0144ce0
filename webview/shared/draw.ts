import type { PaintOp } from './paintOp';

/** Draws the operations; text is cut with an ellipsis where it has a maximum width. */
export function draw(context: CanvasRenderingContext2D, ops: readonly PaintOp[]): void {
  // Setting what is set already costs more than asking.
  let alpha = 1;
  let color = '';
  context.globalAlpha = 1;
  const opaque = (): void => {
    if (alpha !== 1) context.globalAlpha = 1;
    alpha = 1;
  };
  for (const op of ops) {
    if (op.op !== 'fill') opaque();
    switch (op.op) {
      case 'fill':
        if (op.alpha !== alpha) {
          alpha = op.alpha;
          context.globalAlpha = alpha;
        }
        if (op.color !== color) {
          color = op.color;
          context.fillStyle = color;
        }
        context.fillRect(op.x, op.y, op.w, op.h);
        break;
      case 'stroke':
        context.strokeStyle = op.color;
        context.lineWidth = op.width;
        context.strokeRect(op.x, op.y, op.w, op.h);
        break;
      case 'path':
        context.strokeStyle = op.color;
        context.lineWidth = op.width;
        context.beginPath();
        op.points.forEach(([x, y], index) => {
          if (index === 0) context.moveTo(x, y);
          else context.lineTo(x, y);
        });
        context.stroke();
        break;
      case 'text':
        color = op.color;
        context.fillStyle = color;
        context.font = op.font;
        context.textAlign = op.align;
        context.textBaseline = 'middle';
        context.fillText(op.max === undefined ? op.text : cut(context, op.font, op.text, op.max), op.x, op.y);
        break;
      case 'clip':
        context.save();
        context.beginPath();
        context.rect(op.x, op.y, op.w, op.h);
        context.clip();
        break;
      case 'unclip':
        context.restore();
        color = '';
        break;
    }
  }
}

const cuts = new Map<string, string>();
/** More than any picture has: then the texts of another picture make room. */
const MOST_CUTS = 5_000;

/** Measuring is dear and texts stay the same from frame to frame. @param font the context's: to ask the context for it is dear too. */
function cut(context: CanvasRenderingContext2D, font: string, text: string, max: number): string {
  const key = `${font} ${max} ${text}`;
  const known = cuts.get(key);
  if (known !== undefined) return known;
  if (cuts.size >= MOST_CUTS) cuts.clear();
  const short = shortened(context, text, max);
  cuts.set(key, short);
  return short;
}

function shortened(context: CanvasRenderingContext2D, text: string, max: number): string {
  if (context.measureText(text).width <= max) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length).trimEnd()}…`).width > max) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}
