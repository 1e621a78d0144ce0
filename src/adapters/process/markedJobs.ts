import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LeftJob } from '../../app/journal';
import { startTimeOf, statFieldsOf } from './processIdentity';

/** Processes that are looked at before anything else gets its turn. */
const IN_ONE_GO = 256;
const PS_WITHIN_MS = 5_000;

interface Marked {
  readonly group: number;
  readonly attempt: string;
  /** Comparable among processes of one machine. */
  readonly startedAt: number;
}

/**
 * Jobs of a backfill that its executor started and did not live to put on record: found by the marks in their environment, which all that
 * they start inherit. Of each attempt only the group that is the oldest is the job: what a job sends into the background leaves its group, is
 * younger, and is none of ours.
 */
export async function markedJobs(backfill: string): Promise<readonly LeftJob[]> {
  const found = process.platform === 'linux' ? await fromProc(backfill) : await fromPs(backfill);
  const oldest = new Map<string, Marked>();
  for (const one of found) {
    const known = oldest.get(one.attempt);
    if (known === undefined || one.startedAt < known.startedAt) oldest.set(one.attempt, one);
  }
  return [...oldest.values()].map(({ group, attempt }) => ({ pid: group, startTime: startTimeOf(group) ?? '', attempt }));
}

async function fromProc(backfill: string): Promise<readonly Marked[]> {
  const found: Marked[] = [];
  const names = await readdir('/proc').catch(() => []);
  for (const [index, name] of names.filter((one) => /^\d+$/.test(one)).entries()) {
    if (index % IN_ONE_GO === IN_ONE_GO - 1) await setImmediate();
    const attempt = attemptIn(environmentOf(name).split('\0'), backfill);
    const fields = attempt === undefined ? undefined : statFieldsOf(Number(name));
    if (attempt === undefined || fields === undefined || fields[0] === 'Z') continue;
    found.push({ group: Number(fields[2]), attempt, startedAt: Number(fields[19]) });
  }
  return found;
}

/** Empty for processes of others. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

const PS_LINE = /^\s*(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.+)$/;

/** `ps -E` shows the environment after the command, of one's own processes. */
async function fromPs(backfill: string): Promise<readonly Marked[]> {
  if (process.platform === 'win32') return [];
  const options = {
    encoding: 'utf8',
    timeout: PS_WITHIN_MS,
    maxBuffer: 64_000_000,
    env: { ...process.env, LC_ALL: 'C' },
  } as const;
  const told = await promisify(execFile)('ps', ['-A', '-E', '-ww', '-o', 'pgid=,lstart=,command='], options).catch(
    () => undefined,
  );
  return (told?.stdout ?? '').split('\n').flatMap((line): Marked[] => {
    const [, group, started = '', words = ''] = PS_LINE.exec(line) ?? [];
    const attempt = attemptIn(words.split(' '), backfill);
    return group === undefined || attempt === undefined
      ? []
      : [{ group: Number(group), attempt, startedAt: Date.parse(started) }];
  });
}

function attemptIn(words: readonly string[], backfill: string): string | undefined {
  if (!words.includes(`BACKFILL_RUN=${backfill}`)) return undefined;
  return words.find((word) => word.startsWith('BACKFILL_ATTEMPT='))?.slice('BACKFILL_ATTEMPT='.length);
}
