import type { PastSeconds } from './backfill';
import { quantile } from './progress';

/** What a date of a processor is expected to take, as far as its own dates and its history tell. */
export interface DateSeconds {
  /** Seconds of the date that comes after `ahead` others. */
  readonly at: (ahead: number) => number;
  /** How much one date differs from another: a standard deviation as a share of what is expected. */
  readonly spread: number;
  /** How many dates all of this rests on, history included. */
  readonly known: number;
}

/** Older dates tell little of the next one. */
const MOST = 60;
/** After so many dates one counts half. */
const HALF_LIFE = 20;
/** History counts as this many dates at first, and less with each date of the backfill's own. */
const HISTORY = 5;
const LEAST_SPREAD = 0.08;
/** How much a single date leaves open, more than that. */
const FIRST_SPREAD = 0.4;
/** A growth is believed when this share of all pairs of dates grew. */
const GROWING_PAIRS = 0.85;
const LEAST_TO_GROW = 8;
/** How many times as many dates as were seen a growth is carried on for. */
const HORIZON = 4;

/**
 * Learns from dates in the order in which they ended, newest last, beside what past runs took. One slow date at the start, as with a cold
 * cache, and single ones that stand out later say little; a growth from date to date is carried on.
 * @param canGrow whether they are of one session or call: a growth is never fitted across a restart.
 * @returns undefined where nothing is known.
 */
export function learnSeconds(own: readonly number[], past?: PastSeconds, canGrow = true): DateSeconds | undefined {
  const seen = warm(own.slice(-MOST).filter((seconds) => seconds >= 0));
  if (seen.length === 0 && past === undefined) return undefined;
  const growth = canGrow ? growthOf(seen) : undefined;
  if (growth !== undefined) return growth;
  const history = past === undefined ? 0 : (Math.min(past.of, HISTORY) * HISTORY) / (HISTORY + seen.length);
  const pastMean = past === undefined ? 0 : meanOf(past);
  const middle = quantile([...seen, ...Array<number>(Math.round(history)).fill(pastMean)], 0.5) ?? 0;
  let weights = history;
  let sum = history * pastMean;
  const taken = seen.map((seconds, index) => ({
    seconds: Math.min(seconds, Math.max(3 * middle, 1)),
    weight: 0.5 ** ((seen.length - 1 - index) / HALF_LIFE),
  }));
  for (const { seconds, weight } of taken) {
    weights += weight;
    sum += weight * seconds;
  }
  const level = sum / weights;
  const pastSpread = past === undefined ? 0 : (past.p90 - past.p50) / NINE_OF_TEN;
  const known = seen.length + history;
  const least = LEAST_SPREAD + FIRST_SPREAD / known;
  const squares = taken.reduce(
    (total, { seconds, weight }) => total + weight * (seconds - level) ** 2,
    history * pastSpread ** 2,
  );
  return {
    at: () => level,
    spread: level === 0 ? least : Math.max(least, Math.sqrt(squares / weights) / level),
    known,
  };
}

/** Standard deviations from the middle to what is not exceeded nine times of ten. */
export const NINE_OF_TEN = 1.2816;

/** Times are skewed: many dates take more than as many times the median. */
function meanOf({ p50, p90 }: PastSeconds): number {
  if (p50 <= 0) return Math.max(0, p90 / 2);
  const deviation = Math.log(Math.max(1, p90 / p50)) / NINE_OF_TEN;
  return Math.min(p90, p50 * Math.exp(deviation ** 2 / 2));
}

/** Without the first date where it took far longer than those after it. */
function warm(seconds: readonly number[]): readonly number[] {
  const [first = 0, ...rest] = seconds;
  if (rest.length < 2) return seconds;
  const [low = 0, middle = 0, high = 0] = [0.25, 0.5, 0.75].map((share) => quantile(rest, share));
  return first > Math.max(high + 1.5 * (high - low), 1.5 * middle) ? rest : seconds;
}

/** The line through dates that take longer and longer (Theil and Sen: the median of the slopes between all pairs); undefined for others. */
function growthOf(seconds: readonly number[]): DateSeconds | undefined {
  const count = seconds.length;
  if (count < LEAST_TO_GROW) return undefined;
  const slopes = seconds.flatMap((early, from) => seconds.slice(from + 1).map((late, index) => (late - early) / (index + 1)));
  const slope = quantile(slopes, 0.5) ?? 0;
  const middle = quantile(seconds, 0.5) ?? 0;
  const growing = slopes.filter((one) => one > 0).length / slopes.length;
  if (growing < GROWING_PAIRS || slope * (count - 1) < 0.15 * middle) return undefined;
  const leveled = seconds.map((value, index) => value + slope * (count - 1 - index));
  const last = quantile(leveled, 0.5) ?? middle;
  const off = quantile(
    leveled.map((value) => Math.abs(value - last)),
    0.5,
  );
  return {
    at: (ahead) => last + slope * (Math.min(ahead, HORIZON * count) + 1),
    // A median of distances is two thirds of a standard deviation.
    spread: Math.max(LEAST_SPREAD, ((off ?? 0) * 1.5) / Math.max(last, 1e-9)),
    known: count,
  };
}
