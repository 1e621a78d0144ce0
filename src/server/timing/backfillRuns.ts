import { callRuns, journalRuns } from '../../core/timing/journalRuns';
import type { TimedRun } from '../../core/timing/timedRun';
import type { BackfillView } from '../backfills/backfillViews';

/** The attempts that ended, and the dates that calls which run have finished by their logs. */
export function backfillRuns({ record, calls = [] }: Pick<BackfillView, 'record' | 'calls'>, now: number): TimedRun[] {
  const { id } = record.plan;
  return [...journalRuns(record), ...calls.flatMap(({ processor, digest }) => callRuns(id, processor, digest, now))];
}
