import type { BackfillProgress } from '../core/backfill/progress';
import { backfillGrowth } from '../core/timing/backfillGrowth';
import { callRuns, journalRuns } from '../core/timing/journalRuns';
import type { TimedRun } from '../core/timing/timedRun';
import type { BackfillRecord } from './journal';
import type { CallLog } from './logs/callLogs';

/** A backfill with what the logs of its calls that run say. */
export interface LoggedBackfill {
  readonly record: BackfillRecord;
  readonly calls?: readonly CallLog[];
}

/** The attempts that ended, and the dates that calls which run have finished by their logs. */
export function backfillRuns({ record, calls = [] }: LoggedBackfill, now: number): TimedRun[] {
  return [...journalRuns(record), ...toldRuns({ record, calls }, now)];
}

/** The dates that calls which run have finished by their logs. */
export function toldRuns({ record, calls = [] }: LoggedBackfill, now: number): TimedRun[] {
  return calls.flatMap(({ processor, digest }) => callRuns(record.plan.id, processor, digest, now));
}

const known = new WeakMap<BackfillRecord, { readonly told: number; readonly said: readonly string[] }>();

/**
 * What grows from date to date of a backfill now, a sentence for each processor in which something does. Found again only when a date has ended.
 * @param now epoch milliseconds.
 */
export function growthOf(backfill: LoggedBackfill & { readonly progress: BackfillProgress }, now: number): readonly string[] {
  const { record, progress } = backfill;
  const told = toldRuns(backfill, now).length;
  const found = known.get(record);
  if (found?.told === told) return found.said;
  const said = backfillGrowth({ plan: record.plan, events: record.events, progress }, backfillRuns(backfill, now), now);
  known.set(record, { told, said });
  return said;
}
