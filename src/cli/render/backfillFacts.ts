import { groupBy } from '../../base/groupBy';
import type { PartitionCounts } from '../../base/partitionCounts';
import type { BackfillEvent, Plan } from '../../core/backfill/backfill';
import { countStates } from '../../core/backfill/partitionCounts';
import type { BackfillProgress } from '../../core/backfill/progress';

export interface ProcessorCounts extends PartitionCounts {
  readonly processor: string;
}

/** How far each processor of a plan has come, in the plan's order; what the plan itself skips is not counted. */
export function countsByProcessor(plan: Plan, progress: BackfillProgress): readonly ProcessorCounts[] {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  return [...groupBy(runs, ({ processor }) => processor)].map(([processor, of]) => ({
    processor,
    ...countStates(of.map(({ date }) => progress.partitions.get(`${processor} ${date}`) ?? 'waiting')),
  }));
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
