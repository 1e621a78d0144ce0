import { parseDay } from '../../base/day';
import type { AttemptFact, AttemptLedger, CallDate, PartitionKey } from '../coverage/coverage';
import { type BackfillEvent, isActivePhase, type Plan } from './backfill';
import { callsAtOnce } from './callsAtOnce';
import { progressOf } from './progress';

/** A backfill as far as its journal was read. */
export interface JournaledBackfill {
  readonly plan: Plan;
  readonly events: readonly BackfillEvent[];
  readonly ownerAlive: boolean;
  /** Its executor is gone, and a job that it started is still there. */
  readonly jobsLeft?: boolean;
}

/**
 * What all backfills together say of partitions: the last attempt of each by the time it ended, and what is held now. An attempt
 * without an end is running while its owner or a job that it left lives, and interrupted when these are gone. A plan that was never started holds nothing.
 */
export function ledgerOf(backfills: Iterable<JournaledBackfill>): AttemptLedger {
  const last = new Map<PartitionKey, AttemptFact>();
  const unread = new Map<PartitionKey, { date: UnreadDate; since: number }>();
  const active = new Map<PartitionKey, { backfill: string; state: 'running' | 'queued' }>();
  const facts: TimedFact[] = [];
  for (const backfill of backfills) {
    for (const fact of timedFactsOf(backfill)) facts.push(fact);
    const { plan, events, ownerAlive, jobsLeft } = backfill;
    const { id, phase, partitions } = progressOf(plan, events, ownerAlive, jobsLeft);
    if (!isActivePhase(phase) && jobsLeft !== true) continue;
    for (const [key, state] of partitions) {
      if (state === 'running') active.set(key, { backfill: id, state });
      else if (!isActivePhase(phase)) continue;
      else if (state === 'waiting' && !active.has(key)) active.set(key, { backfill: id, state: 'queued' });
    }
  }
  // What an attempt is heir to rests on all that were before it, so they are taken in their order.
  for (const { key, fact } of facts.sort((one, other) => one.at - other.at)) {
    const open = unread.get(key);
    if (open !== undefined && fact.before !== undefined && fact.endedAt >= open.since) {
      open.date.found = fact.before;
      unread.delete(key);
    }
    const date = fact.call?.find((one) => one.key === key);
    if (date !== undefined) unread.set(key, { date, since: fact.endedAt });
    const known = last.get(key);
    last.set(key, known === undefined ? fact : succeed(known, fact));
  }
  return { last, active };
}

/**
 * The later of two attempts at a partition, which remembers the earlier as long as it is not known to have changed what that one built: a
 * failed re-run neither mends a torn partition nor makes a stale one fresh.
 */
export function succeed(earlier: AttemptFact, later: AttemptFact): AttemptFact {
  const changed =
    later.outcome === 'done' || later.outcome === 'partial' || later.outcome === 'torn' || later.outcome === 'cleaned';
  if (changed || (later.after !== undefined && later.after !== later.before)) return later;
  return { ...later, builtBy: earlier.builtBy ?? earlier };
}

/** A date of a call that died with its executor, as long as no later attempt has told what it found. */
type UnreadDate = { -readonly [K in keyof CallDate]: CallDate[K] };
type JournaledFact = AttemptFact & { readonly call?: readonly UnreadDate[] };

interface TimedFact {
  readonly key: PartitionKey;
  readonly fact: JournaledFact;
  /** Epoch milliseconds: never before that of an earlier one of its backfill. */
  readonly at: number;
}

/** Of one backfill its journal tells the order, whatever the clock did; of several only the clock. */
function timedFactsOf(backfill: JournaledBackfill): TimedFact[] {
  const latest = new Map<PartitionKey, number>();
  return factsOf(backfill).map(([key, fact]) => {
    const at = Math.max(fact.endedAt, latest.get(key) ?? Number.NEGATIVE_INFINITY);
    latest.set(key, at);
    return { key, fact, at };
  });
}

/** What became of its attempts, in the order in which that happened. */
function factsOf({ plan, events, ownerAlive }: JournaledBackfill): readonly [PartitionKey, JournaledFact][] {
  const facts: { at: number; of: [PartitionKey, JournaledFact] }[] = [];
  const open = new Map<string, Extract<BackfillEvent, { type: 'attemptStarted' }> & { readonly index: number }>();
  const atOnceOf = callsAtOnce(events);
  for (const [index, event] of events.entries()) {
    if (event.type === 'attemptStarted') open.set(event.attempt, { ...event, index });
    else if (event.type === 'notAttempted') open.delete(event.attempt);
    else if (event.type === 'attemptEnded' && parseDay(event.date) !== undefined) {
      const start = open.get(event.attempt);
      open.delete(event.attempt);
      const { attempt, outcome, seconds, stages, category, message, signature, after, longestSilence } = event;
      const atOnce = atOnceOf.get(attempt);
      const fact: JournaledFact = {
        backfill: plan.id,
        attempt,
        outcome,
        endedAt: Date.parse(event.at),
        inputs: start?.inputs ?? [],
        ...(seconds !== undefined && { seconds }),
        ...(atOnce !== undefined && { atOnce }),
        ...(start !== undefined && { before: start.before }),
        ...(after !== undefined && { after }),
        ...(stages !== undefined && { stages }),
        ...(category !== undefined && { category }),
        ...(message !== undefined && { message }),
        ...(signature !== undefined && { signature }),
        ...(longestSilence !== undefined && { longestSilence }),
      };
      facts.push({ at: index, of: [`${event.processor} ${event.date}`, fact] });
    }
  }
  if (ownerAlive || open.size === 0) return facts.map(({ of }) => of);
  // The attempts of a call share its log.
  const calls = new Map<string, UnreadDate[]>();
  for (const { processor, date, before, log } of open.values()) {
    const call = calls.get(log) ?? [];
    call.push({ key: `${processor} ${date}`, before });
    calls.set(log, call);
  }
  for (const { attempt, processor, date, before, inputs, at, log, index } of open.values()) {
    const call = calls.get(log) ?? [];
    const own = { backfill: plan.id, attempt, outcome: 'interrupted', endedAt: Date.parse(at), before, inputs } as const;
    facts.push({ at: index, of: [`${processor} ${date}`, { ...own, ...(call.length > 1 && { call }) }] });
  }
  return facts.sort((a, b) => a.at - b.at).map(({ of }) => of);
}
