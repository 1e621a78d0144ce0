import { BUILT_IN_NAMES, BUILT_IN_PROFILES } from '../logs/builtIn/profiles';
import { type LogPatternKey, PATTERN_KEYS } from '../logs/patternKeys';
import type { LogPatterns } from '../pipeline';
import { object, oneOrMany, optional, record } from './collections';
import { logPattern } from './logPattern';
import { present } from './present';
import { flag, id, oneOf } from './scalars';

const patterns = (key: LogPatternKey) => optional(oneOrMany(logPattern(key), { of: 'a pattern' }));

export const logProfile = object(
  'a log profile',
  {
    extends: optional(oneOf(BUILT_IN_NAMES)),
    date_start: patterns('dateStart'),
    success: patterns('success'),
    failure: patterns('failure'),
    skipped: patterns('skipped'),
    error: patterns('error'),
    environment: patterns('environment'),
    rows: patterns('rows'),
    stage: patterns('stage'),
    clock: patterns('clock'),
    progress: patterns('progress'),
    timestamp: patterns('timestamp'),
    summary: patterns('summary'),
    figures: patterns('figures'),
    ignore: patterns('ignore'),
    silent_success: optional(flag),
  },
  ({ extends: base, date_start: dateStart, silent_success: silentSuccess, ...same }): LogPatterns =>
    extended(present({ dateStart, silentSuccess, ...same }), base),
);

/** Its own patterns are tried before those of the profile that it extends. */
function extended(own: LogPatterns, base: string | undefined): LogPatterns {
  const built = base === undefined ? undefined : BUILT_IN_PROFILES.get(base);
  if (built === undefined) return own;
  const merged: Partial<Record<LogPatternKey, readonly string[]>> = {};
  for (const key of PATTERN_KEYS) {
    const all = [...(own[key] ?? []), ...(built[key] ?? [])];
    if (all.length > 0) merged[key] = all;
  }
  return { ...merged, ...present({ silentSuccess: own.silentSuccess ?? built.silentSuccess }) };
}

export const logProfiles = record(id, logProfile);
