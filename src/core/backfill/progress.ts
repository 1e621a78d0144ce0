import type { PartitionCounts } from '../../base/partitionCounts';
import type { AttemptOutcome, PartitionKey } from '../coverage/coverage';
import {
  type BackfillEvent,
  type BackfillPhase,
  isActivePhase,
  type PartitionState,
  type PauseCause,
  type Plan,
} from './backfill';
import { countStates } from './partitionCounts';

/** How far a backfill has come, from its plan and its events alone. */
export interface BackfillProgress extends PartitionCounts {
  readonly id: string;
  /** Such as `PDC, 2021-11-05 to 2021-11-09: 5 partitions`. */
  readonly title: string;
  readonly phase: BackfillPhase;
  /** Every partition of the plan; those that the plan itself skips are `skipped` and not counted above. */
  readonly partitions: ReadonlyMap<PartitionKey, PartitionState>;
  /** What runs now, such as `PDC 2021-11-05` or `MLFS 2021-11-05 and 4 more`; of an interrupted one a job that its executor left behind. */
  readonly current?: string;
  /** What runs now, by the ids of its attempts. */
  readonly attempts: readonly string[];
  /** Why nothing new starts, while that is so. */
  readonly pause?: Pause;
  /** Jobs that run and have said nothing for longer than their history explains. */
  readonly silent: readonly SilentJob[];
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  readonly endedAt?: number;
}

