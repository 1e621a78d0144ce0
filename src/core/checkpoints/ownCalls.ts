import { type Day, parseDay } from '../../base/day';
import type { BackfillEvent, Plan } from '../backfill/backfill';

/** A call that a backfill made of a processor's job, and between which instants the job could write. Epoch milliseconds. */
export interface OwnCall {
  readonly processor: string;
  /** The first and the last date that it got. */
  readonly start: Day;
  readonly end: Day;
  readonly from: number;
  /** Absent while it has not ended, or where nobody noted its end. */
  readonly to?: number;
}

/** The calls of a backfill that can leave checkpoints, which lists of dates do not: attempts of one call share a log. */
export function ownCalls(plan: Plan, events: readonly BackfillEvent[]): readonly OwnCall[] {
  const commands = new Set(
    plan.jobs.flatMap(({ processor, method }) => (method === 'range' || method === 'date' ? [processor] : [])),
  );
  const calls = new Map<string, { processor: string; start: Day; end: Day; from: number; to: number; open: number }>();
  const logOf = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'attemptStarted') {
      const day = parseDay(event.date);
      if (day === undefined || !commands.has(event.processor)) continue;
      logOf.set(event.attempt, event.log);
      const known = calls.get(event.log);
      const at = Date.parse(event.at);
      if (known === undefined)
        calls.set(event.log, { processor: event.processor, start: day, end: day, from: at, to: at, open: 1 });
      else Object.assign(known, { start: Math.min(known.start, day), end: Math.max(known.end, day), open: known.open + 1 });
    } else if (event.type === 'attemptEnded' || event.type === 'notAttempted') {
      const call = calls.get(logOf.get(event.attempt) ?? '');
      if (call === undefined) continue;
      call.open -= 1;
      call.to = Math.max(call.to, Date.parse(event.at));
    }
  }
  return [...calls.values()].map(({ processor, start, end, from, to, open }) => {
    return { processor, start, end, from, ...(open <= 0 && { to }) };
  });
}
