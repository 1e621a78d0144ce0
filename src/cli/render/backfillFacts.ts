import type { BackfillEvent, PartitionState, Plan } from '../../core/backfill';
import type { BackfillProgress } from '../../core/progress';

export interface ProcessorCounts {
  readonly processor: string;
  done: number;
  failed: number;
  skipped: number;
  running: number;
  waiting: number;
  total: number;
}

/** How far each processor of a plan has come, in the plan's order; what the plan itself skips is not counted. */
export function countsByProcessor(plan: Plan, progress: BackfillProgress): readonly ProcessorCounts[] {
  const counts = new Map<string, ProcessorCounts>();
  for (const { processor, date, action } of plan.partitions) {
    if (action !== 'run') continue;
    let of = counts.get(processor);
    if (of === undefined) {
      of = { processor, done: 0, failed: 0, skipped: 0, running: 0, waiting: 0, total: 0 };
      counts.set(processor, of);
    }
    of.total += 1;
    of[bucketOf(progress.partitions.get(`${processor} ${date}`) ?? 'waiting')] += 1;
  }
  return [...counts.values()];
}

function bucketOf(state: PartitionState): 'done' | 'failed' | 'skipped' | 'running' | 'waiting' {
  if (state === 'waiting' || state === 'running' || state === 'skipped' || state === 'done') return state;
  return 'failed';
}

type Started = Extract<BackfillEvent, { type: 'attemptStarted' }>;
export type Ended = Extract<BackfillEvent, { type: 'attemptEnded' }>;

/** Attempts that have begun and not ended, oldest first. */
export function openAttempts(events: readonly BackfillEvent[]): readonly Started[] {
  const open = new Map<string, Started>();
  for (const event of events) {
    if (event.type === 'attemptStarted') open.set(event.attempt, event);
    else if (event.type === 'attemptEnded' || event.type === 'notAttempted') open.delete(event.attempt);
  }
  return [...open.values()];
}

const OUTCOMES: Readonly<Record<Exclude<Ended['outcome'], 'done' | 'cleaned'>, string>> = {
  partial: 'below its expectation',
  wroteNothing: 'ended without an error and changed nothing',
  succeededButEmpty: 'ended without an error and left the partition empty',
  failed: 'failed',
  interrupted: 'interrupted',
  torn: 'ended abnormally after it had changed the partition',
};

/** How an attempt ended, in a word or two. */
export function outcomeWords(outcome: Ended['outcome']): string {
  return outcome === 'wroteNothing' ? 'wrote nothing' : outcome === 'succeededButEmpty' ? 'succeeded but empty' : outcome;
}

/** Why an attempt is no success, in words; undefined for one that is. */
export function failureText({ outcome, category, message }: Ended): string | undefined {
  if (outcome === 'done' || outcome === 'cleaned') return undefined;
  if (message !== undefined && message !== '') return message;
  return category === undefined ? OUTCOMES[outcome] : `${OUTCOMES[outcome]} (${category})`;
}
