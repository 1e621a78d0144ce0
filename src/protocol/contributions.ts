/**
 * The one typed source of what the extension contributes. `npm run contributions` writes package.json from it, and a test compares.
 */
export const EXTENSION_ID = 'backfill-explorer.backfill-explorer';
export const CATEGORY = 'Backfill';

export interface CommandContribution {
  readonly title: string;
  readonly icon?: string;
  /** `when` clause for the palette; `false` keeps it out. */
  readonly palette?: string;
  /** Only in trusted workspaces. */
  readonly enablement?: string;
}

const TRUSTED = 'isWorkspaceTrusted';

export const COMMANDS = {
  'backfill.launch': { title: 'Launch Backfill…', icon: '$(play)', enablement: TRUSTED },
  'backfill.fillGaps': { title: 'Fill Gaps…', icon: '$(run-all)', enablement: TRUSTED },
  'backfill.explain': { title: 'Explain This Date', icon: '$(question)', enablement: TRUSTED },
  'backfill.openMatrix': { title: 'Open Gap Matrix', icon: '$(table)' },
  'backfill.refresh': { title: 'Refresh Coverage', icon: '$(refresh)', enablement: TRUSTED },
  'backfill.attach': { title: 'Show Backfill in Terminal', icon: '$(terminal)', enablement: TRUSTED },
  'backfill.cancel': { title: 'Cancel Backfill…', icon: '$(debug-stop)', enablement: TRUSTED },
  'backfill.openLog': { title: 'Open Log', icon: '$(output)' },
  'backfill.init': { title: 'Create a Manifest', enablement: TRUSTED },
  'backfill.openManifest': { title: 'Open Manifest', icon: '$(go-to-file)' },
  'backfill.selectMode': { title: 'Choose Thresholds (Backfill or Production)…' },
  'backfill.restartEngine': { title: 'Restart Engine' },
  'backfill.showLog': { title: 'Show Log of the Extension' },
  'backfill.copyDiagnostics': { title: 'Copy Diagnostics' },
} as const satisfies Record<string, CommandContribution>;
export type CommandId = keyof typeof COMMANDS;

export const VIEW_CONTAINER = { id: 'backfill', title: 'Backfill', icon: 'media/backfill.svg' } as const;

export const VIEWS = {
  'backfill.coverage': { name: 'Coverage' },
  'backfill.backfills': { name: 'Backfills' },
} as const;
export type ViewId = keyof typeof VIEWS;

/** The `contextValue` of tree items, matched in `when` clauses: kinds and `+flags`. */
export const CONTEXT_VALUES = ['phase', 'processor', 'month', 'partition', 'backfill', 'message'] as const;

export const CONTEXT_KEYS = {
  /** A manifest was found. */
  'backfill.hasManifest': 'boolean',
  /** The engine is up and has read the manifest once. */
  'backfill.ready': 'boolean',
} as const;
export type ContextKey = keyof typeof CONTEXT_KEYS;

export const SETTINGS = {
  'backfill.manifest': {
    type: 'string',
    default: '',
    scope: 'resource',
    markdownDescription:
      'Path of the manifest, relative to the workspace folder. Empty: `backfill.yaml` at the top of a workspace folder.',
  },
  'backfill.mode': {
    type: 'string',
    enum: ['backfill', 'production'],
    default: 'backfill',
    scope: 'window',
    markdownDescription:
      'Which thresholds decide: `production` uses `min_rows`, `backfill` uses `backfill_min_rows` where a need has one.',
  },
} as const;
export type SettingId = keyof typeof SETTINGS;

export const MATRIX_VIEW_TYPE = 'backfill.matrix';
/** Scheme of read-only documents: explanations and plans. */
export const DOCUMENT_SCHEME = 'backfill-document';
