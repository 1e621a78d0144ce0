import assert from 'node:assert/strict';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { runDuckdb } from '../../support/duckdb';
import { PipelineWindow } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { openWindow, picture } from '../../support/vscodeWindow';

const STATEMENT = 'ALTER TABLE "made"."job" ADD COLUMN "tier" VARCHAR;';

describe('a manifest that contradicts its tables', () => {
  it('is underlined, mended by a quick fix, and tells the statement that mends the table', async () => {
    const workspace = await SmallWorkspace.make([{ id: 'JOB', job: `print('never')`, rows: {} }]);
    const broken = workspace
      .manifest()
      .replace('table: made.job\n        date_column: day', 'table: made.jab\n        date_column: day')
      .replace('        expect:', '        writes: { tier: VARCHAR }\n        expect:');
    workspace.write('backfill.yaml', broken);
    const workbench = await openWindow(workspace.folder);
    await PipelineWindow.on(workbench);
    await workbench.runCommand('Backfill: Open Manifest');
    await workbench.statusBarItem('Errors: 1').waitFor();

    /** Goes to the next problem and chooses one of its quick fixes. */
    const quickFix = async (title: string) => {
      await workbench.page.locator('.editor-instance').first().click();
      const fix = workbench.page.locator('.action-widget').getByText(title);
      // The check that brings it may still be under way.
      await until(`the quick fix ${title}`, async () => {
        await workbench.press('F8');
        await workbench.press('Escape');
        await workbench.press('Control+.');
        const offered = await fix.waitFor({ timeout: 2000 }).then(
          () => true,
          () => false,
        );
        if (!offered) await workbench.press('Escape');
        return offered;
      });
      await picture(workbench, `quick fix ${title.replaceAll(/\W/g, ' ')}`);
      const focused = workbench.page.locator('.action-widget .monaco-list-row.focused');
      await until(`${title} as the chosen quick fix`, async () => {
        if ((await focused.textContent())?.includes(title)) return true;
        await workbench.press('ArrowDown');
        return false;
      });
      await workbench.press('Enter');
    };
    await quickFix('Replace by `made.job`');
    await workbench.press('Control+S');
    await until('the mended manifest on the disk', () => workspace.manifest().includes('table: made.job'));
    // Only now its columns can be compared.
    await quickFix('Copy ALTER statement');
    await workbench.page.getByText('Copied. Look at the statement before you run it.').first().waitFor();
    await workbench.press('F1');
    await workbench.quickInput().waitFor();
    await workbench.press('Control+A');
    await workbench.press('Control+V');
    await until('the statement in the clipboard', async () => (await workbench.quickInput().inputValue()) === STATEMENT);
    await workbench.press('Escape');

    await runDuckdb(workspace.warehouse, STATEMENT);
    await workbench.runCommand('Backfill: Refresh Coverage');
    await workbench.statusBarItem('No Problems').waitFor();
    assert.ok(workspace.manifest().includes('writes: { tier: VARCHAR }'));
  });
});
