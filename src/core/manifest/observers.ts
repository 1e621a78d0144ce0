import {
  type CheckpointFiles,
  type FailureTable,
  RUN_STATUSES,
  type RunHistoryTable,
  type RunStages,
  type RunStatus,
} from '../pipeline';
import { list, object, oneOrMany, optional, record, required } from './collections';
import { present } from './present';
import { column, id, table, text } from './scalars';

// Sections that describe what a pipeline keeps beside its tables.

export const failureTable = object(
  'a failure table',
  {
    table: required(table),
    name: optional(text),
    processor: required(column),
    date: required(column),
    entity: optional(column),
    category: optional(column),
    label: optional(text),
    reason: optional(column),
    created: optional(column),
    resolved: optional(column),
    reprocessed: optional(column),
    expected: optional(list(text, { of: 'a category' }), []),
    stop: optional(list(text, { of: 'a category' }), []),
    meanings: optional(record(text, text), []),
  },
  (fields, place): FailureTable => {
    const { name, entity, category, label, reason, created, resolved, reprocessed, meanings, ...rest } = fields;
    if (!place.has('category') && !place.has('label')) {
      const how = 'name the column that holds the kind of failure, or give all rows one `label`';
      place.whole.error('missingKey', `\`category\` is missing in a failure table: ${how}.`);
    }
    const both = rest.stop.find((one) => rest.expected.some((other) => sameWord(one, other)));
    if (both !== undefined) place.at('stop').error('badValue', `\`${both}\` is in \`expected\` and in \`stop\`: remove one.`);
    return {
      ...rest,
      meanings: new Map(meanings.map(([word, meaning]) => [word.value.toLowerCase(), meaning])),
      ...present({ name, entity, category, label, reason, created, resolved, reprocessed }),
    };
  },
);

export const runStages = object(
  '`stages`',
  { column: required(column), seconds: required(record(id, text)) },
  ({ column: name, seconds }): RunStages => ({
    column: name,
    seconds: new Map(seconds.map(([stage, key]) => [stage.value, key])),
  }),
);

/** What the words of a status column mean where the manifest does not say. */
const STATUS_WORDS: Readonly<Record<RunStatus, readonly string[]>> = {
  running: ['running', 'started', 'in_progress'],
  success: ['success', 'succeeded', 'successful', 'completed', 'complete', 'done', 'ok'],
  partial: ['partial'],
  failed: ['failed', 'failure', 'error', 'timeout', 'cancelled', 'aborted'],
  skipped: ['skipped', 'skip'],
};

const words = oneOrMany(text, { of: 'a word' });

export const runStatuses = object(
  '`statuses`',
  {
    running: optional(words),
    success: optional(words),
    partial: optional(words),
    failed: optional(words),
    skipped: optional(words),
  },
  (declared, place): RunHistoryTable['statuses'] => {
    const owners = new Map<string, RunStatus>();
    for (const status of RUN_STATUSES) {
      for (const word of (declared[status] ?? []).map((one) => one.toLowerCase())) {
        const owner = owners.get(word) ?? status;
        if (owner !== status) place.at(status).error('badValue', `\`${word}\` is a word of \`${owner}\` already: remove one.`);
        owners.set(word, owner);
      }
    }
    const wordsOf = (status: RunStatus): readonly string[] =>
      declared[status]?.map((word) => word.toLowerCase()) ?? STATUS_WORDS[status].filter((word) => !owners.has(word));
    return {
      running: wordsOf('running'),
      success: wordsOf('success'),
      partial: wordsOf('partial'),
      failed: wordsOf('failed'),
      skipped: wordsOf('skipped'),
    };
  },
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
    reason: optional(column),
    stages: optional(runStages),
    statuses: optional(runStatuses, STATUS_WORDS),
  },
  ({ run, started, finished, seconds, rows, errors, reason, stages, ...rest }): RunHistoryTable => ({
    ...rest,
    ...present({ run, started, finished, seconds, rows, errors, reason, stages }),
  }),
);

function sameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export const checkpoints = object('`checkpoints`', { path: required(text) }, ({ path }): CheckpointFiles => ({ path }));

export const failures = list(failureTable, { of: 'a failure table' });
