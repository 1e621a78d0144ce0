import type { PlanRequest } from '../backfill/backfill';
import { progressOf } from '../backfill/progress';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import { makePlan } from '../plan/planner';
import type { OpenBackfill } from './whatIsLeft';

const EVERY_GAP: PlanRequest = {
  ...{ select: '', withUpstream: false, withDownstream: false, order: 'oldest', slots: 1, policy: 'continue', overrides: [] },
};

/** The plan that would fill every gap that can be filled, one call at a time: for how long that would take, not to be run. */
export function gapPlan(input: CoverageInput, grid: CoverageGrid): Omit<OpenBackfill, 'events'> {
  const context = { input, grid, request: EVERY_GAP, manifest: '', salt: '', sqlText: () => undefined, digest: () => '' };
  const plan = makePlan(context);
  return { plan, progress: progressOf(plan, [], false) };
}
