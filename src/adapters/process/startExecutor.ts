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
  journal: Pick<Journal, 'read' | 'logPath'>,
  id: string,
  { cli, args, cwd }: ExecutorStart,
): Promise<'started' | 'alreadyRunning'> {
  const look = async () => {
    const { events = [], ownerAlive = false } = (await journal.read(id)) ?? {};
    const sessions = events.filter(({ type }) => type === 'started').length;
    return { sessions, isTaken: ownerAlive || events.some(({ type }) => type === 'ended') };
  };
  const before = await look();
  if (before.isTaken) return 'alreadyRunning';
  // One that came and went meanwhile also had it.
  const isTaken = async () => {
    const now = await look();
    return now.isTaken || now.sessions > before.sessions;
  };
  const { ELECTRON_RUN_AS_NODE: _, BACKFILL_RUN: __, BACKFILL_ATTEMPT: ___, ...environment } = process.env;
  const logPath = journal.logPath(id, 'executor.log');
  const log = await open(logPath, 'a');
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    // Inside VS Code the runtime is Electron's: without this it would open a window.
    env: process.versions['electron'] === undefined ? environment : { ...environment, ELECTRON_RUN_AS_NODE: '1' },
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
      const end = ended;
      if (await isTaken()) return end === '' ? 'alreadyRunning' : 'started';
      // Looked at before the journal was: what ended by then has written all that it ever will.
      if (end !== undefined)
        throw new Error(`The executor of ${id} did not start: ${end || 'it ended'}.${await tailOf(logPath)}`);
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
