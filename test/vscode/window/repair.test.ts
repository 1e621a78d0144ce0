import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

/** samples/nba/holes.json: the zone analysis of these dates lacks a team. */
const DATE = '2021-11-29';

describe('repairing, in a window', () => {
  it('plans what is downstream of a date by one click, and accepts a gap until that is taken back', async () => {
    const { folder } = await makeSample(temporaryFolder());
    const window = await PipelineWindow.open(folder);
    const { workbench } = window;

    await workbench.runCommand('Backfill: Downstream Impact…');
    await workbench.pick('TDZA');
    await window.answer('Downstream impact: TDZA', DATE);
    const impact = workbench.webview();
    await impact.getByRole('heading', { name: `Downstream of TDZA ${DATE}` }).waitFor();
    await picture(workbench, 'repair impact');
    await impact.getByRole('link', { name: /^Plan / }).click();
    await workbench.option('Run in a terminal').waitFor();
    await picture(workbench, 'repair plan of the impact');
    await workbench.press('Escape');

    await workbench.runCommand('Backfill: Waive Gaps…');
    await workbench.pick('TDZA');
    await window.answer('Waive gaps: TDZA', DATE);
    await workbench.quickInputTitled('Waive TDZA');
    await picture(workbench, 'repair reason');
    await workbench.type('One team did not report');
    await workbench.press('Enter');
    await workbench.pick('In 30 days');
    await window.seePartition('Precompute', 'TDZA', DATE, /waived/);
    await picture(workbench, 'repair waived');
    const text = () => readFileSync(join(folder, '.backfill/waivers.yaml'), 'utf8');
    assert.match(text(), /processor: TDZA, date: 2021-11-29, reason: One team did not report, author: .*, until: \d{4}-/);
    await workbench.page.locator('.notifications-toasts').getByRole('button', { name: 'Undo' }).click();
    await window.seePartition('Precompute', 'TDZA', DATE, /partial/);
    await until('the waiver to be gone', () => !text().includes('TDZA'));
  });

  it('deletes a partition once its rows were seen and its number typed, and plans to build it again', async () => {
    const workspace = await SmallWorkspace.make([{ id: 'A', job: 'sql', rows: {} }]);
    const window = await PipelineWindow.open(workspace.folder);
    const { workbench } = window;
    const [, date] = DATES;
    await workbench.runCommand('Backfill: Delete for a Clean Re-run…');
    await workbench.pick('Certain dates…');
    await workbench.pick('A');
    await window.answer('Delete for a clean re-run: A', date);
    const shown = workbench.webview();
    await shown.getByRole('heading', { name: `Clean A, ${date}: 1 partition` }).waitFor();
    await shown.getByText('10 rows of 1 partition will be deleted.').waitFor();
    await workbench.option('Delete in a terminal…').waitFor();
    await picture(workbench, 'repair clean');
    await workbench.press('Escape');
    // What was shown stays, with a command of its own in its title.
    await workbench.runCommand('Backfill: Delete What Is Shown…');
    await workbench.quickInputTitled(`Clean A, ${date}: 1 partition`);
    await workbench.type('2');
    await workbench.press('Enter');
    await workbench.page.getByText('Type 1.', { exact: true }).first().waitFor();
    await picture(workbench, 'repair clean typed wrong');
    await workbench.press('Backspace');
    await workbench.type('1');
    await workbench.press('Enter');
    const backfill = await started(workspace, []);
    assert.equal(await ended(workspace, backfill), 'done');
    assert.equal(await workspace.rows('A', date), 0);
    await window.seePartition('Build', 'A', date, /missing.*deleted on/);
    await workbench.page.getByText(`The deletion of A is done: 1 of 1 partition done.`).first().waitFor();
    await picture(workbench, 'repair cleaned');
    await workbench.page.getByRole('button', { name: 'Build Again…' }).click();
    await workbench.option('Run in a terminal').waitFor();
    await shown.getByText('Delete What Is Shown…').waitFor({ state: 'detached' });
    await workbench.pick('Run in a terminal');
    assert.equal(await ended(workspace, await started(workspace, [backfill])), 'done');
    assert.equal(await workspace.rows('A', date), 10);
  });
});
