import assert from 'node:assert/strict';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { inAllThemes, picture } from '../../support/vscodeWindow';

const JOB = `
print('Processing date 1/1: ' + date);
print('\\u001b[36mreading 10 games\\u001b[0m');
for (let at = 0; at <= 100; at += 20) process.stdout.write('\\r' + at + '% of players');
print('');
print('extract done in 1.2s');
// Three in a row would pause the backfill with a question.
if (date !== '2024-01-03') {
  console.error("Traceback (most recent call last):\\n  File \\"job.py\\", line 12, in run\\nKeyError: 'minutes'");
  process.exit(1);
}
await run(\`DELETE FROM made.made WHERE day = DATE '\${date}'\`);
await run(\`INSERT INTO made.made SELECT DATE '\${date}', range, range FROM range(10)\`);
print('Success: 10 rows');
`;
const PROFILE = `log_profiles:
  small:
    date_start: ['^Processing date (?<n>\\d+)/(?<total>\\d+): (?<date>\\S+)']
    success: ['^Success: (?<rows>\\d+) rows']
    stage: ['^extract done in (?<extract>[\\d.]+)s']
`;

describe('logs in editors', () => {
  it('lead from the tree to the log and back, are found in by one expression, and failures are run again by their cause', async () => {
    const empty = { '2024-01-01': 0, '2024-01-02': 0, '2024-01-03': 0, '2024-01-04': 0 };
    const workspace = await SmallWorkspace.make([{ id: 'MADE', job: JOB, rows: empty }]);
    workspace.write('backfill.yaml', `${workspace.manifest().replace('run: {', 'log: small\n        run: {')}${PROFILE}`);
    const window = await PipelineWindow.open(workspace.folder);
    const { workbench } = window;
    const { page } = workbench;
    const before = workspace.backfills();
    await window.launch('MADE', '2024-01-01 to 2024-01-04');
    const backfill = await started(workspace, before);
    await ended(workspace, backfill);

    // All logs of the backfill as one document.
    await workbench.runCommand('Backfill: Open Log');
    await workbench.pick('MADE, 2024-01-01 to 2024-01-04: 4 partitions');
    const editor = page.locator('.editor-instance .monaco-editor').first();
    await editor.getByText('==> MADE 2024-01-04 <==').first().waitFor();
    await editor.getByText('100% of players').first().waitFor();
    await editor.locator('a:visible', { hasText: 'Show in Coverage' }).first().waitFor();
    await workbench.runCommand('View: Hide Panel');
    await editor.locator('.view-lines').click();
    await workbench.press('Control+Home');
    await editor.locator('a:visible', { hasText: 'Run again' }).first().waitFor();
    await inAllThemes(workbench, workspace, 'log');

    // Back to the date's node.
    await editor.locator('a:visible', { hasText: 'Show in Coverage' }).first().click();
    const node = page.locator('.sidebar .monaco-list-row.selected', { hasText: '2024-01-01' });
    await node.waitFor();

    await workbench.runCommand('Backfill: Find in Logs…');
    await window.answer('Find in all logs', 'keyerror');
    const found = page.locator('.editor-instance .monaco-editor').first();
    await found.getByText('# in all logs: 3 lines in 3 of 4 logs').waitFor();
    await found.getByText('Run again 3 failed dates of MADE').waitFor();
    await inAllThemes(workbench, workspace, 'found in logs');

    // The group of the same cause, and exactly its dates in the plan.
    await window.openView('Backfills');
    await workbench.expand(await workbench.findTreeItem('Backfills', /MADE/));
    const group = await workbench.findTreeItem('Backfills', /^3 dates of MADE, KeyError: 'minutes' · same cause/);
    await picture(workbench, 'failures of one cause');
    const planned = async () => {
      await workbench.quickInputTitled('MADE, 2024-01-01 to 2024-01-04: 3 partitions');
      const plan = (await workbench.webview().locator('body').textContent()) ?? '';
      for (const date of ['2024-01-01', '2024-01-02', '2024-01-04']) assert.ok(plan.includes(date), date);
      assert.ok(!plan.includes('2024-01-03'));
      await workbench.press('Escape');
    };
    await found.getByText('Run again 3 failed dates of MADE').click();
    await planned();
    await group.hover();
    await group.getByRole('button', { name: 'Launch Backfill…' }).click();
    await planned();
    assert.ok(await group.isVisible());
    await until(
      'no error on the screen',
      async () => (await page.locator('.notification-list-item .codicon-error').count()) === 0,
    );
  });
});
