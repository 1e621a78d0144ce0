import { counted } from '../base/figures';
import type { Plan, PlannedJob, PlannedPartition } from './backfill';
import type { AttemptLedger } from './coverage';
import { quantile } from './progress';

/**
 * How long the partitions of a plan will take, in seconds: for each processor its number of dates times the quantile of its past attempts
 * over its slots. Phases may overlap, so it is rather too long. Undefined where no chosen processor has a history.
 */
export function estimateOf(
  jobs: readonly PlannedJob[],
  partitions: readonly PlannedPartition[],
  { last }: Pick<AttemptLedger, 'last'>,
): Plan['estimate'] {
  const history = new Map<string, number[]>();
  for (const [key, { outcome, seconds }] of last) {
    if (seconds === undefined || (outcome !== 'done' && outcome !== 'partial')) continue;
    const processor = key.slice(0, key.lastIndexOf(' '));
    history.set(processor, [...(history.get(processor) ?? []), seconds]);
  }
  let p50 = 0;
  let p90 = 0;
  const known: string[] = [];
  const unknown: string[] = [];
  for (const { processor, slots } of jobs) {
    const seconds = history.get(processor) ?? [];
    const middle = quantile(seconds, 0.5);
    const high = quantile(seconds, 0.9);
    if (middle === undefined || high === undefined) {
      unknown.push(processor);
      continue;
    }
    const count = partitions.filter((partition) => partition.processor === processor && partition.action === 'run').length;
    p50 += (count * middle) / slots;
    p90 += (count * high) / slots;
    known.push(`${counted(seconds.length, 'attempt')} of ${processor}`);
  }
  if (known.length === 0) return undefined;
  const without =
    unknown.length === 0 ? '' : `; without ${unknown.join(', ')}, which ${unknown.length === 1 ? 'has' : 'have'} no history`;
  return { p50, p90, basis: `${known.join(', ')}${without}` };
}
