import { counted } from '../../src/base/figures';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import { paintCell } from './cell';
import { ageText } from './describe';
import { layoutMatrix, SIZE } from './layout';
import { paintMatrix } from './paint';
import type { Selected } from './selected';
import { LEGEND, type Look } from './summary';
import { zoomAt } from './zoom';

/** Of a size in CSS pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly ops: readonly PaintOp[];
}

/** What of the matrix somebody chose to see. */
interface Shown {
  readonly level: number;
  readonly nodes: readonly number[];
  readonly selected: Selected;
  readonly shown: ReadonlySet<Look> | undefined;
}

/** Wider pictures are neither read nor held by browsers. */
const WIDEST = 16_000;
const TITLE = 34;
const EDGE = 12;
/** Room for a status and its word. */
const ENTRY = { width: 96, height: 24 } as const;

/**
 * All lines and all dates for a file, with what is selected and nothing of where somebody is; the title and the legend make it
 * readable for whoever gets it. As near as it is zoomed, or as all dates have room: none is ever cut off.
 */
export function paintPicture(snapshot: Snapshot, { level, nodes, selected, shown }: Shown, palette: Palette): Picture {
  const at = (which: number) =>
    layoutMatrix(snapshot, { width: WIDEST, height: 0, zoom: zoomAt(which), scrollX: 0, scrollY: 0 }, nodes);
  let nearest = level;
  while (nearest > 0 && at(nearest).contentWidth + SIZE.gutter > WIDEST) nearest -= 1;
  const whole = at(nearest);
  const width = Math.max(SIZE.gutter + 4 * ENTRY.width, whole.contentWidth + SIZE.gutter);
  const body = whole.contentHeight + SIZE.header;
  const columns = Math.max(1, Math.floor((width - EDGE) / ENTRY.width));
  const legend = Math.ceil(LEGEND.length / columns) * ENTRY.height + EDGE;
  const height = TITLE + body + legend;
  const layout = layoutMatrix(snapshot, { ...whole.view, width, height: body }, nodes);
  const words = (x: number, y: number, text: string, font: string, color: string): PaintOp => ({
    op: 'text',
    x,
    y,
    text,
    color,
    font: `${font} ${palette.font}`,
    align: 'left',
  });
  const ops: PaintOp[] = [{ op: 'fill', x: 0, y: 0, w: width, h: height, color: palette.background, alpha: 1 }];
  const gaps = snapshot.gaps === 0 ? 'no gaps' : counted(snapshot.gaps, 'gap');
  const title = `${snapshot.pipeline} · ${gaps} · ${ageText(snapshot)}`;
  ops.push({ ...words(EDGE, TITLE / 2, title, '600 13px', palette.foreground), max: width - 2 * EDGE } as PaintOp);
  for (const op of paintMatrix(snapshot, layout, palette, { selected: selected.cells, shown })) ops.push(lowered(op, TITLE));
  LEGEND.forEach((look, index) => {
    const x = EDGE + (index % columns) * ENTRY.width;
    const y = TITLE + body + EDGE / 2 + Math.floor(index / columns) * ENTRY.height;
    paintCell(ops, look, { x, y, w: 16, h: 20 }, palette);
    ops.push(words(x + 22, y + 10, look, '12px', palette.muted));
  });
  return { width, height, ops };
}

function lowered(op: PaintOp, by: number): PaintOp {
  if (op.op === 'unclip') return op;
  if (op.op === 'path') return { ...op, points: op.points.map(([x, y]) => [x, y + by] as const) };
  return { ...op, y: op.y + by };
}
