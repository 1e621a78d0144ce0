import { medianOf } from './robust';

/** A line through values in their order. */
export interface Trend {
  /** By which a value exceeds the one before. */
  readonly slope: number;
  /** On the line at index 0. */
  readonly start: number;
  /** Kendall's tau: 1 where every later value is greater, -1 where every one is less. */
  readonly tau: number;
  /** Two-sided: how likely values without a trend look like that. */
  readonly p: number;
  /** Of how many values. */
  readonly count: number;
}

/** The slopes of so many values are all compared; of more every so-manieth. */
const MOST = 400;

/**
 * The line of Theil (1950) and Sen (1968): the median of the slopes of all pairs, through the median of what it leaves; up to 29 % of values
 * may be anything. Its significance is that of Mann (1945) and Kendall (1975), with their correction for ties. Undefined for fewer than three.
 * @param leastTau what is less monotonous than that is undefined, too, which costs far less than a line.
 */
export function trendOf(values: readonly number[], leastTau = -1): Trend | undefined {
  const count = values.length;
  if (count < 3) return undefined;
  const step = Math.ceil(count / MOST);
  const slopes: number[] = [];
  let sign = 0;
  for (let early = 0; early < count; early += step) {
    for (let late = early + step; late < count; late += step) {
      const difference = (values[late] ?? 0) - (values[early] ?? 0);
      slopes.push(difference / (late - early));
      sign += Math.sign(difference);
    }
  }
  const tau = sign / Math.max(1, slopes.length);
  if (tau < leastTau) return undefined;
  const slope = medianOf(slopes);
  const compared = Math.ceil(count / step);
  const ties = new Map<number, number>();
  for (let index = 0; index < count; index += step) {
    const value = values[index] ?? 0;
    ties.set(value, (ties.get(value) ?? 0) + 1);
  }
  const term = (size: number): number => size * (size - 1) * (2 * size + 5);
  const variance = (term(compared) - [...ties.values()].reduce((sum, size) => sum + term(size), 0)) / 18;
  const z = variance <= 0 ? 0 : Math.max(0, Math.abs(sign) - 1) / Math.sqrt(variance);
  return {
    slope,
    start: medianOf(values.map((value, index) => value - slope * index)),
    tau,
    p: 2 * upperTail(z),
    count,
  };
}

/** How much of a normal distribution lies beyond z >= 0 (Abramowitz and Stegun 1964, 7.1.26: off by less than 1e-7). */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.327_591_1 * x);
  const series = t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
  return 0.5 * series * Math.exp(-x * x);
}
