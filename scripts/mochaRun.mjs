// Runs mocha on bundled tests and writes down what came of it, the same way for every suite.
// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';

const ON_CI = process.env['CI'] === 'true';

/**
 * @typedef {{ title: string, state: 'passed' | 'failed' | 'skipped', seconds?: number, detail?: string }} TestResult
 *   `detail`: why it failed or was skipped.
 */

/**
 * Runs the files and prints the tests as they end.
 * @param {readonly string[]} files
 * @param {{ timeout?: number }} [options]
 * @returns {Promise<TestResult[]>}
 */
export async function runMocha(files, { timeout = 60_000 } = {}) {
  const reporter = process.env['MOCHA_REPORTER'] ?? 'spec';
  const mocha = new Mocha({ ui: 'bdd', timeout, reporter, forbidOnly: ON_CI });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  /** @type {TestResult[]} */
  const results = [];
  await new Promise((done) => {
    const runner = mocha.run(done);
    runner.on('pass', (test) => results.push({ title: test.fullTitle(), state: 'passed', seconds: (test.duration ?? 0) / 1000 }));
    runner.on('fail', (test, error) => {
      results.push({ title: test.fullTitle(), state: 'failed', detail: error?.stack ?? String(error) });
    });
    runner.on('pending', (test) => results.push({ title: test.fullTitle(), ...skipped(test) }));
  });
  return results;
}

/**
 * On CI only what may be missing there is left out.
 * @param {object} test a test that test/support/skip.ts has left its reason on
 * @returns {Pick<TestResult, 'state' | 'detail'>}
 */
function skipped(test) {
  const detail = 'skipReason' in test && typeof test.skipReason === 'string' ? test.skipReason : 'no reason given';
  return { state: ON_CI && !('isOptional' in test) ? 'failed' : 'skipped', detail };
}

/**
 * Writes out/results/SUITE.json, which `npm test` sums up, and the suite's closing line.
 * @param {string} suite
 * @param {readonly TestResult[]} results
 * @returns {number} the exit code
 */
export function conclude(suite, results) {
  mkdirSync('out/results', { recursive: true });
  writeFileSync(`out/results/${suite}.json`, JSON.stringify(results, undefined, 2));
  console.log(`${suite}: ${closingLine(results)}`);
  return results.some((result) => result.state === 'failed') ? 1 : 0;
}

/** @param {readonly TestResult[]} results */
export function closingLine(results) {
  const count = (/** @type {string} */ state) => results.filter((result) => result.state === state).length;
  const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
  return `${count('passed')} passed, ${count('failed')} failed${skipped}`;
}

/**
 * The result of a suite that cannot run on this machine: skipped for a person, a failure on CI, where nothing may be left out.
 * @param {string} suite
 * @param {string} reason
 * @returns {TestResult[]}
 */
export function notRun(suite, reason) {
  console.log(`${suite} was not run: ${reason}`);
  return [{ title: suite, state: ON_CI ? 'failed' : 'skipped', detail: reason }];
}

/**
 * The test files of a folder whose path holds the pattern.
 * @param {readonly string[]} all
 * @param {string} pattern
 */
export function matching(all, pattern) {
  return all.filter((file) => file.includes(pattern)).sort();
}
