import assert from 'node:assert/strict';
import { Holder } from '../../support/duckdb';
import { PipelineWindow } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const DATE = '2024-01-03';

describe('a warehouse that another process is writing', () => {
  it('leaves the last coverage on the screen, with its age, and is read again by itself', async () => {
    const workspace = await SmallWorkspace.make([{ id: 'GOOD', job: 'sql', rows: { [DATE]: 0 } }]);
    const window = await PipelineWindow.open(workspace.folder);
    await window.seePartition('Build', 'GOOD', DATE, /missing/i);

    const writer = await Holder.open(workspace.warehouse);
    const insert = (from: number, to: number) =>
      writer.run(`INSERT INTO made.good SELECT DATE '${DATE}', range, 1 FROM range(${from}, ${to})`);
    await insert(0, 4);
    await window.workbench.runCommand('Backfill: Refresh Coverage');
    const problem = window.workbench.treeItem('Coverage', /^Warehouse busy, .* old/);
    await problem.waitFor();
    assert.match(await window.partitionText('Build', 'GOOD', DATE), /missing/);
    await picture(window.workbench, 'warehouse held by a writer');

    await insert(4, 10);
    await writer.release();
    await problem.waitFor({ state: 'detached' });
    await window.seePartition('Build', 'GOOD', DATE, /complete/i);
  });
});
