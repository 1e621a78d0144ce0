import { counted, formatCount } from '../base/figures';
import { notDoneParts } from '../base/partitionCounts';
import type { BackfillSummary } from '../protocol/messages';

export function isActive({ phase }: BackfillSummary): boolean {
  return phase === 'running' || phase === 'paused' || phase === 'cancelling';
}

/** What became of a backfill that is over, such as `24 of 25 partitions done, 1 failed`. */
export function resultText(backfill: BackfillSummary): string {
  return [`${formatCount(backfill.done)} of ${counted(backfill.total, 'partition')} done`, ...notDoneParts(backfill)].join(', ');
}
