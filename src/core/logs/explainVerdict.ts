import { counted } from '../../base/figures';
import type { DateVerdict } from '../outcome';
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
      return {};
    case 'failed':
    case 'torn':
      return causeOf(verdict, said ?? (log.dates.length === 0 ? log.failure : undefined));
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
function causeOf(
  { category, message = '' }: Ended,
  said: { readonly cause?: string; readonly category?: string } | undefined,
): Pick<Ended, 'category' | 'message'> {
  if (said?.cause === undefined) return {};
  const cause = short(said.cause);
  if (category !== 'exit') return { message: `${message}; its log says: ${cause}` };
  const [code = 'it failed'] = /^exit code -?\d+/.exec(message) ?? [];
  return { category: said.category ?? category, message: `${code}: ${cause}${SUFFIX.exec(message)?.[0] ?? ''}` };
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
