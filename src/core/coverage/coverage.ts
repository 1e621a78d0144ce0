import type { Day } from '../../base/day';
import type { DateStatus, FixKind, Mode, OffKind, Status } from '../../base/status';
import type { Observations } from '../observation/observation';
import type { Pipeline } from '../pipeline';

/** Everything a classification depends on. The same input gives the same grid, whoever asks. */
export interface CoverageInput {
  readonly pipeline: Pipeline;
  readonly observations: Observations;
  readonly mode: Mode;
  /** Epoch milliseconds; with `Pipeline.due` it decides only what is future or not yet due. */
  readonly now: number;
  readonly attempts: AttemptLedger;
  readonly waivers: readonly Waiver[];
}

/** What the journal knows of partitions: the last attempt of each, and what an active backfill holds. */
export interface AttemptLedger {
  /** By `partitionKey`. */
  readonly last: ReadonlyMap<string, AttemptFact>;
  /** By `partitionKey`: held by an active backfill. */
  readonly active: ReadonlyMap<string, { readonly backfill: string; readonly state: 'running' | 'queued' }>;
}

/** `PDC 2021-11-05`: how a partition is named in keys, journals and to people. */
export type PartitionKey = string;

export type AttemptOutcome =
  | 'done'
  | 'partial'
  | 'wroteNothing'
  | 'succeededButEmpty'
  | 'failed'
  | 'interrupted'
  /** It ended abnormally after it had changed the partition. */
  | 'torn'
  /** It was deleted on purpose, so that it can be built anew. */
  | 'cleaned';

export interface AttemptFact {
  readonly backfill: string;
  readonly attempt: string;
  readonly outcome: AttemptOutcome;
  readonly endedAt: number;
  /** For failures: a class of cause such as `exit`, `timeout`, `guard`, the first line, and what equal failures share. */
  readonly category?: string;
  readonly message?: string;
  readonly signature?: string;
  /** Fingerprints before and after the attempt; no `after` where it was interrupted. */
  readonly before?: string;
  readonly after?: string;
  /** How long it took; a date's share where one call got many. */
  readonly seconds?: number;
  /** How many calls of its backfill ran meanwhile, itself included, on average over its time. */
  readonly atOnce?: number;
  /** Seconds by stage, in the order of the stages, as the job's log tells them. */
  readonly stages?: Readonly<Record<string, number>>;
  /** Seconds: the longest time in which its job said nothing. */
  readonly longestSilence?: number;
  /** By what the partition was built, where this attempt is not known to have changed it. */
  readonly builtBy?: AttemptFact;
  /** The call that it was part of, where nobody read what became of that. */
  readonly call?: readonly CallDate[];
  /** What it was built from: each critical or optional upstream partition with its state at that time. */
  readonly inputs: readonly AttemptInput[];
}

/** A date of a call for many, in the order in which the call works on them. */
export interface CallDate {
  readonly key: PartitionKey;
  /** Fingerprints before the call, and as a later attempt found it, where there was one. */
  readonly before: string;
  readonly found?: string;
}

export interface AttemptInput {
  readonly node: string;
  readonly day: Day;
  readonly fingerprint: string;
  /** Critical needs that were not met then. */
  readonly unmet: boolean;
}

/** A gap accepted on purpose, from `.backfill/waivers.yaml`. */
export interface Waiver {
  readonly node: string;
  readonly from: Day;
  readonly to: Day;
  readonly reason: string;
  readonly author: string;
  /** Last date on which it holds; none when it never expires. */
  readonly until?: Day;
}

/**
 * Statuses of all partitions, columnar: cell `node * dayCount + (day - firstDay)`, nodes as in `Pipeline.nodes`.
 * Built by `classify`; details of one partition by `explain`.
 */
export interface CoverageGrid {
  readonly firstDay: Day;
  readonly dayCount: number;
  readonly nodeCount: number;
  readonly mode: Mode;
  /** Oldest read among what the grid rests on, epoch milliseconds; NaN when nothing was ever read. */
  readonly asOf: number;
  /** Index into STATUSES. */
  readonly status: Uint8Array;
  /** Index into OFF_KINDS where the status is off, else 255. */
  readonly off: Uint8Array;
  /** Observed rows and entities; -1 when never read or not declared. */
  readonly rows: Int32Array;
  readonly entities: Int32Array;
  /** What the partition should hold at least (rows); 0 when off. */
  readonly expectedRows: Int32Array;
  /** Bits, see FLAG. */
  readonly flags: Uint8Array;
  /** Index into `rootSets`; 0 for partitions that are no gap. */
  readonly rootSet: Int32Array;
  /** Distinct sets of root causes as ascending cells; `rootSets[0]` is empty. */
  readonly rootSets: readonly Int32Array[];
  /** The first calendar's count of a date; -1 where it expects nothing. */
  readonly counts: Int32Array;
}

