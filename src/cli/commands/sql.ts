import { type ReadingCost, WarehouseError } from '../../app/ports';
import type { DayRange } from '../../base/day';
import { formatBytes } from '../../base/figures';
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
    const warehouse = session.warehouse();
    const range = rangeOf(options);
    context.terminal.print(await warehouse.coverageSql(pipeline, range));
    // Beside the text, so that a pipe gets SQL alone.
    if (warehouse.estimate !== undefined)
      context.terminal.warn(estimateText(await estimateOf(warehouse.estimate(pipeline, range))));
    return EXIT.fine;
  },
});

/** A free estimate is not worth a failure: the text is there. */
function estimateOf(estimate: Promise<ReadingCost>): Promise<ReadingCost | WarehouseError> {
  return estimate.catch((error: unknown) => {
    if (error instanceof WarehouseError) return error;
    throw error;
  });
}

function estimateText(found: ReadingCost | WarehouseError): string {
  if (found instanceof WarehouseError) return `What it would cost is not known: ${found.message}`;
  return `It would be billed at most ${formatBytes(found.bytes)}. Nothing was run.`;
}

function rangeOf({ from, to }: { readonly from: number | undefined; readonly to: number | undefined }): DayRange | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw usageError('Give both --from and --to, or neither.');
  if (to < from) throw usageError('--to is before --from: swap them.');
  return { from, to };
}
