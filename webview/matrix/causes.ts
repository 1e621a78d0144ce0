import type { Day } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Hit } from './layout';
import { cellOf, isGapCell } from './summary';

/** A cell by node and date. */
export interface Place {
  readonly node: number;
  readonly day: Day;
}

/** The gaps of a cause, and the way from one of them to its roots. */
export interface CauseTrail {
  /** Index into the snapshot's causes. */
  readonly cause: number;
  readonly roots: readonly Place[];
  /** From a partition to one that it needs and that lacks. */
  readonly steps: readonly (readonly [Place, Place])[];
}

/** Index into the snapshot's causes; undefined for what is no gap of a processor. */
export function causeOf(snapshot: Snapshot, cell: number): number | undefined {
  const cause = snapshot.causeOfSet[snapshot.rootSet[cell] ?? 0] ?? -1;
  return cause < 0 ? undefined : cause;
}

/** The first gap of a node from a date on; undefined where there is none up to the last. */
export function gapIn(snapshot: Snapshot, { node, day }: Hit, to: Day): Place | undefined {
  if (node === undefined) return undefined;
  for (let at = day; at <= to; at++) if (isGapCell(snapshot, cellOf(snapshot, node, at))) return { node, day: at };
  return undefined;
}

/** Why a gap is one: through what it needs, where that lacks too, down to the roots. */
export function trailOf(snapshot: Snapshot, { node, day }: Place): CauseTrail | undefined {
  const cell = cellOf(snapshot, node, day);
  const cause = causeOf(snapshot, cell);
  if (cause === undefined) return undefined;
  const rootCells = [...(snapshot.rootCells[snapshot.rootSet[cell] ?? 0] ?? [])];
  const known = new Set(rootCells);
  const placeOf = (at: number): Place => ({
    node: Math.floor(at / snapshot.dayCount),
    day: snapshot.firstDay + (at % snapshot.dayCount),
  });
  const roots = rootCells.map(placeOf);
  const steps: (readonly [Place, Place])[] = [];
  const seen = new Set([node]);
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (known.has(cellOf(snapshot, at, day)) && at !== node) continue;
    for (const upstream of snapshot.nodes[at]?.upstream ?? []) {
      const here = { node: at, day };
      for (const root of roots) if (root.node === upstream) steps.push([here, root]);
      const between = cellOf(snapshot, upstream, day);
      if (known.has(between) || !shares(snapshot, between, known)) continue;
      steps.push([here, { node: upstream, day }]);
      if (!seen.has(upstream)) {
        seen.add(upstream);
        open.push(upstream);
      }
    }
  }
  return { cause, roots, steps };
}

function shares(snapshot: Snapshot, cell: number, roots: ReadonlySet<number>): boolean {
  const set = snapshot.rootSet[cell] ?? 0;
  return set !== 0 && (snapshot.rootCells[set] ?? []).some((root) => roots.has(root));
}
