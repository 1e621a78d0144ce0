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

type Factors = (random: () => number, days: readonly Day[]) => readonly number[];

const each =
  (factor: (random: () => number, day: Day) => number): Factors =>
  (random, days) =>
    days.map((day) => factor(random, day));

/** Student's with three degrees of freedom: a date in a hundred is more than four and a half scales away. */
function student(random: () => number): number {
  const squares = Array.from({ length: 3 }, () => normal(random) ** 2);
  return normal(random) / Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 3);
}

/** Each date resembles the one before. */
const remembering =
  (memory: number, deviation: number): Factors =>
  (random, days) => {
    let state = normal(random);
    return days.map(() => {
      state = memory * state + Math.sqrt(1 - memory ** 2) * normal(random);
      return Math.exp(deviation * state);
    });
  };

/** Series without an effect: seconds of dates. */
export const NOTHING_HAPPENED = {
  ...Object.fromEntries(Object.entries(NOISES).map(([name, noise]) => [name, [40, each(noise)] as const])),
  normal: [40, each((random) => Math.max(0, 1 + 0.1 * normal(random)))],
  'widely normal': [40, each((random) => Math.max(0, 1 + 0.3 * normal(random)))],
  student: [40, each((random) => Math.exp(0.15 * student(random)))],
  'student, some seconds': [8, each((random) => Math.round(8 * Math.exp(0.15 * student(random))) / 8)],
  'remembers a third': [40, remembering(0.3, 0.15)],
  'remembers half': [40, remembering(0.5, 0.15)],
  'weekends long': [40, each((random, day) => Math.exp(0.1 * normal(random)) * (weekdayOf(day) % 6 === 0 ? 2.5 : 1))],
  'two kinds of dates': [40, each((random) => (random() < 0.5 ? 3 : 1) * Math.exp(0.1 * normal(random)))],
  'whole seconds': [3, each((random) => Math.round(3 * Math.exp(0.3 * normal(random))) / 3)],
  'a second or none': [1, each((random) => Math.round(0.6 * Math.exp(0.5 * normal(random))))],
  'mostly nothing to do': [2, each((random) => (random() < 0.7 ? 0 : Math.round(2 * Math.exp(0.5 * normal(random))) / 2))],
  'always the same': [40, each(() => 1)],
  milliseconds: [0.05, each((random) => Math.exp(0.5 * normal(random)))],
  hours: [9_000, each((random) => Math.exp(0.2 * normal(random)))],
} satisfies Record<string, readonly [middle: number, factors: Factors]>;

/** A series of so many dates in which nothing happens. */
export function quietSeries(kind: string, seed: number, count: number): TimedSeries {
  const [middle, factors] = (NOTHING_HAPPENED as Record<string, readonly [number, Factors]>)[kind] ?? [0, () => []];
  const first = 18_000 + (seed % 7);
  const days = Array.from({ length: count }, (_, index) => first + index);
  return { days, seconds: factors(randomOf(seed), days).map((factor) => Math.round(1000 * middle * factor) / 1000) };
}
