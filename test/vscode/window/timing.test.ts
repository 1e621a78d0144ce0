import assert from 'node:assert/strict';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
import { PlayedBackfill } from '../../support/playedBackfill';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));

describe('timing in a window', () => {
  it('opens from the palette, follows a backfill, keeps its date over a reload, and explains it by key', async function () {
    this.timeout(120_000);
    const workspace = await SmallWorkspace.make([{ id: 'STEPS', job: 'sql', rows: NONE }]);
    const backfill = await PlayedBackfill.start(workspace, 'STEPS', 600);
    const run = async (index: number) => {
      const date = DATES[index];
      assert.ok(date);
      await backfill.begin(date);
      await backfill.pass(60).end(date, 60, { stages: { extract: 20, calculate: 30, write: 8 } });
    };
    for (const index of [0, 1, 2]) await run(index);
    const { workbench } = await PipelineWindow.open(workspace.folder);
    await workbench.runCommand('Backfill: Open Timing');
    const panel = () => workbench.webview();
    await panel()
      .getByText(/^3 runs · median 1 min/)
      .waitFor();
    await panel()
      .getByText(/^3 dates left, with/)
      .waitFor();
    await run(3);
    await panel()
      .getByText(/^4 runs · median 1 min/)
      .waitFor();
    await panel().getByRole('application').focus();
    await workbench.press('Home');
    const selected = () => panel().locator('#selected').textContent();
    await until('the first date', async () => (await selected())?.startsWith(DATES[0]) === true);
    await picture(workbench, 'timing');
    // The command, not the browser's own reload: only it lets the window write down which editors are open.
    await workbench.runCommand('Developer: Reload Window');
    await until('the same date after a reload', async () => (await selected().catch(() => null))?.startsWith(DATES[0]) === true);
    await panel().getByRole('application').focus();
    await workbench.press('Enter');
    await panel()
      .getByRole('heading', { name: new RegExp(`^STEPS ${DATES[0]}`) })
      .waitFor();
    await backfill.leave();
  });
});
