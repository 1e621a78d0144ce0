import assert from 'node:assert/strict';
import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { inAllThemes, picture } from '../../support/vscodeWindow';

describe('the Coverage tree, arranged', () => {
  it('is grouped by root cause and filtered, says what is hidden, fills exactly what is shown, and stays so over a reload', async function () {
    this.timeout(240_000);
    const { folder } = await makeSample(temporaryFolder());
    const { workbench } = await PipelineWindow.open(folder);
    const workspace = SmallWorkspace.at(folder);
    await workbench.widenSidebar(430);
    await inAllThemes(workbench, workspace, 'coverage by phase');
    const top = async () => (await workbench.treeNames('Coverage'))[0] ?? '';

    await workbench.runCommand('Backfill: Group Coverage By…');
    await workbench.pick('Root cause');
    const cause = await workbench.findTreeItem('Coverage', / · (run|mend|lower|look|wait)/);
    await workbench.expand(cause);
    await inAllThemes(workbench, workspace, 'coverage by cause');

    await workbench.runCommand('Backfill: Group Coverage By…');
    await workbench.pick('Season');
    await workbench.findTreeItem('Coverage', /^20\d\d-\d\d, /);
    await inAllThemes(workbench, workspace, 'coverage by season');

    await workbench.runCommand('Backfill: Filter Coverage…');
    await workbench.pick('By processor, phase or date…');
    await workbench.quickInput().waitFor();
    await workbench.retype('TDZA 2021-11');
    await workbench.press('Enter');
    await until('the filter by text', async () => (await top()).startsWith('Showing “tdza 2021-11”, '));
    await workbench.runCommand('Backfill: Filter Coverage…');
    await workbench.pick('Gaps only');
    await until('the filter by gaps', async () => (await top()).startsWith('Showing gaps only, “tdza 2021-11”, 2 of '));
    await inAllThemes(workbench, workspace, 'coverage filtered');

    await workbench.page.reload();
    await workbench.openSidebar();
    await until('the filter after a reload', async () => (await top()).startsWith('Showing gaps only, “tdza 2021-11”, 2 of '));
    await workbench.expand(await workbench.findTreeItem('Coverage', /^2021-22, /));
    const tdza = await workbench.findTreeItem('Coverage', /^TDZA, .*, 2 of \d+ shown/);
    await tdza.hover();
    await tdza.getByRole('button', { name: /^Fill Gaps/ }).click();
    await workbench.pick('Run in a terminal');
    await until('a plan of two dates', async () => /2 .*done/.test(await workbench.terminalText()));

    await until('no gap left', async () => (await top()).startsWith('Nothing to show: gaps only'));
    await picture(workbench, 'coverage filtered to nothing');
    await (await workbench.findTreeItem('Coverage', /^Nothing to show/)).click();
    await workbench.findTreeItem('Coverage', /^20\d\d-\d\d, .* partitions complete/);
    assert.ok(!(await top()).startsWith('Showing'));
  });
});
