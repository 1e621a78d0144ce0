import type { DayRange } from '../../base/day';
import { defineCommand } from '../command';
import { EXIT, usageError } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { MANIFEST_OPTION, SCOPE_OPTIONS } from '../sharedOptions';

export const sqlCommand = defineCommand({
  name: 'sql',
  summary: 'Print the query that coverage is read with, for use elsewhere',
  options: { ...MANIFEST_OPTION, from: SCOPE_OPTIONS.from, to: SCOPE_OPTIONS.to },
  async run(context, options) {
    const { session, pipeline } = await openPipeline(context, options);
    context.terminal.print(await session.warehouse().coverageSql(pipeline, rangeOf(options)));
    return EXIT.fine;
  },
});

function rangeOf({ from, to }: { readonly from: number | undefined; readonly to: number | undefined }): DayRange | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw usageError('Give both --from and --to, or neither.');
  if (to < from) throw usageError('--to is before --from: swap them.');
  return { from, to };
}
