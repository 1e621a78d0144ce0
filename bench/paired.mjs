// Times two pieces of work in turns, so that what else the machine does slows both.
// @ts-check

/**
 * @param {() => unknown} ours
 * @param {() => unknown} theirs
 * @param {number} rounds
 * @returns {Promise<{ ours: number, theirs: number, text: string }>} medians in milliseconds, and the ratio of a round in words: its median,
 * least and most.
 */
export async function paired(ours, theirs, rounds) {
  /** @type {[number, number][]} */
  const times = [];
  for (let round = 0; round < rounds; round++) times.push([await timed(ours), await timed(theirs)]);
  const ratios = times.map(([one, other]) => one / other).sort((a, b) => a - b);
  const at = (/** @type {number} */ index) => (ratios[index] ?? Number.NaN).toFixed(1);
  return {
    ours: median(times.map(([one]) => one)),
    theirs: median(times.map(([, other]) => other)),
    text: `${at(Math.floor(rounds / 2))} (${at(0)} to ${at(rounds - 1)})`,
  };
}

/** @param {() => unknown} work */
export async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
