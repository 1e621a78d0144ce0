// What reading coverage costs, as ratios: `node bench/coverage.mjs`. 11 nodes of 850 dates, about 220 rows a date, in one DuckDB file
// and in a folder of Parquet. All figures are medians.
// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { bundled, folder } from './product.mjs';

const NODES = 11;
const DATES = 850;
const ROWS = 220;
const ROUNDS = 3;
const FIRST_PAINT_BAR_MS = 1_000;

const { openWarehouse, FileCoverageCache, readText, PipelineSession } = await bundled(
  `export { openWarehouse } from './src/adapters/openWarehouse'; export { FileCoverageCache } from './src/adapters/files/coverageCache';
export { readText } from './src/adapters/files/textFile'; export { PipelineSession } from './src/app/session/pipelineSession';`,
);

/** @param {number} index */
const table = (index) => `mart.t${index}`;
const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
const connection = await instance.connect();
await connection.run('CREATE SCHEMA mart');
for (let index = 0; index < NODES; index++) {
  await connection.run(`CREATE TABLE ${table(index)} AS
    SELECT DATE '2020-01-01' + CAST(d AS INTEGER) AS game_date, 'g' || (p % 8) AS game_id, 'player_' || p AS player, p * 1.5 AS points,
      TIMESTAMP '2022-06-01' + INTERVAL (d) MINUTE AS made_at
    FROM range(${DATES}) a(d), range(${ROWS}) b(p)`);
  mkdirSync(path.join(folder, 'data', 'mart'), { recursive: true });
  await connection.run(
    `COPY ${table(index)} TO '${path.join(folder, 'data', ...table(index).split('.'))}' (FORMAT parquet, PARTITION_BY (game_date))`,
  );
}
connection.closeSync();
instance.closeSync();

const processors = Array.from(
  { length: NODES },
  (_, index) => `
      - { id: N${index}, table: ${table(index)}, date_column: game_date, entity: player, key: [game_id, player], written_at: made_at,
          checks: [{ name: scored, expression: "points > 0", at_least: 0.9 }]${index > 0 ? `, needs: [{ processor: N${index - 1}, min_rows: 100 }]` : ''} }`,
);
/** @param {string} warehouse */
const manifest = (warehouse) => `version: 1
name: bench
warehouse: ${warehouse}
seasons: [{ name: all, start: 2020-01-01, end: 2022-12-31 }]
phases:
  - id: one
    processors:${processors.join('')}
`;

const silent = { debug() {}, info() {}, warn() {}, error: console.error };
/**
 * @param {string} name
 * @param {string} warehouse
 */
async function sessionOf(name, warehouse) {
  const manifestPath = path.join(folder, `${name}.yaml`);
  writeFileSync(manifestPath, manifest(warehouse));
  const session = new PipelineSession({
    manifestPath,
    mode: 'backfill',
    readText,
    openWarehouse: (/** @type {never} */ config) => openWarehouse(config, folder, Date),
    cache: new FileCoverageCache(path.join(folder, name), silent),
    ledger: () => Promise.resolve({ last: new Map(), active: new Map() }),
    clock: Date,
    logger: silent,
  });
  const { problems } = await session.reload();
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return session;
}

/**
 * Median milliseconds.
 * @param {() => Promise<unknown>} work
 */
async function timed(work) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

/**
 * @param {string} what
 * @param {number} value
 * @param {string} base
 * @param {number} over
 */
function ratio(what, value, base, over) {
  console.log(`${what} / ${base}: ${(value / over).toFixed(3)}  (${value.toFixed(1)} ms / ${over.toFixed(1)} ms)`);
}

for (const [name, config] of [
  ['DuckDB file', '{ type: duckdb, path: warehouse.duckdb }'],
  ['Parquet folder', '{ type: parquet, path: data }'],
]) {
  console.log(`${name}: ${NODES} nodes, ${DATES} dates, ${NODES * DATES * ROWS} rows`);
  const session = await sessionOf(String(name).replace(' ', '-'), String(config));
  const state = await session.coverage('read');
  if (state.problem !== undefined || state.input.observations.unavailableNodes.size > 0) throw new Error('nothing was read');
  const { pipeline } = state.input;
  const warehouse = session.warehouse();
  const range = { from: state.grid.firstDay, to: state.grid.firstDay + 30 };

  const one = await timed(() => warehouse.observe(pipeline));
  const month = await timed(() => warehouse.observe(pipeline, { days: range }));
  const probe = await timed(() => warehouse.probe(pipeline));
  const unchanged = await timed(() => session.coverage('probe'));
  const read = await timed(() => session.coverage('read'));
  const fromCache = await timed(async () => {
    const next = await sessionOf(String(name).replace(' ', '-'), String(config));
    return next.coverage('cached');
  });
  if (name === 'DuckDB file') {
    const each = await timed(async () => {
      for (const node of pipeline.nodes) await warehouse.observe({ ...pipeline, nodes: [node] });
    });
    ratio('  one query for all', one, 'one query a node', each);
  }
  ratio('  31 dates', month, 'all dates', one);
  ratio('  probe', probe, 'read', one);
  ratio('  refresh, nothing changed', unchanged, 'refresh with a read', read);
  ratio('  manifest and coverage from the cache', fromCache, 'the bar for the first paint', FIRST_PAINT_BAR_MS);
}
