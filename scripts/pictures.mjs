// `npm run pictures`: makes media/walkthrough/*.png anew from the product as it is: builds it, and drives a real VS Code on the sample.
// @ts-check
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeSample } from './sample.mjs';
import { launchBrowser } from './vscode/browser.mjs';
import { exitOnSignals, ROOT, startServer, temporaryFolder } from './vscode/server.mjs';
import { until, Workbench } from './vscode/workbench.mjs';

/** samples/nba/holes.json: the zone analysis of this date lacks a team. */
const DATE = '2021-11-29';
const SIZE = { width: 960, height: 600 };
const FOLDER = join(ROOT, 'media/walkthrough');

exitOnSignals();
process.chdir(ROOT);
await import('./build.mjs');
const { folder } = await makeSample(join(temporaryFolder(), 'nba-seasons'));
await slowDown(folder);
const server = await startServer({
  settings: { 'workbench.colorTheme': 'Default Dark Modern', 'editor.minimap.enabled': false },
});
const browser = await launchBrowser();
const window = await Workbench.open(browser, server.address(folder), SIZE);
try {
  await takeAll();
} catch (error) {
  await window.screenshot(join(ROOT, 'out/screenshots/failed pictures.png'));
  throw error;
} finally {
  await browser.close();
  await server.stop();
}

async function takeAll() {
  await window.openSidebar();
  await window.treeItem('Coverage', /\d+ of \d+ dates complete/).waitFor();
  await window.runCommand('Backfill: Group Coverage By…');
  await window.pick('Root cause');
  // Nothing but the causes, and one of them open.
  for (const view of ['Backfills', 'Failures']) await window.view(view).locator('.pane-header').click();
  await window
    .treeItem('Coverage', /^BOX missing on 7 dates, /)
    .locator('.monaco-tl-twistie')
    .click();
  await window.expand(await window.findTreeItem('Coverage', /TDZA below/));
  await window.page.setViewportSize({ width: 720, height: 520 });
  await window.widenSidebar(640);
  await take('coverage');
  await window.page.setViewportSize(SIZE);
  await window.widenSidebar(280);

  await window.runCommand('Backfill: Open Manifest');
  await window.page.locator('.view-line', { hasText: 'warehouse' }).first().waitFor();
  await window.page.setViewportSize({ width: 960, height: 420 });
  await take('manifest');
  await window.page.setViewportSize(SIZE);

  await alone();
  await window.runCommand('Backfill: Explain This Date');
  await window.pick('PCF');
  await window.quickInputTitled('Explain PCF');
  await window.type(DATE);
  await window.pick(DATE);
  await window
    .webview()
    .getByRole('heading', { name: `PCF ${DATE}` })
    .waitFor();
  await take('explanation');

  await alone();
  await window.runCommand('Backfill: Launch Backfill…');
  await window.pick('TDZA');
  await window.pick('Certain dates…');
  await window.quickInputTitled('Certain dates');
  await window.type(`${DATE}, 2021-11-30`);
  await window.press('Enter');
  await window.quickInputTitled('Launch TDZA');
  await window.press('Enter');
  await until('the plan', () => window.option('Run in a terminal').isVisible());
  // The list lies over the title: the plan stays open without it.
  await window.press('Escape');
  await window.quickInput().waitFor({ state: 'hidden' });
  await take('plan');
  await window.runCommand('Backfill: Run This Plan');
  await until('the end of the backfill', async () => /2 .*done/.test(await window.terminalText()));

  await alone();
  await window.press('Control+J');
  await window.runCommand('Backfill: Open Log');
  await window.pick('PRED');
  await window.page.locator('.editor-instance .view-line').first().waitFor();
  await window.press('Control+Home');
  await take('log');

  await alone();
  await window.runCommand('Backfill: Open Gap Matrix');
  const matrix = window.webview();
  await matrix.locator('input[type="date"]').fill(DATE);
  await matrix.locator('.announcer', { hasText: DATE }).waitFor({ state: 'attached' });
  await matrix.getByRole('grid').focus();
  await until('the last that waits for a gap of that date', async () => {
    const text = (await matrix.locator('.announcer').textContent()) ?? '';
    if (text.startsWith(`TIER · ${DATE}`)) return true;
    await window.press('ArrowDown');
    return false;
  });
  await take('matrix');

  await alone();
  await window.runCommand('Backfill: Open Timing');
  const timing = window.webview();
  await timing.getByRole('navigation').getByRole('button', { name: /^MLFS/ }).click();
  await timing.locator('section.detail[aria-label="MLFS"]', { hasText: 'since 2025-05-20' }).waitFor();
  await window.page.setViewportSize({ width: 960, height: 740 });
  await take('timing');
  await window.page.setViewportSize(SIZE);

  await alone();
  await window.runCommand('Backfill: Write Handoff Report…');
  await window.pick('2021-11');
  await window.pick('Open in an editor');
  await window.page.getByRole('button', { name: 'Open Preview', exact: true }).click();
  await window
    .webview()
    .getByRole('heading', { name: /^Handoff/ })
    .waitFor();
  await take('report');
}

/**
 * Has one stage of a processor take three times as long since a date: nothing stands out in the sample as it is made.
 * @param {string} folder
 */
async function slowDown(folder) {
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  const seconds = (/** @type {string} */ stage) => `(summary->>'${stage}_time')::DOUBLE`;
  await connection.run(`UPDATE ops.run_history SET
    duration_seconds = duration_seconds + 2 * ${seconds('extract')},
    processed_at = started_at + to_seconds(duration_seconds + 2 * ${seconds('extract')}),
    summary = json_object('extract_time', 3 * ${seconds('extract')}, 'calculate_time', ${seconds('calculate')}, 'save_time', ${seconds('save')})
    WHERE processor_name = 'MLFS' AND summary IS NOT NULL AND data_date >= DATE '2025-05-20'`);
  connection.closeSync();
  instance.closeSync();
}

/** Nothing but the sidebar is left, and no notification lies over it. */
async function alone() {
  await window.runCommand('View: Close All Editors');
  await window.runCommand('Notifications: Clear All Notifications');
}

/** @param {string} name */
async function take(name) {
  await window.settled();
  await window.screenshot(join(FOLDER, `${name}.png`));
  console.log(`Wrote media/walkthrough/${name}.png`);
}
