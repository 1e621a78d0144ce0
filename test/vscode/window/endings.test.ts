import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from '../../../scripts/vscode/server.mjs';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { startTimeOf } from '../../../src/adapters/process/processIdentity';
import type { BackfillEvent } from '../../../src/core/backfill/backfill';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { skipBecause } from '../../support/skip';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { picture, startOwnServer } from '../../support/vscodeWindow';

const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));
const ALL = `${DATES[0]} to ${DATES[5]}`;

/** A job that replaces its date: the first dates at once, the others when there is a file that lets them. */
const gated = (id: string) => `import { existsSync } from 'node:fs';
print('begins ' + date);
while (date > '${DATES[1]}' && !existsSync('go-${id}')) await new Promise((next) => setTimeout(next, 100));
await run(\`DELETE FROM made.${id} WHERE day = DATE '\${date}'\`);
await run(\`INSERT INTO made.${id} SELECT DATE '\${date}', range, 1 FROM range(10)\`);`;

describe('what ends around a backfill', () => {
  let workspace: SmallWorkspace;
  let server: Server;

  before('make the pipeline', async function () {
    this.timeout(60_000);
    if (process.platform !== 'linux') skipBecause(this, 'it finds processes through /proc');
    workspace = await SmallWorkspace.make(
      ['WALKS', 'DIES', 'STAYS'].map((id) => ({ id, job: gated(id.toLowerCase()), rows: NONE })),
    );
    const silence = (line: string) => line.replace('"{date}"] }', '"{date}"], silence: 2s }');
    workspace.write('backfill.yaml', workspace.manifest().replace(/^.*jobs\/STAYS\.mjs.*$/m, silence));
    server = await startOwnServer();
  });

  /** Waits until two dates are done and the job of another one runs that has said something. @param date of that one. */
  const thirdRuns = (backfill: string, date: string) =>
    until(`the job of ${date} to run`, async () => {
      const events = workspace.events(backfill);
      const last = events.findLast((event) => event.type === 'attemptStarted');
      return done(events).length === 2 && last?.date === date && workspace.log(backfill, last.log).includes('begins');
    });

  it('is a terminal, a reload and a VS Code server that is killed: it runs on, and is shown again live', async function () {
    this.timeout(180_000);
    const window = await PipelineWindow.open(workspace.folder, server);
    const { workbench } = window;
    await window.launch('WALKS', ALL);
    await window.seeTerminal(/WALKS/);
    const backfill = await started(workspace, []);
    await workbench.runCommand('Terminal: Kill the Active Terminal Instance');
    await until('no terminal', async () => (await workbench.terminals().count()) === 0);
    await seeRunning(window, 'WALKS');

    await workbench.page.reload();
    await seeRunning(await PipelineWindow.on(workbench), 'WALKS');

    killServer(server.pid, ownerOf(workspace.events(backfill)));
    await server.closed;
    await workbench.close();
    server = await startOwnServer();
    const again = await PipelineWindow.open(workspace.folder, server);
    await again.openView('Backfills');
    await again.workbench.findTreeItem('Backfills', /^WALKS, .*2\/6 .*left/);
    await picture(again.workbench, 'after the server was killed');
    workspace.write('go-walks', '');
    assert.equal(await ended(workspace, backfill, 90_000), 'done');
    await again.workbench.findTreeItem('Backfills', /^WALKS, .* done · 6\/6/);
    const events = workspace.events(backfill);
    assert.equal(done(events).length, 6);
    assert.equal(count(events, 'started'), 1);
    assert.equal(count(events, 'attemptStarted'), 6);
  });

  it('is its executor and its job: it is interrupted, says what is left, and goes on by one click', async function () {
    this.timeout(180_000);
    const past = workspace.backfills();
    const window = await PipelineWindow.open(workspace.folder, server);
    const { workbench } = window;
    await window.launch('DIES', ALL);
    const backfill = await started(workspace, past);
    await thirdRuns(backfill, DATES[2]);
    const executor = ownerOf(workspace.events(backfill));
    for (const pid of [executor, ...descendants(executor)]) kill(pid);
    const finished = done(workspace.events(backfill));

    await window.openView('Backfills');
    const node = await workbench.findTreeItem('Backfills', /^DIES, .* interrupted · 2\/6 · 4 left: 1 cut off, 3 not begun/);
    await workbench.statusBarItem(/DIES interrupted/).waitFor();
    await picture(workbench, 'interrupted by a kill');
    workspace.write('go-dies', '');
    workspace.write('backfill.yaml', workspace.manifest().replaceAll('min_rows: 10', 'min_rows: 9'));
    await node.hover();
    await node.getByRole('button', { name: 'Resume Backfill' }).click();
    await window.seeTerminal(/Go on as \[p\]lanned, or as it is \[n\]ow\?/);
    await picture(workbench, 'as planned or as it is now');
    await workbench.page.locator('.xterm-screen:visible').click();
    await workbench.type('p');
    await workbench.press('Enter');
    assert.equal(await ended(workspace, backfill, 90_000), 'done');
    await workbench.findTreeItem('Backfills', /^DIES, .* done · 6\/6/);
    await picture(workbench, 'resumed by a click');
    const events = workspace.events(backfill);
    const sessions = events.flatMap((event) => (event.type === 'started' ? [[event.by, event.changed]] : []));
    assert.deepEqual(sessions, [
      [undefined, undefined],
      ['asPlanned', ['DIES: its expectation changed.']],
    ]);
    const attempts = events.flatMap((event) => (event.type === 'attemptStarted' ? [event.date] : []));
    for (const date of finished) assert.equal(attempts.filter((one) => one === date).length, 1, `${date} was done already`);
    assert.deepEqual(await Promise.all(DATES.map((date) => workspace.rows('DIES', date))), [10, 10, 10, 10, 10, 10]);
  });

  it('is its executor alone: until then it is paused and a silent job waited for or ended, and then its job ends by cancel', async function () {
    this.timeout(180_000);
    const past = workspace.backfills();
    const window = await PipelineWindow.open(workspace.folder, server);
    const { workbench } = window;
    await window.launch('STAYS', ALL);
    const backfill = await started(workspace, past);
    const press = async (item: RegExp, button: string) => {
      const node = await workbench.findTreeItem('Backfills', item);
      await node.hover();
      await node.getByRole('button', { name: button }).click();
    };
    const seeEvent = (type: BackfillEvent['type']) =>
      until(type, async () => workspace.events(backfill).some((event) => event.type === type));
    await window.openView('Backfills');
    await workbench.expand(await workbench.findTreeItem('Backfills', /^STAYS, .* 2024-01-03 may hang, silent for/));
    await press(/^STAYS 2024-01-03 may hang, silent for/, 'Wait for Job That May Hang');
    await press(/^STAYS, .*2\/6 .*left · STAYS 2024-01-03/, 'Pause Backfill');
    await seeEvent('paused');
    await press(/^STAYS, .* paused · 2\/6/, 'Resume Backfill');
    await seeEvent('continued');
    await workbench.runCommand('Backfill: End Job of a Backfill…');
    await workbench.pick('STAYS 2024-01-03');
    await workbench.dialog().getByRole('button', { name: 'End Job' }).click();
    await thirdRuns(backfill, DATES[3]);
    const outcome = workspace.events(backfill).findLast((event) => event.type === 'attemptEnded');
    assert.deepEqual([outcome?.date, outcome?.category], [DATES[2], 'ended']);

    const executor = ownerOf(workspace.events(backfill));
    const jobs = descendants(executor);
    kill(executor);
    await workbench.findTreeItem('Backfills', /^STAYS, .* interrupted · 2\/6/);
    await picture(workbench, 'interrupted with a job that runs');
    await workbench.runCommand('Backfill: Cancel Backfill…');
    await workbench.pick('STAYS');
    await workbench.dialog().getByRole('button', { name: 'Cancel Backfill' }).click();
    assert.equal(await ended(workspace, backfill, 60_000), 'cancelled');
    await workbench.findTreeItem('Backfills', /^STAYS, .* cancelled · 2\/6/);
    assert.ok(jobs.length > 0 && jobs.every((pid) => startTimeOf(pid) === undefined), 'its job has ended');
  });
});

async function seeRunning(window: PipelineWindow, processor: string): Promise<void> {
  await window.openView('Backfills');
  await window.workbench.findTreeItem('Backfills', new RegExp(`^${processor}, .*2/6 .*left`));
}

function done(events: readonly BackfillEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'attemptEnded' && event.outcome === 'done' ? [event.date] : []));
}

function count(events: readonly BackfillEvent[], type: BackfillEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

/** The process id of the last executor. */
function ownerOf(events: readonly BackfillEvent[]): number {
  const session = events.findLast((event) => event.type === 'started');
  if (session?.type !== 'started') throw new Error('Nobody has executed it yet.');
  return session.owner.pid;
}

/** The whole process tree of a VS Code server, without an executor that was started from one of its terminals. */
function killServer(pid: number, executor: number): void {
  const spared = new Set([executor, ...descendants(executor)]);
  for (const one of [pid, ...descendants(pid)]) if (!spared.has(one)) kill(one);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with what was killed before it.
  }
}

/** Process ids of children, their children, and so on. */
function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of the program stands in parentheses, and may hold some itself.
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found.slice(1);
}
