/**
 * The one typed source of what the extension contributes. `npm run contributions` writes package.json from it, and a test compares.
 */
export const EXTENSION_ID = 'backfill-explorer.backfill-explorer';
export const CATEGORY = 'Backfill';
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

export interface CommandContribution {
  readonly title: string;
  readonly icon?: string;
  /** `when` clause for the palette; without one the command is always there. */
  readonly palette?: string;
  /** When the command can be used at all. */
  readonly enablement?: string;
}

const TRUSTED = 'isWorkspaceTrusted';
const HAS_MANIFEST = 'backfill.hasManifest';
const LOG_IN_FRONT = `resourceScheme == ${LOG_SCHEME}`;
const PLAN_DELETES = 'backfill.planDeletes';
const MATRIX_IN_FRONT = `activeWebviewPanelId == ${MATRIX_VIEW_TYPE}`;
const PLAN_IN_FRONT = `activeWebviewPanelId == ${PLAN_VIEW_TYPE}`;

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
  'backfill.attach': { title: 'Show Backfill in Terminal', icon: '$(terminal)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.cancel': { title: 'Cancel Backfill…', icon: '$(debug-stop)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.pause': { title: 'Pause Backfill', icon: '$(debug-pause)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.resume': { title: 'Resume Backfill', icon: '$(debug-continue)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.endJob': { title: 'End Job of a Backfill…', icon: '$(debug-stop)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.keepWaiting': { title: 'Wait for Job That May Hang', icon: '$(watch)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.openLog': { title: 'Open Log', icon: '$(output)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.findInLogs': { title: 'Find in Logs…', icon: '$(search)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.loadEarlierLog': { title: 'Load Earlier Part of This Log', palette: LOG_IN_FRONT },
  'backfill.loadLaterLog': { title: 'Load Later Part of This Log', palette: LOG_IN_FRONT },
  'backfill.goToLogEnd': { title: 'Go to the End of This Log and Follow', icon: '$(debug-continue)', palette: LOG_IN_FRONT },
  'backfill.showInTree': { title: 'Show in Coverage', icon: '$(list-tree)', enablement: TRUSTED, palette: HAS_MANIFEST },
  'backfill.init': { title: 'Create a Manifest…', icon: '$(new-file)', enablement: TRUSTED },
  'backfill.openManifest': { title: 'Open Manifest', icon: '$(go-to-file)', palette: HAS_MANIFEST },
  'backfill.selectPipeline': { title: 'Choose Pipeline…', palette: HAS_MANIFEST },
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

export const VIEW_CONTAINER = { id: 'backfill', title: 'Backfill', icon: 'media/backfill.svg' } as const;

/** Sizes share out the sidebar when it is shown for the first time. */
export const VIEWS = {
  'backfill.coverage': { name: 'Coverage', initialSize: 3 },
  'backfill.backfills': { name: 'Backfills', initialSize: 1 },
  'backfill.failures': { name: 'Failures', initialSize: 1 },
} as const;
export type ViewId = keyof typeof VIEWS;

/**
 * The `contextValue` of tree items is a kind followed by `+flags`, such as `partition+gap+log`; menus match it by `viewItem`.
 */
export type NodeKind =
  | 'phase'
  | 'season'
  | 'rootCause'
  /** Of a group what a filter shows. */
  | 'shown'
  | 'processor'
  | 'source'
  | 'month'
  | 'partition'
  | 'backfill'
  | 'pause'
  | 'silent'
  | 'elsewhere'
  | 'category'
  | 'finding'
  | 'cause'
  | 'message';
export type NodeFlag =
  | 'gap'
  | 'runnable'
  | 'log'
  | 'active'
  | 'waivable'
  | 'waived'
  | 'pausable'
  | 'resumable'
  | 'waitable'
  | 'cut';

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

export interface MenuItem {
  readonly command: CommandId;
  readonly when: string;
  readonly group: string;
}

/** Matches a kind of node that carries a flag. */
function node(kinds: readonly NodeKind[], flag?: NodeFlag): string {
  return `viewItem =~ /^(${kinds.join('|')})\\b${flag === undefined ? '' : `.*\\+${flag}\\b`}/`;
}

const COVERAGE = 'view == backfill.coverage';
const BACKFILLS = 'view == backfill.backfills';
const FAILURES = 'view == backfill.failures';
const MATRIX = `webviewId == '${MATRIX_VIEW_TYPE}'`;
const MATRIX_PARTITION = `${MATRIX} && webviewSection == 'partition'`;
const READY = `backfill.engine == ready && ${TRUSTED}`;

export const MENUS: Readonly<Record<string, readonly MenuItem[]>> = {
  'view/title': [
    { command: 'backfill.fillGaps', when: `${COVERAGE} && ${READY}`, group: 'navigation@1' },
    { command: 'backfill.openMatrix', when: `${COVERAGE} && ${READY}`, group: 'navigation@2' },
    { command: 'backfill.refresh', when: `${COVERAGE} && ${READY}`, group: 'navigation@3' },
    { command: 'backfill.openTiming', when: `${COVERAGE} && ${READY}`, group: '1_run@3' },
    { command: 'backfill.filterCoverage', when: `${COVERAGE} && ${READY} && !backfill.filtered`, group: 'navigation@4' },
    { command: 'backfill.clearFilter', when: `${COVERAGE} && backfill.filtered`, group: 'navigation@4' },
    { command: 'backfill.groupCoverage', when: `${COVERAGE} && ${READY}`, group: '0_show@1' },
    { command: 'backfill.filterCoverage', when: `${COVERAGE} && ${READY} && backfill.filtered`, group: '0_show@2' },
    { command: 'backfill.launch', when: `${COVERAGE} && ${READY}`, group: '1_run@1' },
    { command: 'backfill.writeReport', when: `${COVERAGE} && ${READY}`, group: '1_run@2' },
    { command: 'backfill.selectMode', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '2_pipeline@1' },
    { command: 'backfill.openManifest', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '2_pipeline@2' },
    { command: 'backfill.selectPipeline', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '2_pipeline@3' },
    { command: 'backfill.restartEngine', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '3_engine@1' },
    { command: 'backfill.showLog', when: COVERAGE, group: '3_engine@2' },
    { command: 'backfill.launch', when: `${BACKFILLS} && ${READY}`, group: 'navigation@1' },
    { command: 'backfill.refresh', when: `${FAILURES} && ${READY}`, group: 'navigation@1' },
  ],
  'view/item/context': [
    { command: 'backfill.explain', when: node(['partition']), group: 'inline@1' },
    { command: 'backfill.openLog', when: node(['partition', 'backfill'], 'log'), group: 'inline@2' },
    {
      command: 'backfill.fillGaps',
      when: node(['phase', 'season', 'rootCause', 'shown', 'processor', 'month'], 'gap'),
      group: 'inline@1',
    },
    {
      command: 'backfill.launch',
      when: node(['processor', 'month', 'partition', 'finding', 'cause'], 'runnable'),
      group: 'inline@3',
    },
    { command: 'backfill.openMatrix', when: node(['phase', 'processor', 'source']), group: 'inline@4' },
    { command: 'backfill.attach', when: node(['backfill']), group: 'inline@1' },
    { command: 'backfill.resume', when: node(['backfill', 'pause'], 'resumable'), group: 'inline@3' },
    { command: 'backfill.pause', when: node(['backfill'], 'pausable'), group: 'inline@3' },
    { command: 'backfill.cancel', when: node(['backfill', 'pause'], 'active'), group: 'inline@4' },
    { command: 'backfill.openLog', when: node(['silent']), group: 'inline@1' },
    { command: 'backfill.keepWaiting', when: node(['silent'], 'waitable'), group: 'inline@2' },
    { command: 'backfill.endJob', when: node(['silent']), group: 'inline@3' },
    { command: 'backfill.explain', when: node(['partition']), group: '1_look@1' },
    { command: 'backfill.openLog', when: node(['partition', 'backfill'], 'log'), group: '1_look@2' },
    { command: 'backfill.openMatrix', when: node(['phase', 'processor', 'source', 'month', 'partition']), group: '1_look@3' },
    {
      command: 'backfill.findInLogs',
      when: node(['phase', 'season', 'processor', 'month', 'partition', 'backfill', 'cause']),
      group: '1_look@4',
    },
    { command: 'backfill.openTiming', when: node(['processor', 'partition', 'backfill']), group: '1_look@5' },
    { command: 'backfill.impact', when: node(['processor', 'source', 'month', 'partition']), group: '1_look@4' },
    { command: 'backfill.clean', when: node(['processor', 'month', 'partition'], 'runnable'), group: '4_delete@1' },
    { command: 'backfill.waive', when: node(['processor', 'source', 'month', 'partition'], 'waivable'), group: '3_accept@1' },
    {
      command: 'backfill.removeWaiver',
      when: node(['processor', 'source', 'month', 'partition'], 'waived'),
      group: '3_accept@2',
    },
    {
      command: 'backfill.fillGaps',
      when: node(['phase', 'season', 'rootCause', 'shown', 'processor', 'month'], 'gap'),
      group: '2_run@1',
    },
    {
      command: 'backfill.launch',
      when: node(['processor', 'month', 'partition', 'finding', 'cause'], 'runnable'),
      group: '2_run@2',
    },
    { command: 'backfill.attach', when: node(['backfill']), group: '2_run@3' },
    { command: 'backfill.resume', when: node(['backfill', 'pause'], 'resumable'), group: '2_run@4' },
    { command: 'backfill.pause', when: node(['backfill'], 'pausable'), group: '2_run@4' },
    { command: 'backfill.cancel', when: node(['backfill', 'pause'], 'active'), group: '2_run@5' },
    { command: 'backfill.cancel', when: node(['backfill'], 'cut'), group: '2_run@5' },
    { command: 'backfill.openLog', when: node(['silent']), group: '1_look@1' },
    { command: 'backfill.keepWaiting', when: node(['silent'], 'waitable'), group: '2_run@1' },
    { command: 'backfill.endJob', when: node(['silent', 'backfill'], 'active'), group: '2_run@6' },
  ],
  'webview/context': [
    { command: 'backfill.launch', when: MATRIX_PARTITION, group: '1_run@1' },
    { command: 'backfill.matrixSelectCause', when: MATRIX_PARTITION, group: '1_run@2' },
    { command: 'backfill.explain', when: MATRIX_PARTITION, group: '2_look@1' },
    { command: 'backfill.openLog', when: MATRIX_PARTITION, group: '2_look@2' },
    { command: 'backfill.impact', when: MATRIX_PARTITION, group: '2_look@3' },
    { command: 'backfill.showInTree', when: MATRIX_PARTITION, group: '2_look@4' },
    { command: 'backfill.waive', when: MATRIX_PARTITION, group: '3_accept@1' },
    { command: 'backfill.matrixCopyMarkdown', when: MATRIX, group: '4_copy@1' },
    { command: 'backfill.matrixCopyCsv', when: MATRIX, group: '4_copy@2' },
    { command: 'backfill.matrixExportPng', when: MATRIX, group: '4_copy@3' },
  ],
  'editor/title': [
    { command: 'backfill.runPlan', when: `${PLAN_IN_FRONT} && !${PLAN_DELETES}`, group: 'navigation@1' },
    { command: 'backfill.deletePlanned', when: `${PLAN_IN_FRONT} && ${PLAN_DELETES}`, group: 'navigation@1' },
    { command: 'backfill.goToLogEnd', when: LOG_IN_FRONT, group: 'navigation@1' },
  ],
};

/** Shown where a view has nothing else to show; a failure with a last good view is a node of the tree instead. */
export const WELCOME: readonly { readonly view: ViewId; readonly when: string; readonly contents: string }[] = [
  {
    view: 'backfill.coverage',
    when: 'workspaceFolderCount == 0',
    contents:
      'Open the folder that holds your pipeline to see what is covered, what is missing, and why.\n[Open Folder](command:vscode.openFolder)',
  },
  {
    view: 'backfill.coverage',
    when: 'workspaceFolderCount != 0 && backfill.engine == none && !backfill.hasManifest && isWorkspaceTrusted',
    contents:
      'This folder has no backfill.yaml yet: the file that names your tables, what each needs, and how it is run.\n[Create a Manifest](command:backfill.init)\nIs it elsewhere? [Set its path](command:workbench.action.openSettings?%5B%22backfill.manifest%22%5D).',
  },
  {
    view: 'backfill.coverage',
    when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
    contents:
      'This workspace is not trusted. The manifest is checked for mistakes, but nothing in it runs and no database is opened.\n[Manage Workspace Trust](command:workbench.trust.manage)',
  },
  {
    view: 'backfill.coverage',
    when: 'backfill.engine == failed && isWorkspaceTrusted',
    contents:
      'The engine that reads the warehouse does not start.\n[Restart Engine](command:backfill.restartEngine)\n[Show Log](command:backfill.showLog)',
  },
  {
    view: 'backfill.backfills',
    when: 'workspaceFolderCount == 0',
    contents: 'The backfills of a pipeline, and how far they are. [Open its folder](command:vscode.openFolder) first.',
  },
  {
    view: 'backfill.backfills',
    when: 'workspaceFolderCount != 0 && backfill.engine == none && !backfill.hasManifest && isWorkspaceTrusted',
    contents: 'The backfills of a pipeline, and how far they are. [Create a manifest](command:backfill.init) first.',
  },
  {
    view: 'backfill.backfills',
    when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
    contents: 'Nothing is launched before you [trust this workspace](command:workbench.trust.manage).',
  },
  {
    view: 'backfill.backfills',
    when: 'backfill.engine == ready && backfill.backfills == none && isWorkspaceTrusted',
    contents:
      'No backfill was started here yet.\n[Launch Backfill](command:backfill.launch)\n[Fill Gaps](command:backfill.fillGaps)',
  },
  {
    view: 'backfill.failures',
    when: 'workspaceFolderCount == 0',
    contents: 'What the jobs of a pipeline noted as failed. [Open its folder](command:vscode.openFolder) first.',
  },
  {
    view: 'backfill.failures',
    when: 'workspaceFolderCount != 0 && backfill.engine == none && !backfill.hasManifest && isWorkspaceTrusted',
    contents: 'What the jobs of a pipeline noted as failed. [Create a manifest](command:backfill.init) first.',
  },
  {
    view: 'backfill.failures',
    when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
    contents: 'No failure is read before you [trust this workspace](command:workbench.trust.manage).',
  },
  {
    view: 'backfill.failures',
    when: 'backfill.engine == ready && !backfill.failures && isWorkspaceTrusted',
    contents:
      'Nothing was read yet: the manifest, which names the tables of failures, has to be without mistakes.\n[Open Manifest](command:backfill.openManifest)',
  },
  {
    view: 'backfill.failures',
    when: 'backfill.engine == ready && backfill.failures == none && isWorkspaceTrusted',
    contents:
      'The manifest names no table in which jobs note what failed: `failures` does.\n[Open Manifest](command:backfill.openManifest)',
  },
  {
    view: 'backfill.failures',
    when: 'backfill.engine == ready && backfill.failures == empty && isWorkspaceTrusted',
    contents: 'No failure is recorded for the dates of this pipeline.\n[Refresh](command:backfill.refresh)',
  },
];

export interface WalkthroughStep {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly completionEvents: readonly string[];
  /** `media/walkthrough/NAME.png`, made by `npm run pictures`. */
  readonly picture: string;
  /** What the picture shows. */
  readonly altText: string;
}

export const WALKTHROUGH = {
  id: 'start',
  title: 'From a Gap to a Complete Date',
  description: 'See what your pipeline lacks and why, and fill it.',
} as const;

export const WALKTHROUGH_STEPS: readonly WalkthroughStep[] = [
  {
    id: 'manifest',
    title: 'Describe the pipeline',
    description:
      'One file, `backfill.yaml`, names the tables, what each needs of the others, and how it is run. A draft is made from what is in the folder.\n[Create a Manifest](command:backfill.init)',
    completionEvents: ['onCommand:backfill.init', 'onContext:backfill.hasManifest'],
    picture: 'manifest',
    altText: 'A manifest in the editor',
  },
  {
    id: 'coverage',
    title: 'Read the coverage',
    description:
      'The sidebar tells of each processor and date whether it is complete, and else what it lacks. Grouped by root cause, what to mend first comes first.\n[Group Coverage By…](command:backfill.groupCoverage)\n[Filter Coverage…](command:backfill.filterCoverage)',
    completionEvents: ['onView:backfill.coverage'],
    picture: 'coverage',
    altText: 'The Coverage view, grouped by root cause: each cause with its gaps and what mends it',
  },
  {
    id: 'explain',
    title: 'Explain a gap',
    description:
      'Why a date is missing, blocked or suspect, what it waits for, and what was tried.\n[Explain This Date](command:backfill.explain)',
    completionEvents: ['onCommand:backfill.explain'],
    picture: 'explanation',
    altText: 'The explanation of a blocked date, with its root cause',
  },
  {
    id: 'fill',
    title: 'Fill it',
    description:
      'The plan shows the exact dates, how long they take and what is skipped. Nothing runs before you confirm it, and it goes on when the window is closed.\n[Fill Gaps…](command:backfill.fillGaps)',
    completionEvents: ['onCommand:backfill.fillGaps', 'onCommand:backfill.launch'],
    picture: 'plan',
    altText: 'A plan of two dates, with the question whether to run it',
  },
  {
    id: 'matrix',
    title: 'See all dates at once',
    description:
      'Processors by dates: the holes and their causes in one picture. **N** goes to the next gap, **1**, **2** and **3** show days, weeks and months. What you select there is what is launched.\n[Open Gap Matrix](command:backfill.openMatrix)',
    completionEvents: ['onCommand:backfill.openMatrix'],
    picture: 'matrix',
    altText: 'The gap matrix',
  },
  {
    id: 'logs',
    title: 'Read the logs',
    description:
      'The log of a date or of a whole backfill in an editor: it follows while it grows, and each date is a section that says how it ended.\n[Open Log](command:backfill.openLog)',
    completionEvents: ['onCommand:backfill.openLog', 'onCommand:backfill.findInLogs'],
    picture: 'log',
    altText: 'The log of a backfill, with a section for each date',
  },
  {
    id: 'timing',
    title: 'Find what got slower',
    description:
      'Stages by date, what stands out, and how long the dates left will take.\n[Open Timing](command:backfill.openTiming)',
    completionEvents: ['onCommand:backfill.openTiming'],
    picture: 'timing',
    altText: 'The timing of a processor by date',
  },
  {
    id: 'report',
    title: 'Hand it over',
    description:
      'A document for whoever takes over: what changed, what is missing and why, and the command that mends it.\n[Write Handoff Report…](command:backfill.writeReport)',
    completionEvents: ['onCommand:backfill.writeReport'],
    picture: 'report',
    altText: 'A handoff report',
  },
];

export const SETTINGS = {
  'backfill.manifest': {
    type: 'string',
    default: '',
    scope: 'resource',
    order: 1,
    markdownDescription:
      'Path of the manifest, relative to the workspace folder. Empty: `backfill.yaml` at the top of a workspace folder.',
  },
  'backfill.mode': {
    type: 'string',
    enum: ['backfill', 'production'],
    enumDescriptions: [
      'Backfill thresholds, where a need declares them: history may be thinner than a day in production.',
      'Production thresholds only.',
    ],
    default: 'backfill',
    scope: 'window',
    order: 2,
    markdownDescription:
      'Which thresholds decide: `production` uses `min_rows`, `backfill` uses `backfill_min_rows` where a need has one.',
  },
} as const;
export type SettingId = keyof typeof SETTINGS;

/** `filenamePatterns` are for the files themselves, which somebody may open. */
export const LANGUAGES = [{ id: LOG_LANGUAGE, aliases: ['Backfill Log'], filenamePatterns: ['**/.backfill/runs/**/*.log'] }];

export const GRAMMARS = [{ language: LOG_LANGUAGE, scopeName: 'text.backfill-log', path: './media/backfillLog.tmLanguage.json' }];

/** What a log's profile knows of a line, in the order of `LOG_TOKENS`; themes colour it as they do the scopes. */
export const LOG_TOKEN_TYPES = {
  logDate: { description: 'A date begins', scopes: ['entity.name.function'] },
  logFailure: { description: 'A date failed', scopes: ['token.error-token', 'invalid'] },
  logSkipped: { description: 'A date was skipped', scopes: ['comment'] },
  logSuccess: { description: 'A date succeeded', scopes: ['markup.inserted', 'string'] },
  logError: { description: 'What went wrong', scopes: ['token.error-token', 'invalid'] },
  logStage: { description: 'A stage ended', scopes: ['token.info-token', 'variable'] },
  logRows: { description: 'Rows were written', scopes: ['constant.numeric'] },
  logSummary: { description: 'The final block', scopes: ['keyword'] },
} as const;

/** The journal changes with every event: VS Code's own watcher and search leave it alone, the server watches it. */
export const CONFIGURATION_DEFAULTS = {
  [`[${LOG_LANGUAGE}]`]: {
    'editor.semanticHighlighting.enabled': true,
    'editor.stickyScroll.enabled': true,
    'editor.stickyScroll.defaultModel': 'outlineModel',
    // What a job printed is no code: nothing in it is suspicious, and nothing occurs elsewhere.
    'editor.unicodeHighlight.ambiguousCharacters': false,
    'editor.unicodeHighlight.invisibleCharacters': false,
    'editor.occurrencesHighlight': 'off',
    'editor.bracketPairColorization.enabled': false,
    'editor.guides.indentation': false,
  },
  'files.watcherExclude': { '**/.backfill/runs/**': true },
  'search.exclude': { '**/.backfill/runs/**': true },
} as const;

/**
 * Plain file names: a pattern with `**` is a search that VS Code cuts off, after which nothing is activated.
 * Views and commands activate by themselves.
 */
export const ACTIVATION_EVENTS = [
  `workspaceContains:${MANIFEST_NAME}`,
  'workspaceContains:.backfill',
  `onWebviewPanel:${MATRIX_VIEW_TYPE}`,
  `onWebviewPanel:${TIMING_VIEW_TYPE}`,
  `onFileSystem:${LOG_SCHEME}`,
] as const;

export const CAPABILITIES = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'A manifest names databases and commands of its repository: until the workspace is trusted it is only checked for mistakes.',
    restrictedConfigurations: ['backfill.manifest'],
  },
  virtualWorkspaces: { supported: false, description: 'The engine reads files and databases of a real folder.' },
} as const;

export const CATEGORIES = ['Data Science', 'Visualization', 'Other'] as const;
