import { renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDiskFull } from '../../app/execution/environment';
import type { Claim } from '../../app/journal';
import { isJobAlive, ownIdentity, startTimeOf } from '../process/processIdentity';
import { codeOf, createWhole } from './durableFile';
import { isExecutorGone, isHeld, LEASE, type Lease, type LeasedJob, sightOf } from './ownerSight';
import { forgetEarlierClaims, takePartitions } from './partitionClaims';

/**
 * Takes a run's folder for this process: `owner-1.json`, or the next number when that owner is dead. The file is created exclusively and
 * as a whole, so that of many processes one succeeds. Jobs that a dead owner left are this one's from then on.
 */
export async function claimFolder(folder: string, heartbeatMs: number): Promise<Claim | undefined> {
  const before = await sightOf(folder);
  if (before.session > 0 && !(await isExecutorGone(folder))) return undefined;
  const session = before.session + 1;
  const owner = ownIdentity();
  try {
    await createWhole(join(folder, `owner-${session}.json`), `${JSON.stringify(owner)}\n`);
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return undefined;
    throw thrown;
  }

  const left = before.jobs;
  let own: readonly LeasedJob[] = [];
  let beat = 0;
  // At once: a job that has been started is on record before anything else can happen to this process.
  const write = (released: boolean) => {
    beat += 1;
    const children = [...left.filter(isJobAlive), ...own];
    writeLease(folder, { claim: session, at: new Date().toISOString(), released, children, beat, everyMs: heartbeatMs });
  };
  write(false);
  const beating = setInterval(() => {
    try {
      write(false);
    } catch {
      // A missed beat is made good by the next; who cannot write the journal either is told there.
    }
  }, heartbeatMs);
  beating.unref();
  const stateFolder = dirname(dirname(folder));
  const backfill = basename(folder);
  return {
    owner,
    session,
    left: { jobs: left, known: before.known.flatMap(({ attempt }) => attempt ?? []) },
    setChildren: (children) => {
      own = children.map(({ pid, attempt }) => ({ pid, startTime: startTimeOf(pid) ?? '', attempt }));
      // Who looks at a lease that could not be written finds the one before it; the next beat makes it good.
      unlessFull(() => write(false));
    },
    takePartitions: (partitions, isRunning) =>
      takePartitions(stateFolder, { backfill, session }, partitions, { isAlive: isHeld, isRunning }),
    forgetEarlier: () => forgetEarlierClaims(stateFolder, { backfill, session }),
    release: async () => {
      clearInterval(beating);
      unlessFull(() => write(true));
    },
  };
}

function unlessFull(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    if (!isDiskFull(thrown)) throw thrown;
  }
}

function writeLease(folder: string, lease: Lease): void {
  const path = join(folder, LEASE);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(lease)}\n`);
  renameSync(`${path}.tmp`, path);
}
