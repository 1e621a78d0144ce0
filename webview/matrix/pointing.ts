import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { Snapshot } from '../../src/protocol/snapshot';
import { columnOf, type Hit, hitTest, type MatrixLayout, type Spot, spotAt } from './layout';
import type { Block } from './selected';

/** How a block changes the selection. */
export type Change = 'replace' | 'add' | 'remove';

export interface PointingActions {
  focusOn(hit: Hit): void;
  /** While a button is down the block is only shown; then it counts. */
  select(block: Block, change: Change, isFinal: boolean): void;
  isSelected(block: Block): boolean;
}

interface Drag {
  readonly from: Spot;
  readonly change: Change;
}

/** The processors and dates between two spots: cells make a rectangle, names whole lines, dates whole columns. */
export function blockBetween(snapshot: Snapshot, layout: MatrixLayout, from: Spot, to: Spot): Block {
  const nodes = [...nodesOf(snapshot, layout, from), ...nodesOf(snapshot, layout, to)].map((node) => layout.nodes.indexOf(node));
  const [first, last] = [Math.min(...nodes), Math.max(...nodes)];
  const days = [...daysOf(layout, from), ...daysOf(layout, to)];
  return { nodes: layout.nodes.slice(first, last + 1), from: Math.min(...days), to: Math.max(...days) };
}

function nodesOf(snapshot: Snapshot, layout: MatrixLayout, spot: Spot): readonly number[] {
  if (spot.kind === 'cell' || spot.kind === 'node') return [spot.node];
  if (spot.kind === 'date') return layout.nodes;
  return layout.nodes.filter((node) => snapshot.nodes[node]?.phase === spot.phase);
}

function daysOf(layout: MatrixLayout, spot: Spot): readonly number[] {
  if (spot.kind === 'cell' || spot.kind === 'date') {
    const column = columnOf(layout, spot.day);
    return column === undefined ? [spot.day] : [column.from, column.to];
  }
  return [layout.segments[0]?.firstDay ?? 0, layout.segments.at(-1)?.lastDay ?? 0];
}

/** What a drag that began on a name, a date or a cell has reached: it stays one of names, dates or cells. Undefined where it has left them. */
function alike(from: Spot, to: Spot): Spot | undefined {
  if (from.kind === 'date') return 'day' in to ? { kind: 'date', day: to.day } : undefined;
  if (from.kind === 'cell') return to.kind === 'cell' ? to : undefined;
  if (to.kind === 'cell') return { kind: 'node', node: to.node };
  return to.kind === 'date' ? undefined : to;
}

/** Drags, Ctrl and Shift, as tables have them. @param anchor where a selection began; kept for Shift. */
export function usePointing(
  snapshot: Snapshot,
  layoutNow: () => MatrixLayout | undefined,
  anchor: RefObject<Spot | undefined>,
  actions: PointingActions,
) {
  const drag = useRef<Drag | undefined>(undefined);
  const last = useRef('');
  const lastSpot = (): Spot | undefined => (last.current === '' ? undefined : (JSON.parse(last.current) as Spot));
  const apply = (spot: Spot, isFinal: boolean): void => {
    const layout = layoutNow();
    if (drag.current === undefined || layout === undefined) return;
    const { from, change } = drag.current;
    const to = alike(from, spot) ?? lastSpot();
    if (to === undefined) return;
    const key = JSON.stringify(to);
    if (!isFinal && key === last.current) return;
    last.current = key;
    actions.select(blockBetween(snapshot, layout, from, to), change, isFinal);
  };
  return {
    /** @returns whether the pointer is on something that can be selected. */
    down(event: PointerEvent, x: number, y: number): boolean {
      const layout = layoutNow();
      const spot = layout === undefined ? undefined : spotAt(layout, x, y);
      if (layout === undefined || spot === undefined) return false;
      const control = event.ctrlKey || event.metaKey;
      const hit = hitTest(layout, x, y);
      if (event.button === 2) {
        const block = blockBetween(snapshot, layout, spot, spot);
        if (hit?.node !== undefined && !actions.isSelected(block)) {
          anchor.current = spot;
          actions.focusOn(hit);
          actions.select(block, 'replace', true);
        } else if (hit !== undefined) actions.focusOn(hit);
        return false;
      }
      if (event.button !== 0) return false;
      const from = event.shiftKey ? (anchor.current ?? spot) : spot;
      anchor.current = from;
      const removes = control && actions.isSelected(blockBetween(snapshot, layout, from, spot));
      drag.current = { from, change: control ? (removes ? 'remove' : 'add') : 'replace' };
      last.current = '';
      if (hit !== undefined) actions.focusOn(hit);
      apply(spot, false);
      return true;
    },
    move(x: number, y: number): void {
      const layout = layoutNow();
      const spot = layout === undefined ? undefined : spotAt(layout, x, y);
      if (drag.current !== undefined && spot !== undefined) apply(spot, false);
    },
    up(x: number, y: number): void {
      const layout = layoutNow();
      const spot = layout === undefined ? undefined : spotAt(layout, x, y);
      const end = spot ?? lastSpot();
      if (end !== undefined) apply(end, true);
      drag.current = undefined;
    },
    cancel(): void {
      drag.current = undefined;
    },
    get isDragging(): boolean {
      return drag.current !== undefined;
    },
  };
}
