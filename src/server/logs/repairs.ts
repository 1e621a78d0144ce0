import type { CoverageState } from '../../app/session/pipelineSession';
import { parseDay } from '../../base/day';
import { STATUSES } from '../../base/status';
import type { Plan } from '../../core/backfill/backfill';
import { tablesOf } from '../../core/coverage/classify';

const COMPLETE = STATUSES.indexOf('complete');

/**
 * Whether a partition was mended after an attempt of a backfill at it had failed: a later backfill has done it, or it was a gap when the backfill
 * was planned and is complete now, whoever filled it.
 */
export function isRepaired(state: CoverageState | undefined, plan: Plan, processor: string, date: string): boolean {
  if (state === undefined) return false;
  const last = state.input.attempts.last.get(`${processor} ${date}`);
  if (last !== undefined && last.backfill !== plan.id && last.outcome === 'done') return true;
  const planned = plan.partitions.find((one) => one.processor === processor && one.date === date);
  const day = parseDay(date);
  if (planned === undefined || planned.status === 'complete' || day === undefined) return false;
  return state.grid.status[tablesOf(state.input, state.grid).cellOf(processor, day)] === COMPLETE;
}
