import { list, object, optional, record, required } from './collections';
import { column, id, pattern, table, text } from './scalars';

// Sections that describe what a pipeline keeps beside its tables. They are checked here; the parts of the product that read
// failure tables, run histories, checkpoints and logs take them from the manifest when they exist.

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
  (fields) => fields,
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
  (fields) => fields,
);

export const checkpoints = object('`checkpoints`', { path: required(text) }, (fields) => fields);

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
  (fields) => fields,
);

export const failures = list(failureTable, { of: 'a failure table' });
export const logProfiles = record(id, logProfile);
