import type { SelectionParts } from '../../base/selection/parts';
import { GAP_WORDS } from '../../base/selection/selection';
import type { Mode } from '../../base/status';
import type { Choice, PlanRequest } from '../backfill/backfill';

/** What `backfill run` runs when nothing is chosen: every gap. Complete and stale partitions are asked for by name. */
export const DEFAULT_CHOICES: readonly Choice[] = GAP_WORDS;

/** How `--on-failure` spells a policy. */
export const POLICY_WORDS = { continue: 'continue', stop: 'stop', failFast: 'fail-fast' } as const satisfies Record<
  PlanRequest['policy'],
  string
>;

/**
 * A launch as the words of a shell, such as `backfill run --processor PDC --dates 2021-11-05`: what every view copies.
 * The command line reads it back as the same request. A selection is written as it is, parts of one as options, which read better in a sentence.
 * @param mode left out where it is the default.
 */
export function runCommandLine(request: Partial<PlanRequest> & SelectionParts, mode: Mode = 'backfill'): string {
  const words = ['backfill', 'run'];
  if (request.select !== undefined && request.select !== '') words.push('--select', request.select);
  const list = (option: string, values: readonly string[] | undefined) => {
    if (values !== undefined && values.length > 0) words.push(option, values.join(','));
  };
  list('--processor', request.processors);
  list('--dates', request.dates);
  if (request.from !== undefined) words.push('--from', request.from);
  if (request.to !== undefined) words.push('--to', request.to);
  if (request.choices !== undefined && request.choices.join() !== DEFAULT_CHOICES.join()) list('--choose', request.choices);
  if (request.withUpstream === true) words.push('--upstream');
  if (request.withDownstream === true) words.push('--downstream');
  if (request.order === 'newest') words.push('--order', 'newest');
  if (request.slots !== undefined && request.slots !== 1) words.push('--slots', String(request.slots));
  if (request.policy !== undefined && request.policy !== 'continue') words.push('--on-failure', POLICY_WORDS[request.policy]);
  if (request.onRepeat !== undefined) words.push('--on-repeat', request.onRepeat);
  list('--override', request.overrides);
  if (request.reason !== undefined && request.reason !== '') words.push('--reason', request.reason);
  if (mode !== 'backfill') words.push('--mode', mode);
  return shellText(words);
}

/** Words as one line that a POSIX shell reads back as the same words. */
export function shellText(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** A word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
