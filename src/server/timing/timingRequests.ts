import { backfillRuns } from '../../app/backfillRuns';
import type { BackfillRecord } from '../../app/journal';
import type { CoverageState } from '../../app/session/pipelineSession';
import type { CoverageGrid } from '../../core/coverage/coverage';
import { gapPlan } from '../../core/timing/gapPlan';
import type { TimedRun } from '../../core/timing/timedRun';
import { type TimingMemo, type TimingView, timingSteps } from '../../core/timing/timingView';
import { slotLimits, whatIsLeft } from '../../core/timing/whatIsLeft';
import type { Requests } from '../../protocol/messages';
import type { BackfillView } from '../backfills/backfillViews';
import type { PipelineService } from '../pipelineService';
import { timingSnapshot } from './timingSnapshot';

type Method = 'backfill/timing';
export type TimingHandlers = { readonly [M in Method]: (params: Requests[M]['params']) => Promise<Requests[M]['result']> };

/** Answers what a timing panel asks; what has not changed meanwhile is not computed again. */
export function timingHandlers(
  service: Pick<PipelineService, 'remembered' | 'notedRuns' | 'backfills' | 'state' | 'session'>,
): TimingHandlers {
  let known: { readonly of: readonly unknown[]; readonly view: TimingView; readonly asOf: number } | undefined;
  const memo: TimingMemo = new Map();
  const planned = new WeakMap<CoverageGrid, ReturnType<typeof gapPlan>>();
  const gapsOf = ({ input, grid }: CoverageState): ReturnType<typeof gapPlan> => {
    const gaps = planned.get(grid) ?? gapPlan(input, grid);
    planned.set(grid, gaps);
    return gaps;
  };
  const read = new WeakMap<BackfillRecord, readonly TimedRun[]>();
  /** The same objects for the same record. */
  const runsOf = (view: BackfillView): readonly TimedRun[] => {
    const runs = view.calls === undefined ? read.get(view.record) : undefined;
    if (runs !== undefined) return runs;
    const found = backfillRuns(view, Date.now());
    if (view.calls === undefined) read.set(view.record, found);
    return found;
  };
  return {
    'backfill/timing': async ({ processor }) => {
      await service.remembered;
      const { pipeline } = service.session;
      if (pipeline === undefined) throw new Error('The manifest has mistakes: see Problems.');
      const noted = await service.notedRuns();
      const { views } = service.backfills;
      const of = [pipeline, noted.runs, service.state?.grid, ...views.flatMap(({ record, calls = [] }) => [record, ...calls])];
      if (known === undefined || of.length !== known.of.length || of.some((one, index) => one !== known?.of[index])) {
        const runs = views.flatMap((one) => runsOf(one));
        const open = views.map(({ record: { plan, events }, progress }) => ({ plan, events, progress }));
        const { state } = service;
        const limits = slotLimits(pipeline);
        const left = whatIsLeft({
          open,
          runs,
          now: Date.now(),
          limits,
          ...(state !== undefined && { gaps: () => gapsOf(state) }),
        });
        const order = pipeline.processors.map(({ id }) => id);
        known = { of, view: await unhurried(timingSteps({ history: noted.runs, runs, order, left }, memo)), asOf: Date.now() };
      }
      return timingSnapshot(known.view, {
        ...{ pipeline: pipeline.name, asOf: known.asOf },
        ...(noted.problem !== undefined && { problem: `The run history was not read: ${noted.problem}` }),
        ...(processor !== undefined && { processor }),
      });
    },
  };
}

/** Lets others have their turn between the steps. */
async function unhurried(steps: Generator<void, TimingView>): Promise<TimingView> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