export const FLAG = { unexpectedRows: 1, waived: 2, unknown: 4, shortFor: 8 } as const;

/** A partition as views name it. */
export interface PartitionRef {
  /** Processor or source id. */
  readonly node: string;
  readonly day: Day;
}

export type Reason =
  | { readonly kind: 'neverRun' }
  /** Its last attempt left rows, and they are gone since. */
  | { readonly kind: 'emptied'; readonly attempt: string }
  | { readonly kind: 'failed'; readonly category: string; readonly message: string; readonly signature: string }
  | { readonly kind: 'interrupted'; readonly backfill: string }
  /** `message`: what the attempt came to, and what its log says of that; absent where none is recorded. */
  | { readonly kind: 'wroteNothing' | 'succeededButEmpty'; readonly attempt: string; readonly message?: string }
  | { readonly kind: 'torn'; readonly attempt: string }
  /** It was deleted on purpose; `message` says by whom, and why. */
  | { readonly kind: 'cleaned'; readonly backfill: string; readonly at: number; readonly message: string }
  | { readonly kind: 'upstream'; readonly partition: PartitionRef; readonly have: string; readonly need: string }
  | { readonly kind: 'shortFor'; readonly consumer: string; readonly have: string; readonly need: string }
  | { readonly kind: 'belowExpectation'; readonly have: string; readonly need: string }
  | { readonly kind: 'missingEntities'; readonly names: readonly string[] }
  | { readonly kind: 'checkFailed'; readonly name: string; readonly ratio: number; readonly need: number }
  | { readonly kind: 'duplicates'; readonly rows: number; readonly keys: number }
  | { readonly kind: 'inputsChanged'; readonly upstream: readonly PartitionRef[] }
  | { readonly kind: 'off'; readonly off: OffKind; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly error: string; readonly since: number };

export type Overlay =
  | { readonly kind: 'waived'; readonly reason: string; readonly author: string; readonly until?: string }
  /** A gap that was waived until a day that is over. */
  | { readonly kind: 'waiverExpired'; readonly reason: string; readonly author: string; readonly until: string }
  | { readonly kind: 'unknown'; readonly error: string; readonly since: number; readonly readAt?: number }
  | { readonly kind: 'shortFor'; readonly consumer: string; readonly have: string; readonly need: string }
  | { readonly kind: 'unexpectedRows'; readonly rows: number };

/** A deepest unmet need: the partition to mend, what it has, what is needed, and the kind of fix. */
export interface Root {
  readonly node: string;
  readonly isSource: boolean;
  readonly day: Day;
  readonly status: Status;
  readonly have: string;
  readonly need: string;
  /** Whose need it fails; absent when it fails its own expectation. */
  readonly consumer?: string;
  readonly fix: FixKind;
}

export interface NeedResult {
  readonly verdict: 'met' | 'unmet' | 'unknown';
  readonly critical: boolean;
  /** Such as `PDC: 81 rows, needs 100`. */
  readonly text: string;
  /** The upstream partitions that keep it from being met. */
  readonly offending: readonly PartitionRef[];
}

/** All there is to say about one partition. */
export interface Explanation {
  readonly node: string;
  readonly day: Day;
  readonly status: Status;
  readonly rows: number;
  readonly entities: number;
  readonly expectedRows: number;
  readonly reasons: readonly Reason[];
  readonly overlays: readonly Overlay[];
  readonly needs: readonly NeedResult[];
  readonly roots: readonly Root[];
  readonly lastAttempt?: AttemptFact;
  readonly readAt?: number;
}

/**
 * Gaps that share one set of causes. A cause is a root cause without its date: the node, its status and what mends it.
 * So nine dates on which PDC is below 100 rows are one group.
 */
export interface GapGroup {
  /** What its causes have in common without their dates; stable as long as they are what they are. */
  readonly key: string;
  /** Such as `PDC below 100 rows for MLFS on 9 dates`. */
  readonly cause: string;
  /** Of all the gaps: by phase, file order and date. */
  readonly roots: readonly Root[];
  readonly gaps: readonly PartitionRef[];
  /** Indexes into the grid's `rootSets` that its gaps have. */
  readonly sets: readonly number[];
  /** Such as `9 gaps, 1 cause: PDC 2021-11-05 has 36 rows, MLFS needs 100`. */
  readonly headline: string;
}

/** A date over all processors. */
export interface DateCoverage {
  readonly day: Day;
  readonly status: DateStatus;
  readonly roots: readonly Root[];
  /** One short line such as `PDC 81 < 100` or `Bootstrap, day 3 of 14`. */
  readonly summary: string;
}
