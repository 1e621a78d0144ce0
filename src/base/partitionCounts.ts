import { formatCount } from './figures';

/** How the partitions stand that a plan runs. */
export interface PartitionCounts {
  /** Built, or deleted on purpose. */
  readonly done: number;
  /** Ended in any other way. */
  readonly failed: number;
  /** Cut off: nobody knows yet, or nobody ever looked, what became of them. */
  readonly interrupted: number;
  readonly skipped: number;
  readonly running: number;
  readonly waiting: number;
  /** The sum of all. */
  readonly total: number;
}

/** Those that are over. */
export type OverCounts = Omit<PartitionCounts, 'running' | 'waiting' | 'total'>;

/** Of how many nothing more is to come. */
export function overOf({ done, failed, interrupted, skipped }: OverCounts): number {
  return done + failed + interrupted + skipped;
}

/** `1 failed`, `2 skipped`: what is over and not done. */
export function notDoneParts({ failed, interrupted, skipped }: OverCounts): readonly string[] {
  const parts = [
    [failed, 'failed'],
    [interrupted, 'interrupted'],
    [skipped, 'skipped'],
  ] as const;
  return parts.flatMap(([count, word]) => (count > 0 ? [`${formatCount(count)} ${word}`] : []));
}

/**
 * `12/25`, `1 failed`, `2 skipped`: while it goes on how many are over, of what came to an end how many are done; then what is not.
 * @param isActive whether it goes on.
 */
export function countsParts(counts: OverCounts & Pick<PartitionCounts, 'total'>, isActive: boolean): readonly string[] {
  return [`${formatCount(isActive ? overOf(counts) : counts.done)}/${formatCount(counts.total)}`, ...notDoneParts(counts)];
}
