import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until, type Workbench } from '../../../scripts/vscode/workbench.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
import { PlayedBackfill } from '../../support/playedBackfill';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));
const IDS = ['RUNS', 'PAUSED', 'ASKS', 'HANGS', 'CUT', 'OVER'] as const;

describe('what is said of backfills without being asked', () => {
  it('is in the tree and the status bar as it is, and told once over two windows and a reload', async function () {
    this.timeout(120_000);
    const workspace = await SmallWorkspace.make(IDS.map((id) => ({ id, job: 'sql', rows: NONE })));
    const start = (id: (typeof IDS)[number], ago: number) => PlayedBackfill.start(workspace, id, ago);
    const over = await start('OVER', 7200);
    for (const date of DATES) await over.run(date, 30);
    await over.say({ type: 'ended', result: 'done' });
    await over.leave();
    const cut = await start('CUT', 3600);
    for (const date of DATES.slice(0, 3)) await cut.run(date, 60);
    await cut.begin(DATES[3]);
    await cut.leave();
    const hangs = await start('HANGS', 1200);
    await hangs.run(DATES[0], 60);
    await hangs.begin(DATES[1]);
    const silent = { attempt: hangs.attempt(DATES[1]), processor: 'HANGS', date: DATES[1] };
    await hangs.pass(600).say({ type: 'silent', ...silent, seconds: 600, basis: 'its longest silence was 40 s' });
    const asks = await start('ASKS', 400);
    for (const date of DATES.slice(0, 3)) {
      await asks.begin(date);
      await asks
        .pass(10)
        .end(date, 10, { outcome: 'failed', category: 'exit', message: 'no such column: minutes', signature: 'x' });
    }
    await asks.say({ type: 'paused', cause: 'signature', message: '3 failures of one cause in a row: no such column: minutes' });
    const paused = await start('PAUSED', 300);
    await paused.run(DATES[0], 60);
    await paused.begin(DATES[1]);
    await paused.say({ type: 'paused', cause: 'asked', message: 'asked for by ada' });
    const runs = await start('RUNS', 200);
    for (const date of DATES.slice(0, 2)) await runs.run(date, 60);
    await runs.begin(DATES[2]);

    const window = await PipelineWindow.open(workspace.folder);
    const { workbench } = window;
    await workbench.widenSidebar(520);
    await window.openView('Backfills');
    for (const name of ['Coverage', 'Failures']) await workbench.view(name).locator('.pane-header').click();
    const see = (name: RegExp) => workbench.findTreeItem('Backfills', name);
    await see(/^RUNS, .*, 2\/6 · .* left · RUNS 2024-01-03/);
    await workbench.expand(await see(/^PAUSED, .*, paused · 1\/6 · .* of work left/));
    await see(/^Paused, asked for by ada/);
    await workbench.expand(await see(/^HANGS, .* 2024-01-02 may hang, silent for /));
    await see(/^HANGS 2024-01-02 may hang, silent for .* · its longest silence was 40 s/);
    await workbench.expand(await see(/^CUT, .*, interrupted · 3\/6 · 3 left: 1 cut off, 2 not begun/));
    const left = await see(/^3 left: 1 cut off, 2 not begun/);
    await left.hover();
    await left.getByRole('button', { name: 'Resume Backfill' }).waitFor();
    await workbench.statusBarItem(/may hang/).waitFor();
    assert.deepEqual(await toasts(workbench), [], 'what was so before somebody looked for the first time is no news');
    await picture(workbench, 'backfill states');

    await workbench.view('Coverage').locator('.pane-header').click();
    await workbench.runCommand('Backfill: Group Coverage By…');
    await workbench.pick('Root cause');
    await workbench.runCommand('Backfill: Filter Coverage…');
    await workbench.pick('Gaps only');
    await workbench.findTreeItem('Coverage', /^Showing gaps only, /);
    await workbench.widenSidebar(300);
    // What runs turns for ever: a picture in another theme is taken as soon as that is there.
    mkdirSync(join(workspace.folder, '.vscode'));
    for (const { file, label, mark } of [
      { file: 'light', label: 'Default Light Modern', mark: 'vs' },
      { file: 'hc', label: 'Default High Contrast', mark: 'hc-black' },
    ]) {
      const settings = { 'workbench.colorTheme': label, 'window.autoDetectHighContrast': false };
      workspace.write('.vscode/settings.json', JSON.stringify(settings));
      await workbench.page.locator(`.monaco-workbench.${mark}`).waitFor();
      await picture(workbench, `sidebar ${file}`);
    }

    const other = await PipelineWindow.open(workspace.folder);
    await other.openView('Backfills');
    await other.workbench.findTreeItem('Backfills', /^RUNS, /);
    await runs.catchUp().end(DATES[2], 60, { outcome: 'succeededButEmpty', alarm: true });
    for (const date of DATES.slice(3)) await runs.run(date, 1);
    const both = async () => [...(await toasts(workbench)), ...(await toasts(other.workbench))];
    await until('a message', async () => (await both()).length > 0);
    const [alarm = ''] = await both();
    assert.match(alarm, /The backfill of RUNS: Good data became empty: RUNS 2024-01-03\./);
    await picture(workbench, 'backfill alarm');
    await runs.say({ type: 'ended', result: 'failed' });
    await runs.leave();
    await until('a second message', async () => (await both()).length > 1);
    await other.workbench.findTreeItem('Backfills', /^RUNS, .* 5\/6, 1 failed/);
    const said = await both();
    assert.equal(said.length, 2, said.join('\n'));
    assert.match(said.join('\n'), /The backfill of RUNS ended with failures: 5 of 6 partitions done, 1 failed/);

    await other.workbench.page.reload();
    const again = await PipelineWindow.on(other.workbench);
    await again.workbench.findTreeItem('Backfills', /^RUNS, .* 5\/6, 1 failed/);
    assert.deepEqual(await toasts(again.workbench), []);
    for (const one of [hangs, asks, paused]) await one.leave();
  });
});

function toasts(workbench: Workbench): Promise<readonly string[]> {
  return workbench.page.locator('.notifications-toasts .notification-list-item-message').allTextContents();
}
