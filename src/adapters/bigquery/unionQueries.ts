import { WarehouseError } from '../../app/ports';
import { groupBy } from '../../base/groupBy';
import { type CoverageBranch, unionOf } from '../../core/sql/coverage';

/** What one query may be. BigQuery's own limits are 1,024k characters and 1,000 tables, views resolved. */
export interface QueryLimits {
  readonly characters: number;
  readonly tables: number;
}

export const QUERY_LIMITS: QueryLimits = { characters: 900_000, tables: 500 };

/**
 * Runs the branches as few queries and returns their rows. A query that fails for something of one node is run again in halves, so that
 * a node that cannot be read costs no other one; where all is well there is no query more.
 * @param run runs one query; rejects with a WarehouseError.
 * @param failed gets the key (of a node or calendar) that could not be read, and why.
 */
export async function runBranches<T>(
  branches: readonly CoverageBranch[],
  limits: QueryLimits,
  run: (sql: string, tables: readonly string[]) => Promise<readonly T[]>,
  failed: (key: string, error: WarehouseError) => void,
): Promise<T[]> {
  const attempt = async (parts: readonly CoverageBranch[][]): Promise<T[]> => {
    const all = parts.flat();
    try {
      return [...(await run(unionOf(all), tablesOf(all)))];
    } catch (error) {
      if (!(error instanceof WarehouseError)) throw error;
      if (parts.length === 1 || !error.isOfOneNode) {
        for (const [first] of parts) failed(first?.key ?? '', error);
        return [];
      }
      const middle = Math.ceil(parts.length / 2);
      return (await Promise.all([attempt(parts.slice(0, middle)), attempt(parts.slice(middle))])).flat();
    }
  };
  return (await Promise.all(chunks(branches, limits).map(attempt))).flat();
}

/** The same queries as texts, with the tables that each reads. */
export function queriesOf(
  branches: readonly CoverageBranch[],
  limits: QueryLimits,
): { readonly sql: string; readonly tables: readonly string[] }[] {
  return chunks(branches, limits).map((parts) => ({ sql: unionOf(parts.flat()), tables: tablesOf(parts.flat()) }));
}

/** As many nodes a query as the limits allow; all tables of a node in one. */
function chunks(branches: readonly CoverageBranch[], limits: QueryLimits): CoverageBranch[][][] {
  const all: { parts: CoverageBranch[][]; characters: number; tables: Set<string> }[] = [];
  for (const node of groupBy(branches, ({ key }) => key).values()) {
    const characters = node.reduce((sum, { sql }) => sum + sql.length + SEPARATOR, 0);
    const last = all.at(-1);
    const tables = new Set([...(last?.tables ?? []), ...tablesOf(node)]);
    if (last !== undefined && last.characters + characters <= limits.characters && tables.size <= limits.tables) {
      last.parts.push(node);
      last.characters += characters;
      last.tables = tables;
    } else {
      all.push({ parts: [node], characters, tables: new Set(tablesOf(node)) });
    }
  }
  return all.map(({ parts }) => parts);
}

/** Of `UNION ALL` and its line ends. */
const SEPARATOR = 12;

function tablesOf(branches: readonly CoverageBranch[]): string[] {
  return [...new Set(branches.map(({ table }) => table))];
}
