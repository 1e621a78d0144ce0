export const CONTEXT_KEYS = {
  /** A manifest was found. */
  'backfill.hasManifest': 'boolean',
  /** What the engine is doing; not set before the extension has looked for a manifest. */
  'backfill.engine': 'string',
  /** `none` or `some`; not set before the journal was read. */
  'backfill.backfills': 'string',
  /** `none` (the manifest names no table of failures), `empty` or `some`; not set before they were asked for. */
  'backfill.failures': 'string',
  /** The plan that was shown last deletes partitions. */
  'backfill.planDeletes': 'boolean',
  /** The Coverage tree does not show everything. */
  'backfill.filtered': 'boolean',
} as const;
export type ContextKey = keyof typeof CONTEXT_KEYS;
/** Values of `backfill.engine`. */
export type EngineState = 'none' | 'starting' | 'ready' | 'restarting' | 'failed';
