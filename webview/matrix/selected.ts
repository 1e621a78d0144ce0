import type { Day } from '../../src/base/day';
import { type SelectionCell, textOfCells, visitCells } from '../../src/base/selection/cells';
import type { SelectionNames } from '../../src/base/selection/names';
import { parseSelection, type SelectionProblem } from '../../src/base/selection/parse';
import { resolveSelection } from '../../src/base/selection/resolve';
import { STATUSES } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import { causeOf } from './causes';
import { cellOf } from './summary';

const WAIVED = 2;
/** Of `Snapshot.off`: the calendar expects something. */
const EXPECTED = 255;

/** Which partitions are selected. The text is the truth; the cells follow from it and from what the snapshot holds. */
export interface Selected {
  readonly text: string;
  /** What is wrong with the text; then nothing is selected. */
  readonly problem?: SelectionProblem;
  /** By cell: 1 where it is selected. Absent while nothing is. */
  readonly cells?: Uint8Array;
  readonly count: number;
  readonly dates: number;
}

export const NOTHING: Selected = { text: '', count: 0, dates: 0 };

/** Processors and dates as a rectangle; sources are never run, so that they are never selected. */
export interface Block {
  readonly nodes: readonly number[];
  /** Inclusive. */
  readonly from: Day;
  readonly to: Day;
}

function namesOf({ nodes, seasons }: Snapshot): SelectionNames {
  return {
    nodes: nodes.flatMap(({ id, isSource }) => (isSource ? [] : id)),
    phases: phasesOf(nodes).map(({ id }) => id),
    seasons: seasons.map(({ name }) => name),
  };
}

function phasesOf(nodes: Snapshot['nodes']): readonly { readonly id: string; readonly nodes: readonly string[] }[] {
  const phases = new Map<string, string[]>();
  for (const { id, phase, isSource } of nodes) if (!isSource) phases.set(phase, [...(phases.get(phase) ?? []), id]);
  return [...phases].map(([id, ids]) => ({ id, nodes: ids }));
}

/** What a text selects in a snapshot. An empty text selects nothing here: nobody means everything by it in a picture. */
export function readSelected(snapshot: Snapshot, text: string): Selected {
  if (text.trim() === '') return { ...NOTHING, text };
  const names = namesOf(snapshot);
  const parsed = parseSelection(text, names);
  if ('problem' in parsed) return { ...NOTHING, text, problem: parsed.problem };
  const nodes = snapshot.nodes.filter(({ isSource }) => !isSource);
  const resolved = resolveSelection(parsed.selection, { nodes, phases: names.phases, seasons: snapshot.seasons });
  const indexes = new Map(snapshot.nodes.map(({ id }, index) => [id, index]));
  const at = (node: string, day: Day) => cellOf(snapshot, indexes.get(node) ?? 0, day);
  const cells = new Uint8Array(snapshot.status.length);
  visitCells(
    resolved,
    {
      firstDay: snapshot.firstDay,
      dayCount: snapshot.dayCount,
      statusOf: (node, day) => STATUSES[snapshot.status[at(node, day)] ?? 0] ?? 'off',
      isWaived: (node, day) => ((snapshot.flags[at(node, day)] ?? 0) & WAIVED) !== 0,
      isExpected: (node, day) => snapshot.off[at(node, day)] === EXPECTED,
    },
    (node, day) => {
      cells[at(node, day)] = 1;
    },
  );
  return ofCells(snapshot, text, cells);
}

function ofCells(snapshot: Snapshot, text: string, cells: Uint8Array): Selected {
  const dates = new Set<number>();
  let count = 0;
  for (let cell = cells.indexOf(1); cell >= 0; cell = cells.indexOf(1, cell + 1)) {
    count += 1;
    dates.add(cell % snapshot.dayCount);
  }
  return count === 0 ? { ...NOTHING, text } : { text, cells, count, dates: dates.size };
}

/** Selected cells as a selection, with the text that means exactly them. */
export function selectCells(snapshot: Snapshot, cells: Uint8Array): Selected {
  const { text } = NOTHING;
  const counted = ofCells(snapshot, text, cells);
  return counted.cells === undefined ? NOTHING : { ...counted, text: textOf(snapshot, cells) };
}

function textOf(snapshot: Snapshot, cells: Uint8Array): string {
  const indexes = new Map(snapshot.nodes.map(({ id }, index) => [id, index]));
  return textOfCells([...selectedCells(snapshot, cells)], {
    isExpected: (node, day) => snapshot.off[cellOf(snapshot, indexes.get(node) ?? 0, day)] === EXPECTED,
    phases: phasesOf(snapshot.nodes),
  });
}

/** By line, then by date. */
export function* selectedCells(snapshot: Snapshot, cells: Uint8Array): Generator<SelectionCell & { readonly cell: number }> {
  for (let cell = cells.indexOf(1); cell >= 0; cell = cells.indexOf(1, cell + 1)) {
    const node = snapshot.nodes[Math.floor(cell / snapshot.dayCount)];
    if (node !== undefined) yield { node: node.id, day: snapshot.firstDay + (cell % snapshot.dayCount), cell };
  }
}

/**
 * The selection with a block added to it, or taken out of it. Of more than one cell only dates on which something is expected count;
 * a single one is meant whatever it is.
 */
export function withBlock(snapshot: Snapshot, before: Uint8Array | undefined, block: Block, value: 0 | 1): Uint8Array {
  const cells = before?.slice() ?? new Uint8Array(snapshot.status.length);
  for (const cell of cellsIn(snapshot, block)) cells[cell] = value;
  return cells;
}

/** Whether all that a block would add is selected already; false where there is nothing to select. */
export function isBlockSelected(snapshot: Snapshot, cells: Uint8Array | undefined, block: Block): boolean {
  let some = false;
  for (const cell of cells === undefined ? [] : cellsIn(snapshot, block)) {
    if (cells?.[cell] !== 1) return false;
    some = true;
  }
  return some;
}

function* cellsIn(snapshot: Snapshot, { nodes, from, to }: Block): Generator<number> {
  const single = nodes.length === 1 && from === to;
  for (const node of nodes) {
    if (snapshot.nodes[node]?.isSource !== false) continue;
    const last = cellOf(snapshot, node, to);
    for (let cell = cellOf(snapshot, node, from); cell <= last; cell++) if (single || snapshot.off[cell] === EXPECTED) yield cell;
  }
}

/** All gaps of a cause. */
export function cellsOfCause(snapshot: Snapshot, cause: number): Uint8Array {
  const cells = new Uint8Array(snapshot.status.length);
  snapshot.nodes.forEach(({ isSource }, node) => {
    if (isSource) return;
    for (let cell = node * snapshot.dayCount; cell < (node + 1) * snapshot.dayCount; cell++) {
      if (causeOf(snapshot, cell) === cause) cells[cell] = 1;
    }
  });
  return cells;
}
