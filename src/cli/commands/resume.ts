import { isActivePhase } from '../../core/backfill/backfill';
import { MANIFEST_CHOICE_OPTIONS, manifestChoiceOf } from '../askManifest';
import { attach } from '../attach';
import { defineCommand } from '../command';
import { backfillOf } from '../requests';
import { MANIFEST_OPTION } from '../sharedOptions';
import { userName } from '../userName';

/** Editors run the command of a terminal again, days later: nobody asks for anything then. */
const ASKED_MS = 60_000;

export const resumeCommand = defineCommand({
  name: 'resume',
  summary: 'Go on with an interrupted or paused backfill, and show it',
  details: `Goes through the partitions of its plan. What is done and still there is left alone; what is done and empty now is an alarm. What was in flight is judged by what the warehouse holds: finished dates stay, torn ones are run again. What was not started is run, unless somebody has filled it meanwhile. Each decision is in the journal.

Where the command, the SQL, the environment or the thresholds of a processor have changed since the plan was made, it asks whether to go on as planned or as the manifest is now.

Jobs that its executor left are waited for first. What failed is not tried again, unless you say so.

A paused one goes on, whatever it paused for; one that waits for its surroundings, such as a sign-in, looks again at once.`,
  operands: [{ name: 'ID', help: "the backfill, as 'backfill runs' lists it" }],
  options: {
    ...MANIFEST_OPTION,
    'retry-failed': { kind: 'flag', help: 'also run again what failed, and what was done and is empty now' },
    ...MANIFEST_CHOICE_OPTIONS,
    foreground: { kind: 'flag', help: 'execute in this process, which then must not be closed: for CI' },
    'asked-at': {
      kind: 'text',
      value: 'MS',
      help: 'only show it when that was more than a minute ago (epoch milliseconds), for terminals that are run again by themselves',
    },
    'keep-open': { kind: 'flag', help: 'wait for Enter after the summary, and then end without an error' },
  },
  async run(context, options, [id = '']) {
    const { manifest, journal, progress } = await backfillOf(context, options.manifest, id);
    const askedAt = options['asked-at'];
    if (askedAt !== undefined && !(context.services.clock.now() - Number(askedAt) < ASKED_MS))
      return attach(context, { manifest, id, keepOpen: options['keep-open'], foreground: false });
    // One that was asked to pause and has not seen it yet is told, too.
    if (isActivePhase(progress.phase)) await journal.request(id, { kind: 'continue' }, userName('resume'));
    const choice = manifestChoiceOf(options);
    const session = { resume: true, retryFailed: options['retry-failed'], ...(choice !== undefined && { manifest: choice }) };
    return attach(context, { manifest, id, keepOpen: options['keep-open'], foreground: options.foreground, session });
  },
});
