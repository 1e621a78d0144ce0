import { formatDay } from '../../src/base/day';
import { formatSeconds } from '../../src/base/figures';
import type { TimingChart, TimingMark } from '../../src/protocol/timing';
import type { PaintOp } from '../shared/paintOp';
import type { Palette } from '../shared/palette';
import { dateIndex } from './dateIndex';
import { type Hatch, hatchOf } from './hatch';
import { AXIS, BOTTOM, type ChartLayout, heightOf, leftOf, TOP, type Viewport, visible } from './layout';
import { stageColor } from './stageColors';

export type TimingOp =
  | PaintOp
  | {
      readonly op: 'hatch';
      readonly hatch: Hatch;
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
      readonly color: string;
    };

/** Narrower bars have no room for lines. */
const LEAST_HATCHED = 6;
const MARK_ROWS = 3;
const MARK_HEIGHT = 16;
/** About the width of a letter of a mark. */
const LETTER = 7;

/** What to draw of a chart: grid, bars, lines and marks, the axis over all that is scrolled under it. */
export function paintChart(
  chart: TimingChart,
  layout: ChartLayout,
  viewport: Viewport,
  palette: Palette,
  selected: number | undefined,
): readonly TimingOp[] {
  const { width } = viewport;
  const plot = { x: AXIS, y: 0, w: width - AXIS - layout.right, h: layout.bottom + BOTTOM };
  return [
    { op: 'fill', x: 0, y: 0, w: width, h: layout.bottom + BOTTOM, color: palette.background, alpha: 1 },
    ...gridOps(layout, viewport, palette),
    { op: 'clip', ...plot },
    ...monthOps(chart, layout, viewport, palette),
    ...barOps(chart, layout, viewport, palette),
    ...growthOps(chart, layout, viewport, palette),
    { op: 'unclip' },
    // Their words may go on beyond the bars.
    { op: 'clip', ...plot, w: width - AXIS },
    ...markOps(chart, layout, viewport, palette),
    { op: 'unclip' },
    // Its frame goes around a bar at the edge, too.
    { op: 'clip', ...plot, x: plot.x - 3, w: plot.w + 6 },
    ...selectionOps(selected, layout, viewport, palette),
    { op: 'unclip' },
    ...levelOps(chart, layout, viewport, palette),
  ];
}

function gridOps(layout: ChartLayout, { width }: Viewport, palette: Palette): readonly TimingOp[] {
  return layout.ticks.flatMap((seconds): TimingOp[] => {
    const y = Math.round(layout.bottom - heightOf(layout, seconds)) + 0.5;
    return [
      // Borders of high contrast are as loud as what is measured.
      {
        ...{ op: 'fill', x: AXIS, y: y - 0.5, w: width - layout.right - AXIS, h: 1 },
        ...{ color: palette.border, alpha: palette.highContrast && seconds > 0 ? 0.45 : 1 },
      },
      text(AXIS - 8, y, formatSeconds(seconds), palette.muted, palette, 'right'),
    ];
  });
}

function monthOps({ days }: TimingChart, layout: ChartLayout, viewport: Viewport, palette: Palette): readonly TimingOp[] {
  const { from, to } = visible(layout, days.length, viewport);
  const ops: TimingOp[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const index of dateIndex(days).months) {
    if (index < from || index >= to) continue;
    const date = formatDay(days[index] ?? 0);
    const x = leftOf(layout, index, viewport);
    if (x < free) continue;
    ops.push({
      op: 'path',
      points: [
        [x + 0.5, layout.bottom],
        [x + 0.5, layout.bottom + 6],
      ],
      color: palette.muted,
      width: 1,
    });
    const room = index === 0 ? 86 : 64;
    free = x + room;
    // A name that would be cut at the edge is not begun.
    if (x + room > viewport.width - layout.right && x > AXIS) continue;
    ops.push(text(x + 4, layout.bottom + 13, index === 0 ? date : date.slice(0, 7), palette.muted, palette, 'left'));
  }
  return ops;
}

function barOps(chart: TimingChart, layout: ChartLayout, viewport: Viewport, palette: Palette): readonly TimingOp[] {
  const { days, seconds, stages } = chart;
  const { barWidth, bottom } = layout;
  const { from, to } = visible(layout, days.length, viewport);
  const gap = barWidth >= LEAST_HATCHED ? 1 : 0;
  const w = barWidth - gap;
  const ops: TimingOp[] = [];
  for (let index = from; index < to; index++) {
    const x = leftOf(layout, index, viewport);
    const all = seconds[index] ?? 0;
    let below = 0;
    const part = (value: number, color: string, hatch: Hatch, alpha: number): void => {
      const low = heightOf(layout, below);
      below += Math.max(0, value);
      const h = heightOf(layout, below) - low;
      if (h <= 0) return;
      const box = { x, y: bottom - low - h, w, h };
      ops.push({ op: 'fill', ...box, color, alpha });
      if (hatch !== 'none' && barWidth >= LEAST_HATCHED) ops.push({ op: 'hatch', ...box, hatch, color: palette.background });
      if (palette.highContrast && barWidth >= LEAST_HATCHED && h >= 3)
        ops.push({ op: 'stroke', x: x + 0.5, y: box.y + 0.5, w: w - 1, h: h - 1, color: palette.foreground, width: 1 });
    };
    // Stages that ran beside one another share what the date took: a bar is as high as its date.
    const sum = stages.reduce((so, { seconds: of }) => so + Math.max(0, of[index] ?? 0), 0);
    const scale = sum > all ? all / sum : 1;
    for (const [stage, { seconds: of }] of stages.entries())
      part((of[index] ?? 0) * scale, stageColor(palette, stage), hatchOf(stage), 1);
    const told = below;
    if (all > told + 1e-6) part(all - told, palette.muted, 'none', stages.length === 0 ? 0.8 : 0.35);
    if (all > layout.max) {
      // Its top is not in sight: two lines say that it goes on.
      ops.push({ op: 'fill', x, y: TOP + 4, w, h: 2, color: palette.background, alpha: 1 });
      ops.push({ op: 'fill', x, y: TOP + 8, w, h: 2, color: palette.background, alpha: 1 });
    }
  }
  return ops;
}

