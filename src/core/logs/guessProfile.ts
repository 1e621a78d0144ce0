import type { LogPatterns } from '../pipeline';
import { digestLog } from './digestLog';

/**
 * The profile that knows a log best: the one by which it tells of most dates, then the one to which fewest lines are unknown.
 * @param sample the beginning of the log.
 * @returns its name; undefined when by none of them the log tells of a date.
 */
export function guessProfile(sample: string, profiles: ReadonlyMap<string, LogPatterns>): string | undefined {
  let best: { readonly name: string; readonly dates: number; readonly unknown: number } | undefined;
  for (const [name, patterns] of profiles) {
    const { dates, unmatched } = digestLog(sample, patterns);
    // A verdict weighs as much as a date: profiles know the beginnings of each other's dates sooner than their ends.
    const told = dates.length + dates.filter(({ outcome }) => outcome !== 'started').length;
    if (told === 0) continue;
    const better = best === undefined || told > best.dates || (told === best.dates && unmatched.lines < best.unknown);
    if (better) best = { name, dates: told, unknown: unmatched.lines };
  }
  return best?.name;
}
