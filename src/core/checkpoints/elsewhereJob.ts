import type { Day, DayRange } from '../../base/day';
import type { Resume, StartOver } from './resume';

/**
 * `perhapsRunning`: processes cannot be listed, and it has written lately. `failed`: all dates were worked on, and some failed. `unreadable`: no
 * content of its checkpoint could ever be read.
 */
export type ElsewhereState = 'running' | 'perhapsRunning' | 'stopped' | 'failed' | 'complete' | 'unreadable';

/** What is known of a job that no backfill of ours started: by its checkpoint, by its process, or by both. */
export interface ElsewhereFacts {
  /** Stable: processor and range, or processor and pid. */
  readonly id: string;
  readonly processor: string;
  readonly state: ElsewhereState;
  /** Absent where its command line names none. */
  readonly range?: DayRange;
  /** In place of a range, ascending. Such runs leave checkpoints alone. */
  readonly dates?: readonly Day[];
  readonly processes: readonly { readonly pid: number; readonly startedAt: number; readonly argv: readonly string[] }[];
  readonly checkpoint?: { readonly path: string; readonly writtenAt: number; readonly madeAt?: number };
  /** Of `total`, the dates that the processor's calendar expects; without it, of all that were noted. */
  readonly done: number;
  readonly total?: number;
  /** Noted as failed, and not complete in the warehouse since; ascending. */
  readonly failed: readonly Day[];
  /** Expected dates that it has yet to come to, ascending. */
  readonly left: readonly Day[];
  /** The date that it probably works on; where it does not run, the last that it noted. */
  readonly at?: Day;
  readonly secondsPerDate?: number;
  /** Seconds left, where it runs. */
  readonly etaSeconds?: number;
  /** What it does when it is run again. Absent without a checkpoint. */
  readonly resume?: Resume;
}

/** Something about a job that its own output does not say, or says wrongly. Dates are ascending. */
export type Finding =
  /** Failed before the last success: going on never comes back to them. */
  | { readonly kind: 'failedBehind'; readonly days: readonly Day[] }
  /** Before the last success, and in none of the lists: an error that the job did not note. */
  | { readonly kind: 'passedOver'; readonly days: readonly Day[] }
  /** Run again over the same range, it starts at the first date. */
  | { readonly kind: 'startsOver'; readonly why: Exclude<StartOver, 'contradiction'>; readonly from: Day }
  /** It was run again, and went back to the first date. */
  | { readonly kind: 'runsAgain'; readonly why: StartOver; readonly from: Day }
  /** Every date is noted, and it still runs: it ends, or it goes through all of them again. */
  | { readonly kind: 'runsPastItsEnd' }
  /** Noted both as successful and as failed: when it is loaded next, the checkpoint is thrown away. */
  | { readonly kind: 'forgotten'; readonly days: readonly Day[] }
  /** Each holds the checkpoint in its memory and overwrites what the others noted. */
  | { readonly kind: 'manyWriters'; readonly pids: readonly number[] }
  /** Other ranges share no progress: `days` are still to come here, and done there. */
  | { readonly kind: 'doneElsewhere'; readonly other: DayRange; readonly days: readonly Day[] }
  /** A process works on another range with dates of this one. */
  | { readonly kind: 'overlapsRunning'; readonly other: DayRange; readonly pids: readonly number[] }
  /** A backfill that runs holds some of its dates. */
  | { readonly kind: 'overlapsBackfill'; readonly backfill: string; readonly days: readonly Day[] }
  /** Noted as successful, and the table has no rows. */
  | { readonly kind: 'noRows'; readonly days: readonly Day[] }
  /** It runs, and no date has ended for longer than dates take. */
  | { readonly kind: 'quiet'; readonly seconds: number }
  | { readonly kind: 'unreadable'; readonly problem: string };

export interface ElsewhereJob extends ElsewhereFacts {
  readonly findings: readonly Finding[];
}

/** Whether it may write at this moment. */
export function isLive({ state }: Pick<ElsewhereFacts, 'state'>): boolean {
  return state === 'running' || state === 'perhapsRunning';
}

/** When it was last seen to do something, epoch milliseconds. */
export function lastSign({ checkpoint, processes }: ElsewhereFacts): number {
  return Math.max(checkpoint?.writtenAt ?? 0, ...processes.map(({ startedAt }) => startedAt));
}
