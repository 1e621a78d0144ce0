import type { Day } from '../../base/day';
import type { FailureTable } from '../pipeline';

// What the pipeline's own tables say of failures and runs, as a warehouse reads it.

/** The entity of a failure that concerns the whole date. */
export const WHOLE_DATE = 'DATE_LEVEL';

/** The rows of one failure table that share processor, date and category. */
export interface FailureRecord {
  /** Index into `Pipeline.failures`. */
  readonly table: number;
  /** As it stands in the table. */
  readonly processor: string;
  readonly day: Day;
  readonly category: string;
  readonly rows: number;
  /** Distinct entities, without `DATE_LEVEL`; 0 where the table names none. */
  readonly entities: number;
  /** One of the rows concerns the whole date. */
  readonly wholeDate: boolean;
  /** The first entities by name, at most three. */
  readonly samples: readonly string[];
  /** One of the reasons, cut to 300 characters. */
  readonly reason?: string;
  /** The newest, epoch milliseconds. */
  readonly created?: number;
  /** Rows that are settled and wait for another run. */
  readonly resolved: number;
}

/** A row of a run history. Texts are as they stand in the table. */
export interface HistoryRow {
  readonly processor: string;
  readonly day: Day;
  readonly status: string;
  readonly run?: string;
  /** Epoch milliseconds. */
  readonly started?: number;
  readonly finished?: number;
  readonly seconds?: number;
  readonly rows?: number;
  /** Cut to 2,000 characters. */
  readonly errors?: string;
  readonly reason?: string;
  /** JSON, or whatever stands in its place. */
  readonly stages?: string;
}

/** The category of a row that has none, in a table without a `label`. */
export const NO_CATEGORY = 'UNKNOWN';

/** What views call a failure table. */
export function failureTableName({ name, table }: FailureTable): string {
  return name ?? table;
}
