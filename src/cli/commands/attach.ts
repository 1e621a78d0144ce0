import { MANIFEST_CHOICE_OPTIONS, manifestChoiceOf } from '../askManifest';
import { attach } from '../attach';
import { defineCommand } from '../command';
import { findManifest } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

export const attachCommand = defineCommand({
  name: 'attach',
  summary: 'Show a backfill while it runs, and start it if it was not started',
  details: `Attaching again is harmless: a backfill that runs is shown, one that ended is summed up.

Ctrl+C asks the backfill to end; a second Ctrl+C leaves it to end by itself. Closing the terminal leaves it running.`,
  operands: [{ name: 'ID', help: "the backfill, as 'backfill runs' lists it" }],
  options: {
    ...MANIFEST_OPTION,
    ...MANIFEST_CHOICE_OPTIONS,
    'keep-open': { kind: 'flag', help: 'wait for Enter after the summary, and then end without an error' },
  },
  async run(context, options, [id = '']) {
    const manifest = await findManifest(context.cwd, options.manifest);
    const choice = manifestChoiceOf(options);
    return attach(context, {
      manifest,
      id,
      keepOpen: options['keep-open'],
      foreground: false,
      ...(choice !== undefined && { basis: choice }),
    });
  },
});
