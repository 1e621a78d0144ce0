/** What to draw, in order. Coordinates in CSS pixels of the viewport. */
export type PaintOp =
  | { op: 'fill'; x: number; y: number; w: number; h: number; color: string; alpha: number }
  | { op: 'stroke'; x: number; y: number; w: number; h: number; color: string; width: number }
  | { op: 'path'; points: readonly (readonly [number, number])[]; color: string; width: number }
  | {
      op: 'text';
      x: number;
      y: number;
      text: string;
      color: string;
      font: string;
      align: 'left' | 'center' | 'right';
      max?: number;
    }
  | { op: 'clip'; x: number; y: number; w: number; h: number }
  | { op: 'unclip' };
