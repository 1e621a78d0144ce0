import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineWindow } from '../../support/pipelineWindow';
import { skipBecause } from '../../support/skip';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { openWindow, picture } from '../../support/vscodeWindow';

const DATE = '2024-01-03';

describe('a workspace that is not trusted', () => {
  it('has nothing of its manifest run and no database opened, until it is trusted', async function () {
    const workspace = await SmallWorkspace.make([{ id: 'JOB', job: `print('never')`, rows: { [DATE]: 0 } }]);
    workspace.write('backfill.yaml', workspace.manifest().replace('each: date', 'each: date, max_dates: 3'));
    const control = watchReads(workspace.warehouse);
    readFileSync(workspace.warehouse);
    if (!control()) skipBecause(this, 'this file system does not keep when a file was read');
    const wasOpened = watchReads(workspace.warehouse);

    const workbench = await openWindow(workspace.folder, 'asks');
    await workbench.dialog().getByRole('button', { name: "No, I don't trust" }).click();
    const window = await PipelineWindow.on(workbench);
    await workbench.page.getByText('This workspace is not trusted').first().waitFor();
    // The engine is up: it has read the manifest and found what has no effect in it.
    await workbench.statusBarItem('Warnings: 1').waitFor();
    assert.deepEqual(await workbench.treeNames('Coverage'), []);
    await workbench.openPalette('Backfill: ');
    await workbench.option('Backfill: Show Log of the Extension').waitFor();
    for (const title of ['Launch Backfill…', 'Fill Gaps…', 'Open Gap Matrix', 'Refresh Coverage', 'Explain This Date']) {
      assert.equal(await workbench.option(`Backfill: ${title}`).count(), 0, title);
    }
    await workbench.press('Escape');
    await picture(workbench, 'not trusted');
    assert.equal(wasOpened(), false, 'the warehouse was opened');
    assert.equal(existsSync(join(workspace.folder, '.backfill')), false, 'something was written for the pipeline');

    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await workbench.page
      .locator('.monaco-modal-editor-block')
      .getByRole('button', { name: /^Close/ })
      .first()
      .click();
    await window.seePartition('Build', 'JOB', DATE, /missing/i);
    assert.equal(wasOpened(), true, 'the warehouse is opened once the workspace is trusted');
  });
});

/** Whether a file was read since: the time of the last reading moves when it is older than that of the last change. */
function watchReads(file: string): () => boolean {
  const longAgo = new Date('2001-01-01');
  utimesSync(file, longAgo, statSync(file).mtime);
  return () => statSync(file).atimeMs !== longAgo.getTime();
}
