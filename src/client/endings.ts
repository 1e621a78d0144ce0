import type { BackfillSummary } from '../protocol/messages';

const OVER: readonly BackfillSummary['phase'][] = ['done', 'failed', 'interrupted', 'cancelled'];

/**
 * The backfills that ended after an instant, oldest first: what a window has to tell once, also when they ended while it was closed.
 * @param since epoch milliseconds.
 */
export function endedSince(backfills: readonly BackfillSummary[], since: number): readonly BackfillSummary[] {
  return backfills
    .filter(({ phase, endedAt }) => OVER.includes(phase) && endedAt !== undefined && endedAt > since)
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
}
