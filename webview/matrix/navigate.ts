import { isGap, STATUSES } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Hit } from './layout';

const WAIVED = 2;
const GAP_CODES = new Set(STATUSES.flatMap((status, code) => (isGap(status) ? [code] : [])));

export function isGapCell(snapshot: Snapshot, cell: number): boolean {
  return GAP_CODES.has(snapshot.status[cell] ?? 0) && ((snapshot.flags[cell] ?? 0) & WAIVED) === 0;
}

export function cellOf(snapshot: Snapshot, node: number, day: number): number {
  return node * snapshot.dayCount + (day - snapshot.firstDay);
}

/**
 * The next gap after a cell (or before it, for step -1), in the order in which people mend: by date, then by line, from top to
 * bottom; wraps around. Undefined when there is no gap.
 */
export function nextGap(snapshot: Snapshot, from: Hit | undefined, step: 1 | -1): Hit | undefined {
  const lines = snapshot.nodes.length;
  const total = lines * snapshot.dayCount;
  if (total === 0) return undefined;
  const start =
    from === undefined
      ? step === 1
        ? -1
        : total
      : (from.day - snapshot.firstDay) * lines + (from.node ?? (step === 1 ? -1 : 0));
  for (let count = 1; count <= total; count++) {
    const position = (((start + step * count) % total) + total) % total;
    const node = position % lines;
    const day = snapshot.firstDay + Math.floor(position / lines);
    if (!(snapshot.nodes[node]?.isSource ?? false) && isGapCell(snapshot, cellOf(snapshot, node, day))) return { node, day };
  }
  return undefined;
}

/** Gaps of a line. */
export function gapsOfNode(snapshot: Snapshot, node: number): number {
  let gaps = 0;
  for (let cell = node * snapshot.dayCount; cell < (node + 1) * snapshot.dayCount; cell++) {
    if (isGapCell(snapshot, cell)) gaps += 1;
  }
  return gaps;
}