/** Median and 95th percentile, named beside the bars. */
function levelOps(
  { p50, p95, seconds }: TimingChart,
  layout: ChartLayout,
  { width }: Viewport,
  palette: Palette,
): readonly TimingOp[] {
  if (seconds.length < 2) return [];
  const [low, high] = [layout.bottom - heightOf(layout, p50), layout.bottom - heightOf(layout, p95)];
  const end = width - layout.right;
  const level = (at: number, name: string, dash: number, labelAt: number): TimingOp[] => {
    const y = Math.round(at) + 0.5;
    return [
      ...dashes(AXIS, end, y, dash).map((points): TimingOp => ({ op: 'path', points, color: palette.foreground, width: 1 })),
      ...(layout.namesBeside
        ? [text(end + 6, labelAt, name, palette.foreground, palette, 'left')]
        : [
            {
              op: 'fill' as const,
              x: AXIS + 2,
              y: y - 15,
              w: name.length * LETTER,
              h: 13,
              color: palette.background,
              alpha: 0.85,
            },
            text(AXIS + 4, y - 8, name, palette.foreground, palette, 'left'),
          ]),
    ];
  };
  const apart = Math.max(0, 14 - (low - high)) / 2;
  return [
    ...level(low, `median ${formatSeconds(p50)}`, 8, low + apart),
    ...(low - high < 4 ? [] : level(high, `p95 ${formatSeconds(p95)}`, 3, high - apart)),
  ];
}

function dashes(from: number, to: number, y: number, length: number): (readonly (readonly [number, number])[])[] {
  const parts = [];
  for (let x = from; x < to; x += 2 * length)
    parts.push([
      [x, y],
      [Math.min(to, x + length), y],
    ] as const);
  return parts;
}

function growthOps({ days, lines }: TimingChart, layout: ChartLayout, viewport: Viewport, palette: Palette): readonly TimingOp[] {
  const { places } = dateIndex(days);
  const { from, to } = visible(layout, days.length, viewport);
  return lines.flatMap((line): TimingOp[] => {
    const first = places.get(line.days[0] ?? 0) ?? 0;
    const last = places.get(line.days.at(-1) ?? 0) ?? 0;
    if (last < from || first >= to) return [];
    const points = Array.from(line.days, (day, index) => {
      const x = leftOf(layout, places.get(day) ?? 0, viewport) + layout.barWidth / 2;
      return [x, layout.bottom - heightOf(layout, line.seconds[index] ?? 0)] as const;
    });
    return [{ op: 'path', points, color: palette.status.failed, width: 2.5 }];
  });
}

/** A line at the first date, and words above the plot where there is room for them. */
function markOps({ days, marks }: TimingChart, layout: ChartLayout, viewport: Viewport, palette: Palette): readonly TimingOp[] {
  const { places } = dateIndex(days);
  const free = Array.from({ length: MARK_ROWS }, () => Number.NEGATIVE_INFINITY);
  return marks.flatMap((mark): TimingOp[] => {
    const index = places.get(mark.day);
    if (index === undefined) return [];
    const x = Math.round(leftOf(layout, index, viewport) + (mark.kind === 'spike' ? layout.barWidth / 2 : 0)) + 0.5;
    const words = `${GLYPHS[mark.kind]} ${mark.short}`;
    const row = free.findIndex((from) => x >= from);
    const y = 10 + MARK_HEIGHT * Math.max(0, row);
    const end = x + words.length * LETTER + 10;
    if (row >= 0) free[row] = end;
    if (x < AXIS || x > viewport.width - layout.right) return [];
    const fits = end <= viewport.width;
    const color = mark.kind === 'faster' ? palette.status.complete : palette.status.failed;
    return [
      {
        op: 'path',
        points: [
          [x, y + 6],
          [x, mark.kind === 'spike' ? TOP : layout.bottom],
        ],
        color,
        width: 1.5,
      },
      ...(row < 0 ? [] : [text(fits ? x - 3 : x + 3, y, words, palette.foreground, palette, fits ? 'left' : 'right')]),
    ];
  });
}

/** Also said in words wherever they stand alone. */
export const GLYPHS: Readonly<Record<TimingMark['kind'], string>> = { growth: '↗', slower: '▲', faster: '▼', spike: '◆' };

function selectionOps(
  selected: number | undefined,
  layout: ChartLayout,
  viewport: Viewport,
  palette: Palette,
): readonly TimingOp[] {
  if (selected === undefined) return [];
  const x = leftOf(layout, selected, viewport);
  return [
    { op: 'stroke', x: x - 1.5, y: TOP - 4, w: layout.barWidth + 2, h: layout.bottom - TOP + 8, color: palette.focus, width: 2 },
  ];
}

function text(x: number, y: number, words: string, color: string, { font }: Palette, align: 'left' | 'right'): TimingOp {
  return { op: 'text', x, y, text: words, color, font: `11px ${font}`, align };
}
