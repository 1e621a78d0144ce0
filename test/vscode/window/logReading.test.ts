import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
import { PlayedBackfill } from '../../support/playedBackfill';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { inAllThemes } from '../../support/vscodeWindow';

const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));

/** What a job for many dates writes of one. */
function linesOf(index: number, failed: boolean): string {
  const date = DATES[index];
  const progress = Array.from(
    { length: 60 },
    (_, at) => `INFO:jobs.players:Player processing progress: ${at * 10}/600 | Rate: 10.6/s`,
  );
  return [
    `INFO:__main__:Processing game date ${index + 1}/6: ${date}`,
    'INFO:precompute_base:PRECOMPUTE_STEP Dependencies validated in 0.0s',
    'DEBUG:shared.cache:\u001b[36m12 of 30 teams\u001b[0m are in the cache',
    'INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 12.4s',
    `reading games\r 50%|#####     |\r100%|##########|`,
    'WARNING:shared.quality:3 players have no minutes',
    ...progress,
    ...(failed
      ? ["ERROR:precompute_base:PrecomputeProcessorBase Error: KeyError 'minutes'", 'ERROR:__main__:  ✗ Failed: Unknown']
      : ['INFO:precompute_base:✅ Successfully loaded 389 rows', 'INFO:__main__:  ✓ Success: 389 players']),
    '',
  ].join('\n');
}

describe('reading a log', () => {
  it('is followed until somebody scrolls up, and shows whose lines these are, what went wrong, and what is before', async function () {
    this.timeout(170_000);
    const workspace = await SmallWorkspace.make([{ id: 'MADE', job: 'sql', rows: NONE }]);
    workspace.write('backfill.yaml', workspace.manifest().replace('run: {', 'log: nba-phase4\n        run: {'));
    const backfill = await PlayedBackfill.start(workspace, 'MADE', 60);
    const call = 'MADE-2024-01-01-1+5.log';
    const path = join(workspace.folder, '.backfill/runs', backfill.id, 'logs', call);
    mkdirSync(dirname(path), { recursive: true });
    for (const date of DATES) {
      const of = { attempt: backfill.attempt(date), processor: 'MADE', date };
      await backfill.say({ type: 'attemptStarted', ...of, before: 'r0', rowsBefore: 0, inputs: [], log: `logs/${call}` });
    }
    writeFileSync(
      path,
      `${'INFO:shared.words:before it all\n'.repeat(20_000)}${linesOf(0, false)}${linesOf(1, true)}${linesOf(2, false)}`,
    );

    const window = await PipelineWindow.open(workspace.folder);
    const { workbench } = window;
    const { page } = workbench;
    await window.openView('Backfills');
    // From the node of a date to where the date begins.
    await workbench.expand(await workbench.findTreeItem('Backfills', /^MADE, /));
    const node = await workbench.findTreeItem('Backfills', /^MADE 2024-01-02, /);
    await node.hover();
    await node.getByRole('button', { name: 'Open Log' }).click();
    const editor = page.locator('.editor-instance .monaco-editor').first();
    const lines = editor.locator('.view-lines');
    await lines.getByText('Processing game date 2/6: 2024-01-02').waitFor();
    await lines.getByText('Processing game date 1/6: 2024-01-01').waitFor({ state: 'hidden' });
    await editor.locator('a:visible', { hasText: 'Show in Coverage' }).first().waitFor();

    /** Each turn of the wheel is some lines, however far it is. */
    const scroll = async (turns: number) => {
      for (let turn = 0; turn < Math.abs(turns); turn++) await page.mouse.wheel(0, Math.sign(turns) * 400);
    };
    // The date stays in sight while its lines are read.
    const box = (await editor.boundingBox()) ?? assert.fail();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await scroll(8);
    await editor.locator('.sticky-widget', { hasText: 'Processing game date 2/6: 2024-01-02' }).waitFor();
    await page.locator('#status\\.problems').click();
    const problem = page.locator('.markers-panel .monaco-list-row', { hasText: "MADE 2024-01-02: KeyError 'minutes'" });
    await problem.waitFor();
    await problem.dblclick();
    await lines.getByText('✗ Failed: Unknown').click();
    await inAllThemes(workbench, workspace, 'log of many dates');

    // Followed at the end, left alone further up.
    await workbench.runCommand('View: Hide Panel');
    await workbench.runCommand('Backfill: Go to the End of This Log and Follow');
    await lines.getByText('✓ Success: 389 players').waitFor();
    appendFileSync(path, 'INFO:jobs.players:FOLLOWED-1\n');
    await lines.getByText('FOLLOWED-1').waitFor();
    await scroll(-8);
    await lines.getByText('FOLLOWED-1').waitFor({ state: 'hidden' });
    const seen = async () => (await lines.textContent()) ?? '';
    await workbench.settled(editor);
    const before = await seen();
    appendFileSync(path, `${linesOf(3, true)}INFO:jobs.players:NOT-FOLLOWED\n`);
    await backfill.end(DATES[3], 10, { outcome: 'failed', category: 'exit', message: "KeyError 'minutes'" });
    await page.locator('#status\\.problems', { hasText: '2' }).waitFor();
    assert.equal(await seen(), before, 'what somebody reads stays where it is');
    await scroll(100);
    await lines.getByText('NOT-FOLLOWED').waitFor();
    // What went wrong is marked where it stands, although its text came after what is said of it.
    const wrong = editor.locator('.view-line', { hasText: "KeyError 'minutes'" }).last();
    await until('the mark under what went wrong', async () => {
      const line = await wrong.boundingBox();
      const marks = await editor.locator('.squiggly-error').all();
      const places = await Promise.all(marks.map((mark) => mark.boundingBox()));
      return line !== null && places.some((place) => place !== null && place.y >= line.y && place.y < line.y + line.height);
    });
    appendFileSync(path, 'INFO:jobs.players:FOLLOWED-2\n');
    await lines.getByText('FOLLOWED-2').waitFor();

    // More of it is a click away.
    await lines.click();
    await workbench.press('Control+Home');
    await editor
      .locator('a:visible', { hasText: /^Load earlier|Load earlier \(/ })
      .first()
      .click();
    await lines.getByText('before it all').first().waitFor();
  });
});
