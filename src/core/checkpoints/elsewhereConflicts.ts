import { type Day, formatDay, parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import type { Plan } from '../backfill';
import { type ElsewhereJob, isLive } from './elsewhereJob';
import { datesText } from './elsewhereWords';

/** A sentence for each job elsewhere that runs and may write partitions that a plan runs, too. */
export function elsewhereConflicts(plan: Pick<Plan, 'partitions'>, jobs: readonly ElsewhereJob[]): readonly string[] {
  return jobs.filter(isLive).flatMap((job) => {
    const days = plan.partitions
      .filter(({ action, processor }) => action === 'run' && processor === job.processor)
      .flatMap(({ date }) => parseDay(date) ?? [])
      .filter((day) => worksOn(job, day));
    const [first] = days;
    if (first === undefined) return [];
    const pids = job.processes.map(({ pid }) => pid).join(', ');
    const who = [pids === '' ? '' : `process ${pids}`, datesText(job)].filter((part) => part !== '').join(', ');
    const what = days.length === 1 ? formatDay(first) : counted(days.length, 'date');
    return `${job.processor} ${job.state === 'running' ? 'runs' : 'may run'} elsewhere (${who}), with ${what} of this plan: both would write the same partitions. Wait for it, or end it first.`;
  });
}

/** Whether it may come to a date: of one whose dates are not known, any. */
function worksOn({ range, dates }: ElsewhereJob, day: Day): boolean {
  if (dates !== undefined) return dates.includes(day);
  return range === undefined || (range.from <= day && day <= range.to);
}
