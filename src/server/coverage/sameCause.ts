import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { BackfillEvent, PlannedPartition } from '../../core/backfill/backfill';
import type { TreeNode } from '../../protocol/messages';
import { STATUS_LOOKS } from '../trees/statusLooks';

export type Ending = Extract<BackfillEvent, { type: 'attemptEnded' }>;

/** Partitions of one processor that failed in the same way, such as by the same exception: what mends one may mend all. */
export interface SameCause {
  /** Stable as long as the backfill is. */
  readonly id: string;
  readonly processor: string;
  /** ISO, sorted. */
  readonly dates: readonly string[];
  /** What they have in common. */
  readonly cause: string;
}

/**
 * Groups of at least two, in the order in which they first failed.
 * @param endings the last ones of partitions that need eyes.
 */
export function sameCauses(endings: readonly Ending[]): readonly SameCause[] {
  const signed = endings.filter(({ signature }) => signature !== undefined);
  const groups = groupBy(signed, ({ processor, outcome, signature }) => `${processor} ${outcome} ${signature}`);
  return [...groups].flatMap(([id, found]) => {
    const [first] = found;
    if (first === undefined || found.length < 2) return [];
    const { processor, message = '', signature = '' } = first;
    // Where their words differ, what differs is left out of them.
    const isOne = found.every((ending) => ending.message === message);
    const cause = isOne ? message : signature.slice(signature.indexOf(': ') + 2);
    return [{ id, processor, dates: found.map(({ date }) => date).sort(), cause }];
  });
}

export function causeNode(parent: string, { id, processor, dates, cause }: SameCause): TreeNode {
  const label = `${counted(dates.length, 'date')} of ${processor}`;
  // The exit code is the least telling of it, and a sidebar is narrow.
  const description = `${cause.replace(/^exit code (?:-?\d+|<n>): /, '')} · same cause`;
  return {
    id: `${parent}/@same/${encodeURIComponent(id)}`,
    label,
    description,
    ...STATUS_LOOKS.failed,
    children: true,
    context: 'cause+runnable',
    accessibilityLabel: `${label}, ${description}`,
    target: { nodes: [processor], dates },
  };
}

/** Whether a partition belongs to a group. */
export function isOf({ processor, dates }: SameCause, partition: PlannedPartition): boolean {
  return partition.processor === processor && dates.includes(partition.date);
}
