import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
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
});
