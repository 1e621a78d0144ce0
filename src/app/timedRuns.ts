import { type DayRange, parseDay } from '../base/day';
import { messageOf } from '../base/logger';
import type { Pipeline } from '../core/pipeline';
import { type NotedRun, runsOf } from '../core/runHistory';
import type { TimedAttempt } from '../core/timing/processorTiming';
import type { BackfillRecord } from './journal';
import type { PipelineSession } from './pipelineSession';

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
export function timedAttempts(records: readonly Pick<BackfillRecord, 'events'>[]): TimedAttempt[] {
  return records.flatMap(({ events }) =>
    events.flatMap((event): TimedAttempt[] => {
      if (event.type !== 'attemptEnded') return [];
      const { processor, date, outcome, seconds, stages = {} } = event;
      const day = parseDay(date);
      if (day === undefined || seconds === undefined) return [];
      const told = outcome === 'done' || outcome === 'partial' || outcome === 'failed' ? outcome : 'other';
      const parts = Object.entries(stages).map(([name, took]) => ({ name, seconds: took }));
      return [{ processor, day, outcome: told, seconds, stages: parts }];
    }),
  );
}
