import type { Day } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import { columnAt, columnOf, type Hit, type MatrixLayout } from './layout';
import { cellOf, isGapCell } from './summary';

/**
 * The next gap after a cell (or before it, for step -1), in the order in which people mend: by date, then by line, from top to
 * bottom; wraps around. Undefined when there is no gap. @param counts which of the gaps are gone to, by their cells.
 */
export function nextGap(
  snapshot: Snapshot,
  from: Hit | undefined,
  step: 1 | -1,
  counts: (node: number, cell: number) => boolean = () => true,
): Hit | undefined {
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
    const cell = cellOf(snapshot, node, day);
    if (!(snapshot.nodes[node]?.isSource ?? false) && isGapCell(snapshot, cell) && counts(node, cell)) return { node, day };
  }
  return undefined;
}

/** The date itself where a season holds it, else the next one that does, else the last: dates between seasons have no column. */
export function nearestDay({ firstDay, dayCount, seasons }: Pick<Snapshot, 'firstDay' | 'dayCount' | 'seasons'>, day: Day): Day {
  const last = firstDay + dayCount - 1;
  const within = Math.min(last, Math.max(firstDay, day));
  const shown = seasons
    .map(({ from, to }) => ({ from: Math.max(from, firstDay), to: Math.min(to, last) }))
    .filter(({ from, to }) => from <= to);
  const next = shown.find(({ to }) => within <= to);
  return next === undefined ? (shown.at(-1)?.to ?? within) : Math.max(within, next.from);
}

/** The cell some columns and lines further, kept within what is shown; the line of all processors is above the first. */
export function moved(layout: MatrixLayout, from: Hit, columns: number, lines: number): Hit {
  const column = columnOf(layout, from.day)?.index ?? 0;
  const target = columnAt(layout, Math.min(layout.columns - 1, Math.max(0, column + columns)));
  // A step within the column keeps the date that somebody came from.
  const day = columns === 0 || target === undefined ? from.day : target.from;
  const line = from.node === undefined ? -1 : layout.nodes.indexOf(from.node);
  const node = layout.nodes[Math.min(layout.nodes.length - 1, line + lines)];
  return node === undefined || line + lines < 0 ? { day } : { node, day };
}
