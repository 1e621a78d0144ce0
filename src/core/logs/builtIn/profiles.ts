import type { LogPatterns, Pipeline } from '../../pipeline';
import { NBA_PHASE_5, NBA_PHASE_6 } from './nbaLater';
import { NBA_PHASE_3 } from './nbaPhase3';
import { NBA_PHASE_4 } from './nbaPhase4';

/** For jobs of which nothing is known: errors and tracebacks are the cause, and nothing is said of dates. */
const GENERIC: LogPatterns = {
  error: [
    String.raw`^\s*\[?(?:ERROR|FATAL|CRITICAL)\]?(?: -)?:?\s+(?<cause>\S.*)`,
    String.raw`^(?:[Ee]rror|[Ff]atal|[Pp]anic): ?(?<cause>\S.*)`,
    String.raw`^(?<cause>BigQuery error in \w+ operation: .+)`,
    String.raw`^Exception in thread "[^"]*" (?<cause>\S.*)`,
    String.raw`^(?:Uncaught )?(?<cause>(?<category>(?:[A-Z]\w*)?(?:Error|Exception)): .+)`,
  ],
};

export const BUILT_IN_NAMES = ['generic', 'nba-phase3', 'nba-phase4', 'nba-phase5', 'nba-phase6'] as const;

const PROFILES: Readonly<Record<(typeof BUILT_IN_NAMES)[number], LogPatterns>> = {
  generic: GENERIC,
  'nba-phase3': NBA_PHASE_3,
  'nba-phase4': NBA_PHASE_4,
  'nba-phase5': NBA_PHASE_5,
  'nba-phase6': NBA_PHASE_6,
};

/** The profiles that come with the product, by name. */
export const BUILT_IN_PROFILES: ReadonlyMap<string, LogPatterns> = new Map(Object.entries(PROFILES));

/**
 * The profile with a name: the manifest's, which come first, or a built-in one; `generic` for none.
 * @returns undefined when nobody knows the name.
 */
export function logProfile(
  pipeline: Pick<Pipeline, 'logProfiles'> | undefined,
  name: string | undefined,
): LogPatterns | undefined {
  if (name === undefined) return GENERIC;
  return pipeline?.logProfiles.get(name) ?? BUILT_IN_PROFILES.get(name);
}
