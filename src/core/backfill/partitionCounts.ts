import type { PartitionCounts } from '../../base/partitionCounts';
import type { PartitionState } from './backfill';

type Bucket = Exclude<keyof PartitionCounts, 'total'>;

export function countStates(states: Iterable<PartitionState>): PartitionCounts {
  const counts = { done: 0, failed: 0, interrupted: 0, skipped: 0, running: 0, waiting: 0, total: 0 };
  for (const state of states) {
    counts[bucketOf(state)] += 1;
    counts.total += 1;
  }
  return counts;
}

function bucketOf(state: PartitionState): Bucket {
  switch (state) {
    case 'done':
    case 'cleaned':
      return 'done';
    case 'waiting':
    case 'running':
    case 'skipped':
    case 'interrupted':
      return state;
    case 'failed':
    case 'torn':
    case 'partial':
    case 'wroteNothing':
    case 'succeededButEmpty':
      return 'failed';
  }
}
