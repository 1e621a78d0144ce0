import type { BackfillEvent } from './backfill';

/**
 * By attempt that ended: how many calls of the backfill ran meanwhile, itself included, on average over its time. The dates of a call for many
 * are one call. What ran when an executor died counts only up to its session's last event. Attempts without any time count their start.
 */
export function callsAtOnce(events: readonly BackfillEvent[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  /** Open attempts by the log that those of one call share. */
  const calls = new Map<string, Set<string>>();
  const open = new Map<string, { readonly log: string; readonly since: number; readonly area: number }>();
  /** The number of open calls, integrated over the time so far. */
  let area = 0;
  let now = Number.NaN;
  for (const event of events) {
    const at = Date.parse(event.at);
    // A clock that jumps back takes no time.
    if (at > now && event.type !== 'started') area += calls.size * (at - now);
    if (!Number.isNaN(at)) now = at;
    if (event.type === 'started') {
      calls.clear();
      open.clear();
    } else if (event.type === 'attemptStarted') {
      calls.set(event.log, (calls.get(event.log) ?? new Set()).add(event.attempt));
      open.set(event.attempt, { log: event.log, since: now, area });
    } else if (event.type === 'attemptEnded' || event.type === 'notAttempted') {
      const start = open.get(event.attempt);
      if (start === undefined) continue;
      if (event.type === 'attemptEnded') {
        const time = now - start.since;
        found.set(event.attempt, time > 0 ? (area - start.area) / time : calls.size);
      }
      open.delete(event.attempt);
      const call = calls.get(start.log);
      call?.delete(event.attempt);
      if (call?.size === 0) calls.delete(start.log);
    }
  }
  return found;
}
