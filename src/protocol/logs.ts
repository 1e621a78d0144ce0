import type { NodeTarget, PartitionParams } from './targets';

/** A log as a document: that of one call, or all of a backfill as one. */
export interface LogId {
  readonly backfill: string;
  /** Name of the file among the backfill's logs; absent for all of them. */
  readonly log?: string;
}

/** What to show of a log: where a date begins, or the line that holds a byte. */
export type LogPlace = PartitionParams | { readonly offset: number };

/** Where a partition's last attempt, or a backfill, has its log. */
export interface FoundLog {
  readonly id: LogId;
  /** Absent where the log is about nothing else. */
  readonly at?: PartitionParams;
}

/** A part of a log as it is shown. Lines count from 0. */
export interface LogPage {
  /** Grows with each change of the document. */
  readonly version: number;
  /** Whole lines. */
  readonly text: string;
  readonly state: LogState;
  /** Absent where it comes later: what is on the screen does not wait for what is said of it. */
  readonly outline?: LogOutline;
  /** The line that was asked for. */
  readonly line?: number;
}

export interface LogState {
  /** Bytes of the log before and after what is shown. */
  readonly earlier: number;
  readonly later: number;
  /** A last line that has no end yet, such as a progress bar; or that nothing was written yet. */
  readonly pending: string;
}

/** What has changed of a log that is watched. */
export interface LogChange {
  readonly id: LogId;
  readonly version: number;
  /** Lines to be added at the end. */
  readonly append?: string;
  /** To be shown in place of what was. */
  readonly page?: LogPage;
  readonly state: LogState;
  readonly outline?: LogOutline;
}

export interface LogOutline {
  readonly sections: readonly LogSection[];
  readonly problems: readonly LogProblem[];
  /** Lines have times of their own. */
  readonly timed: boolean;
}

/** What is about one date, or about a call as a whole. */
export interface LogSection {
  readonly node: string;
  /** ISO. */
  readonly date?: string;
  /** `PDC 2021-11-05`. */
  readonly title: string;
  /** `failed · exit code 1: KeyError: 'minutes'`. */
  readonly detail: string;
  readonly outcome: 'good' | 'bad' | 'quiet' | 'open';
  readonly line: number;
  readonly lastLine: number;
}

export interface LogProblem {
  readonly line: number;
  /** Begins with the partition. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** Kinds of what a log's profile knows, in the order in which they are numbered. */
export const LOG_TOKENS = ['date', 'failure', 'skipped', 'success', 'error', 'stage', 'rows', 'summary'] as const;

/** Line, from and length in characters, index in LOG_TOKENS. */
export type LogToken = readonly [number, number, number, number];

/** Lines of one log that hold what was looked for. */
export interface FoundLogLines {
  readonly id: LogId;
  readonly node: string;
  readonly title: string;
  /** How its dates ended, in words. */
  readonly detail: string;
  /** ISO; dates of it that failed. */
  readonly failed: readonly string[];
  readonly hits: readonly {
    /** Counts from 1; absent where the log was not read from its beginning. */
    readonly line?: number;
    /** Where the line begins in the log, in bytes. */
    readonly offset: number;
    readonly text: string;
    readonly start: number;
    readonly length: number;
  }[];
  /** Lines that were found and are not among them; all of them, in logs that come after too many others. */
  readonly more: number;
}

export interface FindResult {
  /** By processor and date; only logs in which something was found. */
  readonly logs: readonly FoundLogLines[];
  /** Logs and bytes that were read, and how long that took in milliseconds. */
  readonly searched: number;
  readonly bytes: number;
  readonly ms: number;
  /** Sentences. */
  readonly leftOut: readonly string[];
}

export interface LogRequests {
  /** The log of the last attempt at a partition, or of a backfill; null where there is none. */
  'backfill/log': { params: PartitionParams | { readonly backfill: string }; result: FoundLog | null };
  /** Shows a place of a log, or its end, in place of what was shown of it. Changes of what is shown are announced while it is watched. */
  'backfill/openLog': { params: { id: LogId; at?: LogPlace }; result: LogPage };
  /** Shows more of a log that is open. Rejects where it is not. */
  'backfill/moveLog': { params: { id: LogId; to: 'earlier' | 'later' | 'end' }; result: LogPage };
  /** What the profile knows of some lines of a log that is open, for their colours. */
  'backfill/logTokens': { params: { id: LogId; first: number; lines: readonly string[] }; result: readonly LogToken[] };
  /** When some lines arrived, epoch milliseconds; null for what nobody knows. */
  'backfill/logArrivals': { params: { id: LogId; first: number; count: number }; result: readonly (number | null)[] };
  /**
   * Looks for an expression in the logs of the last attempts at partitions, or of a backfill. Another search ends it, and so does
   * `backfill/stopFind`; then the answer holds what was found until then. Rejects for what is no regular expression.
   */
  'backfill/findInLogs': { params: { pattern: string; target: NodeTarget }; result: FindResult };
}

export interface LogNotifications {
  'backfill/logChanged': LogChange;
}

export interface LogClientNotifications {
  /** Logs that are on the screen, and whether their end is. Others are not looked at. */
  'backfill/watchLogs': { logs: readonly { readonly id: LogId; readonly following: boolean }[] };
  'backfill/closeLog': { id: LogId };
  'backfill/stopFind': Record<string, never>;
}
