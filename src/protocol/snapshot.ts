import type { Day } from '../base/day';
import type { DateStatus, Mode } from '../base/status';

/** A line of the matrix: a source or a processor. */
export interface SnapshotNode {
  readonly id: string;
  readonly name: string;
  /** Phase id; `sources` for sources. */
  readonly phase: string;
  readonly phaseName: string;
  readonly isSource: boolean;
  /** Indexes of the nodes that it needs. */
  readonly upstream: readonly number[];
}

/** Gaps that one thing mends. */
export interface SnapshotCause {
  /** `9 gaps, 1 cause: PDC below 100 rows for MLFS on 9 dates`. */
  readonly headline: string;
  /** Of processors. */
  readonly gaps: number;
}

/**
 * What every view shows, as one value. Cells are `node * dayCount + (day - firstDay)`. Typed arrays cross the process borders
 * as they are. Views receive it whole once, and then changes.
 */
export interface Snapshot {
  /** Grows with every change of anything below. */
  readonly version: number;
  readonly pipeline: string;
  readonly manifest: string;
  readonly mode: Mode;
  /** When the warehouse was last read, epoch milliseconds; absent when it never was. */
  readonly asOf?: number;
  readonly source: 'warehouse' | 'cache';
  /** The newest attempt to read failed: the view shows the last good answer, with its age. */
  readonly problem?: SnapshotProblem;
  readonly firstDay: Day;
  readonly dayCount: number;
  readonly nodes: readonly SnapshotNode[];
  readonly seasons: readonly { readonly name: string; readonly from: Day; readonly to: Day }[];
  /** Index into STATUSES. */
  readonly status: Uint8Array;
  /** Index into OFF_KINDS, 255 where the calendar expects something. */
  readonly off: Uint8Array;
  /** -1 when never read. */
  readonly rows: Int32Array;
  readonly expectedRows: Int32Array;
  /** Bits 1 unexpected rows, 2 waived, 4 unknown, 8 short for a consumer. */
  readonly flags: Uint8Array;
  /** Equal numbers share a set of root causes; 0 is none. */
  readonly rootSet: Int32Array;
  /** By number: what people read, such as `PDC 2021-11-05: 36 rows, needs 100`; and the root cells. */
  readonly rootTexts: readonly string[];
  readonly rootCells: readonly Int32Array[];
  /** What is to be mended first comes first. */
  readonly causes: readonly SnapshotCause[];
  /** By number of a set of root causes: index into `causes`, -1 where only sources have it. */
  readonly causeOfSet: Int32Array;
  /** By date: index into DATE_STATUSES. */
  readonly dates: Uint8Array;
  readonly gaps: number;
}

export interface SnapshotProblem {
  readonly message: string;
  readonly since: number;
}

/** The cells in which a newer snapshot differs; applies to exactly `base`. A view that holds another version asks for the whole. */
export interface SnapshotChange {
  readonly base: number;
  readonly version: number;
  readonly asOf?: number;
  readonly source: 'warehouse' | 'cache';
  readonly problem?: SnapshotProblem;
  readonly cells: Int32Array;
  readonly status: Uint8Array;
  readonly off: Uint8Array;
  readonly rows: Int32Array;
  readonly expectedRows: Int32Array;
  readonly flags: Uint8Array;
  readonly rootSet: Int32Array;
  readonly rootTexts: readonly string[];
  readonly rootCells: readonly Int32Array[];
  readonly causes: readonly SnapshotCause[];
  readonly causeOfSet: Int32Array;
  readonly dates: Uint8Array;
  readonly gaps: number;
}

export type { DateStatus };
