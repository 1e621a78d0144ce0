import { sameFingerprint } from '../observation/fingerprint';
import type { AttemptFact } from './coverage';

/** The attempt by which a partition came to hold what it holds; `torn` when that one did not come to its end. */
export interface Builder {
  readonly attempt: AttemptFact;
  readonly torn: boolean;
}

/** Without a fingerprint after them, these do not tell whether they changed anything. */
const UNTOLD: ReadonlySet<AttemptFact['outcome']> = new Set(['interrupted', 'failed']);

/**
 * Who built what a partition holds: its last attempt, or an earlier one where later ones did not change it. Undefined when no attempt did.
 * Of an attempt that was interrupted together with its executor only the partition itself can tell whether it had begun to change it.
 * Where its call was for many dates and has changed a later one, it had come to the end of this one.
 * @param now the partition's fingerprint; undefined when it was never read.
 * @param wentOn whether an attempt's call is known to have changed a date after this one.
 */
export function builderOf(
  last: AttemptFact,
  now: string | undefined,
  wentOn: (attempt: AttemptFact) => boolean = () => false,
): Builder | undefined {
  const { outcome, before, after, builtBy } = last;
  if (outcome === 'done' || outcome === 'partial') return { attempt: last, torn: false };
  if (outcome === 'torn') return { attempt: last, torn: true };
  const untold = UNTOLD.has(outcome) && after === undefined;
  if (untold && before !== undefined && now !== undefined && !sameFingerprint(before, now))
    return { attempt: last, torn: !wentOn(last) };
  return builtBy === undefined ? undefined : builderOf(builtBy, now, wentOn);
}