export interface Pause {
  readonly cause: PauseCause;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

export interface SilentJob {
  readonly attempt: string;
  readonly processor: string;
  readonly date: string;
  /** Epoch milliseconds: when it was called silent; it had been so for `seconds` by then. */
  readonly since: number;
  readonly seconds: number;
  readonly basis: string;
}

/**
 * Folds the events of a backfill. Any subset of events in any order of types gives an answer: what is missing is taken as not having
 * happened, and a partition that was ended stays ended until a session that resumes the backfill takes it up again.
 * @param ownerAlive whether the executor is still there: without it what runs is interrupted.
 * @param jobsLeft whether jobs are there that a dead executor started: what was begun and has not ended then still runs.
 */
export function progressOf(
  plan: Plan,
  events: readonly BackfillEvent[],
  ownerAlive: boolean,
  jobsLeft = false,
): BackfillProgress {
  const partitions = new Map<PartitionKey, PartitionState>();
  const running = new Map<string, PartitionKey>();
  const planned = new Set<PartitionKey>();
  for (const { processor, date, action } of plan.partitions) {
    const key = keyOf(processor, date);
    partitions.set(key, action === 'run' ? 'waiting' : 'skipped');
    if (action === 'run') planned.add(key);
  }

  // Only an executor writes events: it has started, also where the line that says so cannot be read.
  const startedAt = events[0] === undefined ? undefined : Date.parse(events[0].at);
  let endedAt: number | undefined;
  let result: 'done' | 'failed' | 'cancelled' | undefined;
  let cancelling = false;
  let pause: Pause | undefined;
  const silent = new Map<string, SilentJob>();
  for (const event of events) {
    switch (event.type) {
      case 'started':
        cancelling = false;
        pause = undefined;
        break;
      case 'attemptStarted':
        running.set(event.attempt, keyOf(event.processor, event.date));
        break;
      case 'attemptEnded': {
        running.delete(event.attempt);
        partitions.set(keyOf(event.processor, event.date), event.outcome);
        break;
      }
      case 'notAttempted':
        running.delete(event.attempt);
        break;
      case 'skipped':
        partitions.set(keyOf(event.processor, event.date), 'skipped');
        break;
      case 'waitsAgain':
        partitions.set(keyOf(event.processor, event.date), 'waiting');
        break;
      case 'emptied':
        partitions.set(keyOf(event.processor, event.date), 'succeededButEmpty');
        break;
      case 'cancelRequested':
        cancelling = true;
        break;
      case 'ended':
        result = event.result;
        endedAt = Date.parse(event.at);
        break;
      case 'paused':
        pause = { cause: event.cause, message: event.message, since: Date.parse(event.at) };
        break;
      case 'continued':
        pause = undefined;
        break;
      case 'silent': {
        const { attempt, processor, date, seconds: quiet, basis } = event;
        silent.set(attempt, { attempt, processor, date, since: Date.parse(event.at), seconds: quiet, basis });
        break;
      }
      case 'heard':
        silent.delete(event.attempt);
        break;
      case 'note':
      case 'remoteJob':
      case 'requested':
        break;
    }
  }
  const phase = phaseOf({ result, started: startedAt !== undefined, cancelling, paused: pause !== undefined, alive: ownerAlive });
  const active = isActivePhase(phase);
  const runs = active || (phase === 'interrupted' && jobsLeft);
  for (const key of running.values()) {
    if (partitions.get(key) === 'waiting') partitions.set(key, runs ? 'running' : 'interrupted');
  }

  const current = runs ? currentText([...running.values()]) : undefined;
  return {
    id: plan.id,
    title: titleOf(plan),
    phase,
    ...countStates([...planned].map((key) => partitions.get(key) ?? 'waiting')),
    partitions,
    ...(current !== undefined && { current }),
    attempts: active ? [...running.keys()] : [],
    ...(active && pause !== undefined && { pause }),
    silent: active ? [...silent.values()].filter(({ attempt }) => running.has(attempt)) : [],
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

/** What was meant to happen has: the partition is built, or deleted on purpose. Everything else left it as a gap, or unproven. */
export function isSuccess(outcome: AttemptOutcome): boolean {
  return outcome === 'done' || outcome === 'cleaned';
}

/** A plan that deletes partitions rather than to build them. */
export function isClean({ jobs }: Pick<Plan, 'jobs'>): boolean {
  return jobs.some(({ method }) => method === 'clean');
}

/** One line that names a backfill: its processors, its dates and how many partitions it runs. */
export function titleOf(plan: Plan): string {
  const runs = plan.partitions.filter((partition) => partition.action === 'run');
  const named = runs.length > 0 ? runs : plan.partitions;
  const processors = [...new Set(named.map((partition) => partition.processor))];
  const dates = named.map((partition) => partition.date).sort();
  const first = dates[0];
  const last = dates.at(-1);
  const who =
    processors.length > 3 ? `${processors.slice(0, 2).join(', ')} and ${processors.length - 2} more` : processors.join(', ');
  const when = first === undefined ? 'no dates' : first === last ? first : `${first} to ${last}`;
  const count = runs.length === 1 ? '1 partition' : `${runs.length} partitions`;
  const what = isClean(plan) ? 'Clean ' : '';
  return who === '' ? `Nothing to run, ${when}` : `${what}${who}, ${when}: ${count}`;
}

function phaseOf(facts: {
  readonly result: 'done' | 'failed' | 'cancelled' | undefined;
  readonly started: boolean;
  readonly cancelling: boolean;
  readonly paused: boolean;
  readonly alive: boolean;
}): BackfillPhase {
  if (facts.result !== undefined) return facts.result;
  if (!facts.alive) return facts.started ? 'interrupted' : 'planned';
  if (facts.cancelling) return 'cancelling';
  return facts.paused ? 'paused' : 'running';
}

function currentText(keys: readonly PartitionKey[]): string | undefined {
  const first = keys[0];
  if (first === undefined) return undefined;
  return keys.length === 1 ? first : `${first} and ${keys.length - 1} more`;
}

/** The value below which the given share of values lies, interpolated; undefined for no values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  if (low === undefined || high === undefined) return undefined;
  return low + (high - low) * (position - Math.floor(position));
}

/** Events and plans carry dates as ISO text already. */
function keyOf(processor: string, date: string): PartitionKey {
  return `${processor} ${date}`;
}
