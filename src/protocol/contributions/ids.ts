/** Names that the contributions share with the code that makes them real. */

export const EXTENSION_ID = 'backfill-explorer.backfill-explorer';
export const MATRIX_VIEW_TYPE = 'backfill.matrix';
export const TIMING_VIEW_TYPE = 'backfill.timing';
export const EXPLANATION_VIEW_TYPE = 'backfill.explanation';
export const PLAN_VIEW_TYPE = 'backfill.plan';
export const REPAIR_VIEW_TYPE = 'backfill.repair';
/** Addresses of logs; see src/client/logs. */
export const LOG_SCHEME = 'backfill-log';
export const LOG_LANGUAGE = 'backfill-log';
/** Where a manifest is looked for, in each workspace folder. */
export const MANIFEST_NAME = 'backfill.yaml';
