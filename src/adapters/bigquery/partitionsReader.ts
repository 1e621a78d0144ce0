import { WarehouseError } from '../../app/ports';
import { groupBy } from '../../base/groupBy';
import type { BigqueryTables } from './bigqueryTables';
import type { BigqueryClient } from './client';
import type { Row } from './decodeRows';
import { MAX_PARTITIONED_TABLES, type PartitionPrints, partitionPrints, partitionsSql } from './partitions';
import { datasetOf } from './tablePath';

type RunQuery = (sql: string, tables: readonly string[], location: string) => Promise<readonly Row[]>;

/** Asks for the partitions of many tables: one query a dataset. */
export class PartitionsReader {
  readonly #client: BigqueryClient;
  /** Datasets that have no such view or do not show it: their tables are read as a whole. */
  readonly #without = new Set<string>();

  constructor(client: BigqueryClient) {
    this.#client = client;
  }

  /** By table; without those of datasets that do not tell. @param tables by the names of the manifest. */
  async read(asked: readonly string[], tables: BigqueryTables, run: RunQuery): Promise<ReadonlyMap<string, PartitionPrints>> {
    const found = new Map<string, PartitionPrints>();
    const datasets = groupBy(asked, (table) => datasetOf(this.#client.path(table)));
    await Promise.all(
      [...datasets].flatMap(([dataset, named]) =>
        slices(named, MAX_PARTITIONED_TABLES).map(async (slice) => {
          const prints = await this.#ask(dataset, slice, tables, run);
          for (const table of prints === undefined ? [] : slice)
            found.set(table, prints?.get(this.#client.path(table).table) ?? new Map());
        }),
      ),
    );
    return found;
  }

  async #ask(
    dataset: string,
    named: readonly string[],
    tables: BigqueryTables,
    run: RunQuery,
  ): Promise<ReadonlyMap<string, PartitionPrints> | undefined> {
    const [first] = named;
    if (first === undefined || this.#without.has(dataset)) return undefined;
    const names = named.map((table) => this.#client.path(table).table);
    try {
      return partitionPrints(await run(partitionsSql(dataset, names), [first], tables.locationOf(first)));
    } catch (error) {
      if (!(error instanceof WarehouseError)) throw error;
      // Whatever keeps it from being told, reading everything is as right; a trouble of all will say so there.
      if (error.isOfOneNode) this.#without.add(dataset);
      return undefined;
    }
  }
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
