import assert from 'node:assert/strict';
import { until, type Workbench } from '../../../scripts/vscode/workbench.mjs';
import { overOf, type PartitionCounts } from '../../../src/base/partitionCounts';
import type { CoverageReport } from '../../../src/core/coverage/report';
import { commandLine, ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { PlayedBackfill } from '../../support/playedBackfill';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { inAllThemes, picture } from '../../support/vscodeWindow';

const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));
const write = (id: string) => `await run(\`DELETE FROM made.${id} WHERE day = DATE '\${date}'\`);
await run(\`INSERT INTO made.${id} SELECT DATE '\${date}', range, 1 FROM range(10)\`);`;
const failsOnce = (id: string) => `if (date === '${DATES[0]}') { print('no such column: minutes'); process.exit(1); }
${write(id)}`;
/** Stops before its third date until there is a file that lets it go on. */
const gated = (id: string) => `import { existsSync } from 'node:fs';
while (date === '${DATES[2]}' && !existsSync('go')) await new Promise((next) => setTimeout(next, 100));
${write(id)}`;

interface Run extends PartitionCounts {
  readonly state: string;
  readonly etaSeconds?: number;
}

describe('the counts of a backfill that runs', () => {
  it('are those of the command line in every view, grouping and filter, with a time that learns, to its end', async function () {
    this.timeout(300_000);
    const workspace = await SmallWorkspace.make([
      { id: 'BAD', job: failsOnce('bad'), rows: NONE },
      { id: 'NEXT', job: write('next'), rows: NONE },
      { id: 'GOOD', job: gated('good'), rows: NONE },
    ]);
    const next = workspace.manifest().replace(/(table: made\.next\n[\s\S]*?needs: )\[.*\]/, '$1[{ processor: BAD }]');
    workspace.write('backfill.yaml', next);
    // Earlier runs took ten minutes a date: a plan has a time before it begins, and this one is faster.
    const past = await PlayedBackfill.start(workspace, 'GOOD', 7200);
    for (const date of DATES) await past.run(date, 600);
    await past.say({ type: 'ended', result: 'done' });
    await past.leave();
    const before = workspace.backfills();

    const window = await PipelineWindow.open(workspace.folder);
    const { workbench } = window;
    await workbench.widenSidebar(520);
    await window.openView('Backfills');
    await workbench.view('Failures').locator('.pane-header').click();
    const build = await workbench.findTreeItem('Coverage', /^Build, /);
    await build.hover();
    await build.getByRole('button', { name: /^Fill Gaps/ }).click();
    await workbench.pick('Run in a terminal');
    const backfill = await started(workspace, before);

    const run = async () => {
      const { backfills } = (await commandLine(workspace.folder, 'runs')) as { backfills: readonly (Run & { id: string })[] };
      return backfills.find(({ id }) => id === backfill) ?? assert.fail(`runs does not list ${backfill}`);
    };
    let told = await run();
    await until('the gate', async () => {
      told = await run();
      return told.running === 1 && told.waiting === 3;
    });
    const { etaSeconds, ...counts } = told;
    const { done, failed, interrupted, skipped, running, waiting, total } = counts;
    assert.deepEqual({ done, failed, interrupted, skipped }, { done: 12, failed: 1, interrupted: 0, skipped: 1 });
    assert.equal(overOf(counts) + running + waiting, total);
    assert.ok((etaSeconds ?? 0) > 0 && (etaSeconds ?? 0) < 4 * 500, `it learns from its own dates: ${etaSeconds} s`);

    await workbench.findTreeItem('Backfills', /^BAD.*, 14\/18, 1 failed, 1 skipped · .* left · GOOD 2024-01-03/);
    await workbench.statusBarItem(/ 14\/18 · .* left/).waitFor();
    const left = async (text: Promise<string | null>) => / · ([^·]*) left/.exec((await text) ?? '')?.[1];
    const node = await workbench.findTreeItem('Backfills', /^BAD/);
    await until('one time in the tree and in the status bar', async () => {
      const inTree = await left(node.getAttribute('aria-label'));
      return inTree !== undefined && inTree === (await left(workbench.statusBarItem(/14\/18/).getAttribute('aria-label')));
    });

    const statuses = async () => {
      const { partitions } = (await commandLine(workspace.folder, 'coverage')) as CoverageReport;
      const count = (wanted: string) => partitions.filter(({ status }) => status === wanted).length;
      return { running: count('running'), queued: count('queued'), failed: count('failed') };
    };
    const now = await statuses();
    assert.deepEqual(now, { running: 1, queued: 3, failed: 1 });
    const says = `${now.running} running, ${now.failed} failed, .*${now.queued} queued`;
    await workbench.findTreeItem('Coverage', new RegExp(`^Build, 12 of 18 partitions complete, ${says}`));
    await inAllThemes(workbench, workspace, 'coverage while a backfill runs');
    await group(workbench, 'Season');
    await workbench.findTreeItem('Coverage', new RegExp(`^2024, 18 of 24 partitions complete, ${says}`));
    await group(workbench, 'Root cause');
    await workbench.findTreeItem('Coverage', /^Being filled, 1 running, 3 queued · a backfill has them/);
    await picture(workbench, 'coverage by cause while a backfill runs');
    await workbench.runCommand('Backfill: Filter Coverage…');
    await workbench.pick('By status…');
    await workbench.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'queued' }).click();
    await workbench.press('Enter');
    await workbench.findTreeItem('Coverage', /^Showing queued, 3 of 18, click to show all/);
    await workbench.findTreeItem('Coverage', /^Being filled, 3 of 4 shown · 3 queued/);

    workspace.write('go', '');
    assert.equal(await ended(workspace, backfill, 120_000), 'failed');
    await workbench.findTreeItem('Backfills', /^BAD.*, 16\/18, 1 failed, 1 skipped · /);
    const last = await run();
    assert.deepEqual([last.done, last.failed, last.skipped, last.waiting], [16, 1, 1, 0]);
    await workbench.findTreeItem('Coverage', /^Nothing to show: queued, 0 of 18, click to show all/);
    await workbench.runCommand('Backfill: Clear Filter of Coverage');
    await workbench.findTreeItem('Coverage', /^BAD 2024-01-01 is failed, 1 failed, 1 blocked/);
    assert.deepEqual(await statuses(), { running: 0, queued: 0, failed: 1 });
    await workbench.statusBarItem(/failed/).waitFor();
  });
});

async function group(workbench: Workbench, by: string): Promise<void> {
  await workbench.runCommand('Backfill: Group Coverage By…');
  await workbench.pick(by);
}
