import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimedPartition, PartitionHold } from '../../app/journal';

/** Two that claim at the very same moment both give way, and try again at moments of their own. */
const TRIES = 8;
const LONGEST_PAUSE_MS = 40;
const BETWEEN = '~';

/**
 * Takes partitions for a backfill by files in `claims/`, one for each table of each: `<digest of table, share and date>~<backfill>~<digest
 * of the processor>`. Whoever wants one first leaves its file and then looks for those of others, so that of two at least the later sees
 * the other. A backfill is executed once, so a dead one's files can be removed by anybody: that name never comes back.
 * @param isAlive whether the backfill of a run's folder still has its owner.
 */
export async function takePartitions(
  stateFolder: string,
  backfill: string,
  partitions: readonly ClaimedPartition[],
  isAlive: (runFolder: string) => Promise<boolean>,
): Promise<PartitionHold> {
  const folder = join(stateFolder, 'claims');
  await mkdir(folder, { recursive: true });
  const keys = partitions.map(keysOf);
  const namesOf = (index: number) =>
    (keys[index] ?? []).map((key) => [key, backfill, digest(partitions[index]?.processor ?? '', 8)].join(BETWEEN));
  const remove = async (indexes: Iterable<number>) => {
    for (const name of [...indexes].flatMap(namesOf)) await rm(join(folder, name), { force: true });
  };

  const taken = new Set<number>();
  let wanted = partitions.map((_, index) => index);
  let others = new Map<number, string>();
  for (let tries = 1; wanted.length > 0 && tries <= TRIES; tries++) {
    if (tries > 1) await delay(Math.random() * LONGEST_PAUSE_MS);
    for (const index of wanted) {
      const { processor = '', date = '' } = partitions[index] ?? {};
      for (const name of namesOf(index))
        await writeFile(join(folder, name), `${JSON.stringify({ backfill, processor, date })}\n`);
    }
    const holders = await livingHolders(
      folder,
      stateFolder,
      backfill,
      new Set(wanted.flatMap((index) => keys[index] ?? [])),
      isAlive,
    );
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
  return { others, release: () => remove(taken) };
}

/** By key: another backfill that claims it and lives. What dead ones left is removed. */
async function livingHolders(
  folder: string,
  stateFolder: string,
  own: string,
  keys: ReadonlySet<string>,
  isAlive: (runFolder: string) => Promise<boolean>,
): Promise<ReadonlyMap<string, string>> {
  const alive = new Map<string, boolean>();
  const holders = new Map<string, string>();
  for (const name of await readdir(folder)) {
    const [key = '', backfill = ''] = name.split(BETWEEN);
    if (!keys.has(key) || backfill === own) continue;
    const lives = alive.get(backfill) ?? (await isAlive(join(stateFolder, 'runs', backfill)));
    alive.set(backfill, lives);
    if (lives) holders.set(key, backfill);
    else await rm(join(folder, name), { force: true });
  }
  return holders;
}

/** Spelling apart, equal tables, shares and dates are the same rows. */
function keysOf({ tables, where, date }: ClaimedPartition): string[] {
  const share = (where ?? '').trim().replace(/\s+/g, ' ');
  return [...new Set(tables.map((table) => digest(JSON.stringify([table.toLowerCase(), share, date]), 32)))];
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
