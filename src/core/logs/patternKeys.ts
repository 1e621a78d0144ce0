import type { LogPatterns } from '../pipeline';

export type LogPatternKey = Exclude<keyof LogPatterns, 'silentSuccess'>;

/** Which named groups a pattern of a kind has. */
export interface PatternGroups {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Groups have names of the writer's choice, and there is at least one. */
  readonly free?: boolean;
}

/** By kind of pattern, the groups that are read of it. */
export const PATTERN_GROUPS: Readonly<Record<LogPatternKey, PatternGroups>> = {
  dateStart: { required: ['date'], optional: ['n', 'total'] },
  success: { required: [], optional: ['date', 'rows', 'seconds'] },
  failure: { required: [], optional: ['date', 'cause', 'category'] },
  skipped: { required: [], optional: ['date', 'reason'] },
  error: { required: ['cause'], optional: ['category'] },
  environment: { required: [], optional: [] },
  rows: { required: ['rows'], optional: [] },
  stage: { required: [], optional: [], free: true },
  clock: { required: [], optional: [], free: true },
  progress: { required: ['done', 'total'], optional: [] },
  timestamp: { required: ['at'], optional: [] },
  summary: { required: [], optional: [] },
  figures: { required: [], optional: [], free: true },
  ignore: { required: [], optional: [] },
};

export const PATTERN_KEYS = Object.keys(PATTERN_GROUPS) as readonly LogPatternKey[];

/** The names of a pattern's groups; none where it is no regular expression. */
export function groupsOf(pattern: string): readonly string[] {
  try {
    // The empty alternative always matches, and its result names all groups.
    return Object.keys(new RegExp(`${pattern}|`).exec('')?.groups ?? {});
  } catch {
    return [];
  }
}
