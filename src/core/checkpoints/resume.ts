import type { Day } from '../../base/day';
import type { Checkpoint } from './checkpointText';

/** The dates of a checkpoint's range as the calendar of its processor has them. */
export interface CheckpointDates {
  /** False where the calendar was never read: then `expected` is empty and says nothing. */
  readonly known: boolean;
  /** Ascending. */
  readonly expected: readonly Day[];
  /** Dates on which the calendar has nothing at all, such as days without games. */
  readonly offDays: ReadonlySet<Day>;
}

/**
 * What a job does when it is run again over the same range.
 * `complete`: it takes a finished range for one that was never begun. `offDaysLeft`: nothing but off-days is left, and it falls back on its
 * first date. `nothingSucceeded`: dates were skipped or failed only. `contradiction`: a date is noted both as successful and as failed, so
 * that the job throws its checkpoint away.
 */
export type Resume =
  | { readonly kind: 'first'; readonly at: Day }
  | { readonly kind: 'goesOn'; readonly at: Day }
  | { readonly kind: 'startsOver'; readonly at: Day; readonly why: StartOver };

export type StartOver = 'complete' | 'offDaysLeft' | 'nothingSucceeded' | 'contradiction';

/**
 * Where a job goes on: the day after its last success, which it looks up among the dates that it works on. Those are the calendar's, or every
 * day where its checkpoint holds off-days.
 */
export function resumeOf(checkpoint: Checkpoint, dates: CheckpointDates): Resume {
  const { from, to, successful, failed, skipped, lastSuccess } = checkpoint;
  const noted = [...successful, ...failed, ...skipped].filter((day) => from <= day && day <= to);
  const first = earliest([...noted, ...dates.expected]) ?? from;
  const startsOver = (why: StartOver): Resume => ({ kind: 'startsOver', at: first, why });
  if (noted.length === 0) return { kind: 'first', at: first };
  if (contradictions(checkpoint).length > 0) return startsOver('contradiction');
  if (lastSuccess === undefined) return startsOver('nothingSucceeded');
  const next = Math.max(from, lastSuccess + 1);
  if (next > to) return startsOver('complete');
  if (!dates.known || worksOnEveryDay(checkpoint, dates)) return { kind: 'goesOn', at: next };
  const at = dates.expected.find((day) => day >= next);
  return at === undefined ? startsOver('offDaysLeft') : { kind: 'goesOn', at };
}

/** Dates that are noted both as successful and as failed, ascending. */
export function contradictions({ successful, failed }: Checkpoint): readonly Day[] {
  const done = new Set(successful);
  return [...new Set(failed)].filter((day) => done.has(day)).sort((a, b) => a - b);
}

/** Whether the job goes through off-days as well; they then count as its successes. */
export function worksOnEveryDay({ successful, failed }: Checkpoint, { offDays }: CheckpointDates): boolean {
  return [...successful, ...failed].some((day) => offDays.has(day));
}

function earliest(days: readonly Day[]): Day | undefined {
  return days.reduce<Day | undefined>((first, day) => (first === undefined || day < first ? day : first), undefined);
}
