import { csv } from '../../src/base/csv';
import { formatDay } from '../../src/base/day';
import { escaped, table } from '../../src/base/markdown';
import type { Snapshot } from '../../src/protocol/snapshot';
import { selectedCells } from './selected';
import { isGapCell, lookOf } from './summary';

const TITLES = ['processor', 'date', 'status', 'rows', 'expects', 'cause'];

/** What is copied: the selection, or every gap where nothing is selected. */
export function cellsToCopy(snapshot: Snapshot, selected: Uint8Array | undefined): Uint8Array {
  if (selected !== undefined) return selected;
  return Uint8Array.from(snapshot.status, (_, cell) => {
    const isSource = snapshot.nodes[Math.floor(cell / snapshot.dayCount)]?.isSource ?? true;
    return !isSource && isGapCell(snapshot, cell) ? 1 : 0;
  });
}

function rowsOf(snapshot: Snapshot, cells: Uint8Array): string[][] {
  return [...selectedCells(snapshot, cells)].map(({ node, day, cell }) => {
    const rows = snapshot.rows[cell] ?? -1;
    return [
      node,
      formatDay(day),
      lookOf(snapshot, cell),
      rows < 0 ? '' : String(rows),
      String(snapshot.expectedRows[cell] ?? ''),
      snapshot.rootTexts[snapshot.rootSet[cell] ?? 0] ?? '',
    ];
  });
}

/** A table a partition a line, for an issue or a handoff. */
export function asMarkdown(snapshot: Snapshot, cells: Uint8Array): string {
  const columns = TITLES.map((title) => (title === 'rows' || title === 'expects' ? ({ title, align: 'right' } as const) : title));
  const rows = rowsOf(snapshot, cells).map((row) => row.map(escaped));
  return `${table(columns, rows)}\n`;
}

/** The same for a spreadsheet. */
export function asCsv(snapshot: Snapshot, cells: Uint8Array): string {
  return `${csv(TITLES, rowsOf(snapshot, cells))}\n`;
}
