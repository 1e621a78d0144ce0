/**
 * A seeded generator for one purpose, so that a change to one part of the sample leaves the others as they were.
 * It uses no function whose last digits differ between machines (no logarithm, no sine).
 * @param {number} seed
 * @param {string} purpose
 */
export function randomStream(seed, purpose) {
  let state = seed >>> 0;
  for (let i = 0; i < purpose.length; i++) state = Math.imul(state ^ purpose.charCodeAt(i), 0x01000193) >>> 0;

  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** From 0 up to, not including, 1. */
    next,
    /** A whole number from `low` to `high`, both included. */
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    /** Close to a normal distribution, and never further than three deviations away. */
    around: (mean, deviation) => mean + deviation * (next() + next() + next() + next() - 2) * 1.5,
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
