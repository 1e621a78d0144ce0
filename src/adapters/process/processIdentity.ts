import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner } from '../../core/backfill';

/** A process that is recognised even when its pid is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system tells it; empty where it tells none. */
  readonly startTime: string;
}

/** This process, in the words by which others can tell whether it still lives. */
export function ownIdentity(): Owner {
  return { ...surroundings(), pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
}

/** Where pids mean the same as here. */
export function surroundings(): Omit<Owner, 'pid' | 'startTime'> {
  return {
    host: hostname(),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: textOf(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whether that very process is still there; only for pids of the same surroundings. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const now = startTimeOf(pid);
  return now !== undefined && (now === startTime || startTime === '' || now === '');
}

/** When a process was started. Undefined when there is none, or only what its parent has not yet collected. */
export function startTimeOf(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  if (process.platform === 'linux') {
    const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // The name in parentheses can hold anything, so fields are counted from its end: state is the 3rd, start time the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return stat === '' || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  }
  if (process.platform === 'win32') return '';
  const line = textOf(() => execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }));
  const [state = '', ...started] = line.split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it is there, and somebody else's.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
