import type { FailureReading, HistoryReading, RecordReader, WarehouseError } from '../../src/app/ports';
import type { DayRange } from '../../src/base/day';
import type { FailureTable, Pipeline, RunHistoryTable } from '../../src/core/pipeline';
import type { FailureRecord, HistoryRow } from '../../src/core/records/records';
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

/** Tables of failures and runs whose answers a test sets; counts what it is asked. */
export class ScriptedRecords implements RecordReader {
  fingerprint: string | Error = 'a';
  records: readonly FailureRecord[] = [];
  rows: readonly HistoryRow[] = [];
  errors: ReadonlyMap<number, WarehouseError> = new Map();
  failure: Error | undefined;
  probes = 0;
  reads = 0;
  now = 0;
  /** Of the last read. */
  days: DayRange | undefined;

  async probe(): Promise<string> {
    this.probes++;
    if (this.fingerprint instanceof Error) throw this.fingerprint;
    return this.fingerprint;
  }

  async failures(_: Pipeline, days?: DayRange): Promise<FailureReading> {
    this.reads++;
    this.days = days;
    if (this.failure !== undefined) throw this.failure;
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = days ?? {};
    const records = this.records.filter((record) => record.day >= from && record.day <= to);
    return { readAt: this.now, records, truncated: false, errors: this.errors };
  }

  async history(_: Pipeline, days?: DayRange): Promise<HistoryReading> {
    if (this.failure !== undefined) throw this.failure;
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = days ?? {};
    return { readAt: this.now, rows: this.rows.filter((row) => row.day >= from && row.day <= to), truncated: false };
  }
}
