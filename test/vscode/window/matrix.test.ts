import assert from 'node:assert/strict';
import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

/** samples/nba/holes.json: the zone analysis of these dates lacks a team. */
const SELECTED = 'TDZA & 2021-11-29, 2021-11-30 & all';

/** Also takes pictures for people to look at; those of the walkthrough are made by `npm run pictures`. */
describe('the gap matrix in VS Code', () => {
  it('selects what a text says, lists the causes, and has the menu of a partition', async () => {
    const { folder } = await makeSample(temporaryFolder());
    const { workbench } = await PipelineWindow.open(folder);
    const clip = (name: string, area: { x: number; y: number; width: number; height: number }) =>
      workbench.page.screenshot({ path: `out/screenshots/walkthrough-${name}.png`, clip: area });
    await workbench.findTreeItem('Coverage', /^PGS, Player game summary, .* of .* dates complete/);
    await workbench.settled();
    await clip('coverage', { x: 48, y: 36, width: 460, height: 460 });

    await workbench.runCommand('Backfill: Open Gap Matrix');
    const matrix = workbench.webview();
    await matrix.locator('input[type="date"]').fill('2021-11-29');
    await matrix.getByLabel('Selection', { exact: true }).fill(SELECTED);
    await matrix.getByText('2 partitions, 2 dates').waitFor();
    await matrix.getByRole('button', { name: 'Causes' }).click();
    await workbench.settled();
    await picture(workbench, 'matrix selection');
    await clip('matrix', { x: 348, y: 70, width: 920, height: 690 });

    await matrix.getByRole('grid').click({ button: 'right', position: { x: 420, y: 283 } });
    await workbench.page.getByRole('menuitem', { name: /^Select Gaps of the Same Cause/ }).waitFor();
    await picture(workbench, 'matrix menu');
    await workbench.press('Escape');
  });

  it('launches exactly what keys selected, shows it become complete, and is the same after a reload', async function () {
    this.timeout(120_000);
    const job = `const { existsSync } = await import('node:fs');
while (!existsSync('go')) await new Promise((next) => setTimeout(next, 50));
await run(\`INSERT INTO made.sums SELECT DATE '\${date}', range, range FROM range(10)\`);`;
    const workspace = await SmallWorkspace.make([
      { id: 'SUMS', job, rows: { '2024-01-02': 0, '2024-01-03': 0, '2024-01-05': 0 } },
      { id: 'OTHER', job: 'sql', rows: {} },
    ]);
    const window = await PipelineWindow.open(workspace.folder);
    const { workbench } = window;
    const matrix = () => workbench.webview();
    const cell = (text: RegExp) => matrix().getByRole('gridcell', { name: text }).first().waitFor({ state: 'attached' });
    await workbench.runCommand('Backfill: Open Gap Matrix');
    await matrix().getByLabel('Filter processors').fill('SUMS');
    await window.lookAtInMatrix('SUMS', '2024-01-02');
    await workbench.press('Shift+ArrowRight');
    await matrix().getByText('2 partitions, 2 dates').waitFor();
    const selection = await matrix().getByLabel('Selection', { exact: true }).inputValue();

    await workbench.press('r');
    await workbench.pick('Run in a terminal');
    const backfill = await started(workspace, []);
    await workbench.runCommand('Backfill: Open Gap Matrix');
    await cell(/^SUMS · 2024-01-02, Tuesday\. running/);
    workspace.write('go', '');
    await cell(/^SUMS · 2024-01-02, Tuesday\. complete/);
    await cell(/^SUMS · 2024-01-03, Wednesday\. complete/);
    await cell(/^SUMS · 2024-01-05, Friday\. missing/);
    assert.equal(await ended(workspace, backfill), 'done');
    const ran = workspace.events(backfill).flatMap((event) => (event.type === 'attemptStarted' ? event.date : []));
    assert.deepEqual(ran, ['2024-01-02', '2024-01-03']);

    await matrix().getByRole('button', { name: 'Week', exact: true }).click();
    await cell(/^SUMS · 2024-01-01 to 2024-01-06\. worst: missing/);
    // The command, not the browser's own reload: only it lets the window write down which editors are open.
    await workbench.page.evaluate(() => Object.assign(globalThis, { beforeReload: true }));
    await workbench.runCommand('Developer: Reload Window');
    await until('another page', () => workbench.page.evaluate(() => !('beforeReload' in globalThis)).catch(() => false));
    await matrix().getByText('2 partitions, 2 dates').waitFor();
    assert.equal(await matrix().getByLabel('Selection', { exact: true }).inputValue(), selection);
    assert.equal(await matrix().getByLabel('Filter processors').inputValue(), 'SUMS');
    assert.equal(await matrix().getByRole('button', { name: 'Week', exact: true }).getAttribute('aria-pressed'), 'true');
    await cell(/^SUMS · 2024-01-01 to 2024-01-06\. worst: missing/);
    await picture(workbench, 'matrix after a reload');
  });
});
