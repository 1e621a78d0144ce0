import type { PaintOp } from './paintOp';

/** Draws the operations; text is cut with an ellipsis where it has a maximum width. */
export function draw(context: CanvasRenderingContext2D, ops: readonly PaintOp[]): void {
  for (const op of ops) {
    switch (op.op) {
      case 'fill':
        context.globalAlpha = op.alpha;
        context.fillStyle = op.color;
        context.fillRect(op.x, op.y, op.w, op.h);
        context.globalAlpha = 1;
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
        context.fillStyle = op.color;
        context.font = op.font;
        context.textAlign = op.align;
        context.textBaseline = 'middle';
        context.fillText(op.max === undefined ? op.text : cut(context, op.text, op.max), op.x, op.y);
        break;
      case 'clip':
        context.save();
        context.beginPath();
        context.rect(op.x, op.y, op.w, op.h);
        context.clip();
        break;
      case 'unclip':
        context.restore();
        break;
    }
  }
}

function cut(context: CanvasRenderingContext2D, text: string, max: number): string {
  if (context.measureText(text).width <= max) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length).trimEnd()}…`).width > max) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}
