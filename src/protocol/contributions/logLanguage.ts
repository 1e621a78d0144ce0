import { LOG_LANGUAGE } from './ids';

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
