// `npm run demo`: builds, makes the sample pipeline and opens it in VS Code: the desktop one where `code` is on the PATH, else one
// that is served on 127.0.0.1 until Ctrl+C.
//   --fresh            make the sample again
//   --served           serve VS Code even where the desktop one is there
//   --screenshot FILE  headless: wait until the coverage is on the screen, write a PNG, end
//   --theme light|dark|hc|hc-light   for served windows and pictures
// @ts-check
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSample } from './sample.mjs';
import { findBrowser, launchBrowser, NO_BROWSER } from './vscode/browser.mjs';
import { exitOnSignals, ROOT, startServer } from './vscode/server.mjs';
import { Workbench } from './vscode/workbench.mjs';

const THEMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  hc: 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};

/** In the sample: behind a raw week that never came. */
const TELLING_DATE = '2023-01-14';

const options = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    served: { type: 'boolean', default: false },
    screenshot: { type: 'string' },
    theme: { type: 'string', default: 'dark' },
  },
}).values;
const theme = THEMES[/** @type {keyof typeof THEMES} */ (options.theme)];
if (theme === undefined) {
  console.error(`There is no theme "${options.theme}": choose one of ${Object.keys(THEMES).join(', ')}.`);
  process.exit(2);
}
const picture = options.screenshot === undefined ? undefined : resolve(options.screenshot);

exitOnSignals();
process.chdir(ROOT);
let folder = '';
try {
  if (picture !== undefined && findBrowser() === undefined) throw new Error(NO_BROWSER);
  await import('./build.mjs');
  folder = await sample();
  if (picture !== undefined) await takePicture(picture);
  else if (options.served || !openDesktop()) await serve();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function sample() {
  const target = join(ROOT, '.demo/nba');
  const { seconds, from } = await makeSample(target, { fresh: options.fresh });
  console.log(
    `The sample pipeline is in ${target} (${from === 'there' ? 'as it was left' : `made in ${seconds.toFixed(1)} s`}).`,
  );
  return target;
}

/** @returns {boolean} false where there is no desktop VS Code */
function openDesktop() {
  const args = [`--extensionDevelopmentPath=${ROOT}`, folder];
  const { status } = spawnSync('code', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) return false;
  console.log(`Opened ${folder} in VS Code.`);
  return true;
}

async function serve() {
  const server = await startServer({ settings: { 'workbench.colorTheme': theme } });
  console.log(`VS Code with the sample pipeline: ${server.address(folder)}`);
  console.log('Open it in a browser; Ctrl+C ends it.');
  await server.closed;
}

/** @param {string} file */
async function takePicture(file) {
  const server = await startServer({ settings: { 'workbench.colorTheme': theme } });
  const browser = await launchBrowser();
  const window = await Workbench.open(browser, server.address(folder), { width: 1600, height: 840 });
  await window.openSidebar();
  await window.widenSidebar(430);
  // A processor with its count, as it is only known from the warehouse.
  await window.treeItem('Coverage', /\d+ of \d+ dates complete/).waitFor();
  await window.runCommand('Backfill: Open Gap Matrix');
  const matrix = window.webview();
  await matrix.locator('input[type="date"]').fill(TELLING_DATE);
  await matrix.locator('.announcer', { hasText: TELLING_DATE }).waitFor({ state: 'attached' });
  await matrix.getByRole('grid').focus();
  await window.settled();
  await window.screenshot(file);
  console.log(`Wrote ${file}`);
  await browser.close();
  await server.stop();
}
