// Bundles and runs tests that need nothing but Node. Many files are shared out among a few processes: most of their time is spent waiting.
// @ts-check
import { fork } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { conclude, matching, runMocha } from './mochaRun.mjs';

/** @typedef {import('./mochaRun.mjs').TestResult} TestResult */

const MOST_WORKERS = 3;

/**
 * Runs the test files of a folder of test/ and writes down what came of them.
 * @param {string} suite the folder's name
 * @param {string} pattern a part of the files' paths
 * @param {number} fewFiles fewer than these are run in this process
 * @returns {Promise<number>} the exit code
 */
export async function runNodeTests(suite, pattern, fewFiles) {
  const entryPoints = matching(globSync(`test/${suite}/**/*.test.{ts,tsx}`), pattern);
  if (entryPoints.length === 0) {
    console.error(`No test file's path holds "${pattern}".`);
    return 2;
  }
  // A folder of its own for each run: runs do not get into each other's way.
  const outdir = `out/${suite}-${process.pid}`;
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await esbuild.build({
    entryPoints,
    outdir,
    outbase: 'test',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'inline',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  const files = globSync(`${outdir}/**/*.test.js`).sort();
  const workers = files.length < fewFiles ? 1 : Math.min(MOST_WORKERS, files.length, availableParallelism() + 1);
  if (workers === 1) {
    process.setSourceMapsEnabled(true);
    return conclude(suite, await runMocha(files));
  }
  return conclude(suite, (await Promise.all(shares(files, workers).map((part, at) => runShare(outdir, at, part)))).flat());
}

/**
 * Deals the files out by their size, the largest first: the larger a bundle the more it brings in, and the longer it takes.
 * @param {readonly string[]} files
 * @param {number} count
 */
function shares(files, count) {
  /** @type {{ size: number, files: string[] }[]} */
  const dealt = Array.from({ length: count }, () => ({ size: 0, files: [] }));
  const sized = files.map((file) => ({ file, size: statSync(file).size })).sort((a, b) => b.size - a.size);
  for (const { file, size } of sized) {
    const least = dealt.reduce((a, b) => (b.size < a.size ? b : a));
    least.files.push(file);
    least.size += size;
  }
  return dealt.map((part) => part.files.sort());
}

/**
 * The first share prints as it runs, the others when they have ended.
 * @param {string} outdir
 * @param {number} at
 * @param {readonly string[]} files
 * @returns {Promise<TestResult[]>}
 */
async function runShare(outdir, at, files) {
  const folder = join(outdir, `share-${at}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'files.json'), JSON.stringify(files));
  const child = fork(fileURLToPath(new URL('testShare.mjs', import.meta.url)), [], {
    env: { ...process.env, BACKFILL_TEST_SHARE: folder },
    silent: at > 0,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  const code = await new Promise((done) => child.once('close', done));
  process.stdout.write(said);
  try {
    return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  } catch {
    return [{ title: `tests, share ${at + 1}`, state: 'failed', detail: `it ended with ${code} before its last test` }];
  }
}
