// Bundles and runs tests that need nothing but Node. Many files are run by a few processes side by side: most of their time is spent waiting.
// @ts-check
import { fork } from 'node:child_process';
import { globSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { conclude, matching, runMocha } from './mochaRun.mjs';

/** @typedef {import('./mochaRun.mjs').TestResult} TestResult */

const MOST_WORKERS = 3;
/** To a worker, in place of a file. */
const END = '';

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
  // The larger a bundle the more it brings in, and the longer it takes: those begin first.
  const sized = files.map((file) => ({ file, size: statSync(file).size })).sort((one, other) => other.size - one.size);
  const queue = sized.map(({ file }) => file);
  const parts = Array.from({ length: workers }, () => work(queue, outdir));
  return conclude(suite, (await Promise.all(parts)).flat());
}

/**
 * Takes one file after the other and has a process run it; what that prints is told when its file has ended.
 * @param {string[]} queue
 * @param {string} outdir
 * @returns {Promise<TestResult[]>}
 */
async function work(queue, outdir) {
  /** @type {TestResult[]} */
  const results = [];
  let said = '';
  const tell = () => {
    process.stdout.write(said);
    said = '';
  };
  const start = () => {
    const worker = fork(fileURLToPath(new URL('testWorker.mjs', import.meta.url)), [], { silent: true });
    for (const stream of [worker.stdout, worker.stderr]) stream?.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    return worker;
  };
  let worker = start();
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const found = await runIn(worker, file);
    tell();
    if (typeof found === 'object') {
      results.push(...found);
      continue;
    }
    results.push({
      title: relative(outdir, file),
      state: 'failed',
      detail: `its process ended with ${found} before its last test`,
    });
    worker = start();
  }
  const closed = new Promise((resolve) => worker.once('close', resolve));
  worker.send(END);
  await closed;
  tell();
  return results;
}

/**
 * @param {import('node:child_process').ChildProcess} worker
 * @param {string} file
 * @returns {Promise<TestResult[] | string>} a text where the process ended: by what
 */
function runIn(worker, file) {
  return new Promise((resolve) => {
    const end = (/** @type {TestResult[] | string} */ found) => {
      worker.off('message', take).off('exit', exit);
      resolve(found);
    };
    const take = (/** @type {unknown} */ found) => end(/** @type {TestResult[]} */ (found));
    const exit = (/** @type {number | null} */ code, /** @type {string | null} */ signal) => end(String(signal ?? code));
    worker.on('message', take).on('exit', exit);
    worker.send(file);
  });
}
