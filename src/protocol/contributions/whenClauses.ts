import type { PossibleAction } from './contextKeys';
import { LOG_SCHEME, MATRIX_VIEW_TYPE, PLAN_VIEW_TYPE } from './ids';

export const TRUSTED = 'isWorkspaceTrusted';
export const HAS_MANIFEST = 'backfill.hasManifest';
export const LOG_IN_FRONT = `resourceScheme == ${LOG_SCHEME}`;
export const PLAN_DELETES = 'backfill.planDeletes';
export const MATRIX_IN_FRONT = `activeWebviewPanelId == ${MATRIX_VIEW_TYPE}`;
export const PLAN_IN_FRONT = `activeWebviewPanelId == ${PLAN_VIEW_TYPE}`;
export const MANY_PIPELINES = `${HAS_MANIFEST} && backfill.manyPipelines`;
export const HAS_BACKFILLS = `${HAS_MANIFEST} && backfill.backfills == some`;

/** There is a backfill with which it can be done. */
export function possible(action: PossibleAction): string {
  return `'${action}' in backfill.possible`;
}
