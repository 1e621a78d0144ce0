import type { DateVerdict } from '../backfill/outcome';
import { type LogDigest, lastOf } from './logDigest';

/** What ended by itself, whatever it says of how it went: some jobs end with 0 after everything failed. */
const BY_ITSELF: ReadonlySet<string | undefined> = new Set(['exit', 'empty', 'wroteNothing']);

/**
 * What of its surroundings kept a job from building a date, as its log says: a sign-in that expired, a quota, the network. Such an attempt says
 * nothing of the date. Undefined where the date was built, where the log gives another cause, and where it gives none.
 * @param verdict as the warehouse tells it. @param date ISO.
 */
export function environmentFailure(verdict: DateVerdict, log: LogDigest, date: string): string | undefined {
  if (verdict.kind !== 'ended' || !BY_ITSELF.has(verdict.category)) return undefined;
  const said = lastOf(log, date);
  if (said !== undefined) return said.ofSurroundings === true ? said.cause : undefined;
  if (log.dates.length === 0) return log.failure?.ofSurroundings === true ? log.failure.cause : undefined;
  // The job came to its end at another date, before this one.
  const last = log.summary === undefined ? log.dates.at(-1) : undefined;
  return last?.ofSurroundings === true ? last.cause : undefined;
}
