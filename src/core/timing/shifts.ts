import { medianOf, stepNoise } from './robust';

/** A level changes at an index, and stays. */
export interface LevelChange {
  /** The first value of the new level. */
  readonly at: number;
  /** Medians of the values between this change and its neighbours. */
  readonly before: number;
  readonly after: number;
}

/** What holds for fewer values is a spike. */
export const LEAST_LEVEL = 5;
/** What lies further from the middle counts no more: one value, however far, moves no level (Huber 1964). */
const CLIP = 3;
/** Few steps tell the memory badly: it is taken as so many times what they tell. */
const SURE = 1.2;
const CLEAR = 1.3;
/** What remembers more is hardly told from a drift. */
const MOST_MEMORY = 0.8;
/** Less noise than this is the clock's. */
const LEAST_NOISE = 0.04;
/** Each layer of windows is so many times as long as the next. */
const DECAY = 2;

/**
 * Where the level of values changes: seeded binary segmentation (Kovács, Bühlmann, Li and Munk 2023) with the statistic of cumulative sums
 * (Page 1954) over values clipped at three deviations from the middle of their window, the narrowest window over the threshold first (Baranowski,
 * Chen and Fryzlewicz 2019). A change in the last values is found as one in the middle, and a level that returns as two changes.
 * @param values of constant noise, such as logarithms of seconds.
 * @param least the smallest difference of levels that matters.
 */
export function levelChanges(values: readonly number[], least: number): readonly LevelChange[] {
  const count = values.length;
  if (count < 2 * LEAST_LEVEL) return [];
  const noise = Math.max(LEAST_NOISE, stepNoise(values));
  const threshold = thresholdOf(count);
  const found = windowsOf(count)
    .map(({ from, to }) => ({ from, to, ...strongest(values, from, to, noise) }))
    .filter(({ strength }) => strength > threshold)
    .sort((a, b) => a.to - a.from - (b.to - b.from) || b.strength - a.strength);
  const changes: number[] = [];
  for (const { from, to, at } of found) {
    if (!changes.some((change) => change > from && change < to)) changes.push(at);
  }
  changes.sort((a, b) => a - b);
  return settled(values, changes, noise, threshold, least);
}

/** The greatest of many statistics grows so; few values hardly tell their noise. The test counts false alarms over lengths and kinds of noise. */
function thresholdOf(count: number): number {
  return 3.4 + 0.5 * Math.sqrt(Math.log(count)) + 3 / count;
}

interface Strongest {
  readonly at: number;
  /** In deviations of the noise. */
  readonly strength: number;
}

/** The split of a window whose sides differ most. */
function strongest(values: readonly number[], from: number, to: number, noise: number): Strongest {
  const window = values.slice(from, to);
  const middle = medianOf(window);
  const clipped = window.map((value) => Math.max(-CLIP, Math.min(CLIP, (value - middle) / noise)));
  const total = clipped.reduce((sum, value) => sum + value, 0);
  const count = window.length;
  let best: Strongest = { at: from, strength: 0 };
  let left = 0;
  for (let size = 1; size <= count - LEAST_LEVEL; size++) {
    left += clipped[size - 1] ?? 0;
    if (size < LEAST_LEVEL) continue;
    const difference = (total - left) / (count - size) - left / size;
    const strength = Math.abs(difference) * Math.sqrt((size * (count - size)) / count);
    if (strength > best.strength) best = { at: from + size, strength };
  }
  return best;
}

/** Values in deviations of the noise; what lies further than three beyond the lowest and the highest level counts no more. */
function clippedTo(values: readonly number[], changes: readonly number[], noise: number): readonly number[] {
  const edges = [0, ...changes, values.length];
  const levels = edges.slice(1).map((end, index) => medianOf(values.slice(edges[index], end)) / noise);
  const [lowest, highest] = [Math.min(...levels) - CLIP, Math.max(...levels) + CLIP];
  return values.map((value) => Math.max(lowest, Math.min(highest, value / noise)));
}

