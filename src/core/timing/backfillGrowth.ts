import { groupBy } from '../../base/groupBy';
import { growthFindings } from './growthFindings';
import { sequencesOf, type TimedRun } from './timedRun';
import { growthWords, leftByProcessor, type OpenBackfill } from './whatIsLeft';

/**
 * What grows from date to date of a backfill now, a sentence for each processor in which something does.
 * @param runs of the backfill, and of calls that run by their logs.
 */
export function backfillGrowth(backfill: OpenBackfill, runs: readonly TimedRun[]): readonly string[] {
  const left = leftByProcessor([backfill], runs);
  const good = runs.filter(({ outcome, cumulative }) => (outcome === 'done' || outcome === 'partial') && cumulative !== true);
  return [...groupBy(good, ({ processor }) => processor)].flatMap(([processor, own]) => {
    const sequences = sequencesOf(own);
    const growth = growthFindings(sequences).at(-1);
    // What an earlier session did is over.
    if (growth === undefined || growth.days.at(-1) !== sequences.at(-1)?.at(-1)?.day) return [];
    const open = left.get(processor);
    return [`${processor}: ${(open === undefined ? growth : growthWords(growth, 0, [growth], open)).text}`];
  });
}
