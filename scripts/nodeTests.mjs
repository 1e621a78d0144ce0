// Bundles and runs tests that need nothing but Node. Many files are run by a few processes side by side: most of their time is spent waiting.
// @ts-check
import { globSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as esbuild from 'esbuild';
import { conclude, matching, runMocha } from './mochaRun.mjs';
import { runInWorkers } from './testWorkers.mjs';

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
  return conclude(suite, await runInWorkers(files, workers));
}
