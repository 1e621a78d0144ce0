import { counted, formatCount } from '../base/figures';
import { notDoneParts } from '../base/partitionCounts';
import type { PossibleAction } from '../protocol/contributions/contextKeys';
import type { BackfillSummary } from '../protocol/messages';

export function isActive({ phase }: BackfillSummary): boolean {
  return phase === 'running' || phase === 'paused' || phase === 'cancelling';
}

/** What became of a backfill that is over, such as `24 of 25 partitions done, 1 failed`. */
export function resultText(backfill: BackfillSummary): string {
  return [`${formatCount(backfill.done)} of ${counted(backfill.total, 'partition')} done`, ...notDoneParts(backfill)].join(', ');
}

/** What can be done with one of them at least. */
export function possibleWith(backfills: readonly BackfillSummary[]): readonly PossibleAction[] {
  const possible: Readonly<Record<PossibleAction, (one: BackfillSummary) => boolean>> = {
    pause: ({ phase }) => phase === 'running',
    resume: ({ phase }) => phase === 'paused' || phase === 'interrupted',
    cancel: (one) => isActive(one) || one.phase === 'interrupted',
    endJob: (one) => isActive(one) && one.jobs.length > 0,
    keepWaiting: (one) => isActive(one) && one.jobs.some(({ silent }) => silent !== undefined),
  };
  return (Object.keys(possible) as PossibleAction[]).filter((action) => backfills.some(possible[action]));
}
