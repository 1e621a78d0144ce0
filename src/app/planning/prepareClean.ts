import { parseDay } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { Plan, ShownPartition } from '../../core/backfill/backfill';
import { type CleanContext, cleanScope, makeCleanPlan } from '../../core/clean/cleanPlan';
import { tablesOf } from '../../core/coverage/classify';
import type { PartitionKey } from '../../core/coverage/coverage';
import { refOfCell } from '../../core/coverage/reasons';
import { fingerprintOf } from '../../core/observation/observation';
import { partitionKey } from '../../core/words';
import { type PartitionWriter, type Warehouse, WarehouseError } from '../ports';
import { newSalt } from './preparePlan';
import { digest } from './sqlTexts';

/**
 * Makes the plan that deletes partitions, from what they hold now, read exactly. Nothing is written. Rejects with a WarehouseError where the
 * warehouse as a whole cannot be read; a table that cannot be read leaves its partitions alone.
 */
export async function prepareClean(context: CleanContext, warehouse: Pick<Warehouse, 'read'>, manifest: string): Promise<Plan> {
  const scope = cleanScope(context);
  const shown = await readShown(context, scope.cells, warehouse);
  return makeCleanPlan({ ...context, scope, shown, manifest, salt: newSalt(), digest });
}

async function readShown(
  { input, grid }: CleanContext,
  cells: readonly number[],
  warehouse: Pick<Warehouse, 'read'>,
): Promise<ReadonlyMap<PartitionKey, ShownPartition>> {
  const t = tablesOf(input, grid);
  const shown = new Map<PartitionKey, ShownPartition>();
  for (const [id, refs] of groupBy(
    cells.map((cell) => refOfCell(t, cell)),
    ({ node }) => node,
  )) {
    const processor = input.pipeline.processors.find((one) => one.id === id);
    if (processor === undefined) continue;
    const days = refs.map(({ day }) => day);
    try {
      const whole = await warehouse.read(processor, days);
      const tables =
        processor.tables.length === 1
          ? [whole]
          : await Promise.all(processor.tables.map((table) => warehouse.read({ ...processor, tables: [table] }, days)));
      for (const day of days) {
        const observation = whole.get(day) ?? { day, rows: 0, checks: [] };
        const { content } = observation;
        shown.set(partitionKey(id, day), {
          rows: tables.map((read) => read.get(day)?.rows ?? 0),
          fingerprint: fingerprintOf(observation),
          ...(content !== undefined && { content }),
        });
      }
    } catch (thrown) {
      if (!(thrown instanceof WarehouseError && thrown.isOfOneNode)) throw thrown;
    }
  }
  return shown;
}

/** What a plan would run, as statements to be read or run elsewhere, in its order. */
export async function cleanStatements(
  plan: Plan,
  input: CleanContext['input'],
  writer: PartitionWriter,
): Promise<readonly string[]> {
  const statements: string[] = [];
  for (const { processor: id, date, action, shown } of plan.partitions) {
    const processor = input.pipeline.processors.find((one) => one.id === id);
    const day = parseDay(date);
    if (action !== 'run' || processor === undefined || day === undefined || shown === undefined) continue;
    statements.push(...(await writer.cleanSql(processor, day, shown.rows)));
  }
  return statements;
}
