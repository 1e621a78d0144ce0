import { classify } from '../coverage/classify';
import type { AttemptFact, CoverageGrid, CoverageInput, PartitionKey } from '../coverage/coverage';
import { dayOfCell, tableOfCell } from '../coverage/reasons';
import type { Tables } from '../coverage/tables';
import { fingerprintOf } from '../observation/observation';
import type { SingleNeed } from '../pipeline';
import { partitionKey } from '../words';

/** The coverage as it would be if something had happened. */
export interface Assumption {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
}

/**
 * The coverage as it would be if partitions were filled, each with just enough for itself and for what needs it. Where the inputs of one of
 * them are not enough even so, it is suspect, and so is what rests on it: one pass tells which of many partitions can be filled together.
 */
export function assumeFilled(t: Tables, grid: CoverageGrid, cells: ReadonlySet<number>): Assumption {
  const demanded = demandedCounts(t);
  const filled = new Map<number, number>();
  const rowsOf = (cell: number, depth: number): number => {
    const known = filled.get(cell);
    if (known !== undefined) return known;
    const held = Math.max(0, t.rows[cell] ?? 0);
    const table = tableOfCell(t, cell);
    if (table === undefined || !cells.has(cell)) return held;
    const ratio = table.ratio;
    // A `ratio_of` that leads back to its own beginning is followed only as far as there are nodes.
    const byRatio =
      ratio === undefined || depth > t.nodes.length
        ? 0
        : Math.ceil(ratio.atLeast * rowsOf(ratio.node * t.dayCount + (cell % t.dayCount), depth + 1));
    const rows = Math.max(held, grid.expectedRows[cell] ?? 0, demanded.rows[table.node.index] ?? 0, byRatio, 1);
    filled.set(cell, rows);
    return rows;
  };

  const last = new Map<PartitionKey, AttemptFact>(t.input.attempts.last);
  for (const cell of cells) {
    const node = tableOfCell(t, cell)?.node;
    if (node === undefined) continue;
    const rows = rowsOf(cell, 0);
    const entities = Math.max(t.entities[cell] ?? 0, node.expect.entities ?? 0, demanded.entities[node.index] ?? 0);
    const after = fingerprintOf({
      rows,
      ...(node.entity.length > 0 && { entities }),
      ...(node.key.length > 0 && { keys: rows }),
      checks: node.checks.map(() => 1),
    });
    last.set(partitionKey(node.id, dayOfCell(t, cell)), {
      backfill: '',
      attempt: '',
      outcome: 'done',
      endedAt: Number.POSITIVE_INFINITY,
      after,
      inputs: [],
    });
  }
  const input = { ...t.input, attempts: { ...t.input.attempts, last } };
  return { input, grid: classify(input) };
}

/** By node: the most that any same-date need asks of it, in the mode. */
function demandedCounts(t: Tables): { readonly rows: Int32Array; readonly entities: Int32Array } {
  const rows = new Int32Array(t.nodes.length);
  const entities = new Int32Array(t.nodes.length);
  const take = (need: SingleNeed): void => {
    if (need.window.kind !== 'same') return;
    rows[need.node] = Math.max(rows[need.node] ?? 0, need.minRows ?? 0, need.backfillMinRows ?? 0);
    entities[need.node] = Math.max(entities[need.node] ?? 0, need.minEntities ?? 0, need.backfillMinEntities ?? 0);
  };
  for (const { needs } of t.input.pipeline.processors) {
    for (const need of needs) {
      if (need.kind === 'single') take(need);
      else need.alternatives.forEach(take);
    }
  }
  return { rows, entities };
}
