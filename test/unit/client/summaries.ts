import type { BackfillSummary } from '../../../src/protocol/messages';

/** A backfill of MLFS that runs, as far as a test does not say otherwise. */
export function summary(other: Partial<BackfillSummary> = {}): BackfillSummary {
  return {
    id: 'b1',
    title: 'MLFS, 2021-11-05 to 2021-11-30: 25 partitions',
    processors: ['MLFS'],
    phase: 'running',
    done: 0,
    failed: 0,
    interrupted: 0,
    skipped: 0,
    running: 1,
    total: 25,
    jobs: [],
    news: [],
    ...other,
  };
}
