import { type Day, formatDay } from '../base/day';
import type { PartitionKey } from './coverage';

/** `PDC 2021-11-05`: how a partition is named in keys, journals and to people. */
export function partitionKey(nodeId: string, day: Day): PartitionKey {
  return `${nodeId} ${formatDay(day)}`;
}
