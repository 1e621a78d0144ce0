import { callRuns, journalRuns } from '../../core/timing/journalRuns';
import { type TimingView, timingView } from '../../core/timing/timingView';
import { leftByProcessor } from '../../core/timing/whatIsLeft';
import type { Requests } from '../../protocol/messages';
import type { BackfillView } from '../backfillViews';
import type { PipelineService } from '../pipelineService';
import { timingSnapshot } from './timingSnapshot';

type Method = 'backfill/timing';
export type TimingHandlers = { readonly [M in Method]: (params: Requests[M]['params']) => Promise<Requests[M]['result']> };

/** Answers what a timing panel asks; what has not changed meanwhile is not computed again. */
export function timingHandlers(
  service: Pick<PipelineService, 'remembered' | 'notedRuns' | 'backfills' | 'state' | 'session'>,
): TimingHandlers {
  let known: { readonly of: readonly unknown[]; readonly view: TimingView; readonly asOf: number } | undefined;
  return {
    'backfill/timing': async ({ processor }) => {
      await service.remembered;
      const { pipeline } = service.session;
      if (pipeline === undefined) throw new Error('The manifest has mistakes: see Problems.');
      const noted = await service.notedRuns();
      const { views } = service.backfills;
      const of = [pipeline, noted.runs, service.state?.grid, ...views.flatMap(({ record, calls = [] }) => [record, ...calls])];
      if (known === undefined || of.length !== known.of.length || of.some((one, index) => one !== known?.of[index])) {
        const runs = views.flatMap(runsOfView);
        const open = views.map(({ record: { plan }, progress }) => ({ plan, progress }));
        const left = leftByProcessor(open, runs, gapsOf(service.state));
        const order = pipeline.processors.map(({ id }) => id);
        known = { of, view: timingView({ history: noted.runs, runs, order, left }), asOf: Date.now() };
      }
      return timingSnapshot(known.view, {
        ...{ pipeline: pipeline.name, asOf: known.asOf },
        ...(noted.problem !== undefined && { problem: `The run history was not read: ${noted.problem}` }),
        ...(processor !== undefined && { processor }),
      });
    },
  };
}

/** The attempts that ended, and the dates that calls which run have finished by their logs. */
export function runsOfView({ record, calls = [] }: Pick<BackfillView, 'record' | 'calls'>) {
  const { id } = record.plan;
  return [...journalRuns(record), ...calls.flatMap(({ processor, digest }) => callRuns(id, processor, digest, Date.now()))];
}

function gapsOf(state: PipelineService['state']): ReadonlyMap<string, number> {
  if (state === undefined) return new Map();
  const { grid, input } = state;
  return new Map(
    input.pipeline.processors.map(({ id, index }) => {
      const from = index * grid.dayCount;
      return [id, grid.rootSet.subarray(from, from + grid.dayCount).filter((set) => set !== 0).length];
    }),
  );
}
