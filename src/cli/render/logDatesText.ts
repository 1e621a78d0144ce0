import { MOST_OF_A_LOG } from '../../app/logs/readLog';
import { counted, formatBytes, formatCount, formatSeconds, stagesText } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { LogDate, LogDigest, LogOutcome } from '../../core/logs/logDigest';
import { type Cell, type Column, csv, markdownTable, tableLines } from '../table';
import type { Terminal, Tone } from '../terminal';
import { fitted, plain, wrapped } from '../textWidth';

/** A log that was read: how it is called, by which profile, for which processor where that is known, and what it says. */
export interface ReadLog {
  readonly log: string;
  readonly profile: string;
  readonly processor?: string;
  /** How long the file is, where only its end was read. */
  readonly bytes?: number;
  readonly digest: LogDigest;
}

const TONES: Readonly<Record<LogOutcome, Tone | undefined>> = {
  succeeded: 'good',
  failed: 'bad',
  skipped: 'quiet',
  started: 'warning',
};
const NO_DATES =
  'No known profile finds dates in it. Name the profile of its job with --profile, or describe how it logs in log_profiles of the manifest.';
const MOST_SAMPLES = 10;
const MOST_NAMED = 5;

const COLUMNS: readonly Column[] = [
  { title: 'Date' },
  { title: 'Outcome' },
  { title: 'Rows', align: 'right' },
  { title: 'Took' },
  { title: 'Stages', shrinks: true },
  { title: 'Why', shrinks: true },
];
const OF_PROCESSOR: Column = { title: 'Processor' };

/** One table of all dates, and for each log what else it says. */
export function logDatesTable(logs: readonly ReadLog[], terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  const lines: string[] = [];
  const named = logs.some(({ processor }) => processor !== undefined);
  const rows = rowsOf(logs, named).map((row, index): readonly (Cell | string)[] => {
    const tone = TONES[datesOf(logs)[index]?.outcome ?? 'started'];
    const at = named ? 2 : 1;
    return row.map((text, column) => (column === at && tone !== undefined ? { text, tone } : text));
  });
  if (rows.length > 0) lines.push(...tableLines(terminal, columns(named), rows), '');
  for (const log of logs) {
    lines.push(...wrapped(headline(log), terminal.width), ...causeLines(log, terminal.width));
    if (log.digest.dates.length === 0 && log.profile === 'generic') lines.push(...wrapped(NO_DATES, terminal.width));
    const { lines: unknown, samples } = log.digest.unmatched;
    if (unknown === 0) continue;
    lines.push(
      `${counted(unknown, 'line')} of ${formatCount(log.digest.lines)} ${unknown === 1 ? 'is' : 'are'} unknown to ${log.profile}:`,
    );
    for (const { line, text } of samples.slice(0, MOST_SAMPLES))
      lines.push(fitted(`  ${plain(`${line}: ${text.trim()}`)}`, terminal.width));
    if (unknown > MOST_SAMPLES) lines.push(`  and ${formatCount(unknown - MOST_SAMPLES)} more.`);
  }
  return lines;
}

/** `tdza.log, read as nba-phase4: 12 dates, 10 succeeded, 1 failed, 1 skipped; at 12 of 12; it ended.` */
function headline({ log, profile, bytes, digest }: ReadLog): string {
  const { dates, omitted, progress, current, summary, failure } = digest;
  const counts = (['succeeded', 'failed', 'skipped', 'started'] as const)
    .map((outcome) => [outcome, dates.filter((date) => date.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${formatCount(count)} ${outcome === 'started' ? 'without an end' : outcome}`);
  const parts = [[counted(dates.length + omitted, 'date'), ...counts].join(', ')];
  if (bytes !== undefined) parts.push(`only its last ${formatBytes(MOST_OF_A_LOG)} of ${formatBytes(bytes)} were read`);
  if (omitted > 0) parts.push(`the first ${formatCount(omitted)} are left out`);
  if (progress !== undefined) parts.push(`at ${formatCount(progress.done)} of ${formatCount(progress.total)}`);
  if (current !== undefined) parts.push(`${current} in hand`);
  if (dates.length > 0) parts.push(summary === undefined ? 'no final block: it runs, or was killed' : 'it ended');
  if (failure !== undefined) parts.push(`it says: ${failure.cause}`);
  return plain(`${log}, read as ${profile}: ${parts.join('; ')}.`);
}

/** Each cause in full, which a column has no room for, with the dates that it failed. */
function causeLines({ digest }: ReadLog, width: number): readonly string[] {
  const failed = digest.dates.filter(({ outcome, cause }) => outcome === 'failed' && cause !== undefined);
  return [...groupBy(failed, ({ cause = '' }) => cause)].flatMap(([cause, dates]) => {
    const named = dates.slice(0, MOST_NAMED).map(({ date }) => date);
    const more = dates.length > named.length ? ` and ${formatCount(dates.length - named.length)} more` : '';
    return wrapped(plain(`${named.join(', ')}${more}: ${cause}`), width - 2).map((line) => `  ${line}`);
  });
}

/** A row a date. `rowsFrom` is empty, `loaded` or `counter`; `stages` is `name=seconds` with spaces between. */
export function logDatesCsv(logs: readonly ReadLog[]): string {
  return csv(
    ['log', 'processor', 'date', 'outcome', 'rows', 'rowsFrom', 'seconds', 'stages', 'category', 'why', 'firstLine', 'lastLine'],
    logs.flatMap(({ log, processor, digest }) =>
      digest.dates.map((date) => [
        log,
        processor ?? '',
        date.date,
        date.outcome,
        date.rows ?? '',
        date.rowsFrom ?? '',
        date.seconds ?? '',
        Object.entries(date.stages)
          .map(([name, seconds]) => `${name}=${seconds}`)
          .join(' '),
        date.category ?? '',
        whyOf(date),
        date.firstLine,
        date.lastLine,
      ]),
    ),
  );
}

export function logDatesMarkdown(logs: readonly ReadLog[]): string {
  const named = logs.some(({ processor }) => processor !== undefined);
  const parts = [logs.map((log) => headline(log)).join('\n\n')];
  const rows = rowsOf(logs, named);
  if (rows.length > 0) parts.push(markdownTable(columns(named), rows));
  return parts.join('\n\n');
}

/** What `--format json` prints: all that is known of each log. */
export function logDatesReport(logs: readonly ReadLog[]): Readonly<Record<string, unknown>> {
  return { logs: logs.map(({ log, profile, processor, bytes, digest }) => ({ log, profile, processor, bytes, ...digest })) };
}

function columns(named: boolean): readonly Column[] {
  return named ? [OF_PROCESSOR, ...COLUMNS] : COLUMNS;
}

function datesOf(logs: readonly ReadLog[]): readonly LogDate[] {
  return logs.flatMap(({ digest }) => digest.dates);
}

function rowsOf(logs: readonly ReadLog[], named: boolean): string[][] {
  return logs.flatMap(({ processor = '', digest }) =>
    digest.dates.map((date) => [
      ...(named ? [processor] : []),
      date.date,
      date.outcome,
      date.rows === undefined ? '' : `${formatCount(date.rows)}${date.rowsFrom === 'counter' ? ' counted' : ''}`,
      date.seconds === undefined ? '' : formatSeconds(date.seconds),
      stagesText(date.stages),
      whyOf(date),
    ]),
  );
}

function whyOf({ cause, skipReason }: LogDate): string {
  return cause ?? skipReason ?? '';
}
