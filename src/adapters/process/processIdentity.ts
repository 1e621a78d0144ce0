import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner } from '../../core/backfill/backfill';

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

/** Whether a process group has a member that runs; where there are no groups, whether its leader does. */
export function isGroupAlive(leader: number): boolean {
  if (process.platform === 'win32') return exists(leader);
  if (!exists(-leader)) return false;
  if (process.platform !== 'linux') return true;
  // What nobody collects stays in its group for ever.
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const fields = statFieldsOf(Number(name));
    return fields?.[2] === String(leader) && isRunning(fields);
  });
}

/** Whether that very process, or one of the group that it led, is still there. */
export function isJobAlive(leader: ProcessIdentity): boolean {
  if (isAlive(leader)) return true;
  // A living process of that number is another one, and so is its group.
  return startTimeOf(leader.pid) === undefined && process.platform !== 'win32' && isGroupAlive(leader.pid);
}

/** When a process was started. Undefined when there is none, or only what its parent has not yet collected. */
export function startTimeOf(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  if (process.platform === 'linux') {
    const fields = statFieldsOf(pid);
    return fields === undefined || !isRunning(fields) ? undefined : fields[19];
  }
  if (process.platform === 'win32') return '';
  const line = textOf(() => execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }));
  const [state = '', ...started] = line.split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
}

/** The fields of a process from the 3rd: state, parent, group, session; the start time is the 22nd. Undefined where there is none; Linux. */
export function statFieldsOf(pid: number): readonly string[] | undefined {
  const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name in parentheses can hold anything, so fields are counted from its end.
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isRunning([state]: readonly string[]): boolean {
  return state !== 'Z' && state !== 'X';
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
