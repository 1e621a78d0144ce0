import type { TimingChart } from '../../src/protocol/timing';

/** Pixels a date has. */
export const BAR_WIDTHS = [3, 6, 12, 24] as const;
/** Room for the seconds to the left of the bars, for the names of lines to the right, for marks above and for dates below. */
export const AXIS = 68;
const RIGHT = 122;
/** A narrower panel has no room for names beside the bars: they stand on their lines. */
const NARROW = 420;
const RIGHT_OF_NARROW = 6;
export const TOP = 58;
export const BOTTOM = 24;

export interface Viewport {
  readonly width: number;
  readonly height: number;
  /** How far the dates are scrolled to the left, in pixels. */
  readonly scroll: number;
}

export interface ChartLayout {
  readonly barWidth: number;
  /** Of all dates, the axis included. */
  readonly width: number;
  /** Seconds at the upper edge of the plot. */
  readonly max: number;
  /** Seconds at which lines go across, ascending from 0. */
  readonly ticks: readonly number[];
  readonly bottom: number;
  /** Room to the right of the bars. */
  readonly right: number;
  /** The names of lines stand to the right of the bars. */
  readonly namesBeside: boolean;
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];
const MOST_TICKS = 5;
/** Bars beyond so many times the 95th percentile are cut off, or they would flatten all others. */
const CUT = 3;

/** @param width of the panel. */
export function layoutOf(
  { seconds, p95, lines }: TimingChart,
  barWidth: number,
  height: number,
  width = Number.POSITIVE_INFINITY,
): ChartLayout {
  const namesBeside = width >= NARROW;
  const right = namesBeside ? RIGHT : RIGHT_OF_NARROW;
  const highest = seconds.reduce((most, value) => Math.max(most, value), 0);
  const onLines = lines.reduce((most, line) => Math.max(most, line.seconds.at(-1) ?? 0), 0);
  const top = Math.max(0.1, Math.min(highest, Math.max(CUT * p95, onLines)));
  const step = STEPS.find((one) => top / one <= MOST_TICKS) ?? Math.ceil(top / MOST_TICKS / 86_400) * 86_400;
  const count = Math.max(1, Math.ceil(top / step - 1e-6));
  return {
    barWidth,
    width: AXIS + seconds.length * barWidth + right,
    max: step * count,
    ticks: Array.from({ length: count + 1 }, (_, index) => step * index),
    bottom: height - BOTTOM,
    right,
    namesBeside,
  };
}

/** The height of seconds above the lower edge. */
export function heightOf({ max, bottom }: ChartLayout, seconds: number): number {
  return ((bottom - TOP) * Math.min(seconds, max)) / max;
}

/** The left edge of a date in the viewport. */
export function leftOf({ barWidth }: ChartLayout, index: number, { scroll }: Viewport): number {
  return AXIS + index * barWidth - scroll;
}

/** Indexes of the dates in sight; `to` is exclusive. */
export function visible(
  { barWidth, right }: ChartLayout,
  count: number,
  { width, scroll }: Viewport,
): { from: number; to: number } {
  const from = Math.max(0, Math.floor(scroll / barWidth));
  return { from, to: Math.min(count, Math.ceil((scroll + width - AXIS - right) / barWidth)) };
}

/** The date at a point; undefined beside the bars. */
export function hitTest(layout: ChartLayout, count: number, x: number, y: number, viewport: Viewport): number | undefined {
  if (x < AXIS || x > viewport.width - layout.right || y > layout.bottom + BOTTOM) return undefined;
  const index = Math.floor((x - AXIS + viewport.scroll) / layout.barWidth);
  return index >= 0 && index < count ? index : undefined;
}

/** How far to scroll so that a date is in sight, with some of its neighbours. */
export function scrollTo({ barWidth, right }: ChartLayout, index: number, { width, scroll }: Viewport): number {
  const room = Math.max(barWidth, width - AXIS - right);
  const margin = Math.min(4 * barWidth, room / 3);
  const left = index * barWidth;
  if (left - margin < scroll) return Math.max(0, left - margin);
  return left + margin > scroll + room ? left + margin - room : scroll;
}
