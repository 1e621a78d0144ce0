import assert from 'node:assert/strict';
import { makeSample } from '../../../scripts/sample.mjs';
import { temporaryFolder } from '../../../scripts/vscode/server.mjs';
import { runDuckdb } from '../../support/duckdb';
import { commandLine, PipelineWindow } from '../../support/pipelineWindow';
import { picture } from '../../support/vscodeWindow';

describe('the handoff report', () => {
  it('is written from the palette into an editor, tells what changed, and has a preview', async () => {
    const { folder } = await makeSample(temporaryFolder());
    await commandLine(folder, 'report');
    await runDuckdb(
      `${folder}/warehouse.duckdb`,
      "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = DATE '2021-11-26'",
    );
    const { workbench } = await PipelineWindow.open(folder);
    await workbench.runCommand('Backfill: Write Handoff Report…');
    await workbench.pick('2021-11');
    await workbench.pick('Open in an editor');
    await workbench.page.locator('.notification-toast', { hasText: /The handoff report is written: \d+ gaps\./ }).waitFor();
    await workbench.page.locator('.view-line', { hasText: '# Handoff: NBA seasons' }).first().waitFor();
    await picture(workbench, 'report text');

    await workbench.page.getByRole('button', { name: 'Open Preview', exact: true }).click();
    const preview = workbench.webview();
    await preview.getByRole('heading', { name: 'Handoff: NBA seasons' }).waitFor();
    await preview.getByText(/Data is gone from \d+ partitions? since the last report/).waitFor();
    assert.equal(await preview.getByRole('heading', { name: 'Gaps by cause' }).count(), 1);
    await picture(workbench, 'report preview');
    for (const title of ['Coverage', 'Dates']) {
      await preview.getByRole('heading', { name: title, exact: true }).scrollIntoViewIfNeeded();
      await picture(workbench, `report preview ${title}`);
    }
  });
});
