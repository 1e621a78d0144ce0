export const CONTEXT_KEYS = {
  /** A manifest was found. */
  'backfill.hasManifest': 'boolean',
  /** Several folders of the workspace have one. */
  'backfill.manyPipelines': 'boolean',
  /** What the engine is doing; not set before the extension has looked for a manifest. */
  'backfill.engine': 'string',
  /** Something of the coverage is known. */
  'backfill.read': 'boolean',
  /** What can be done with at least one backfill as they are now: `PossibleAction`s. */
  'backfill.possible': 'array',
  /** `none` or `some`; not set before the journal was read. */
  'backfill.backfills': 'string',
  /** `none` (the manifest names no table of failures), `empty` or `some`; not set before they were asked for. */
  'backfill.failures': 'string',
  /** The plan that was shown last deletes partitions. */
  'backfill.planDeletes': 'boolean',
  /** The Coverage tree does not show everything. */
  'backfill.filtered': 'boolean',
} as const;
/** What can be done with a backfill, for `in` of when clauses. */
export type PossibleAction = 'pause' | 'resume' | 'cancel' | 'endJob' | 'keepWaiting';
export type ContextKey = keyof typeof CONTEXT_KEYS;
/** Values of `backfill.engine`. */
export type EngineState = 'none' | 'starting' | 'ready' | 'restarting' | 'failed';
