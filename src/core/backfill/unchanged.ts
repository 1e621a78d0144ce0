import { formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import type { LogDate } from '../logs/logDigest';
import type { DateEvidence, DateVerdict } from './outcome';

/** A date of a job that ended without an error and left exactly the rows that were there. */
export interface Unchanged {
  readonly processor: string;
  readonly date: DateEvidence;
  /** Nothing proves so far that what it holds is whole: it was torn, or built while a need was unmet. */
  readonly isDoubtful: boolean;
  readonly said: LogDate | undefined;
}

/**
 * The same verdict with what to do about it. Equal rows tell nothing of whether they were written again. So a doubtful partition is done only
 * where its own log tells that it succeeded, with just as many rows as are there, and nothing lacks of what is expected.
 */
export function judgeUnchanged(verdict: DateVerdict, { processor, date, isDoubtful, said }: Unchanged): DateVerdict {
  if (verdict.kind !== 'ended' || verdict.outcome !== 'wroteNothing') return verdict;
  if (isDoubtful && isWrittenAgain(said, date)) return { kind: 'ended', outcome: 'done' };
  const { after, day } = date;
  const column =
    after.written === undefined ? 'name the column that tells when a row was written as `written_at` in the manifest' : '';
  const clean = `delete it by \`backfill clean ${processor} ${formatDay(day)}\` and run it again`;
  // What its log says better explains why nothing changed.
  const mayBeEqual = said === undefined || (said.outcome === 'succeeded' && (said.rows ?? after.rows) === after.rows);
  const advice = isDoubtful
    ? `nothing proves that it is whole now: ${[clean, column].filter((text) => text !== '').join(', or ')}`
    : column === '' || !mayBeEqual
      ? ''
      : `if it writes equal rows each time, ${column}`;
  return advice === '' ? verdict : { ...verdict, message: `${verdict.message ?? ''}; ${advice}` };
}

/** Why a doubtful partition that did not change is done. */
export function writtenAgainText(key: string, { after }: DateEvidence): string {
  return `${key} was in doubt, and its job has written equal rows again: its log tells of ${counted(after.rows, 'row')}, as many as are there.`;
}

function isWrittenAgain(said: LogDate | undefined, { after, shortfall }: DateEvidence): boolean {
  return said?.outcome === 'succeeded' && said.rows === after.rows && shortfall === undefined;
}
