import type { Day } from '../../base/day';

/**
 * What the warehouse holds for one node, as parallel columns in ascending order of dates. Dates without rows are absent.
 */
export interface NodeObservations {
  readonly days: Int32Array;
  readonly rows: Int32Array;
  /** Distinct entities; absent when the node declares none. */
  readonly entities?: Int32Array;
  /** Distinct keys; absent when the node declares none. */
  readonly keys?: Int32Array;
  /** MAX(written_at) in epoch milliseconds, NaN where null; absent when the node declares none. */
  readonly written?: Float64Array;
  /** By the node's check: the share (0 to 1) of the date's rows that satisfy it. */
  readonly checks: readonly Float64Array[];
  /** When the warehouse was asked, epoch milliseconds. */
  readonly readAt: number;
}

/** The dates of a calendar table with their count (games a day), ascending. */
export interface CalendarObservations {
  readonly days: Int32Array;
  readonly counts: Int32Array;
  readonly readAt: number;
}

/** A node or calendar whose last read failed. The last good answer, where there is one, stays beside it. */
export interface Unavailable {
  /** For people, with what to do. */
  readonly error: string;
  /** Epoch milliseconds of the first failed read in a row. */
  readonly since: number;
}

/** All that is known of the warehouse, by node id and calendar name. */
export interface Observations {
  readonly nodes: ReadonlyMap<string, NodeObservations>;
  readonly calendars: ReadonlyMap<string, CalendarObservations>;
  readonly unavailableNodes: ReadonlyMap<string, Unavailable>;
  readonly unavailableCalendars: ReadonlyMap<string, Unavailable>;
}

/** One partition, read exactly. */
export interface PartitionObservation {
  readonly day: Day;
  readonly rows: number;
  readonly entities?: number;
  readonly keys?: number;
  readonly written?: number;
  readonly checks: readonly number[];
  /** A digest of the rows themselves, where the warehouse can give one. */
  readonly content?: string;
}

/**
 * Equal fingerprints mean unchanged: rows, entities, checks and last written, as one comparable text.
 * `content` is left out, so that a fingerprint of an exact read compares with one of a coverage read.
 */
export function fingerprintOf(observation: Omit<PartitionObservation, 'day' | 'content'>): string {
  const { rows, entities, keys, written, checks } = observation;
  const ratios = checks.map((ratio) => (Number.isNaN(ratio) ? '-' : ratio.toFixed(6))).join(',');
  const stamp = written === undefined || Number.isNaN(written) ? '-' : String(written);
  return `r${rows} e${entities ?? '-'} k${keys ?? '-'} w${stamp} c${ratios}`;
}
