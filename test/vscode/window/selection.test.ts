import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import type { Plan } from '../../../src/core/backfill/backfill';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

describe('a launch by text', () => {
  it('says what is wrong and what is meant while it is typed, shows the plan, and runs exactly that', async () => {
    const { folder } = await makeSample(temporaryFolder());
    const journal = SmallWorkspace.at(folder);
    const past = journal.backfills();
    const window = await PipelineWindow.open(folder);
    const { workbench } = window;
    const says = (text: RegExp) => workbench.page.locator('.quick-input-widget').getByText(text).first().waitFor();

    await workbench.runCommand('Backfill: Launch Backfill…');
    await workbench.pick('TDZA');
    await workbench.pick('Write a selection…');
    await workbench.quickInputTitled('Which partitions?');
    await workbench.type(' & 2021-11-29, partal');
    await says(/At 20: “partal” is no date, no status and no processor\. Did you mean `partial`\?/);
    await picture(workbench, 'selection mistake');
    for (let at = 0; at < 'partal'.length; at++) await workbench.press('Backspace');
    await workbench.type('[2021-11-30..2021-11-30]');
    await says(/2 partitions, 2 dates/);
    await picture(workbench, 'selection count');
    await workbench.press('Enter');
    await workbench.quickInputTitled('Launch TDZA');
    await workbench.press('Enter');
    await workbench.webview().getByText('TDZA & 2021-11-29, [2021-11-30..2021-11-30]').first().waitFor();
    await picture(workbench, 'selection plan');
    await workbench.pick('Run in a terminal');
    const backfill = await started(journal, past);
    assert.equal(await ended(journal, backfill), 'done');
    const plan: Plan = JSON.parse(readFileSync(join(folder, '.backfill', 'runs', backfill, 'plan.json'), 'utf8'));
    assert.equal(plan.request.select, 'TDZA & 2021-11-29, [2021-11-30..2021-11-30]');
    const ran = journal.events(backfill).flatMap((event) => (event.type === 'attemptStarted' ? event.date : []));
    assert.deepEqual(
      ran,
      plan.partitions.filter(({ action }) => action === 'run').map(({ date }) => date),
    );
  });
});
