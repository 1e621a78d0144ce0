import type { FailureTable, RunHistoryTable } from '../../src/core/pipeline';
import type { FailureRecord, HistoryRow } from '../../src/core/records';
import { day } from './builders';

/** A failure table as a manifest declares it. */
export function failureTable(change: Partial<FailureTable> = {}): FailureTable {
  return {
    table: 'ops.failures',
    processor: 'processor_name',
    date: 'analysis_date',
    entity: 'entity_id',
    category: 'failure_category',
    reason: 'failure_reason',
    created: 'created_at',
    expected: ['INSUFFICIENT_DATA'],
    stop: ['PROCESSING_ERROR'],
    meanings: new Map([['insufficient_data', 'too few games so far']]),
    ...change,
  };
}

export function historyTable(change: Partial<RunHistoryTable> = {}): RunHistoryTable {
  return {
    table: 'ops.runs',
    processor: 'processor_name',
    date: 'data_date',
    status: 'status',
    run: 'run_id',
    started: 'started_at',
    finished: 'processed_at',
    seconds: 'duration_seconds',
    rows: 'records',
    errors: 'errors',
    reason: 'skip_reason',
    stages: {
      column: 'summary',
      seconds: new Map([
        ['extract', 'extract_time'],
        ['save', 'save_time'],
      ]),
    },
    statuses: { running: ['running'], success: ['success'], partial: ['partial'], failed: ['failed'], skipped: ['skipped'] },
    ...change,
  };
}

/** Failures of a processor and date, as a warehouse reads them. */
export function failureRecord(
  processor: string,
  date: string,
  category: string,
  change: Partial<FailureRecord> = {},
): FailureRecord {
  const base = { table: 0, processor, day: day(date), category, rows: 1, entities: 1, wholeDate: false, samples: ['ann'] };
  return { ...base, resolved: 0, ...change };
}

export function historyRow(processor: string, date: string, status: string, change: Partial<HistoryRow> = {}): HistoryRow {
  return { processor, day: day(date), status, ...change };
}
