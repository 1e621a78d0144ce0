import { formatDay } from '../../base/day';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import type { PipelineNode } from '../pipeline';
import { countFailures, FAILURE_KINDS, type Failure, type FailureCategory, type FailureCounts, failuresOf } from './failures';
import type { FailureRecord, HistoryRow } from './records';
import { failureTableName } from './records';
import { type NotedRun, runsOf } from './runHistory';

/** What jobs noted about one partition beside its table. */
export interface Noted {
  /** What stops first, what is expected last. */
  readonly failures: readonly Failure[];
  /** Oldest first. */
  readonly runs: readonly NotedRun[];
  /** One sentence for each table that could not be read. */
  readonly problems: readonly string[];
}

/** @param found what the tables say of a date, of all processors. */
export function notedOf(
  node: PipelineNode,
  found: {
    readonly failures: readonly FailureRecord[];
    readonly history: readonly HistoryRow[];
    readonly problems: readonly string[];
  },
  input: CoverageInput,
  grid: CoverageGrid,
): Noted {
  const { history } = input.pipeline;
  const failures = failuresOf(found.failures, input, grid).filter(({ processor }) => processor?.index === node.index);
  const runs = history === undefined ? [] : runsOf(found.history, input.pipeline, history, input.now);
  return {
    failures: failures.sort((a, b) => FAILURE_KINDS.indexOf(a.kind) - FAILURE_KINDS.indexOf(b.kind)),
    runs: runs.filter(({ processor }) => processor?.index === node.index),
    problems: found.problems,
  };
}

/** A failure as data for other tools. */
export function failureReport(failure: Failure): Readonly<Record<string, unknown>> {
  const { name, processor, day, category, kind, table, record, stale } = failure;
  const meaning = table.meanings.get(category.toLowerCase());
  return {
    processor: name,
    known: processor !== undefined,
    date: formatDay(day),
    category,
    kind,
    ...(meaning !== undefined && { meaning }),
    table: failureTableName(table),
    rows: record.rows,
    entities: record.entities,
    wholeDate: record.wholeDate,
    samples: record.samples,
    ...(record.reason !== undefined && { reason: record.reason }),
    ...(record.created !== undefined && { created: new Date(record.created).toISOString() }),
    ...(record.resolved > 0 && { resolved: record.resolved }),
    stale: stale ?? null,
  };
}

/** Failures by category, as data for other tools. */
export function failuresReport(categories: readonly FailureCategory[]): {
  readonly counts: FailureCounts;
  readonly categories: readonly Readonly<Record<string, unknown>>[];
} {
  return {
    counts: countFailures(categories.flatMap(({ failures }) => failures)),
    categories: categories.map(({ name, kind, meaning, counts, failures }) => ({
      category: name,
      kind,
      ...(meaning !== undefined && { meaning }),
      ...counts,
      failures: failures.map(failureReport),
    })),
  };
}

/** A run as data for other tools. */
export function runReport(run: NotedRun): Readonly<Record<string, unknown>> {
  const { name, day, outcome, status, attempt, startedAt, endedAt, stages } = run;
  const instant = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());
  // What is undefined is left out of JSON.
  return {
    processor: name,
    date: formatDay(day),
    attempt,
    outcome,
    status,
    run: run.run,
    startedAt: instant(startedAt),
    endedAt: instant(endedAt),
    seconds: run.seconds,
    rows: run.rows,
    errors: run.errors,
    reason: run.reason,
    stages: Object.fromEntries(stages.map((stage) => [stage.name, stage.seconds])),
  };
}
