// How long a million partitions take to classify, as ratios to the bar of 250 ms and to a bare pass over as many cells: `node bench/classify.mjs`.
// @ts-check
import { bundled } from './product.mjs';

const BAR_MS = 250;
const PARTITIONS = 1_000_000;
const DATES = 5_000;
const NODES = PARTITIONS / DATES;
const ROUNDS = 7;

const { classify, explain, dateStatuses, gapsByRoot, buildPipeline } = await bundled(
  `export { classify } from './src/core/coverage/classify'; export { explain } from './src/core/coverage/explain';
export { dateStatuses } from './src/core/coverage/dates'; export { gapsByRoot } from './src/core/coverage/gaps'; export { buildPipeline } from './test/support/builders';`,
);

const FIRST = 12_000;
const iso = (/** @type {number} */ day) => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Layers of ten nodes: each needs two of the layer above on the same date, every fourth also a window of the last 15 dates. */
const nodes = Array.from({ length: NODES }, (_, index) => {
  const layer = Math.floor(index / 10);
  const up = (/** @type {number} */ slot) => `N${(layer - 1) * 10 + (slot % 10)}`;
  return {
    id: `N${index}`,
    phase: layer === 0 ? 'sources' : `phase${String(layer).padStart(2, '0')}`,
    key: ['k'],
    checks: [{ name: 'c', expression: 'x > 0', atLeast: 0.9 }],
    needs:
      layer === 0
        ? []
        : [
            up(index),
            { node: up(index + 1), minRows: 20 },
            ...(index % 4 === 0 ? [{ node: up(index + 2), window: { kind: 'lastDates', count: 15 }, atLeast: 0.5 }] : []),
          ],
  };
});
const pipeline = buildPipeline({ seasons: [[iso(FIRST), iso(FIRST + DATES - 1)]], nodes });

/** @param {(node: number, date: number) => boolean} present */
function inputWith(present) {
  const readAt = (FIRST + DATES + 10) * 86_400_000;
  const observed = new Map();
  nodes.forEach((node, index) => {
    const days = [];
    for (let date = 0; date < DATES; date++) if (present(index, date)) days.push(FIRST + date);
    const rows = new Int32Array(days.length).fill(100);
    observed.set(node.id, {
      days: Int32Array.from(days),
      rows,
      keys: rows,
      checks: [new Float64Array(days.length).fill(1)],
      readAt,
    });
  });
  return {
    pipeline,
    observations: { nodes: observed, calendars: new Map(), unavailableNodes: new Map(), unavailableCalendars: new Map() },
    mode: 'backfill',
    now: readAt,
    attempts: { last: new Map(), active: new Map() },
    waivers: [],
  };
}

/** @param {() => unknown} work */
function fastest(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const bare = fastest(() => {
  const rows = new Int32Array(PARTITIONS).fill(-1);
  const status = new Uint8Array(PARTITIONS);
  for (let date = 0; date < DATES; date++) {
    for (let node = 0; node < NODES; node++) status[node * DATES + date] = (rows[node * DATES + date] ?? 0) > 0 ? 9 : 5;
  }
  return status;
});
console.log(
  `${PARTITIONS.toLocaleString('en-US')} partitions, ${NODES} nodes x ${DATES} dates; a bare pass takes ${bare.toFixed(1)} ms`,
);

/** A fixed sequence, so that runs compare. */
let state = 1;
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
};
for (const [name, present] of /** @type {[string, (node: number, date: number) => boolean][]} */ ([
  ['all complete', () => true],
  ['2 % missing', () => random() > 0.02],
  ['a missing source week in 50', (node, date) => node !== 3 || Math.floor(date / 7) % 50 !== 0],
  ['half missing', () => random() > 0.5],
  ['all missing', () => false],
])) {
  const input = inputWith(present);
  const took = fastest(() => classify(input));
  const grid = classify(input);
  const one = fastest(() => explain(input, grid, NODES - 1, FIRST + DATES - 1));
  const dates = fastest(() => dateStatuses(input, grid));
  const start = performance.now();
  const groups = gapsByRoot(input, grid, { from: FIRST + DATES - 365 });
  const grouped = performance.now() - start;
  console.log(
    `${name.padEnd(28)} ${took.toFixed(0).padStart(5)} ms = ${(took / BAR_MS).toFixed(2)} of the bar, ${(took / bare).toFixed(0)} bare passes; ` +
      `${(grid.rootSets.length - 1).toLocaleString('en-US')} root sets; explain ${one.toFixed(2)} ms, dates ${dates.toFixed(0)} ms, ` +
      `${groups.length} groups of a year in ${grouped.toFixed(0)} ms`,
  );
}
