import type { Day } from '../../base/day';
import { textOfCells } from '../../base/selection/cells';
import type { Status } from '../../base/status';
import { UNKNOWABLE } from '../coverage/calendar';
import { tablesOf } from '../coverage/classify';
import type { CoverageGrid, CoverageInput, PartitionRef } from '../coverage/coverage';
import { inputCells } from '../coverage/dependencies';
import { dayOfCell, heldOf, refOfCell, tableOfCell } from '../coverage/reasons';
import type { Tables } from '../coverage/tables';
import { topologicalOrder } from '../manifest/order';
import { type Cause, ImpactCauses } from './causes';

/** What follows from partitions that were repaired. */
export interface Impact {
  readonly given: readonly PartitionRef[];
  /** Those of the given ones that are gaps or stale by themselves: as long as they are, nothing downstream gets better. */
  readonly unrepaired: readonly (PartitionRef & { readonly status: Status })[];
  /** What to do again, in the order in which to do it. */
  readonly redo: readonly ImpactedPartition[];
  /** Built from the given ones as they are now: nothing to do. By phase, file order and date. */
  readonly current: readonly PartitionRef[];
  /** What to do again as a selection that means exactly that; empty where that is nothing. */
  readonly select: string;
}

export interface ImpactedPartition extends PartitionRef {
  readonly status: Status;
  /** -1 when never read. */
  readonly rows: number;
  /** At least one, the most telling first. */
  readonly causes: readonly Cause[];
}

/**
 * The partitions downstream of given ones that have to be done again, directly or through others. What the journal recorded of an attempt's
 * inputs decides; where it recorded nothing, what the processor needs, windows included. Dates on which nothing is expected are left out.
 * @param given sources may be among them; those outside of the grid have no downstream.
 * @param isToChange the given ones are yet to be written anew, so that whatever was built from them is to be done again.
 */
export function impactOf(input: CoverageInput, grid: CoverageGrid, given: readonly PartitionRef[], isToChange = false): Impact {
  const t = tablesOf(input, grid);
  const cells = new Set(given.map(({ node, day }) => t.cellOf(node, day)).filter((cell) => cell >= 0));
  const causes = new ImpactCauses(t, cells, isToChange);
  const redo = new Set<number>();
  const candidates = candidatesOf(t, cells, causes);
  // Most follow from earlier dates and nodes, so that one pass finds them; what an old manifest recorded may need another.
  for (let grew = true; grew; ) {
    grew = false;
    for (const cell of candidates) {
      if (redo.has(cell) || !causes.isAffected(cell, redo)) continue;
      redo.add(cell);
      grew = true;
    }
  }
  const current = candidates.filter((cell) => !redo.has(cell) && causes.inputsOf(cell).some((one) => cells.has(one)));
  return {
    given: [...cells].sort((a, b) => a - b).map((cell) => refOfCell(t, cell)),
    unrepaired: [...cells]
      .filter((cell) => causes.isYetToChange(cell))
      .sort((a, b) => a - b)
      .map((cell) => ({ ...refOfCell(t, cell), status: heldOf(t, cell) })),
    redo: upstreamFirst(t, redo).map((cell) => ({
      ...refOfCell(t, cell),
      status: heldOf(t, cell),
      rows: t.rows[cell] ?? -1,
      causes: causes.of(cell, redo),
    })),
    current: current.sort((a, b) => a - b).map((cell) => refOfCell(t, cell)),
    select: textOfCells(
      [...redo].map((cell) => refOfCell(t, cell)),
      { isExpected: (node, day) => isExpected(t, t.cellOf(node, day)) },
    ),
  };
}

function isExpected(t: Tables, cell: number): boolean {
  return cell >= 0 && (tableOfCell(t, cell)?.off[cell % t.dayCount] ?? 0) >= UNKNOWABLE;
}

/** The cells that could be affected, earlier dates first and upstream first within a date. */
function candidatesOf(t: Tables, given: ReadonlySet<number>, causes: ImpactCauses): number[] {
  const nodes = downstreamNodes(t, given, causes);
  const ordered = t.order.flatMap((index) => (nodes.has(index) ? (t.nodes[index] ?? []) : []));
  const found: number[] = [];
  for (let offset = 0; offset < t.dayCount; offset++) {
    for (const { node, base } of ordered) {
      const cell = base + offset;
      if (node.kind === 'processor' && isExpected(t, cell) && !given.has(cell)) found.push(cell);
    }
  }
  return found;
}

/** The nodes that the given ones can reach through needs and through what attempts recorded. */
function downstreamNodes(t: Tables, given: ReadonlySet<number>, causes: ImpactCauses): ReadonlySet<number> {
  const upstream = t.nodes.map(({ needs, node }) => {
    const needed = needs.flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need])).map((rule) => rule.node);
    return new Set([...needed, ...causes.recordedNodes(node.index)]);
  });
  const reached = new Set([...given].map((cell) => Math.floor(cell / t.dayCount)));
  const found = new Set<number>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const [index, of] of upstream.entries()) {
      if (found.has(index) || ![...of].some((one) => reached.has(one))) continue;
      found.add(index);
      reached.add(index);
      grew = true;
    }
  }
  return found;
}

/** By phase, place among the needs and date, none before what it needs: it is built from that, whatever it was built from before. */
export function upstreamFirst(t: Tables, redo: ReadonlySet<number>): number[] {
  const place = new Map(t.order.map((node, index) => [node, index]));
  const rank = (cell: number): readonly [phase: number, place: number, day: Day] => {
    const node = tableOfCell(t, cell)?.node;
    return [node?.kind === 'processor' ? node.phase : -1, place.get(node?.index ?? -1) ?? 0, dayOfCell(t, cell)];
  };
  const ranked = [...redo]
    .map((cell) => ({ cell, rank: rank(cell) }))
    .sort(({ rank: a }, { rank: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
    .map(({ cell }) => cell);
  const indexOf = new Map(ranked.map((cell, index) => [cell, index]));
  const upstream = ranked.map((cell) => {
    const table = tableOfCell(t, cell);
    return table === undefined ? [] : inputCells(t, table, cell % t.dayCount).flatMap((one) => indexOf.get(one) ?? []);
  });
  return topologicalOrder(upstream, () => undefined).flatMap((index) => ranked[index] ?? []);
}
