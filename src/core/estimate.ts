import { counted } from '../base/figures';
import type { PastSeconds, PlanEstimate, PlannedJob, PlannedPartition } from './backfill';
import type { AttemptLedger } from './coverage';
import { quantile } from './progress';
import type { NotedRun } from './runHistory';

/** How long runs took that the pipeline's own run history knows: seconds of those that ended well, by processor id. */
export interface RunTimes {
  readonly table: string;
  readonly seconds: ReadonlyMap<string, readonly number[]>;
}

/** @returns undefined for no runs. */
export function runTimesOf(runs: readonly NotedRun[], table: string): RunTimes | undefined {
  const seconds = new Map<string, number[]>();
  for (const { processor, outcome, seconds: took } of runs) {
    if (processor === undefined || took === undefined || (outcome !== 'success' && outcome !== 'partial')) continue;
    const known = seconds.get(processor.id);
    if (known === undefined) seconds.set(processor.id, [took]);
    else known.push(took);
  }
  return seconds.size === 0 ? undefined : { table, seconds };
}

/**
 * How long the partitions of a plan will take, in seconds: for each processor its number of dates times the quantile of its past attempts,
 * or of the runs that the pipeline noted where the journal has none, over its slots. Phases may overlap, so it is rather too long. Undefined where no chosen processor has a history.
 */
export function estimateOf(
  jobs: readonly PlannedJob[],
  partitions: readonly PlannedPartition[],
  { last }: Pick<AttemptLedger, 'last'>,
  noted?: RunTimes,
): PlanEstimate | undefined {
  const history = new Map<string, number[]>();
  for (const [key, { outcome, seconds }] of last) {
    if (seconds === undefined || (outcome !== 'done' && outcome !== 'partial')) continue;
    const processor = key.slice(0, key.lastIndexOf(' '));
    history.set(processor, [...(history.get(processor) ?? []), seconds]);
  }
  let p50 = 0;
  let p90 = 0;
  const known: string[] = [];
  const dates: PastSeconds[] = [];
  const unknown: string[] = [];
  for (const { processor, slots } of jobs) {
    const own = history.get(processor);
    const seconds = own ?? noted?.seconds.get(processor) ?? [];
    const middle = quantile(seconds, 0.5);
    const high = quantile(seconds, 0.9);
    if (middle === undefined || high === undefined) {
      unknown.push(processor);
      continue;
    }
    const count = partitions.filter((partition) => partition.processor === processor && partition.action === 'run').length;
    p50 += (count * middle) / slots;
    p90 += (count * high) / slots;
    const basis = own === undefined ? `run of ${processor} in ${noted?.table}` : `attempt of ${processor}`;
    dates.push({ processor, p50: middle, p90: high, of: seconds.length });
    known.push(counted(seconds.length, basis, basis.replace(/^\w+/, '$&s')));
  }
  if (known.length === 0) return undefined;
  const without =
    unknown.length === 0 ? '' : `; without ${unknown.join(', ')}, which ${unknown.length === 1 ? 'has' : 'have'} no history`;
  return { p50, p90, basis: `${known.join(', ')}${without}`, dates };
}
