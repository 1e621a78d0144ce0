// `npm test`: everything that can fail, each part to its end whatever the part before it said, and one closing line over all.
// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { installBqemulator } from './emulators.mjs';
import { closingLine } from './mochaRun.mjs';

/** @typedef {import('./mochaRun.mjs').TestResult} TestResult */

const steps = /** @type {const} */ ([
  ['types, format and layers', 'npm', 'run', '--silent', 'check'],
  ['contributions', process.execPath, 'scripts/contributions.mjs', '--check'],
  // As it is packed.
  ['build', process.execPath, 'scripts/build.mjs', '--production'],
]);
const suites = {
  unit: ['scripts/unit.mjs'],
  faults: ['scripts/faults.mjs', '--part'],
  webview: ['scripts/webview.mjs'],
  vscode: ['scripts/vscode/test.mjs'],
};

/** @type {TestResult[]} */
const results = [];
rmSync('out/results', { recursive: true, force: true });
for (const [title, command, ...args] of steps) {
  const { ok, seconds } = run(title, command, args);
  results.push({ title, state: ok ? 'passed' : 'failed', seconds, detail: ok ? '' : 'see its output above' });
}
try {
  installBqemulator();
} catch (error) {
  // Its tests are skipped then, each with its reason.
  console.log(`bqemulator cannot be installed: ${error instanceof Error ? error.message : String(error)}`);
}
for (const [suite, [script, ...words]] of Object.entries(suites)) results.push(...runSuite(suite, script ?? '', words));

const skipped = results.filter((result) => result.state === 'skipped');
const failed = results.filter((result) => result.state === 'failed');
console.log('');
for (const { title, detail } of skipped) console.log(`Skipped: ${title}: ${detail}`);
for (const { title, detail } of failed) console.log(`Failed: ${title}: ${detail?.split('\n')[0] ?? ''}`);
console.log(closingLine(results));
process.exitCode = failed.length > 0 ? 1 : 0;

/** @param {string} suite @param {string} script @param {readonly string[]} words @returns {TestResult[]} */
function runSuite(suite, script, words) {
  const { ok } = run(suite, process.execPath, [script, '--built', ...words]);
  const file = `out/results/${suite}.json`;
  /** @type {TestResult[]} */
  const tests = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  // A suite that broke off says less than it should.
  const brokeOff = !ok && !tests.some((test) => test.state === 'failed');
  if (brokeOff) tests.push({ title: suite, state: 'failed', detail: 'it ended before its last test; see its output above' });
  return tests;
}

/** @param {string} title @param {string} command @param {readonly string[]} args */
function run(title, command, args) {
  console.log(`\n▶ ${title}`);
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  console.log(`${status === 0 ? '✔' : '✖'} ${title} (${seconds} s)`);
  return { ok: status === 0, seconds };
}
