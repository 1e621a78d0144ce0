import type { BackfillRecord } from '../app/journal';
import type { BackfillEvent, Plan } from '../core/backfill';
import { type BackfillProgress, progressOf } from '../core/progress';
import type { BackfillSummary } from '../protocol/messages';

/** A backfill as the views know it. */
export interface BackfillView {
  readonly record: BackfillRecord;
  readonly progress: BackfillProgress;
}

export function viewOf(record: BackfillRecord, ownerAlive: boolean): BackfillView {
  return { record, progress: progressOf(record.plan, record.events, ownerAlive) };
}

export function summaryOf({ record, progress }: BackfillView): BackfillSummary {
  const { id, title, phase, done, skipped, running, total, startedAt, etaSeconds, current } = progress;
  const interrupted = [...progress.partitions.values()].filter((state) => state === 'interrupted').length;
  const endedAt = progress.endedAt ?? (phase === 'interrupted' ? lastSign(record.events) : undefined);
  return {
    id,
    title,
    processors: processorsOf(record.plan),
    phase,
    done,
    failed: progress.failed - interrupted,
    interrupted,
    skipped,
    running,
    total,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(current !== undefined && { current }),
  };
}

export function isActive({ progress }: BackfillView): boolean {
  return progress.phase === 'running' || progress.phase === 'cancelling';
}

/** Ids of what it runs, in the order of the plan. */
export function processorsOf(plan: Plan): readonly string[] {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  return [...new Set((runs.length > 0 ? runs : plan.partitions).map(({ processor }) => processor))];
}

function lastSign(events: readonly BackfillEvent[]): number | undefined {
  const last = events.at(-1);
  return last === undefined ? undefined : Date.parse(last.at);
}
