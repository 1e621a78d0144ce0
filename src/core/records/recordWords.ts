import { counted, formatCount, formatInstant, formatSeconds } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { MarkdownColumn } from '../../base/markdown';
import { listText, rangesText } from '../words';
import {
  countFailures,
  type Failure,
  type FailureCategory,
  type FailureCounts,
  type FailureKind,
  type Staleness,
} from './failures';
import type { NotedRun, RunOutcome } from './runHistory';

/** What a kind of failure asks for, in two or three words. */
export const KIND_WORDS: Readonly<Record<FailureKind, string>> = {
  stop: 'stop',
  attention: 'needs a look',
  expected: 'expected',
};

/** The same as a sentence. */
export const KIND_SENTENCES: Readonly<Record<FailureKind, string>> = {
  stop: 'Stop: look at this before anything else runs.',
  attention: 'It needs a look.',
  expected: 'Expected: it is no fault.',
};

export const STALE_WORDS: Readonly<Record<Staleness, string>> = {
  complete: 'partition is complete now',
  rewritten: 'partition was written again since',
};

const RUN_WORDS: Readonly<Record<RunOutcome, string>> = {
  running: 'running',
  success: 'success',
  partial: 'partial',
  failed: 'failed',
  skipped: 'skipped',
  neverEnded: 'never ended',
  other: 'other',
};

/** `240 failures of 12 partitions, 1 stale`. */
export function countsText({ rows, partitions, stale }: FailureCounts): string {
  const staleText = stale === 0 ? '' : stale === partitions ? ', stale' : `, ${formatCount(stale)} stale`;
  return `${counted(rows, 'failure')} of ${counted(partitions, 'partition')}${staleText}`;
}

/** Whom it failed for: `12 entities`, `the whole date`, `3 rows` where the table names nobody. */
export function whomText({ record: { rows, entities, wholeDate } }: Failure): string {
  const parts = [...(wholeDate ? ['the whole date'] : []), ...(entities > 0 ? [counted(entities, 'entity', 'entities')] : [])];
  return parts.length === 0 ? counted(rows, 'row') : parts.join(', ');
}

/** `ann, bob, cid and 9 more`; empty where nobody is named. */
function samplesText({ record: { samples, entities } }: Failure): string {
  if (samples.length === 0) return '';
  const more = entities - samples.length;
  return `${samples.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** All about one failure but its partition: `12 entities (ann, bob, cid and 9 more): only 3 games; noted 2021-11-06 10:00:00`. */
export function failureText(failure: Failure): string {
  const { record, stale } = failure;
  const samples = samplesText(failure);
  const parts = [`${whomText(failure)}${samples === '' ? '' : ` (${samples})`}${reasonPart(record.reason)}`];
  if (record.resolved > 0) parts.push(`${formatCount(record.resolved)} settled, to be run again`);
  if (record.created !== undefined) parts.push(`noted ${formatInstant(record.created)}`);
  if (stale !== undefined) parts.push(STALE_WORDS[stale]);
  return parts.join('; ');
}

/** How it went, but for its outcome: `attempt 2, 2021-11-06 09:00:00, took 26 s (extract 12 s, save 4 s), 312 rows`. */
export function runDetails(run: NotedRun): string {
  const parts = [`attempt ${run.attempt}`];
  if (run.startedAt !== undefined) parts.push(formatInstant(run.startedAt));
  if (run.seconds !== undefined) parts.push(`took ${formatSeconds(run.seconds)}${stagesPart(run)}`);
  if (run.rows !== undefined) parts.push(counted(run.rows, 'row'));
  return `${parts.join(', ')}${reasonPart(run.errors ?? run.reason)}`;
}

/** How it ended; the table's own word where the manifest does not know it. */
export function outcomeText({ outcome, status }: NotedRun): string {
  return outcome === 'other' ? (status === '' ? 'no status' : status) : RUN_WORDS[outcome];
}

function stagesPart({ stages }: NotedRun): string {
  if (stages.length === 0) return '';
  return ` (${listText(
    stages.map(({ name, seconds }) => `${name} ${formatSeconds(seconds)}`),
    8,
  )})`;
}

function reasonPart(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${oneLine(reason)}`;
}

/** A reason as one line of at most so many characters. */
export function oneLine(text: string, most = 200): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

const MOST_RANGES = 8;

/** The dates of failures, as ranges. */
export function failureDates(failures: readonly Failure[]): string {
  return rangesText(
    failures.map(({ day }) => day),
    MOST_RANGES,
  );
}

/** For a table with a row for each category and processor. */
export const FAILURE_COLUMNS: readonly MarkdownColumn[] = [
  { title: 'Category' },
  { title: 'Kind' },
  { title: 'Processor' },
  { title: 'Dates' },
  { title: 'Failures', align: 'right' },
  { title: 'Stale dates', align: 'right' },
];

export function failureRows(categories: readonly FailureCategory[]): string[][] {
  return categories.flatMap(({ name, kind, failures }) =>
    [...groupBy(failures, (failure) => failure.name)].map(([who, found]) => {
      const { rows, stale } = countFailures(found);
      return [name, KIND_WORDS[kind], who, failureDates(found), formatCount(rows), formatCount(stale)];
    }),
  );
}
