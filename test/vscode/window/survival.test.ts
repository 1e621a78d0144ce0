import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from '../../../scripts/vscode/workbench.mjs';
import { ended, PipelineWindow, started } from '../../support/pipelineWindow';
import { skipBecause } from '../../support/skip';
import { DATES, SmallWorkspace } from '../../support/smallWorkspace';
import { picture } from '../../support/vscodeWindow';

const AWAY_SECONDS = 60;
const NONE = Object.fromEntries(DATES.map((date) => [date, 0]));

describe('a backfill and the windows that show it', () => {
  it('goes on for a minute without a window, with 2 MB of output in its terminal', async function () {
    this.timeout(240_000);
    if (process.platform !== 'linux') skipBecause(this, 'it finds the terminal through /proc');
    const workspace = await SmallWorkspace.make([
      {
        id: 'CHATTY',
        // A job of half a minute a date that says a lot.
        job: `for (let line = 0; line < 5000; line++) print(line + ' ' + 'x'.repeat(80));
await new Promise((done) => setTimeout(done, 12_000));
await run(\`INSERT INTO made.chatty SELECT DATE '\${date}', range, 1 FROM range(10)\`);`,
        rows: NONE,
      },
    ]);
    const window = await PipelineWindow.open(workspace.folder);
    await window.launch('CHATTY', `${DATES[0]} to ${DATES[5]}`);
    await window.seeTerminal(/CHATTY/i);
    const backfill = await started(workspace, []);
    const terminal = terminalOf(backfill);
    await window.workbench.close();

    // Whatever the backfill itself prints there: with no window to take them, 2 MB are more than VS Code lets through.
    const command = `head -c 2097152 /dev/zero | tr '\\0' 'x' > ${terminal}`;
    const flood = spawn('sh', ['-c', command], { stdio: 'ignore', detached: true });
    const reopenAt = performance.now() + AWAY_SECONDS * 1000;
    const doneBefore = done(workspace, backfill);
    await until('a minute without a window', () => performance.now() > reopenAt, AWAY_SECONDS * 2000);
    assert.equal(flood.exitCode, null, 'the terminal took everything: it was not frozen, and this proves nothing');
    const doneMeanwhile = done(workspace, backfill) - doneBefore;
    assert.ok(doneMeanwhile >= 3, `${doneMeanwhile} dates were done within ${AWAY_SECONDS} s without a window`);

    const again = await PipelineWindow.open(workspace.folder);
    assert.equal(await ended(workspace, backfill, 90_000), 'done');
    await again.seePartition('Build', 'CHATTY', DATES[5], /complete/i);
    await picture(again.workbench, 'reopened after a minute');
    // With a window again it may have ended by itself.
    if (flood.pid !== undefined && flood.exitCode === null) process.kill(-flood.pid);
  });

  it('starts one executor, however often it is attached to', async () => {
    const workspace = await SmallWorkspace.make([
      {
        id: 'SLOW',
        job: `await new Promise((done) => setTimeout(done, 8_000));
await run(\`INSERT INTO made.slow SELECT DATE '\${date}', range, 1 FROM range(10)\`);`,
        rows: { [DATES[2]]: 0 },
      },
    ]);
    const window = await PipelineWindow.open(workspace.folder);
    await window.launch('SLOW', DATES[2]);
    await window.seeTerminal(/SLOW/i);
    const backfill = await started(workspace, []);

    await window.workbench.runCommand('Terminal: Create New Terminal');
    await window.seeTerminal(/[$#]$/);
    await window.workbench.type(`backfill attach ${backfill}`);
    await window.workbench.press('Enter');
    await window.seeTerminal(/SLOW/i);
    assert.equal(await ended(workspace, backfill), 'done');
    const executors = workspace.events(backfill).filter((event) => event.type === 'started');
    assert.equal(executors.length, 1);
    const attempts = workspace.events(backfill).filter((event) => event.type === 'attemptStarted');
    assert.equal(attempts.length, 1);
  });
});

function done(workspace: SmallWorkspace, backfill: string): number {
  return workspace.events(backfill).filter((event) => event.type === 'attemptEnded' && event.outcome === 'done').length;
}

/** The terminal device of the process that is attached to a backfill. */
function terminalOf(backfill: string): string {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const device = readlinkSync(`/proc/${pid}/fd/1`);
      if (device.startsWith('/dev/pts/') && argumentsOf(pid).includes(backfill)) return device;
    } catch {
      // It ended meanwhile, or is not ours to look at.
    }
  }
  throw new Error(`No process with a terminal is attached to ${backfill}.`);
}

function argumentsOf(pid: string): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}
