import { failureOf } from '../app/session/coverageOrigin';
import type { CoverageState, Freshness } from '../app/session/pipelineSession';
import { type ElsewhereReport, judgeElsewhere } from '../core/checkpoints/elsewhere';
import type { Processor } from '../core/pipeline';
import { listText } from '../core/words';
import type { Context } from './command';
import { plain } from './textWidth';

/** Jobs that no backfill started, as far as this machine shows them. */
export interface ElsewhereListing extends ElsewhereReport {
  readonly processors: readonly Processor[];
  /** False where processes cannot be listed: whether a job runs is then told by the age of its checkpoint. */
  readonly processesKnown: boolean;
}

const NOTHING: ElsewhereListing = { jobs: [], checkpoints: [], unknownJobs: [], processors: [], processesKnown: true };

/**
 * Looks for jobs that were started elsewhere. A broken manifest is a warning, because what backfills did can be told without it; trouble with
 * the warehouse leaves out what only its dates tell.
 */
export async function listElsewhere(context: Context, manifest: string, freshness: Freshness): Promise<ElsewhereListing> {
  const { services, terminal } = context;
  const session = services.session(manifest, 'backfill');
  const { pipeline } = await session.reload();
  if (pipeline === undefined) {
    terminal.warn("Warning: the manifest has mistakes, so jobs that were started elsewhere are not shown: see 'backfill check'.");
    return NOTHING;
  }
  const state = await session.coverage(freshness);
  if (state === undefined) return NOTHING;
  const failure = freshness === 'cached' ? undefined : failureOf(state);
  if (failure !== undefined)
    terminal.warn(`Warning: ${plain(failure.message)} What the dates and the rows would tell is as of the last read.`);
  const listing = await judged(context, manifest, state);
  if (listing.unknownJobs.length > 0) {
    const names = plain(listText(listing.unknownJobs, 6));
    terminal.warn(
      `Warning: there are checkpoints of jobs that no processor is known by: ${names}. Name them in its \`aliases\`.`,
    );
  }
  return listing;
}

/** The same by coverage that is known already. */
export async function judged({ services }: Context, manifest: string, state: CoverageState): Promise<ElsewhereListing> {
  const { pipeline } = state.input;
  const sightings = await services.elsewhere(manifest).look(pipeline);
  const report = judgeElsewhere(sightings, state, services.clock.now());
  return { ...report, processors: pipeline.processors, processesKnown: sightings.processesKnown };
}
