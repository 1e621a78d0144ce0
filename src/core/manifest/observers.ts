import type { CheckpointFiles, FailureTable, LogPatterns, RunHistoryTable } from '../pipeline';
import { list, object, optional, record, required } from './collections';
import { present } from './present';
import { column, id, pattern, table, text } from './scalars';

// Sections that describe what a pipeline keeps beside its tables.

export const failureTable = object(
  'a failure table',
  {
    table: required(table),
    processor: required(column),
    date: required(column),
    entity: optional(column),
    category: required(column),
    reason: optional(column),
    created: optional(column),
    expected: optional(list(text, { of: 'a category' }), []),
    stop: optional(list(text, { of: 'a category' }), []),
  },
  ({ table: name, processor, date, entity, category, reason, created, expected, stop }): FailureTable => ({
    ...{ table: name, processor, date, category, expected, stop },
    ...present({ entity, reason, created }),
  }),
);

export const history = object(
  '`history`',
  {
    table: required(table),
    processor: required(column),
    date: required(column),
    status: required(column),
    run: optional(column),
    started: optional(column),
    finished: optional(column),
    seconds: optional(column),
    rows: optional(column),
    errors: optional(column),
  },
  ({ table: name, processor, date, status, run, started, finished, seconds, rows, errors }): RunHistoryTable => ({
    ...{ table: name, processor, date, status },
    ...present({ run, started, finished, seconds, rows, errors }),
  }),
);

export const checkpoints = object('`checkpoints`', { path: required(text) }, ({ path }): CheckpointFiles => ({ path }));

export const logProfile = object(
  'a log profile',
  {
    date_start: optional(pattern),
    success: optional(pattern),
    failure: optional(pattern),
    rows: optional(pattern),
    stage: optional(pattern),
    progress: optional(pattern),
    summary: optional(pattern),
  },
  ({ date_start: dateStart, success, failure, rows, stage, progress, summary }): LogPatterns =>
    present({ dateStart, success, failure, rows, stage, progress, summary }),
);

export const failures = list(failureTable, { of: 'a failure table' });
export const logProfiles = record(id, logProfile);
