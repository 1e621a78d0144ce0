import { didYouMean, nearest } from '../../base/nearest';
import { groupsOf, type LogPatternKey, PATTERN_GROUPS } from '../logs/patternKeys';
import { type Reader, refine } from './reader';
import { pattern } from './scalars';

/** A regular expression of a log profile, with the named groups that patterns of its kind have. */
export function logPattern(key: LogPatternKey): Reader<string> {
  const { required, optional, free } = PATTERN_GROUPS[key];
  return refine(pattern, '', (value, place) => {
    const groups = groupsOf(value);
    if (free === true) {
      if (groups.length > 0) return value;
      return place.error('missingGroup', `${place.label} names no group: write what it captures as (?<name>…).`);
    }
    const missing = required.filter((name) => !groups.includes(name));
    if (missing.length > 0) {
      const written = missing.map((name) => `(?<${name}>…)`).join(' and ');
      return place.error('missingGroup', `${place.label} lacks what is to be read: write it as ${written}.`);
    }
    const known = [...required, ...optional];
    for (const group of groups.filter((name) => !known.includes(name))) {
      const advice = known.length === 0 ? ' No group of it is.' : (didYouMean(nearest(group, known)) ?? '');
      place.warning('unknownGroup', `The group \`${group}\` of ${place.label} is not read.${advice}`);
    }
    return value;
  });
}
