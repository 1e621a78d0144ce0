import { readdir, readFile, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Owner } from '../../core/backfill/backfill';
import { isAlive, isJobAlive, surroundings } from '../process/processIdentity';
import { ownerSchema, readJson } from './journalText';
import { LeaseWatch } from './leaseWatch';

const OWNER_FILE = /^owner-(\d+)\.json$/;
export const LEASE = 'lease.json';
/** How often an executor beats whose lease does not say. */
const USUAL_BEAT_MS = 3_000;
/** So many beats have to be missed while somebody looks. */
const MISSED_BEATS = 4;

const child = v.object({ pid: v.number(), startTime: v.string(), attempt: v.exactOptional(v.string()) });
/** A job as the lease names it: the leader of a process group. */
export type LeasedJob = v.InferOutput<typeof child>;

const leaseSchema = v.object({
  /** Which claim beats: the number in the name of the owner's file. */
  claim: v.number(),
  at: v.string(),
  released: v.boolean(),
  children: v.array(child),
  /** Grows with every beat, whatever the clock does. */
  beat: v.exactOptional(v.number()),
  /** Between two beats, in milliseconds. */
  everyMs: v.exactOptional(v.number()),
});
export type Lease = v.InferOutput<typeof leaseSchema>;

/** Who has a run's folder. */
export interface OwnerSight {
  /** The number of the last claim; 0 before the first. */
  readonly session: number;
  /** Whether the executor that made it lives. */
  readonly executor: boolean;
  /** As pids of this machine; absent where the executor is another's or dead. */
  readonly pid?: number;
  /** All jobs that the lease names, and those of them that are there. None where they are another machine's. */
  readonly known: readonly LeasedJob[];
  readonly jobs: readonly LeasedJob[];
  /** Nobody here can look for its processes: only the lease tells, and this is how long one has to look at it to be sure. */
  readonly sureAfterMs?: number;
  /** Where such an executor ran, as far as that is known. */
  readonly host?: string;
}

const leases = new LeaseWatch();

/**
 * Who has a run's folder. On the same host, boot and pid namespace its processes are looked for. From anywhere else the lease tells: by
 * its time at first, and then by whether it changes, so that no clock that jumps frees a living owner or holds a dead one for ever.
 */
export async function sightOf(folder: string): Promise<OwnerSight> {
  const session = await lastClaim(folder);
  const nobody = { session, executor: false, known: [], jobs: [] };
  if (session === 0) return nobody;
  const path = join(folder, `owner-${session}.json`);
  const owner = readJson<Owner>(ownerSchema, await textOf(path));
  const text = await textOf(join(folder, LEASE));
  const read = readJson<Lease>(leaseSchema, text);
  // An owner whose first lease is not written yet is as old as its file.
  const lease = typeof read !== 'string' && read.claim === session ? read : undefined;
  if (lease?.released === true) return nobody;
  const here = surroundings();
  const known = lease?.children ?? [];
  if (typeof owner !== 'string' && isOf(owner, here)) {
    const executor = isAlive(owner);
    return { session, executor, ...(executor && { pid: owner.pid }), known, jobs: known.filter(isJobAlive) };
  }
  const writtenAt = lease === undefined ? await modifiedAt(path) : Date.parse(lease.at);
  const rebooted = typeof owner !== 'string' && owner.host === here.host && owner.boot !== here.boot;
  const executor = leases.isFresh(folder, lease === undefined ? `${session}` : text, writtenAt, rebooted);
  const certain = rebooted && writtenAt < Date.now() - uptime() * 1000;
  const host = typeof owner === 'string' ? {} : { host: owner.host };
  return { ...nobody, ...host, executor, sureAfterMs: certain ? 0 : MISSED_BEATS * (lease?.everyMs ?? USUAL_BEAT_MS) };
}

/** Whether the executor of a run's folder is gone for good, watched for as long as that takes to be sure. */
export async function isExecutorGone(folder: string): Promise<boolean> {
  const sight = await sightOf(folder);
  if (sight.executor) return false;
  const { sureAfterMs = 0 } = sight;
  return sureAfterMs === 0 || leases.staysStill(sureAfterMs, async () => (await sightOf(folder)).executor);
}

/** Whether a run's folder has an executor, or a job that one left. */
export async function isHeld(folder: string): Promise<boolean> {
  const { jobs } = await sightOf(folder);
  return jobs.length > 0 || !(await isExecutorGone(folder));
}

function isOf(owner: Owner, here: Omit<Owner, 'pid' | 'startTime'>): boolean {
  return owner.host === here.host && owner.boot === here.boot && owner.pidNamespace === here.pidNamespace;
}

async function lastClaim(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.reduce((last, name) => Math.max(last, Number(OWNER_FILE.exec(name)?.[1] ?? 0)), 0);
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function modifiedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
