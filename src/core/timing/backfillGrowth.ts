import { groupBy } from '../../base/groupBy';
import { leftPool } from '../backfill/leftPool';
import { growthFindings } from './growthFindings';
import { sequencesOf, type TimedRun } from './timedRun';
import { growthWords, type OpenBackfill, runningSequence } from './whatIsLeft';

/**
 * What grows from date to date of a backfill now, a sentence for each processor in which something does.
 * @param runs of the backfill, and of calls that run by their logs.
 * @param now epoch milliseconds.
 */
export function backfillGrowth(backfill: OpenBackfill, runs: readonly TimedRun[], now: number): readonly string[] {
  const { plan, progress } = backfill;
  const told = runs.filter(({ sequence }) => sequence?.startsWith(runningSequence(plan.id)) === true);
  const left = leftPool(backfill, progress, now, { told })?.dates;
  const good = runs.filter(({ outcome, cumulative }) => (outcome === 'done' || outcome === 'partial') && cumulative !== true);
  return [...groupBy(good, ({ processor }) => processor)].flatMap(([processor, own]) => {
    const sequences = sequencesOf(own);
    // What an earlier session did is over.
    const growth = growthFindings(sequences.slice(-1)).at(-1);
    if (growth === undefined) return [];
    const slots = plan.jobs.find((job) => job.processor === processor)?.slots ?? 1;
    const open = { dates: left?.get(processor) ?? 0, slots: Math.min(slots, plan.request.slots), backfill: plan.id };
    return [`${processor}: ${growthWords(growth, 0, [growth], open).text}`];
  });
}
