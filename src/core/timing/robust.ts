/** A median absolute deviation times this is a standard deviation of normal noise (Rousseeuw and Croux 1993). */
const MAD_TO_DEVIATION = 1.4826;

/** The middle of values; 0 for none. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[half - 1] ?? 0) + high) / 2;
}

/** The standard deviation that normal noise would have with this median absolute deviation around a middle; 0 for fewer than two values. */
export function deviationOf(values: readonly number[], middle = medianOf(values)): number {
  return values.length < 2 ? 0 : MAD_TO_DEVIATION * medianOf(values.map((value) => Math.abs(value - middle)));
}

/**
 * The noise from one value to the next: the deviation of differences, over the root of two. A step moves one of them, so that series with a
 * changed level have the noise of those without (von Neumann 1941, made robust by the median).
 */
export function stepNoise(values: readonly number[]): number {
  const steps = values.slice(1).map((value, index) => value - (values[index] ?? 0));
  return deviationOf(steps, 0) / Math.SQRT2;
}

/** Below a second half is hardly told from whole: there the scale is nearly that of seconds. */
const SMALL_SECONDS = 0.5;

/** Times differ by factors: logarithms make them differences. */
export function logSeconds(seconds: number): number {
  return Math.log(Math.max(0, seconds) + SMALL_SECONDS);
}
