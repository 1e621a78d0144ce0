import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ProcessTable } from '../../app/elsewhereJobs';
import type { SystemProcess } from '../../core/checkpoints/jobProcesses';
import { statFieldsOf } from './processIdentity';

/** What /proc counts in, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Processes that are looked at before anything else gets its turn: a few milliseconds. */
const IN_ONE_GO = 256;
/** Longer than any line of processes is deep. */
const MOST_ANCESTORS = 64;
const PS_WITHIN_MS = 5_000;

/** The processes of this machine: by /proc on Linux, by `ps` elsewhere; on Windows nobody tells their command lines cheaply. */
export class SystemProcessTable implements ProcessTable {
  readonly #platform: NodeJS.Platform;

  constructor(platform = process.platform) {
    this.#platform = platform;
  }

  async find(fragments: readonly string[]): Promise<readonly SystemProcess[] | undefined> {
    const concerns = (line: string) => fragments.some((fragment) => line.includes(fragment));
    try {
      if (this.#platform === 'win32') return undefined;
      return this.#platform === 'linux' ? await fromProc(concerns) : await fromPs(concerns);
    } catch {
      // No /proc, or no `ps`.
      return undefined;
    }
  }
}

async function fromProc(concerns: (line: string) => boolean): Promise<readonly SystemProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const uptime = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
  const bootedAt = Date.now() - uptime * 1000;
  const found: SystemProcess[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index % IN_ONE_GO === IN_ONE_GO - 1) await setImmediate();
    const line = pid === process.pid ? '' : commandLineOf(pid);
    const one = concerns(line) ? await ofProc(pid, line, bootedAt) : undefined;
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** At once: it comes from memory, and a thread for each would cost ten times as much. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Undefined for a process that has ended meanwhile. */
async function ofProc(pid: number, line: string, bootedAt: number): Promise<SystemProcess | undefined> {
  const fields = statFieldsOf(pid);
  if (fields === undefined) return undefined;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return {
    pid,
    ancestors: ancestorsOf(pid, (one) => Number(statFieldsOf(one)?.[1] ?? 0)),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startedAt: Math.round(bootedAt + (Number(fields[19]) / TICKS_PER_SECOND) * 1000),
    argv: line.replace(/\0$/, '').split('\0'),
    ...(cwd !== undefined && { cwd }),
  };
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.+)$/;

/** Words with blanks in them fall apart, and where a process works is not told. */
async function fromPs(concerns: (line: string) => boolean): Promise<readonly SystemProcess[]> {
  const args = ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,lstart=,command='];
  const options = {
    encoding: 'utf8',
    timeout: PS_WITHIN_MS,
    maxBuffer: 64_000_000,
    env: { ...process.env, LC_ALL: 'C' },
  } as const;
  const { stdout } = await promisify(execFile)('ps', args, options);
  const rows = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, group, started = '', command = ''] = PS_LINE.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), group: Number(group), started, command }];
  });
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
  return rows
    .filter(({ pid, command }) => pid !== process.pid && concerns(command))
    .map(({ pid, group, started, command }) => ({
      pid,
      ancestors: ancestorsOf(pid, (one) => parents.get(one) ?? 0),
      group,
      session: 0,
      startedAt: Date.parse(started),
      argv: command.split(/\s+/),
    }));
}

function ancestorsOf(pid: number, parentOf: (pid: number) => number): readonly number[] {
  const ancestors: number[] = [];
  for (let one = parentOf(pid); one > 0 && ancestors.length < MOST_ANCESTORS; one = parentOf(one)) ancestors.push(one);
  return ancestors;
}
