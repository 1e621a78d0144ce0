// Runs bundled test files in a few processes side by side: most of a test's time is spent waiting.
// @ts-check
import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./mochaRun.mjs').TestResult} TestResult */

/** To a worker, in place of a file. */
const END = '';

/**
 * @param {readonly string[]} files
 * @param {number} count of processes
 * @param {{ timeout?: number }} [options] `timeout`: milliseconds that a test may take
 * @returns {Promise<TestResult[]>}
 */
export async function runInWorkers(files, count, options = {}) {
  // The larger a bundle the more it brings in, and the longer it takes: those begin first.
  const sized = files.map((file) => ({ file, size: statSync(file).size })).sort((one, other) => other.size - one.size);
  const queue = sized.map(({ file }) => file);
  const parts = Array.from({ length: count }, () => work(queue, options));
  return (await Promise.all(parts)).flat();
}

/**
 * Takes one file after the other and has a process run it; what that prints is told when its file has ended.
 * @param {string[]} queue
 * @param {{ timeout?: number }} options
 * @returns {Promise<TestResult[]>}
 */
async function work(queue, options) {
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
    const found = await runIn(worker, file, options);
    tell();
    if (typeof found === 'object') {
      results.push(...found);
      continue;
    }
    results.push({
      title: basename(file),
      state: 'failed',
      detail: `its process ended with ${found} before its last test`,
    });
    worker = start();
  }
  const closed = new Promise((resolve) => worker.once('close', resolve));
  worker.send({ file: END });
  await closed;
  tell();
  return results;
}

/**
 * @param {import('node:child_process').ChildProcess} worker
 * @param {string} file
 * @param {{ timeout?: number }} options
 * @returns {Promise<TestResult[] | string>} a text where the process ended: by what
 */
function runIn(worker, file, options) {
  return new Promise((resolve) => {
    const end = (/** @type {TestResult[] | string} */ found) => {
      worker.off('message', take).off('exit', exit);
      resolve(found);
    };
    const take = (/** @type {unknown} */ found) => end(/** @type {TestResult[]} */ (found));
    const exit = (/** @type {number | null} */ code, /** @type {string | null} */ signal) => end(String(signal ?? code));
    worker.on('message', take).on('exit', exit);
    worker.send({ file, options });
  });
}
