/**
 * The words for a partition, in one place for the core, the command line and every view.
 * The index in each list is its code in the columnar grids: append, never reorder.
 */
export const STATUSES = [
  'off',
  'running',
  'queued',
  'blocked',
  'failed',
  'missing',
  'suspect',
  'partial',
  'stale',
  'complete',
  /** Nothing was ever read for the partition: see docs/architecture.md on how this extends the contract. */
  'unknown',
] as const;
export type Status = (typeof STATUSES)[number];

/** Statuses of an expected partition that somebody has to mend, unless waived. */
export const GAP_STATUSES: readonly Status[] = ['failed', 'missing', 'blocked', 'suspect', 'partial'];

/** Why a calendar expects nothing. */
export const OFF_KINDS = ['offDay', 'bootstrap', 'excluded', 'outside', 'future', 'notDue'] as const;
export type OffKind = (typeof OFF_KINDS)[number];

/** Which thresholds count: `production` uses `min_…`, `backfill` uses `backfill_min_…` where present. */
export const MODES = ['backfill', 'production'] as const;
export type Mode = (typeof MODES)[number];

/** A date over all processors; `unknown` when nothing was ever read for one of its expected partitions and none is a gap. */
export const DATE_STATUSES = ['off', 'running', 'incomplete', 'complete', 'unknown'] as const;
export type DateStatus = (typeof DATE_STATUSES)[number];

/** What mends a root cause. */
export type FixKind = 'run' | 'wait' | 'mendSource' | 'lowerOrWaive' | 'look';

/** The code of a status in the columnar grids. */
export function statusCode(status: Status): number {
  return STATUSES.indexOf(status);
}

export function isGap(status: Status): boolean {
  return GAP_STATUSES.includes(status);
}
