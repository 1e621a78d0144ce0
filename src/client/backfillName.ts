import { counted } from '../base/figures';
import type { BackfillSummary } from '../protocol/messages';

/** `MLFS`, `PDC and PCF`, `PDC and 3 more`: short enough for a terminal's tab and the status bar. */
export function processorsText(processors: readonly string[]): string {
  const [first = 'nothing', second] = processors;
  if (second === undefined) return first;
  return processors.length === 2 ? `${first} and ${second}` : `${first} and ${processors.length - 1} more`;
}

export function isActive({ phase }: BackfillSummary): boolean {
  return phase === 'running' || phase === 'cancelling';
}

/** What became of a backfill that is over, such as `24 of 25 partitions done, 1 failed`. */
export function resultText({ done, failed, skipped, total }: BackfillSummary): string {
  const parts = [`${done} of ${counted(total, 'partition')} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}
