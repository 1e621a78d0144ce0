import { parseDay } from '../base/day';
import type { BackfillEvent, Plan } from './backfill';
import type { AttemptFact, AttemptLedger, PartitionKey } from './coverage';
import { progressOf } from './progress';

/** A backfill as far as its journal was read. */
export interface JournaledBackfill {
  readonly plan: Plan;
  readonly events: readonly BackfillEvent[];
  readonly ownerAlive: boolean;
}

/**
 * What all backfills together say of partitions: the last attempt of each by the time it ended, and what is held now. An attempt
 * without an end is running while its owner lives, and interrupted when the owner is gone. A plan that was never started holds nothing.
 */
export function ledgerOf(backfills: Iterable<JournaledBackfill>): AttemptLedger {
  const last = new Map<PartitionKey, AttemptFact>();
  const active = new Map<PartitionKey, { backfill: string; state: 'running' | 'queued' }>();
  for (const backfill of backfills) {
    for (const [key, fact] of factsOf(backfill)) {
      const known = last.get(key);
      if (known === undefined) last.set(key, fact);
      else last.set(key, known.endedAt <= fact.endedAt ? succeed(known, fact) : succeed(fact, known));
    }
    const { id, phase, partitions } = progressOf(backfill.plan, backfill.events, backfill.ownerAlive);
    if (phase !== 'running' && phase !== 'cancelling') continue;
    for (const [key, state] of partitions) {
      if (state === 'running') active.set(key, { backfill: id, state });
      else if (state === 'waiting' && !active.has(key)) active.set(key, { backfill: id, state: 'queued' });
    }
  }
  return { last, active };
}

/**
 * The later of two attempts at a partition, which remembers the earlier as long as it is not known to have changed what that one built: a
 * failed re-run neither mends a torn partition nor makes a stale one fresh.
 */
export function succeed(earlier: AttemptFact, later: AttemptFact): AttemptFact {
  const changed = later.outcome === 'done' || later.outcome === 'partial' || later.outcome === 'torn';
  if (changed || (later.after !== undefined && later.after !== later.before)) return later;
  return { ...later, builtBy: earlier.builtBy ?? earlier };
}

function* factsOf({ plan, events, ownerAlive }: JournaledBackfill): Generator<[PartitionKey, AttemptFact]> {
  const open = new Map<string, Extract<BackfillEvent, { type: 'attemptStarted' }>>();
  for (const event of events) {
    if (event.type === 'attemptStarted') open.set(event.attempt, event);
    else if (event.type === 'notAttempted') open.delete(event.attempt);
    else if (event.type === 'attemptEnded' && parseDay(event.date) !== undefined) {
      const start = open.get(event.attempt);
      open.delete(event.attempt);
      const { attempt, outcome, seconds, category, message, signature, after } = event;
      yield [
        `${event.processor} ${event.date}`,
        {
          backfill: plan.id,
          attempt,
          outcome,
          seconds,
          endedAt: Date.parse(event.at),
          inputs: start?.inputs ?? [],
          ...(start !== undefined && { before: start.before }),
          ...(after !== undefined && { after }),
          ...(category !== undefined && { category }),
          ...(message !== undefined && { message }),
          ...(signature !== undefined && { signature }),
        },
      ];
    }
  }
  if (ownerAlive) return;
  for (const event of open.values()) {
    const { attempt, before, inputs } = event;
    yield [
      `${event.processor} ${event.date}`,
      { backfill: plan.id, attempt, outcome: 'interrupted', endedAt: Date.parse(event.at), before, inputs },
    ];
  }
}
