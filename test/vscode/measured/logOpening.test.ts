import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workbench } from '../../../scripts/vscode/workbench.mjs';
import { PipelineWindow } from '../../support/pipelineWindow';
import { PlayedBackfill } from '../../support/playedBackfill';
import { processesBelow, residentMiB } from '../../support/processMemory';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { startOwnServer } from '../../support/vscodeWindow';

const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));
const ROUNDS = 3;
/** Of 16 copies of the lines, 4 MiB: the window begins anew twice. */
const GROWTHS = 5;
const LINES = Array.from(
  { length: 4_000 },
  (_, at) => `INFO:jobs.players:Player processing progress: ${at}/4000 | Rate: 10.6/s\n`,
);

/** In the page: from the next click to the frame in which an editor shows the text. */
const UNTIL_SEEN = `new Promise((resolve) => {
  document.addEventListener('mousedown', () => {
    const start = performance.now();
    const look = () => {
      const lines = [...document.querySelectorAll('.editor-instance .view-lines')];
      if (lines.some((one) => one.textContent.includes(TEXT))) resolve(performance.now() - start);
      else requestAnimationFrame(look);
    };
    look();
  }, { capture: true, once: true });
})`;

describe('the log of a job', () => {
  it('is opened at the end of a gigabyte, beside a small one, and takes little memory while it grows', async function () {
    this.timeout(170_000);
    const workspace = await SmallWorkspace.make(['SMALL', 'LARGE'].map((id) => ({ id, job: 'sql', rows: NONE })));
    const small = await begun(workspace, 'SMALL');
    writeFileSync(small, `${LINES.slice(0, 200).join('')}END-OF-SMALL\n`);
    const large = await begun(workspace, 'LARGE');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 30);
    appendFileSync(large, `\n${LINES.join('').repeat(10)}END-OF-LARGE\n`);
    const server = await startOwnServer();
    const window = await PipelineWindow.open(workspace.folder, server);
    const { workbench } = window;
    await window.openView('Backfills');
    const engine =
      processesBelow(server.pid).find(({ command }) => command.includes('dist/server.js')) ?? assert.fail('no engine');
    const memory = () => [residentMiB(engine.pid), residentMiB(engine.parent)] as const;

    const opened = { SMALL: [] as number[], LARGE: [] as number[] };
    let before = memory();
    let after = before;
    for (let round = 0; round <= ROUNDS; round++) {
      for (const name of ['SMALL', 'LARGE'] as const) {
        if (round === 0 && name === 'LARGE') before = memory();
        opened[name].push(await openingTime(workbench, name));
        if (round === 0) after = memory();
        await workbench.runCommand('View: Close All Editors');
      }
    }
    const [firstSmall, ...smalls] = opened.SMALL;
    const [firstLarge, ...larges] = opened.LARGE;
    const medians = { small: median(smalls), large: median(larges) };

    await openingTime(workbench, 'LARGE');
    const most = [0, 0];
    for (let round = 0; round < GROWTHS; round++) {
      appendFileSync(large, `${LINES.join('').repeat(16)}ROUND-${round}-END\n`);
      await workbench.page.locator('.editor-instance .view-lines', { hasText: `ROUND-${round}-END` }).waitFor();
      for (const [index, mib] of memory().entries()) most[index] = Math.max(most[index] ?? 0, mib);
    }
    const more = (mib: readonly number[]) => mib.map((value, index) => value - (before[index] ?? 0));
    const ms = (value: number | undefined) => `${(value ?? Number.NaN).toFixed(0)} ms`;
    const mib = (values: readonly number[]) =>
      `${values[0]?.toFixed(0)} MiB more in the engine, ${values[1]?.toFixed(0)} in the extension host`;
    console.log(
      `    From the click to the end of the log on the screen: ${ms(medians.large)} for 1 GiB, ${ms(medians.small)} for a small log; the first time ${ms(firstLarge)} and ${ms(firstSmall)}.\n` +
        `    Open: ${mib(more(after))}. Grown by ${((GROWTHS * 16 * LINES.join('').length) / 2 ** 20).toFixed(0)} MiB: at most ${mib(more(most))}.`,
    );
    for (const grown of more(after)) assert.ok(grown < 100, `${grown} MiB more when it is open`);
    // What is shown is 8 MiB at most; garbage of reading it anew comes on top.
    for (const grown of more(most)) assert.ok(grown < 200, `${grown} MiB more while it grows`);
  });
});

/** A backfill that is at its first date, and where the log of that is. */
async function begun(workspace: SmallWorkspace, processor: string): Promise<string> {
  const backfill = await PlayedBackfill.start(workspace, processor, 60);
  await backfill.begin(DATES[0]);
  const log = join(workspace.folder, '.backfill/runs', backfill.id, 'logs', `${backfill.attempt(DATES[0])}.log`);
  mkdirSync(dirname(log), { recursive: true });
  return log;
}

/** Milliseconds from the click on *Open Log* to the frame in which the end of the log stands, by the clock of the window. */
async function openingTime(workbench: Workbench, name: string): Promise<number> {
  const item = await workbench.findTreeItem('Backfills', new RegExp(`^${name}, `));
  await item.hover();
  const button = item.getByRole('button', { name: 'Open Log' });
  await button.waitFor();
  const took = workbench.page.evaluate<number>(UNTIL_SEEN.replace('TEXT', JSON.stringify(`END-OF-${name}`)));
  await button.click();
  return took;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
