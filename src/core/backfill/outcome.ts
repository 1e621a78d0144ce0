import type { Day } from '../../base/day';
import { counted } from '../../base/figures';
import type { AttemptOutcome } from '../coverage/coverage';
import { fingerprintOf, type PartitionObservation } from '../observation/observation';

/** How a call for one or more dates ended, before the warehouse was asked what it did. */
export type CallEnding =
  /** Exit code 0. `replaced`: the product itself replaced the partition, so that equal rows are new rows, too. */
  | { readonly how: 'finished'; readonly replaced?: boolean }
  /** It ended by itself and said that it failed, or could not be started. */
  | { readonly how: 'failed'; readonly category: string; readonly message: string }
  /** It died: by a timeout, a signal of somebody, because somebody had this job ended, or with a backfill that was cancelled. */
  | { readonly how: 'died'; readonly category: 'timeout' | 'signal' | 'ended' | 'cancelled'; readonly message: string };

/** A date as it was read exactly before and after a call. */
export interface DateEvidence {
  readonly day: Day;
  readonly before: PartitionObservation;
  readonly after: PartitionObservation;
  /** What it lacks of its own expectation now. */
  readonly shortfall?: string;
}

export type DateVerdict =
  | {
      readonly kind: 'ended';
      readonly outcome: AttemptOutcome;
      readonly category?: string;
      readonly message?: string;
      /** Good data became empty. */
      readonly alarm?: boolean;
      /** Seconds by stage, as its log tells them. */
      readonly stages?: Readonly<Record<string, number>>;
    }
  /** The call ended before it came to this date. `again`: another call may well do it. */
  | { readonly kind: 'notAttempted'; readonly why: string; readonly again: boolean };

/**
 * What became of each date of a call: decided by what the warehouse held before and after, not by what the call said of itself.
 * @param each `date` for a call of one date, whose abnormal end taints whatever it changed; `many` for calls that are free to end with an
 * exit code of their own after having worked through their dates.
 * @param dates in the order in which the call works on them.
 */
export function judgeCall(ending: CallEnding, each: 'date' | 'many', dates: readonly DateEvidence[]): DateVerdict[] {
  if (ending.how === 'finished') return dates.map((date) => judgeFinished(date, ending.replaced === true));
  if (each === 'date') return dates.map((date) => judgeAbnormal(date, ending));
  if (ending.how === 'failed') {
    return dates.map((date) =>
      isChanged(date) && date.after.rows > 0 ? judgeFinished(date, false) : judgeAbnormal(date, ending),
    );
  }
  // Dates are worked on in order: the last one that changed was in hand when the call died, and those after it were not touched.
  const inHand = Math.max(0, dates.findLastIndex(isChanged));
  const progressed = dates.some(isChanged);
  return dates.map((date, index): DateVerdict => {
    if (index < inHand) return judgeFinished(date, false);
    if (index === inHand) return judgeAbnormal(date, ending);
    return {
      kind: 'notAttempted',
      why: `${ending.message} before it came to this date`,
      again: progressed && ending.category !== 'cancelled',
    };
  });
}

/** What became of a partition that was to be deleted. */
export function judgeClean(ending: CallEnding, date: DateEvidence, what: string): DateVerdict {
  const { before, after } = date;
  // A transaction that was told to end may have come to its end before: only the rows tell.
  if (after.rows === 0 && before.rows > 0 && ending.how !== 'failed') return { kind: 'ended', outcome: 'cleaned', message: what };
  if (ending.how !== 'finished') return judgeAbnormal(date, ending);
  const rows = counted(after.rows, 'row');
  return { kind: 'ended', outcome: 'failed', category: 'notEmpty', message: `it was deleted, and ${rows} came right after that` };
}

/** Whether anything tells that the partition was written between two exact reads. */
export function isChanged({ before, after }: Pick<DateEvidence, 'before' | 'after'>): boolean {
  if (fingerprintOf(before) !== fingerprintOf(after)) return true;
  return before.content !== undefined && after.content !== undefined && before.content !== after.content;
}

/** A date of a call that ended without an error. @param replaced as of `CallEnding`. */
export function judgeFinished(date: DateEvidence, replaced: boolean): DateVerdict {
  const { before, after, shortfall } = date;
  if (after.rows === 0) {
    const lost = before.rows === 0 ? '' : `, where ${counted(before.rows, 'row')} had been`;
    return abnormal(date, 'succeededButEmpty', 'empty', `it ended without an error and left no rows${lost}`);
  }
  if (!replaced && !isChanged(date)) {
    return abnormal(
      date,
      'wroteNothing',
      'wroteNothing',
      `it ended without an error and changed nothing of ${counted(after.rows, 'row')}`,
    );
  }
  return shortfall === undefined ? { kind: 'ended', outcome: 'done' } : abnormal(date, 'partial', 'belowExpectation', shortfall);
}

function judgeAbnormal(date: DateEvidence, ending: Exclude<CallEnding, { how: 'finished' }>): DateVerdict {
  if (isChanged(date)) return abnormal(date, 'torn', ending.category, `${ending.message}, after it had changed the partition`);
  return abnormal(date, ending.category === 'cancelled' ? 'interrupted' : 'failed', ending.category, ending.message);
}

function abnormal({ before, after }: DateEvidence, outcome: AttemptOutcome, category: string, message: string): DateVerdict {
  return { kind: 'ended', outcome, category, message, ...(before.rows > 0 && after.rows === 0 && { alarm: true }) };
}
