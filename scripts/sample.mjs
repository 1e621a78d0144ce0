// Makes the sample pipeline of samples/nba as a workspace: `node scripts/sample.mjs DIR [--seed N] [--fresh] [--no-cache]`.
// @ts-check
import { createHash, randomUUID } from 'node:crypto';
import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { plantsOf, readHoles } from '../samples/nba/generator/holes.mjs';
import { writePastBackfill } from '../samples/nba/generator/journal.mjs';
import { makeWarehouse, readProcessors, rowsByDate } from '../samples/nba/generator/warehouse.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'samples/nba');
const CACHE = join(ROOT, 'out/sample');
const COPIED = ['README.md', 'backfill.yaml', 'jobs', 'sql'];
const MADE = ['warehouse.duckdb', 'warehouse.duckdb.wal', '.backfill', '.sample'];

/**
 * @typedef {object} SampleOptions
 * @property {number} [seed] another seed than that of holes.json gives other games; then the holes are planted, but not promised
 * @property {boolean} [fresh] make the workspace again where it is there already
 * @property {boolean} [cache] false: make the data again too, instead of copying data that was made before
 */

/**
 * Makes the workspace in a folder: the manifest, its SQL and jobs, the warehouse and the journal of a past backfill. A sample that is
 * there already, made of the same sources, is left as it is. The data is made once for a state of the sources and then copied.
 * @param {string} folder
 * @param {SampleOptions} [options]
 * @returns {Promise<{ folder: string, seconds: number, from: 'there' | 'copied' | 'made' }>}
 */
export async function makeSample(folder, { seed, fresh = false, cache = true } = {}) {
  const begun = performance.now();
  const workspace = resolve(folder);
  const { seed: usualSeed, holes } = readHoles(SOURCE);
  const sources = sourceHash();
  const stamp = `${sources}-${seed ?? usualSeed}`;
  const marker = join(workspace, '.sample');
  const done = (/** @type {'there' | 'copied' | 'made'} */ from) => ({
    folder: workspace,
    seconds: (performance.now() - begun) / 1000,
    from,
  });
  if (!fresh && cache && existsSync(marker) && readFileSync(marker, 'utf8') === stamp) return done('there');

  const cached = join(CACHE, `${stamp}.duckdb`);
  const isCached = cache && existsSync(cached);
  if (!isCached) {
    forgetDataBut(sources);
    await makeInPlace(cached, (file) =>
      makeWarehouse(file, { source: SOURCE, seed: seed ?? usualSeed, plant: (stage) => plantsOf(holes, stage) }),
    );
  }

  mkdirSync(workspace, { recursive: true });
  for (const name of [...COPIED, ...MADE]) rmSync(join(workspace, name), { recursive: true, force: true });
  for (const name of COPIED) cpSync(join(SOURCE, name), join(workspace, name), { recursive: true });
  const warehouse = join(workspace, 'warehouse.duckdb');
  copyFileSync(cached, warehouse, constants.COPYFILE_FICLONE);
  await writeJournals(workspace, warehouse, holes);
  linkPackages(workspace);
  writeFileSync(marker, stamp);
  return done(isCached ? 'copied' : 'made');
}

/** @param {string} workspace @param {string} warehouse @param {import('../samples/nba/generator/holes.mjs').Hole[]} holes */
async function writeJournals(workspace, warehouse, holes) {
  const { processors, manifest } = readProcessors(SOURCE);
  for (const { journal } of holes) {
    const processor = processors.find(({ id }) => id === journal?.processor);
    if (journal === undefined || processor === undefined) continue;
    const rows = await rowsByDate(warehouse, processor, journal.done);
    const facts = {
      pipeline: manifest.name,
      command: processor.command,
      rowsOf: (/** @type {string} */ date) => rows.get(date) ?? 0,
    };
    writePastBackfill(workspace, journal, facts);
  }
}

/** Nobody ever sees a half-made file, and several can make it at once. @param {string} file @param {(file: string) => Promise<void>} make */
async function makeInPlace(file, make) {
  mkdirSync(dirname(file), { recursive: true });
  const making = `${file}.${randomUUID()}`;
  rmSync(making, { force: true });
  try {
    await make(making);
    renameSync(making, file);
  } finally {
    rmSync(making, { force: true });
    rmSync(`${making}.wal`, { force: true });
  }
}

/** Removes data that was made of other sources. @param {string} sources */
function forgetDataBut(sources) {
  for (const name of existsSync(CACHE) ? readdirSync(CACHE) : [])
    if (name.endsWith('.duckdb') && !name.startsWith(sources)) rmSync(join(CACHE, name), { force: true });
}

/** The jobs find DuckDB in a node_modules above them: a workspace outside of the repository gets a link to it. @param {string} workspace */
function linkPackages(workspace) {
  try {
    createRequire(join(workspace, 'jobs/job.mjs')).resolve('@duckdb/node-api');
  } catch {
    symlinkSync(join(ROOT, 'node_modules'), join(workspace, 'node_modules'), 'junction');
  }
}

/** Of everything that the data is made of. */
function sourceHash() {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(mjs|sql|json|yaml)$/.test(file));
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'node_modules/@duckdb/node-api/package.json')));
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(SOURCE, file)));
  return hash.digest('hex').slice(0, 16);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'no-cache': { type: 'boolean', default: false },
    },
  });
  const [folder] = positionals;
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (folder === undefined || positionals.length > 1 || (seed !== undefined && !Number.isSafeInteger(seed))) {
    console.error('usage: node scripts/sample.mjs DIR [--seed N] [--fresh] [--no-cache]');
    process.exit(2);
  }
  const made = await makeSample(folder, { ...(seed !== undefined && { seed }), fresh: values.fresh, cache: !values['no-cache'] });
  const how = made.from === 'there' ? 'was there already' : `${made.from} in ${made.seconds.toFixed(1)} s`;
  console.log(`The sample pipeline is in ${relative(process.cwd(), made.folder) || '.'} (${how}).`);
}
