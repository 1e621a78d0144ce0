import { notes, PipelineRecords } from '../app/session/pipelineRecords';
import type { CoverageState } from '../app/session/pipelineSession';
import type { Day } from '../base/day';
import type { PipelineNode } from '../core/pipeline';
import { type Noted, notedOf } from '../core/records/noted';
import type { Context } from './command';
import type { OpenPipeline } from './manifestFile';

/** What a pipeline notes beside its tables, read once a command. */
export function recordsOf({ services, terminal }: Context, { manifest, session }: OpenPipeline): PipelineRecords {
  return new PipelineRecords({
    session: () => session,
    backfillRuns: async () => (await services.journal(manifest).ledger()).active.size > 0,
    clock: services.clock,
    logger: { debug() {}, info() {}, warn() {}, error: (message) => terminal.warn(message) },
  });
}

/** What is noted about one partition; undefined where the manifest names no table for it. */
export async function readNoted(
  context: Context,
  open: OpenPipeline,
  { input, grid }: CoverageState,
  node: PipelineNode,
  day: Day,
): Promise<Noted | undefined> {
  if (node.kind === 'source' || !notes(input.pipeline)) return undefined;
  return notedOf(node, await recordsOf(context, open).ofDate(day), input, grid);
}
