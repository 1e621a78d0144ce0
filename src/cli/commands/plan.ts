import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { LAUNCH_OPTIONS, planFor, showPlan } from '../launch';
import { FORMAT_OPTION } from '../sharedOptions';

export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Show what a backfill would run and skip, and why; nothing is written',
  options: { ...LAUNCH_OPTIONS, ...FORMAT_OPTION },
  examples: [
    'backfill plan --processor MLFS --from 2021-11-01 --to 2021-11-30 --upstream',
    'backfill plan --choose failed --format json',
  ],
  async run(context, options) {
    const { plan } = await planFor(context, options);
    showPlan(plan, options.format, context.terminal);
    return EXIT.fine;
  },
});
