import {
  HAS_BACKFILLS,
  HAS_MANIFEST,
  LOG_IN_FRONT,
  MANY_PIPELINES,
  MATRIX_IN_FRONT,
  PLAN_DELETES,
  PLAN_IN_FRONT,
  possible,
  TRUSTED,
} from './whenClauses';

export const CATEGORY = 'Backfill';

export interface CommandContribution {
  readonly title: string;
  readonly icon?: string;
  /** `when` clause for the palette; without one the command is always there. */
  readonly palette?: string;
  /** When the command can be used at all. */
  readonly enablement?: string;
}

export const COMMANDS = {
  'backfill.launch': { title: 'Launch Backfill…', icon: '$(play)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.fillGaps': { title: 'Fill Gaps…', icon: '$(run-all)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.runPlan': {
    title: 'Run This Plan',
    icon: '$(play)',
    enablement: TRUSTED,
    palette: `${PLAN_IN_FRONT} && !${PLAN_DELETES}`,
  },
  'backfill.deletePlanned': {
    title: 'Delete What Is Shown…',
    icon: '$(trash)',
    enablement: TRUSTED,
    palette: `${PLAN_IN_FRONT} && ${PLAN_DELETES}`,
  },
  'backfill.explain': { title: 'Explain This Date', icon: '$(question)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.impact': { title: 'Downstream Impact…', icon: '$(type-hierarchy-sub)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.waive': { title: 'Waive Gaps…', icon: '$(bookmark)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.clean': { title: 'Delete for a Clean Re-run…', icon: '$(trash)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.removeWaiver': { title: 'Remove Waiver…', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.openWaivers': { title: 'Open Waivers', palette: HAS_MANIFEST },
  'backfill.openMatrix': { title: 'Open Gap Matrix', icon: '$(table)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.openTiming': { title: 'Open Timing', icon: '$(graph)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.matrixSelectCause': { title: 'Select Gaps of the Same Cause', palette: MATRIX_IN_FRONT },
  'backfill.matrixCopyMarkdown': { title: 'Copy Selection as Markdown', palette: MATRIX_IN_FRONT },
  'backfill.matrixCopyCsv': { title: 'Copy Selection as CSV', palette: MATRIX_IN_FRONT },
  'backfill.matrixExportPng': { title: 'Export Matrix as PNG…', palette: MATRIX_IN_FRONT },
  'backfill.writeReport': { title: 'Write Handoff Report…', icon: '$(notebook)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.groupCoverage': { title: 'Group Coverage By…', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.filterCoverage': { title: 'Filter Coverage…', icon: '$(filter)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.clearFilter': { title: 'Clear Filter of Coverage', icon: '$(filter-filled)', palette: 'backfill.filtered' },
  'backfill.refresh': { title: 'Refresh Coverage', icon: '$(refresh)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.attach': { title: 'Show Backfill in Terminal', icon: '$(terminal)', enablement: TRUSTED, palette: HAS_BACKFILLS },
  'backfill.cancel': { title: 'Cancel Backfill…', icon: '$(debug-stop)', enablement: TRUSTED, palette: possible('cancel') },
  'backfill.pause': { title: 'Pause Backfill', icon: '$(debug-pause)', enablement: TRUSTED, palette: possible('pause') },
  'backfill.resume': { title: 'Resume Backfill', icon: '$(debug-continue)', enablement: TRUSTED, palette: possible('resume') },
  'backfill.endJob': { title: 'End Job of a Backfill…', icon: '$(debug-stop)', enablement: TRUSTED, palette: possible('endJob') },
  'backfill.keepWaiting': {
    title: 'Wait for Job That May Hang',
    icon: '$(watch)',
    enablement: TRUSTED,
    palette: possible('keepWaiting'),
  },
  'backfill.openLog': { title: 'Open Log', icon: '$(output)', enablement: TRUSTED, palette: HAS_BACKFILLS },
  'backfill.findInLogs': { title: 'Find in Logs…', icon: '$(search)', enablement: TRUSTED, palette: HAS_BACKFILLS },
  'backfill.loadEarlierLog': { title: 'Load Earlier Part of This Log', palette: LOG_IN_FRONT },
  'backfill.loadLaterLog': { title: 'Load Later Part of This Log', palette: LOG_IN_FRONT },
  'backfill.goToLogEnd': { title: 'Go to the End of This Log and Follow', icon: '$(debug-continue)', palette: LOG_IN_FRONT },
  'backfill.showInTree': { title: 'Show in Coverage', icon: '$(list-tree)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.init': { title: 'Create a Manifest…', icon: '$(new-file)', enablement: TRUSTED },
  'backfill.openManifest': { title: 'Open Manifest', icon: '$(go-to-file)', palette: HAS_MANIFEST },
  'backfill.selectPipeline': { title: 'Choose Pipeline…', palette: MANY_PIPELINES },
  'backfill.selectMode': { title: 'Choose Thresholds (Backfill or Production)…', palette: HAS_MANIFEST },
  'backfill.restartEngine': { title: 'Restart Engine', icon: '$(debug-restart)' },
  'backfill.showLog': { title: 'Show Log of the Extension' },
  'backfill.copyDiagnostics': { title: 'Copy Diagnostics' },
} as const satisfies Record<string, CommandContribution>;
export type CommandId = keyof typeof COMMANDS;

/** Opens a log at a byte. Not contributed: only links of what was found in logs call it. */
export const OPEN_LOG_AT = 'backfill.internal.openLogAt';
/** Puts its one argument, a text, into the clipboard. Not contributed: only quick fixes of the engine call it. */
export const COPY_TEXT = 'backfill.internal.copyText';
