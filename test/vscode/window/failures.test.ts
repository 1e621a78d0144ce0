import assert from 'node:assert/strict';
import { runDuckdb } from '../../support/duckdb';
import { PipelineWindow } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const NOTED = `failures:
  - { table: ops.failures, processor: processor_name, date: day, entity: entity, category: category, reason: reason,
      expected: [FEW], stop: [BUG], meanings: { BUG: the code failed } }
history: { table: ops.runs, processor: processor_name, date: day, status: status, run: run_id, started: started_at, seconds: seconds }
`;

describe('what a pipeline notes as failed', () => {
  it('is a view of its own: what stops first and open, what is mended marked, what is expected folded', async () => {
    const workspace = await SmallWorkspace.make([{ id: 'MADE', job: 'sql', rows: { '2024-01-03': 0 } }]);
    await runDuckdb(
      workspace.warehouse,
      'CREATE SCHEMA ops',
      'CREATE TABLE ops.failures (processor_name VARCHAR, day DATE, entity VARCHAR, category VARCHAR, reason VARCHAR)',
      `INSERT INTO ops.failures VALUES
        ('made', '2024-01-02', 'ann', 'BUG', 'division by zero'),
        ('made', '2024-01-03', 'ann', 'BUG', 'division by zero'),
        ('made', '2024-01-03', 'bob', 'FEW', NULL)`,
      'CREATE TABLE ops.runs (processor_name VARCHAR, day DATE, status VARCHAR, run_id VARCHAR, started_at TIMESTAMP, seconds DOUBLE)',
      `INSERT INTO ops.runs VALUES ('made', '2024-01-03', 'failed', 'r1', '2024-01-04 09:00:00', 26.5)`,
    );
    workspace.write('backfill.yaml', `${workspace.manifest()}${NOTED}`);
    const { workbench } = await PipelineWindow.open(workspace.folder);

    await workbench.findTreeItem('Failures', /^BUG, stop · 2 failures of 2 partitions, 1 stale · the code failed/);
    await workbench.expand(await workbench.findTreeItem('Failures', /^MADE, 2 failures on 2 dates · 1 stale/));
    await workbench.findTreeItem('Failures', /^MADE 2024-01-02, BUG, 1 entity · partition is complete now/);
    const date = await workbench.findTreeItem('Failures', /^MADE 2024-01-03, BUG, 1 entity · division by zero/);
    const expected = await workbench.findTreeItem('Failures', /^Expected, no fault · 1 failure of 1 partition/);
    assert.equal(await expected.getAttribute('aria-expanded'), 'false');
    await picture(workbench, 'failures');

    await date.click();
    const document = workbench.webview();
    await document.getByText('Failures that were noted').waitFor();
    await document.getByText(/attempt 1, .* took 27 s/).waitFor();
    await picture(workbench, 'failures explained');
  });

  it('says so where the manifest names no table', async () => {
    const workspace = await SmallWorkspace.make([{ id: 'MADE', job: 'sql', rows: {} }]);
    const { workbench } = await PipelineWindow.open(workspace.folder);
    await workbench.page.getByText('No table is known in which jobs note what failed').waitFor();
  });
});
