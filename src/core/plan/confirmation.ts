import { counted, formatSeconds } from '../../base/figures';
import type { Plan } from '../backfill/backfill';

const MANY_DATES = 60;
const LONG_SECONDS = 2 * 3600;

/** What has to be typed before a plan runs: the number of its dates, so that a large one cannot be missed. */
export interface Confirmation {
  /** Digits only. */
  readonly text: string;
  /** Such as `1,096 dates, about 26 h.` */
  readonly why: string;
}

/** Distinct dates that a plan runs. */
function datesRun(plan: Pick<Plan, 'partitions'>): number {
  return new Set(plan.partitions.filter(({ action }) => action === 'run').map(({ date }) => date)).size;
}

/** Undefined for ordinary plans: at most 60 dates, at most two hours, and nothing that is complete or where nothing is expected. */
export function confirmationOf(plan: Plan): Confirmation | undefined {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  const dates = datesRun(plan);
  const seconds = plan.estimate?.p50 ?? 0;
  const complete = runs.filter(({ status }) => status === 'complete').length;
  const off = runs.filter(({ status }) => status === 'off').length;
  if (dates <= MANY_DATES && seconds <= LONG_SECONDS && complete === 0 && off === 0) return undefined;
  const facts = [
    counted(dates, 'date'),
    ...(plan.estimate === undefined ? [] : [`about ${formatSeconds(Math.max(1, Math.round(seconds)))}`]),
    ...(complete > 0 ? [`${counted(complete, 'complete partition')} replaced`] : []),
    ...(off > 0 ? [`${counted(off, 'partition')} where nothing is expected`] : []),
  ];
  return { text: String(dates), why: `${facts.join(', ')}.` };
}
