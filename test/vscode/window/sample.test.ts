import assert from 'node:assert/strict';
import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

/** samples/nba/holes.json: the zone analysis of these dates lacks a team. */
const DATES = ['2021-11-29', '2021-11-30'] as const;

describe('the sample pipeline, from a gap to a complete date', () => {
  it('shows the coverage, explains a gap, and fills its cause from the palette in a terminal', async () => {
    const { folder } = await makeSample(temporaryFolder());
    const journal = SmallWorkspace.at(folder);
    const past = journal.backfills();
    const window = await PipelineWindow.open(folder);
    const { workbench } = window;

    await workbench.findTreeItem('Coverage', /^PGS, Player game summary, .* of .* dates complete/);
    await window.seePartition('Precompute', 'TDZA', DATES[0], /partial/);
    await picture(workbench, 'sample coverage');

    await workbench.runCommand('Backfill: Explain This Date');
    await workbench.pick('PCF');
    await workbench.quickInputTitled('Explain PCF');
    await workbench.type(DATES[0]);
    await workbench.pick(DATES[0]);
    const explanation = workbench.webview();
    await explanation.getByRole('heading', { name: `PCF ${DATES[0]}: blocked` }).waitFor();
    await explanation
      .getByText(/TDZA.*29/)
      .first()
      .waitFor();
    await picture(workbench, 'sample explanation');

    await workbench.runCommand('Backfill: Open Gap Matrix');
    await window.lookAtInMatrix('TDZA', DATES[0]);
    await window.seeInMatrix(/^TDZA · 2021-11-29, Monday\. partial/);
    await picture(workbench, 'sample matrix');

    await window.launch('TDZA', DATES.join(', '));
    await window.seeTerminal(/TDZA/i);
    const backfill = await started(journal, past);
    assert.equal(await ended(journal, backfill), 'done');
    const done = journal.events(backfill).filter((event) => event.type === 'attemptEnded' && event.outcome === 'done');
    assert.equal(done.length, DATES.length);
    await window.seeTerminal(/2 .*done/);
    await picture(workbench, 'sample backfill');

    for (const date of DATES) await window.seePartition('Precompute', 'TDZA', date, /complete/);
    await window.seePartition('Precompute', 'PCF', DATES[0], /missing/);
    await workbench.runCommand('Backfill: Open Gap Matrix');
    await window.seeInMatrix(/^TDZA · 2021-11-29, Monday\. complete/);
    await picture(workbench, 'sample filled');
  });
});
