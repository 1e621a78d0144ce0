import type { Day } from '../../base/day';
import type { Pipeline, Processor } from '../pipeline';
import { KnownTables } from '../schemaCheck/knownTables';
import type { TableSchema } from './tableSchema';

const MS_PER_DAY = 86_400_000;

/** Why a partition would be gone as soon as it is written, where a table's metadata tell: BigQuery deletes partitions by their own date, however new their rows are. @param now epoch milliseconds. */
export function expiryOf(
  schemas: readonly TableSchema[],
  { warehouse }: Pipeline,
  now: number,
): (processor: Processor, day: Day) => string | undefined {
  const tables = new KnownTables(schemas, warehouse);
  const today = Math.floor(now / MS_PER_DAY);
  return ({ tables: names, dateColumn }, day) => {
    for (const name of names) {
      const { expirationDays, column, unit } = tables.find(name)?.partitioning ?? {};
      if (expirationDays === undefined || unit !== 'day' || column?.toLowerCase() !== dateColumn.toLowerCase()) continue;
      if (day + expirationDays <= today)
        return `${name} deletes partitions of dates that are over ${expirationDays} days old: what is written would be gone at once`;
    }
    return undefined;
  };
}
