import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { appears, until, type Workbench } from '../../../scripts/vscode/workbench.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { openWindow, picture } from '../../support/vscodeWindow';

const MANIFEST = `version: 1
name: Small pipeline
warehouse: { type: duckdb, path: warehouse.duckdb }
seasons: [{ name: "2024", start: 2024-01-01, end: 2024-01-06 }]
phases:
  - id: build
    name: Build
    processors:
      - { id: A, name: Alpha, table: made.a, date_column: day, run: { each: date, command: [job, "{date}"] } }
`;

/** What the sidebar says, all views of it. */
const said = async (workbench: Workbench) => (await workbench.page.locator('.part.sidebar').textContent()) ?? '';

async function sidebarOf(folder: string): Promise<Workbench> {
  const workbench = await openWindow(folder);
  await workbench.openSidebar();
  await workbench.widenSidebar(330);
  return workbench;
}

/**
 * VS Code may read a workspace's file before its own server answers, on a machine that is busy. It then shows no folder until it is loaded
 * again, whatever is in the sidebar.
 */
async function seeFolders(workbench: Workbench): Promise<void> {
  await until(
    'the folders of the workspace',
    async () => {
      const tree = workbench.view('Coverage').getByRole('treeitem').first();
      if (await appears(tree, 20_000)) return true;
      await workbench.page.reload();
      await workbench.openSidebar();
      return false;
    },
    120_000,
  );
}

describe('a sidebar that has nothing to show', () => {
  it('says what to do first without a folder, without a manifest, with a broken one, and without its warehouse', async function () {
    this.timeout(240_000);
    const folder = temporaryFolder();
    const states = [
      { name: 'no folder', at: '', says: [/Open the folder that holds your pipeline/, /Open its folder first/] },
      { name: 'no manifest', at: folder, says: [/This folder has no backfill\.yaml yet/, /Create a manifest first/] },
      {
        name: 'broken manifest',
        at: folder,
        write: MANIFEST.replace('date_column', 'date_colum'),
        says: [/Line 9: .*date_colum/, /1 mistake in backfill\.yaml/, /One is launched once the coverage was read/],
      },
      { name: 'no warehouse', at: folder, write: MANIFEST, says: [/warehouse\.duckdb does not exist/, /Warehouse not there/] },
    ];
    for (const { name, at, write, says } of states) {
      if (write !== undefined) writeFileSync(join(folder, 'backfill.yaml'), write);
      const workbench = await sidebarOf(at);
      for (const words of says) await until(`${words} with ${name}`, async () => words.test(await said(workbench)));
      assert.doesNotMatch(await said(workbench), /`/, 'Markdown that is not shown as such');
      const launches = workbench.page.locator('.part.sidebar').getByRole('button', { name: 'Launch Backfill' });
      assert.equal(await launches.count(), 0, `nothing can be launched with ${name}`);
      await picture(workbench, `nothing to show, ${name}`);
      await workbench.close();
    }
  });

  it('shows one of several pipelines and offers the others, and goes back to it when the manifest of the other goes away', async function () {
    this.timeout(240_000);
    const whole = await SmallWorkspace.make([{ id: 'WHOLE', job: 'sql', rows: {} }]);
    const other = temporaryFolder();
    mkdirSync(join(other, 'sub'));
    writeFileSync(join(other, 'backfill.yaml'), MANIFEST.replace('Small', 'Other'));
    const workspace = join(temporaryFolder(), 'two.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: whole.folder }, { path: other }] }));
    const workbench = await sidebarOf(workspace);
    await seeFolders(workbench);
    const window = await PipelineWindow.on(workbench);
    await workbench.findTreeItem('Coverage', /^WHOLE, .*, 6 of 6 dates complete/);
    await workbench.statusBarItem('No gaps').waitFor();
    await window.openView('Backfills');
    await until('the offer to launch', async () => /No backfill was started here yet/.test(await said(workbench)));
    await picture(workbench, 'nothing missing');
    await workbench.runCommand('Backfill: Choose Pipeline…');
    await workbench.pick(other.split('/').at(-1) ?? '');
    await until('the other pipeline', async () => /warehouse\.duckdb does not exist/.test(await said(workbench)));
    assert.doesNotMatch(await said(workbench), /WHOLE/);
    rmSync(join(other, 'backfill.yaml'));
    await workbench.findTreeItem('Coverage', /^WHOLE, .*, 6 of 6 dates complete/);
    assert.doesNotMatch(await said(workbench), /does not exist/);
  });
});
