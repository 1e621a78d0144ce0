import { parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import { messageOf } from '../../base/logger';
import type { OverLimit, Plan, PlanBytes } from '../../core/backfill/backfill';
import type { Pipeline } from '../../core/pipeline';
import type { ReplacementCost, Warehouse } from '../ports';

/**
 * What the warehouse bills for a plan at most: the dearest of a few dates of each SQL processor, times its dates. Undefined where nothing is
 * billed by bytes, and for a plan that runs nothing. Never rejects: what cannot be told is told as that.
 * @param texts of SQL files, by the names that the manifest gives them.
 */
export async function costOf(
  plan: Pick<Plan, 'jobs' | 'partitions'>,
  pipeline: Pipeline,
  warehouse: Pick<Warehouse, 'replacementCost'>,
  texts: ReadonlyMap<string, string>,
): Promise<PlanBytes | undefined> {
  if (warehouse.replacementCost === undefined || plan.jobs.length === 0) return undefined;
  const unknown: { processor: string; why: string }[] = [];
  const overLimit: OverLimit[] = [];
  const limit = pipeline.warehouse.type === 'bigquery' ? pipeline.warehouse.maxBytesBilled : undefined;
  let atMost: number | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const { processor: id, method, command } of plan.jobs) {
    const processor = pipeline.processors.find((one) => one.id === id);
    const select = method === 'sql' ? texts.get(command[0] ?? '') : undefined;
    if (processor === undefined || select === undefined) {
      unknown.push({ processor: id, why: 'a command does not tell what it reads' });
      continue;
    }
    const runs = plan.partitions.filter((one) => one.processor === id && one.action === 'run');
    const days = runs.flatMap(({ date }) => parseDay(date) ?? []).sort((a, b) => a - b);
    try {
      const cost: ReplacementCost = await warehouse.replacementCost(processor, days, select);
      const isRefused = limit !== undefined && cost.least > limit;
      if (!isRefused) atMost = (atMost ?? 0) + cost.bytes * days.length;
      if (limit !== undefined && cost.bytes > limit)
        overLimit.push({ processor: id, least: cost.least, most: cost.bytes, limit });
      fewest = Math.min(fewest, cost.looks);
      most = Math.max(most, cost.looks);
    } catch (thrown) {
      unknown.push({ processor: id, why: messageOf(thrown) });
    }
  }
  const beyond = overLimit.length > 0 ? { overLimit } : {};
  if (atMost === undefined) return { unknown, ...beyond };
  const looks = fewest === most ? counted(most, 'date') : `${fewest} to ${most} dates`;
  return {
    atMost,
    basis: `by free estimates of ${looks} of each processor, the dearest for all`,
    unknown,
    ...beyond,
  };
}