/** How far the means on both sides of a change are apart, for as many values as they have. */
function strengthAt(values: readonly number[], changes: readonly number[], index: number): number {
  const [from, at, to] = [changes[index - 1] ?? 0, changes[index] ?? 0, changes[index + 1] ?? values.length];
  const meanOf = (level: readonly number[]): number => level.reduce((sum, value) => sum + value, 0) / Math.max(1, level.length);
  const difference = meanOf(values.slice(at, to)) - meanOf(values.slice(from, at));
  return Math.abs(difference) * Math.sqrt(((at - from) * (to - at)) / (to - from));
}

/** Windows of every length that can hold two levels, each overlapping the next by half. */
function windowsOf(count: number): { readonly from: number; readonly to: number }[] {
  const windows = [{ from: 0, to: count }];
  for (let length = count / DECAY; length >= 2 * LEAST_LEVEL; length /= DECAY) {
    const steps = 2 * Math.ceil(count / length) - 1;
    const shift = (count - length) / Math.max(1, steps - 1);
    for (let step = 0; step < steps; step++) {
      const from = Math.floor(step * shift);
      windows.push({ from, to: Math.min(count, Math.ceil(from + length)) });
    }
  }
  return windows;
}

/** Puts each change where its neighbours leave it strongest, and drops those that are then too weak or too small, the weakest first. */
function settled(
  values: readonly number[],
  found: readonly number[],
  noise: number,
  threshold: number,
  least: number,
): readonly LevelChange[] {
  let changes = found;
  for (;;) {
    const edge = (index: number): number => (index < 0 ? 0 : (changes[index] ?? values.length));
    const places = changes.map((_, index) => strongest(values, edge(index - 1), edge(index + 1), noise).at);
    const within = clippedTo(values, places, noise);
    const strengths = places.map((_, index) => strengthAt(within, places, index));
    const clear = places.filter((_, index) => (strengths[index] ?? 0) > CLEAR * threshold);
    const enough = threshold * memoryOf(within, clear);
    const judged = places.map((at, index) => {
      const [before, after] = [
        medianOf(values.slice(places[index - 1] ?? 0, at)),
        medianOf(values.slice(at, places[index + 1] ?? values.length)),
      ];
      return { at, before, after, strength: Math.abs(after - before) < least ? 0 : (strengths[index] ?? 0) };
    });
    const weakest = judged.reduce((worst, { strength }, index) => (strength < (judged[worst]?.strength ?? 0) ? index : worst), 0);
    if ((judged[weakest]?.strength ?? Number.POSITIVE_INFINITY) > enough)
      return judged.map(({ at, before, after }) => ({ at, before, after }));
    changes = changes.filter((_, index) => index !== weakest);
  }
}

/**
 * By how much noise exceeds what its steps show, as a factor of deviations; at least 1. Ties and dates of two kinds hide noise from medians. Noise
 * that remembers moves levels by itself: of an autoregression of first order the differences over one and over two steps tell the memory (as of
 * Romano, Rigaill, Runge and Fearnhead 2022), where they lie within a level; its long-run variance is that of steps times
 * (1 + memory) / (1 - memory)² (Andrews 1991).
 * @param values in deviations.
 */
function memoryOf(values: readonly number[], changes: readonly number[]): number {
  const over = (step: number): number => {
    let [sum, count, next] = [0, 0, 0];
    for (let index = step; index < values.length; index++) {
      while ((changes[next] ?? values.length) <= index - step) next++;
      if ((changes[next] ?? values.length) <= index) continue;
      sum += ((values[index] ?? 0) - (values[index - step] ?? 0)) ** 2;
      count++;
    }
    return sum / Math.max(1, 2 * count);
  };
  const [one, two] = [over(1), over(2)];
  const memory = Math.max(0, Math.min(MOST_MEMORY, one === 0 ? 0 : SURE * (two / one - 1)));
  return Math.sqrt(Math.max(1, (one * (1 + memory)) / (1 - memory) ** 2));
}
