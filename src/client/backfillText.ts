import { counted } from '../base/figures';
import type { BackfillSummary } from '../protocol/messages';

export function isActive({ phase }: BackfillSummary): boolean {
  return phase === 'running' || phase === 'paused' || phase === 'cancelling';
}

/** What became of a backfill that is over, such as `24 of 25 partitions done, 1 failed`. */
export function resultText({ done, failed, interrupted, skipped, total }: BackfillSummary): string {
  const parts = [`${done} of ${counted(total, 'partition')} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (interrupted > 0) parts.push(`${interrupted} interrupted`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}
