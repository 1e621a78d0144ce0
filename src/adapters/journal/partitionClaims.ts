import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimedPartition, Holder, PartitionHold } from '../../app/journal';
import type { RemoteJob } from '../../core/backfill/backfill';
import { writeDurably } from './durableFile';
import { claimSchema, readJson } from './journalText';

/** Two that claim at the very same moment both give way, and try again at moments of their own. */
const TRIES = 8;
const LONGEST_PAUSE_MS = 40;
const BETWEEN = '~';

/** Whose claim it is: a backfill that is resumed claims anew, in another session. */
export interface Claimant {
  readonly backfill: string;
  readonly session: number;
}

/** How to tell whether a claim that was found still counts. */
export interface Liveness {
  /** Whether the backfill of a run's folder still has its owner, or a job that one left. */
  readonly isAlive: (runFolder: string) => Promise<boolean>;
  readonly isRunning: (job: RemoteJob) => Promise<boolean>;
}

/**
 * Takes partitions for a backfill by files in `claims/`, one for each table of each: `<digest of table, share and date>~<backfill>~<digest
 * of the processor>~<session>`. Whoever wants one first leaves its file and then looks for those of others, so that of two at least the later
 * sees the other. A session comes once, so a dead one's files can be removed by anybody once its remote job is gone, too: that name never
 * comes back.
 */
export async function takePartitions(
  stateFolder: string,
  { backfill, session }: Claimant,
  partitions: readonly ClaimedPartition[],
  liveness: Liveness,
): Promise<PartitionHold> {
  const folder = join(stateFolder, 'claims');
  await mkdir(folder, { recursive: true });
  const keys = partitions.map(keysOf);
  const pathsOf = (index: number) =>
    (keys[index] ?? []).map((key) =>
      join(folder, [key, backfill, digest(partitions[index]?.processor ?? '', 8), session].join(BETWEEN)),
    );
  const textOf = (index: number, job?: RemoteJob) => {
    const { processor = '', date = '' } = partitions[index] ?? {};
    return `${JSON.stringify({ backfill, processor, date, job })}\n`;
  };
  const remove = async (indexes: Iterable<number>) => {
    for (const path of [...indexes].flatMap(pathsOf)) await rm(path, { force: true });
  };

  const leave = async (indexes: readonly number[]) => {
    try {
      for (const index of indexes) for (const path of pathsOf(index)) await writeFile(path, textOf(index));
    } catch (thrown) {
      // The name alone is a claim, of a file that a full disk left empty, too.
      await remove(indexes);
      throw thrown;
    }
  };

  const taken = new Set<number>();
  let wanted = partitions.map((_, index) => index);
  let others = new Map<number, Holder>();
  for (let tries = 1; wanted.length > 0 && tries <= TRIES; tries++) {
    if (tries > 1) await delay(Math.random() * LONGEST_PAUSE_MS);
    await leave(wanted);
    const sought = new Set(wanted.flatMap((index) => keys[index] ?? []));
    const holders = await findHolders({ stateFolder, folder, own: backfill, keys: sought, liveness });
    others = new Map(
      wanted.flatMap((index) => {
        const holder = keys[index]?.map((key) => holders.get(key)).find((one) => one !== undefined);
        return holder === undefined ? [] : [[index, holder] as const];
      }),
    );
    for (const index of wanted) if (!others.has(index)) taken.add(index);
    await remove(others.keys());
    wanted = [...others.keys()];
  }
  return {
    others,
    setRemoteJob: async (index, job) => {
      for (const path of pathsOf(index)) await writeDurably(path, textOf(index, job));
    },
    release: () => remove(taken),
  };
}

/** Removes what earlier sessions of a backfill claimed: to be called when all that they began has been judged. */
export async function forgetEarlierClaims(stateFolder: string, { backfill, session }: Claimant): Promise<void> {
  const folder = join(stateFolder, 'claims');
  for (const name of await readdir(folder).catch(() => [])) {
    const [, whose, , number = '1'] = name.split(BETWEEN);
    if (whose === backfill && Number(number) < session) await rm(join(folder, name), { force: true });
  }
}

/** By key: who else claims it, and lives or has a job that runs. What dead ones left is removed. */
async function findHolders(search: {
  readonly stateFolder: string;
  readonly folder: string;
  readonly own: string;
  readonly keys: ReadonlySet<string>;
  readonly liveness: Liveness;
}): Promise<ReadonlyMap<string, Holder>> {
  const { stateFolder, folder, own, keys, liveness } = search;
  const alive = new Map<string, boolean>();
  const holders = new Map<string, Holder>();
  for (const name of await readdir(folder)) {
    const [key = '', backfill = ''] = name.split(BETWEEN);
    if (!keys.has(key) || backfill === own) continue;
    const lives = alive.get(backfill) ?? (await liveness.isAlive(join(stateFolder, 'runs', backfill)));
    alive.set(backfill, lives);
    const job = lives ? undefined : await runningJob(join(folder, name), liveness);
    if (lives) holders.set(key, { backfill });
    else if (job !== undefined) holders.set(key, { backfill, job });
    else await rm(join(folder, name), { force: true });
  }
  return holders;
}

/** The job that a claim names, unless it is known to have ended. */
async function runningJob(path: string, { isRunning }: Liveness): Promise<RemoteJob | undefined> {
  const claim = readJson(claimSchema, await readFile(path, 'utf8').catch(() => ''));
  if (typeof claim === 'string' || claim.job === undefined) return undefined;
  return (await isRunning(claim.job).catch(() => true)) ? claim.job : undefined;
}

/** Spelling apart, equal tables, shares and dates are the same rows. */
function keysOf({ tables, where, date }: ClaimedPartition): string[] {
  const share = (where ?? '').trim().replace(/\s+/g, ' ');
  return [...new Set(tables.map((table) => digest(JSON.stringify([table.toLowerCase(), share, date]), 32)))];
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
