/** What a command works on, wherever it is called from: a tree node, the matrix, a link. Nothing set: the person is asked. */
export interface NodeTarget {
  /** Processor and source ids; more than one for a phase. */
  readonly nodes?: readonly string[];
  /** ISO; inclusive. A single date has both. */
  readonly from?: string;
  readonly to?: string;
  /** Explicit dates, ISO, in place of from and to. */
  readonly dates?: readonly string[];
  readonly backfill?: string;
  /** Of the backfill. */
  readonly attempt?: string;
  /** Exactly these partitions, as the text of a selection (`base/selection`), in place of all others. */
  readonly select?: string;
}

export interface PartitionParams {
  readonly node: string;
  /** ISO. */
  readonly date: string;
}
