import { counted } from '../../base/figures';
import type { AttemptOutcome } from '../coverage/coverage';
import { listText } from '../words';

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly processor: string;
  /** ISO. */
  readonly date: string;
  readonly outcome: AttemptOutcome;
  readonly category?: string;
  readonly message?: string;
  readonly signature?: string;
}

const FIRST_AFTER = 3;
const MOST_DATES = 5;

/**
 * Notices when attempts of a processor fail in one way again and again, one after the other: another one will hardly do better, and somebody should
 * look. Whoever then lets it go on is asked about the same failure again only after twice as many.
 */
export class Repeats {
  readonly #streaks = new Map<string, { readonly signature: string; readonly dates: string[] }>();
  readonly #limits = new Map<string, number>();

  /** What to ask, where this attempt is one too many; for people. Partitions that got rows, though too few, were no failures of the job. */
  ended({ processor, date, outcome, category, message = '', signature }: EndedAttempt): string | undefined {
    if (outcome === 'done' || outcome === 'partial') {
      this.#streaks.delete(processor);
      return undefined;
    }
    // What somebody ended says nothing of the next.
    if (signature === undefined || outcome === 'interrupted' || category === 'ended') return undefined;
    const known = this.#streaks.get(processor);
    const streak = known?.signature === signature ? known : { signature, dates: [] };
    this.#streaks.set(processor, streak);
    streak.dates.push(date);
    const key = `${processor} ${signature}`;
    const limit = this.#limits.get(key) ?? FIRST_AFTER;
    if (streak.dates.length < limit) return undefined;
    this.#limits.set(key, limit * 2);
    this.#streaks.delete(processor);
    return `${counted(streak.dates.length, 'attempt')} of ${processor} in a row failed in one way (${listText(streak.dates, MOST_DATES)}): ${message}`;
  }
}
