import type { DayRange } from '../base/day';
import { messageOf } from '../base/logger';
import { progressOf } from '../core/backfill/progress';
import type { Pipeline } from '../core/pipeline';
import { type NotedRun, runsOf } from '../core/records/runHistory';
import { journalRuns } from '../core/timing/journalRuns';
import type { TimedRun } from '../core/timing/timedRun';
import type { OpenBackfill } from '../core/timing/whatIsLeft';
import type { BackfillRecord } from './journal';
import type { PipelineSession } from './session/pipelineSession';

export interface HistoryRuns {
  readonly runs: readonly NotedRun[];
  /** Epoch milliseconds; absent where there is no history, or it was not read. */
  readonly readAt?: number;
  /** Only the newest rows were read. */
  readonly truncated?: boolean;
  readonly problem?: string;
}

/** The runs that the manifest's history tells. Never rejects: what keeps it from being read is said. */
export async function readHistoryRuns(
  session: Pick<PipelineSession, 'warehouse'>,
  pipeline: Pipeline,
  days: DayRange,
  now: number,
): Promise<HistoryRuns> {
  const { history } = pipeline;
  if (history === undefined) return { runs: [] };
  try {
    const { records } = session.warehouse();
    if (records === undefined) throw new Error('This release cannot read the run history of this warehouse.');
    const { rows, readAt, truncated } = await records.history(pipeline, days);
    return { runs: runsOf(rows, pipeline, history, now), readAt, truncated };
  } catch (error) {
    return { runs: [], problem: messageOf(error) };
  }
}

/** Every attempt of backfills, as far as timing is concerned. */
export function timedAttempts(records: readonly Pick<BackfillRecord, 'plan' | 'events'>[]): TimedRun[] {
  return records.flatMap(journalRuns);
}

/** Backfills that are not over, newest first. */
export function openBackfills(records: readonly BackfillRecord[]): OpenBackfill[] {
  return records
    .map(({ plan, events, ownerAlive, jobsLeft }) => ({ plan, events, progress: progressOf(plan, events, ownerAlive, jobsLeft) }))
    .sort((a, b) => (a.plan.id < b.plan.id ? 1 : -1));
}
