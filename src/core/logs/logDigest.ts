/** `started`: it began, and the log does not say how it ended. */
export type LogOutcome = 'started' | 'succeeded' | 'failed' | 'skipped';

/** What a log says of one attempt at a date. It explains; what is in the warehouse decides. */
export interface LogDate {
  /** ISO. */
  readonly date: string;
  readonly outcome: LogOutcome;
  /** Of what failed, or was not heard of again: the error that the log told last within the date. */
  readonly cause?: string;
  /** A class of cause such as `ValueError`. */
  readonly category?: string;
  /** The line that tells the cause, or that it failed. */
  readonly causeLine?: number;
  /** The cause is the surroundings', such as a sign-in or the network, and not the date's. */
  readonly ofSurroundings?: true;
  readonly skipReason?: string;
  readonly rows?: number;
  /** `loaded`: by what was written; `counter`: only by the job's own count, which may be wrong. */
  readonly rowsFrom?: 'loaded' | 'counter';
  /** Which run of a log that several runs wrote, from 2 on; absent for the first. */
  readonly run?: number;
  /** Seconds by stage, in the order in which the stages ended. */
  readonly stages: Readonly<Record<string, number>>;
  /** Of the date as a whole. */
  readonly seconds?: number;
  /** Lines count from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** ISO; without a zone it is the clock of where the job ran. */
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** The final block of a run. */
export interface LogSummary {
  readonly figures: Readonly<Record<string, number>>;
  /** As the block lists them: jobs cut long lists. */
  readonly failedDates: readonly string[];
}

/** All that a log says. */
export interface LogDigest {
  /** In the order in which they began. A log of several runs has a date once for each attempt. */
  readonly dates: readonly LogDate[];
  /** Dates before these that are not kept, because there are too many. */
  readonly omitted: number;
  /** Of the last run. Where it counts a whole range after a resume, `done` includes what an earlier run did. */
  readonly progress?: { readonly done: number; readonly total: number };
  /** The date in hand, as long as the last run goes on. */
  readonly current?: string;
  /** Of the last run; absent when it goes on, or was killed. */
  readonly summary?: LogSummary;
  /** What went wrong outside of any date, such as a check before the first. */
  readonly failure?: {
    readonly cause: string;
    readonly category?: string;
    readonly line: number;
    readonly ofSurroundings?: true;
  };
  /** Lines that say nothing that the profile knows, and the first of them. */
  readonly unmatched: { readonly lines: number; readonly samples: readonly { readonly line: number; readonly text: string }[] };
  readonly lines: number;
}

/** The last attempt at a date, which is the one that counts. */
export function lastOf(digest: LogDigest, date: string): LogDate | undefined {
  return digest.dates.findLast((one) => one.date === date);
}
