import { counted } from '../../base/figures';
import type { DateVerdict } from '../backfill/outcome';
import { type LogDate, type LogDigest, lastOf } from './logDigest';

type Ended = Extract<DateVerdict, { kind: 'ended' }>;

const LONGEST = 300;
const SUFFIX = /, after it had changed the partition$/;

/**
 * The same verdict with what the log says of the date: the cause of a failure in place of the last line, why nothing was written, seconds by
 * stage. The outcome stays what the warehouse says it is.
 * @param date ISO.
 */
export function explainVerdict(verdict: DateVerdict, log: LogDigest, date: string): DateVerdict {
  if (verdict.kind !== 'ended') return verdict;
  const said = lastOf(log, date);
  const explained = { ...verdict, ...reasonOf(verdict, log, said) };
  return said === undefined || Object.keys(said.stages).length === 0 ? explained : { ...explained, stages: said.stages };
}

function reasonOf(verdict: Ended, log: LogDigest, said: LogDate | undefined): Pick<Ended, 'category' | 'message'> {
  const { outcome, message = '' } = verdict;
  switch (outcome) {
    case 'done':
    case 'interrupted':
    case 'cleaned':
      return {};
    case 'failed':
    case 'torn':
      return said === undefined && log.dates.length > 0 ? unreached(verdict) : causeOf(verdict, said ?? log.failure);
    case 'partial':
      return said?.outcome === 'failed' || said?.outcome === 'skipped' ? { message: `${message}; ${saidText(said)}` } : {};
    case 'wroteNothing':
    case 'succeededButEmpty': {
      const words = said === undefined ? unnamed(log) : saidText(said);
      if (words === undefined) return {};
      const category = said?.outcome === 'failed' ? said.category : undefined;
      return { message: `${message}; ${words}`, ...(category !== undefined && { category }) };
    }
  }
}

/** An exit code tells nothing that a cause does not; that time was over, or who killed it, is a cause of its own. */
function causeOf({ category, message = '' }: Ended, said: LogDate | LogDigest['failure']): Pick<Ended, 'category' | 'message'> {
  if (said === undefined) return {};
  if (said.cause === undefined) {
    const isOver = 'outcome' in said && said.outcome !== 'started';
    return category === 'exit' && isOver ? { message: `${codeOf(message)}; ${saidText(said)}${suffixOf(message)}` } : {};
  }
  const cause = short(said.cause);
  if (category !== 'exit') return { message: `${message}; its log says: ${cause}` };
  return { category: said.category ?? category, message: `${codeOf(message)}: ${cause}${suffixOf(message)}` };
}

/** What the log said last is about another date. */
function unreached({ category, message = '' }: Ended): Pick<Ended, 'category' | 'message'> {
  return category === 'exit' ? { message: `${codeOf(message)}; its log does not name this date${suffixOf(message)}` } : {};
}

function codeOf(message: string): string {
  return /^exit code -?\d+/.exec(message)?.[0] ?? 'it failed';
}

function suffixOf(message: string): string {
  return SUFFIX.exec(message)?.[0] ?? '';
}

/** What a log says of a date, such as `its log says that it loaded 30 rows`. */
export function saidText({ outcome, cause, skipReason, rows, rowsFrom }: LogDate): string {
  switch (outcome) {
    case 'failed':
      return cause === undefined ? 'its log says that it failed' : `its log says that it failed: ${short(cause)}`;
    case 'skipped':
      return `its log says: skipped${skipReason === undefined ? '' : `, ${short(skipReason)}`}`;
    case 'started':
      return `its log does not say how it ended${cause === undefined ? '' : `: ${short(cause)}`}`;
    case 'succeeded': {
      if (rows === undefined) return 'its log says that it succeeded';
      return rowsFrom === 'loaded'
        ? `its log says that it loaded ${counted(rows, 'row')}`
        : `its log says that it succeeded, by its own count with ${counted(rows, 'row')}`;
    }
  }
}

function unnamed({ dates, failure }: LogDigest): string | undefined {
  if (failure !== undefined) return `its log says: ${short(failure.cause)}`;
  return dates.length === 0 ? undefined : 'its log does not name this date';
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
