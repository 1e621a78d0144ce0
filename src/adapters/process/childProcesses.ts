import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildCommand, ChildExit, ChildRunner, LeftJobs } from '../../app/execution/children';
import type { LeftJob } from '../../app/journal';
import { tellingLine } from '../../core/backfill/signature';
import { codeOf } from '../journal/durableFile';
import { cleanEnvironment } from './cleanEnvironment';
import { watchJob } from './jobWatch';
import { markedJobs } from './markedJobs';
import { isGroupAlive, isJobAlive } from './processIdentity';

export interface ChildProcessesOptions {
  /** Between asking a group to end and killing it. */
  readonly graceMs?: number;
}

const TAIL_BYTES = 4096;
const LONGEST_LINE = 300;
/** After SIGKILL only what nobody collects is left, and no kill helps against that. */
const GONE_WITHIN_MS = 5_000;
const LONGEST_LOOK_MS = 250;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Children write straight into their log, so that output never passes through this process: nothing is lost or delayed when this process
 * is busy or killed.
 */
export class ChildProcesses implements ChildRunner, LeftJobs {
  readonly #graceMs: number;

  constructor({ graceMs = 10_000 }: ChildProcessesOptions = {}) {
    this.#graceMs = graceMs;
  }

  async run(command: ChildCommand, signal: AbortSignal, started: (pid: number) => void): Promise<ChildExit> {
    if (signal.aborted) return { how: 'cancelled' };
    await mkdir(dirname(command.log), { recursive: true });
    const log = await open(command.log, 'a+');
    const index = await open(`${command.log}.idx`, 'a');
    const watching = new AbortController();
    const overtime = new AbortController();
    try {
      const { timeoutMs, silence } = command;
      const watched = watchJob(log, index, {
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(silence !== undefined && { silence }),
        overtime: () => overtime.abort(),
        stop: watching.signal,
      });
      const exit = await this.#spawn(command, log.fd, { signal, overtime: overtime.signal }, started);
      watching.abort();
      await watched;
      return exit.how === 'exited' ? { ...exit, tellingLine: await tellingLineOf(log) } : exit;
    } finally {
      watching.abort();
      await log.close();
      await index.close();
    }
  }

  marked(backfill: string): Promise<readonly LeftJob[]> {
    return markedJobs(backfill);
  }

  async adopt(job: LeftJob, signal: AbortSignal, timeoutMs = LONGEST_TIMER_MS): Promise<'gone' | 'timeout' | 'cancelled'> {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(Math.min(Math.max(0, timeoutMs), LONGEST_TIMER_MS))]);
    const isThere = () => isJobAlive(job);
    await whileThere(isThere, stop);
    if (!isThere()) return 'gone';
    await endGroup(job.pid, isThere, this.#graceMs);
    return signal.aborted ? 'cancelled' : 'timeout';
  }

  async #spawn(
    command: ChildCommand,
    log: number,
    { signal, overtime }: { readonly signal: AbortSignal; readonly overtime: AbortSignal },
    started: (pid: number) => void,
  ): Promise<ChildExit> {
    const [program = '', ...args] = command.argv;
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: cleanEnvironment(process.env, command.env),
      stdio: ['ignore', log, log],
      // A process group of its own, so that what the job starts ends with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const exited = exitOf(child, program);
    const pid = child.pid;
    if (pid === undefined) return exited;
    started(pid);

    let ending: { readonly how: 'timeout' | 'cancelled' } | undefined;
    const ended = new AbortController();
    const asked = new Promise<void>((resolve) => {
      const end = (how: 'timeout' | 'cancelled') => {
        ending ??= { how };
        resolve();
      };
      signal.addEventListener('abort', () => end('cancelled'), { once: true, signal: ended.signal });
      if (signal.aborted) end('cancelled');
      overtime.addEventListener('abort', () => end('timeout'), { once: true, signal: ended.signal });
    });
    const exit = await Promise.race([exited, asked]);
    // What a job that ended well has started may still write for it. One that failed or was killed has nothing more to say.
    if (exit?.how === 'exited' && exit.code === 0) await Promise.race([whileThere(() => isGroupAlive(pid), ended.signal), asked]);
    ended.abort();
    if (ending !== undefined || exit?.how !== 'exited' || exit.code !== 0) {
      await endGroup(pid, () => isGroupAlive(pid), this.#graceMs);
      await exited;
    }
    return ending ?? exit ?? exited;
  }
}

/** Asks a group to end, and kills it when it does not. */
async function endGroup(pid: number, isThere: () => boolean, graceMs: number): Promise<void> {
  endTree(pid, 'SIGTERM');
  if (await isGone(isThere, graceMs)) return;
  endTree(pid, 'SIGKILL');
  await isGone(isThere, GONE_WITHIN_MS);
}

function exitOf(child: ChildProcess, program: string): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      const message = codeOf(error) === 'ENOENT' ? 'not found (program or folder)' : error.message;
      resolve({ how: 'notStarted', message: `${program} cannot be started: ${message}` });
    });
    child.once('exit', (code, signal) =>
      resolve(code === null ? { how: 'signal', signal: signal ?? 'unknown' } : { how: 'exited', code, tellingLine: '' }),
    );
  });
}

function endTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ESRCH') throw thrown;
  }
}

async function isGone(isThere: () => boolean, withinMs: number): Promise<boolean> {
  for (const until = performance.now() + withinMs; ; await delay(25)) {
    if (!isThere()) return true;
    if (performance.now() >= until) return false;
  }
}

async function whileThere(isThere: () => boolean, stop: AbortSignal): Promise<void> {
  for (let pause = 25; !stop.aborted && isThere(); pause = Math.min(pause * 2, LONGEST_LOOK_MS))
    await delay(pause, undefined, { signal: stop }).catch(() => undefined);
}

async function tellingLineOf(log: FileHandle): Promise<string> {
  const { size } = await log.stat();
  const length = Math.min(size, TAIL_BYTES);
  const { buffer } = await log.read(Buffer.alloc(length), 0, length, size - length);
  return tellingLine(buffer.toString('utf8').split(/[\r\n]+/)).slice(0, LONGEST_LINE);
}
