import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Claim } from '../../app/journal';
import type { Owner } from '../../core/backfill';
import { isAlive, isJobAlive, ownIdentity, type ProcessIdentity, startTimeOf, surroundings } from '../process/processIdentity';
import { codeOf } from './durableFile';
import { ownerSchema, readJson } from './journalText';
import { takePartitions } from './partitionClaims';

/** A lease this old belongs to a dead owner, where nobody can look for the process itself. */
const LEASE_MS = 120_000;
const OWNER_FILE = /^owner-(\d+)\.json$/;
const LEASE = 'lease.json';

const leaseSchema = v.object({
  /** Which claim beats: the number in the name of the owner's file. */
  claim: v.number(),
  at: v.string(),
  released: v.boolean(),
  children: v.array(v.object({ pid: v.number(), startTime: v.string() })),
});
type Lease = v.InferOutput<typeof leaseSchema>;

/**
 * Takes a run's folder for this process: `owner-1.json`, or the next number when that owner is dead. The file is created exclusively,
 * so that of many processes one succeeds.
 */
export async function claimFolder(folder: string, heartbeatMs: number): Promise<Claim | undefined> {
  const last = await lastClaim(folder);
  if (last > 0 && (await isOwnerAlive(folder))) return undefined;
  const number = last + 1;
  const owner = ownIdentity();
  try {
    await writeFile(join(folder, `owner-${number}.json`), `${JSON.stringify(owner)}\n`, { flag: 'wx' });
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return undefined;
    throw thrown;
  }

  let children: readonly ProcessIdentity[] = [];
  let turn: Promise<void> = Promise.resolve();
  const write = (released: boolean) => {
    turn = turn.then(() =>
      writeLease(folder, { claim: number, at: new Date().toISOString(), released, children: [...children] }),
    );
    return turn;
  };
  await write(false);
  const beat = setInterval(() => {
    // A missed beat is made good by the next; who cannot write the journal either is told there.
    write(false).catch(() => {
      turn = Promise.resolve();
    });
  }, heartbeatMs);
  beat.unref();
  return {
    owner,
    setChildren: (pids) => {
      children = pids.map((pid) => ({ pid, startTime: startTimeOf(pid) ?? '' }));
      return write(false);
    },
    takePartitions: (partitions, isRunning) =>
      takePartitions(dirname(dirname(folder)), basename(folder), partitions, { isAlive: isOwnerAlive, isRunning }),
    release: () => {
      clearInterval(beat);
      return write(true);
    },
  };
}

/** Whether the last owner of a run's folder, or a child that it left behind, is still there. */
export async function isOwnerAlive(folder: string): Promise<boolean> {
  const claim = await readClaim(folder);
  if (claim === undefined || claim.released) return false;
  if (claim.owner !== undefined) return isAlive(claim.owner) || claim.children.some(isJobAlive);
  return Date.now() - claim.beatAt < LEASE_MS;
}

/** The living owner of a run's folder and the living jobs that it started, as pids of this machine; none where it is another's. */
export async function ownerProcesses(folder: string): Promise<readonly number[]> {
  const claim = await readClaim(folder);
  if (claim?.owner === undefined || claim.released) return [];
  const owner = isAlive(claim.owner) ? [claim.owner] : [];
  return [...owner, ...claim.children.filter(isJobAlive)].map(({ pid }) => pid);
}

interface LastClaim {
  readonly released: boolean;
  /** Absent where its pids mean nothing here, or it cannot be read. */
  readonly owner?: Owner;
  readonly children: readonly ProcessIdentity[];
  /** Epoch milliseconds. */
  readonly beatAt: number;
}

async function readClaim(folder: string): Promise<LastClaim | undefined> {
  const number = await lastClaim(folder);
  if (number === 0) return undefined;
  const path = join(folder, `owner-${number}.json`);
  const owner = readJson<Owner>(ownerSchema, await textOf(path));
  const lease = readJson<Lease>(leaseSchema, await textOf(join(folder, LEASE)));
  // An owner whose first lease is not written yet is as old as its file.
  const beats = typeof lease !== 'string' && lease.claim === number;
  const here = surroundings();
  const isHere =
    typeof owner !== 'string' && owner.host === here.host && owner.boot === here.boot && owner.pidNamespace === here.pidNamespace;
  return {
    released: beats && lease.released,
    ...(isHere && { owner }),
    children: beats ? lease.children : [],
    beatAt: beats ? Date.parse(lease.at) : await modifiedAt(path),
  };
}

async function lastClaim(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.reduce((last, name) => Math.max(last, Number(OWNER_FILE.exec(name)?.[1] ?? 0)), 0);
}

async function writeLease(folder: string, lease: Lease): Promise<void> {
  const path = join(folder, LEASE);
  await writeFile(`${path}.tmp`, `${JSON.stringify(lease)}\n`);
  await rename(`${path}.tmp`, path);
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function modifiedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
