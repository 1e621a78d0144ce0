import { LOG_LANGUAGE } from './ids';

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

/** The journal changes with every event: VS Code's own watcher and search leave it alone, the server watches it. */
export const CONFIGURATION_DEFAULTS = {
  [`[${LOG_LANGUAGE}]`]: {
    'editor.semanticHighlighting.enabled': true,
    'editor.stickyScroll.enabled': true,
    'editor.stickyScroll.defaultModel': 'outlineModel',
    // The end of a log is at the bottom, where it grows.
    'editor.scrollBeyondLastLine': false,
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
