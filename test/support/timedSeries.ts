import { type Day, weekdayOf } from '../../src/base/day';

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Kinds of noise that the times of dates have: factors around 1. */
export const NOISES = {
  /** Most dates within 15 %. */
  lognormal: (random) => Math.exp(0.15 * normal(random)),
  /** Dates that differ by a third as a rule. */
  wide: (random) => Math.exp(0.35 * normal(random)),
  /** Seconds with the tail of a power law, to both sides: the logarithm is of Laplace's distribution. */
  heavy: (random) => Math.exp(0.12 * (random() < 0.5 ? 1 : -1) * -Math.log(1 - random())),
  /** Skewed upwards: waiting for others adds an exponential part. */
  waiting: (random) => 1 - 0.3 * Math.log(1 - random()),
  /** Saturdays take twice as long, Mondays half. */
  weekly: (random, day) => Math.exp(0.12 * normal(random)) * ([1, 0.5, 1, 1, 1.2, 1.4, 2][weekdayOf(day)] ?? 1),
} satisfies Record<string, (random: () => number, day: Day) => number>;
export type Noise = keyof typeof NOISES;

export interface TimedSeries {
  readonly days: Day[];
  readonly seconds: number[];
}

/** Dates that take about `middle` seconds, and whatever an effect makes of them. */
export function timedSeries(
  noise: Noise,
  seed: number,
  count: number,
  effect: (seconds: number, index: number) => number = (seconds) => seconds,
  middle = 40,
): TimedSeries {
  const random = randomOf(seed);
  const first = 18_000 + (seed % 7);
  const days = Array.from({ length: count }, (_, index) => first + index);
  const seconds = days.map((day, index) => Math.round(1000 * effect(middle * NOISES[noise](random, day), index)) / 1000);
  return { days, seconds };
}
