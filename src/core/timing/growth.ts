import { deviationOf, medianOf, stepNoise } from './robust';
import { LEAST_LEVEL } from './shifts';
import { trendOf } from './trend';

/** Dates of one run that take longer and longer. Seconds. */
export interface Growth {
  /** By which each date takes longer than the one before. */
  readonly perDate: number;
  /** What the first date takes by the line, and what the next one would. */
  readonly start: number;
  readonly next: number;
  readonly count: number;
  /** The second half of the dates grows no more. */
  readonly stopped: boolean;
}

/** A growth of fewer dates is not told from a few slow ones. */
export const LEAST_TO_GROW = 8;
const SIGNIFICANT = 0.001;
const LEAST_TAU = 0.5;
/** Over all of its dates a growth is at least this share of the middle, and so many seconds. */
const LEAST_SHARE = 0.25;
const LEAST_SECONDS = 2;
/** A line explains it when what it leaves is so much less than what one step leaves. */
const BETTER = 0.9;
/** So much of a growth in the second half says that it goes on. */
const GOES_ON = 0.35;

/**
 * The growth of the dates of one run, in the order in which they ran; undefined for none, and for one that a single step explains as well.
 * A first date that is slow on its own, as with a cold cache, says nothing.
 */
export function growthOf(seconds: readonly number[]): Growth | undefined {
  const count = seconds.length;
  if (count < LEAST_TO_GROW) return undefined;
  const trend = trendOf(seconds, LEAST_TAU);
  if (trend === undefined || trend.slope <= 0 || trend.p > SIGNIFICANT) return undefined;
  const { slope, start } = trend;
  const all = slope * (count - 1);
  if (all < LEAST_SECONDS || all < LEAST_SHARE * medianOf(seconds)) return undefined;
  const byLine = seconds.reduce((sum, value, index) => sum + Math.abs(value - start - slope * index), 0);
  if (byLine > BETTER * byStep(seconds)) return undefined;
  // What remains of a line is noise around it.
  const noise = Math.max(stepNoise(seconds), deviationOf(seconds.map((value, index) => value - start - slope * index)));
  if (all < 2 * noise) return undefined;
  const late = trendOf(seconds.slice(Math.floor(count / 2)));
  const stopped = count >= 2 * LEAST_TO_GROW && late !== undefined && late.slope < GOES_ON * slope;
  const last = medianOf(seconds.slice(-LEAST_LEVEL));
  return { perDate: slope, start: Math.max(0, start), next: stopped ? last : start + slope * count, count, stopped };
}

/** What the best single step leaves, as a sum of distances. */
function byStep(seconds: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  const from = Math.max(1, Math.ceil(seconds.length / 50));
  for (let at = 2; at <= seconds.length - 2; at += from) {
    best = Math.min(best, distances(seconds.slice(0, at)) + distances(seconds.slice(at)));
  }
  return best;
}

function distances(values: readonly number[]): number {
  const middle = medianOf(values);
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}
