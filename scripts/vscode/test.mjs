// Runs the tests that need a real VS Code: `npm run test:vscode [-- PATTERN]`, where PATTERN is a part of a test file's path.
// test/vscode/host runs inside the extension host; test/vscode/window drives a window from outside, by keys and clicks;
// test/vscode/measured does so by a clock, where the pattern begins with `measured/`.
// @ts-check
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conclude, matching, notRun, runMocha } from '../mochaRun.mjs';
import { stage } from '../stage.mjs';
import { runInWorkers } from '../testWorkers.mjs';
import { findBrowser, launchBrowser, NO_BROWSER } from './browser.mjs';
import { bundleHostTests, bundleWindowTests } from './bundle.mjs';
import { exitOnSignals, installServer, ROOT, startServer, temporaryFolder } from './server.mjs';
import { until, Workbench } from './workbench.mjs';

/** @typedef {import('../mochaRun.mjs').TestResult} TestResult */

const HOST_PATIENCE_MS = 300_000;
/** A window keeps more than half of a processor busy. */
const WINDOWS_AT_ONCE = 2;
const WINDOW_TIMEOUT_MS = 180_000;

exitOnSignals();
process.chdir(ROOT);
const pattern = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
const hostTests = matching(globSync('test/vscode/host/*.test.ts'), pattern);
const windowTests = matching(
  globSync(`test/vscode/${pattern.startsWith('measured/') ? 'measured' : 'window'}/*.test.ts`),
  pattern,
);
if (hostTests.length + windowTests.length === 0) {
  console.error(`No test file's path holds "${pattern}".`);
  process.exit(2);
}
if (findBrowser() === undefined) process.exit(conclude('vscode', notRun('vscode', NO_BROWSER)));
if (!process.argv.includes('--built')) await import('../build.mjs');
await installServer();

/** @type {TestResult[]} */
const results = [];
if (hostTests.length > 0) results.push(...(await runHostTests()));
if (windowTests.length > 0) results.push(...(await runWindowTests()));
process.exit(conclude('vscode', results));

/** @returns {Promise<TestResult[]>} */
async function runHostTests() {
  const bundle = await bundleHostTests(hostTests);
  const resultFile = join(bundle, 'results.json');
  const folder = temporaryFolder();
  const server = await startServer();
  const browser = await launchBrowser();
  try {
    const payload = { extensionDevelopmentPath: ROOT, extensionTestsPath: join(bundle, 'index.js') };
    const workbench = await Workbench.open(browser, server.address(folder, payload));
    await until('the tests in the extension host', () => existsSync(resultFile), HOST_PATIENCE_MS).catch(async (error) => {
      await workbench.screenshot('out/screenshots/failed in the extension host.png');
      throw error;
    });
    /** @type {TestResult[]} */
    const inHost = JSON.parse(readFileSync(resultFile, 'utf8'));
    for (const { state, title, detail } of inHost) console.log(`  ${state}  ${title}${state === 'failed' ? `\n${detail}` : ''}`);
    return inHost;
  } catch (error) {
    console.error(error);
    return [{ title: 'the tests in the extension host', state: 'failed', detail: String(error) }];
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function runWindowTests() {
  // What a user installs, and nothing that only this repository has.
  const extension = temporaryFolder();
  stage(extension);
  process.env['BACKFILL_STAGED_EXTENSION'] = extension;
  const bundles = await bundleWindowTests(windowTests);
  if (bundles.length > 1) return runInWorkers(bundles, WINDOWS_AT_ONCE, { timeout: WINDOW_TIMEOUT_MS });
  process.setSourceMapsEnabled(true);
  return runMocha(bundles, { timeout: WINDOW_TIMEOUT_MS });
}
