import { type SelectionParts, selectionText } from '../../src/base/selection/parts';
import type { PlanRequest } from '../../src/core/backfill/backfill';

const DEFAULTS: PlanRequest = {
  select: '',
  withUpstream: false,
  withDownstream: false,
  order: 'oldest',
  slots: 1,
  policy: 'continue',
  overrides: [],
};

export type RequestParts = Partial<PlanRequest> & SelectionParts;

/** A request by the parts of its selection: what is not said is as if somebody had asked for no option. */
export function planRequest({ processors, phases, dates, from, to, choices, ...how }: RequestParts): PlanRequest {
  const parts = {
    ...(processors !== undefined && { processors }),
    ...(phases !== undefined && { phases }),
    ...(dates !== undefined && { dates }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(choices !== undefined && { choices }),
  };
  return { ...DEFAULTS, select: selectionText(parts), ...how };
}
