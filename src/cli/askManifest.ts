import type { ManifestChoice } from '../core/backfill/backfill';
import type { Context, OptionSpecs } from './command';
import { CommandFailure, EXIT, usageError } from './exitCodes';
import { plain } from './textWidth';

/** What to go by where the manifest has changed since the plan was made. */
export const MANIFEST_CHOICE_OPTIONS = {
  'as-planned': { kind: 'flag', help: 'where the manifest has changed: go by what the plan was made from' },
  'as-it-is-now': { kind: 'flag', help: 'where the manifest has changed: go by what it says now' },
} as const satisfies OptionSpecs;

export function manifestChoiceOf(options: {
  readonly 'as-planned': boolean;
  readonly 'as-it-is-now': boolean;
}): ManifestChoice | undefined {
  if (options['as-planned'] && options['as-it-is-now']) throw usageError('Give --as-planned or --as-it-is-now, not both.');
  if (options['as-planned']) return 'asPlanned';
  return options['as-it-is-now'] ? 'asItIsNow' : undefined;
}

/** Asks what to go by where the manifest has changed since the plan was made and nobody has said so: never decided silently. */
export async function askManifest(
  { terminal, services }: Context,
  manifest: string,
  id: string,
  given: ManifestChoice | undefined,
): Promise<ManifestChoice | undefined> {
  if (given !== undefined) return given;
  const changes = await services.planChanges(manifest, id);
  if (changes.length === 0) return undefined;
  const what = `The manifest has changed since ${id} was planned. ${changes.join(' ')}`;
  if (!terminal.canAsk)
    throw new CommandFailure(
      EXIT.usage,
      `${what} Add --as-planned to go by what the plan was made from, or --as-it-is-now to go by what it says now. Nothing was started.`,
    );
  terminal.print(plain(what));
  const answer = await terminal.ask('Go on as [p]lanned, or as it is [n]ow? ');
  if (/^p/i.test(answer?.trim() ?? '')) return 'asPlanned';
  if (/^n(ow)?$/i.test(answer?.trim() ?? '')) return 'asItIsNow';
  throw new CommandFailure(EXIT.interrupted, 'Nothing was started.');
}
