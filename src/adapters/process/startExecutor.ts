import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from '../../app/journal';

export interface ExecutorStart {
  /** The bundle to run: `dist/cli.js`. */
  readonly cli: string;
  /** Words after the bundle, such as `execute ID --manifest F`. */
  readonly args: readonly string[];
  readonly cwd: string;
}

const LOOK_MS = 50;
const LOG_TAIL = 2_000;

/**
 * Starts the executor of a backfill in a session of its own, without a terminal: it outlives this process, and writes only to files. Asking
 * many times, also at once, starts one. Resolves when some executor has the backfill; rejects, with what the executor said, when it ended
 * before.
 */
export async function startExecutor(
  journal: Pick<Journal, 'read' | 'ownerAlive' | 'logPath'>,
  id: string,
  { cli, args, cwd }: ExecutorStart,
): Promise<'started' | 'alreadyRunning'> {
  const isTaken = async () => ((await journal.read(id))?.events.length ?? 0) > 0 || (await journal.ownerAlive(id));
  if (await isTaken()) return 'alreadyRunning';
  const logPath = journal.logPath(id, 'executor.log');
  const log = await open(logPath, 'a');
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    // Inside VS Code the runtime is Electron's: without this it would open a window.
    env: process.versions['electron'] === undefined ? process.env : { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    windowsHide: true,
  });
  await log.close();
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = code === 0 ? '' : `it ended with ${signal ?? `exit code ${code}`}`;
  });
  try {
    for (;;) {
      const before = ended;
      if (await isTaken()) return before === '' ? 'alreadyRunning' : 'started';
      // Looked at before the journal was: what ended by then has written all that it ever will.
      if (before !== undefined)
        throw new Error(`The executor of ${id} did not start: ${before || 'it ended'}.${await tailOf(logPath)}`);
      await delay(LOOK_MS);
    }
  } finally {
    child.unref();
  }
}

async function tailOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text === '' ? '' : ` It said:\n${text.slice(-LOG_TAIL).trimEnd()}`;
}
