import { quantile } from '../backfill/progress';
import type { Checkpoint } from './checkpointText';

/** A state of a checkpoint as it was seen when it was there: when it was written (epoch milliseconds), how many dates had ended, and how many were noted at all. */
export interface SeenWrite {
  readonly at: number;
  readonly ended: number;
  readonly noted: number;
}

/** A checkpoint as it was written at an instant. */
export function seenWrite(checkpoint: Checkpoint, at: number): SeenWrite {
  const { successful, failed, skipped } = checkpoint;
  return { at, ended: endedDates(checkpoint), noted: new Set([...successful, ...failed, ...skipped]).size };
}

/** Whether a date that was noted before ended once more since an instant: then the checkpoint was written and nothing was added. */
export function repeatsSince(seen: readonly SeenWrite[], since: number): boolean {
  return seen.some(({ at, noted }, index) => at >= since && noted === seen[index - 1]?.noted);
}

/** The dates that a job has worked on: skipping one takes no time. */
function endedDates({ successful, failed }: Checkpoint): number {
  return successful.length + failed.length;
}

/**
 * When a checkpoint was made, epoch milliseconds. Its own times are of an unknown zone; but the last of them is the instant at which the file
 * was written, which the file system knows.
 */
export function madeAt({ createdAt, updatedAt }: Checkpoint, writtenAt: number): number | undefined {
  if (createdAt === undefined || updatedAt === undefined || updatedAt < createdAt) return undefined;
  return writtenAt - (updatedAt - createdAt);
}

/** Seconds a date between writes that somebody saw. */
export function seenSeconds(seen: readonly SeenWrite[]): readonly number[] {
  return seen.flatMap(({ at, ended }, index) => {
    const before = seen[index - 1];
    if (before === undefined || ended <= before.ended || at <= before.at) return [];
    return [(at - before.at) / 1000 / (ended - before.ended)];
  });
}

/** Seconds a date from a checkpoint's making to its last write. Right only where the job was not stopped in between. */
export function averageSeconds(checkpoint: Checkpoint, writtenAt: number): number | undefined {
  const made = madeAt(checkpoint, writtenAt);
  const ended = endedDates(checkpoint);
  return made === undefined || ended === 0 || made >= writtenAt ? undefined : (writtenAt - made) / 1000 / ended;
}

/** The median; undefined for no values. */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}
