// biome-ignore-all lint/a11y/useSemanticElements: the grid is the element that scrolls, and no table can be in it.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names the cell by aria-activedescendant.
import type { VNode } from 'preact';
import { formatDay } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import { causeText, describe, describeLine, sentence } from './describe';
import { columnAt, columnOf, type Hit, type MatrixLayout } from './layout';
import { isBlockSelected } from './selected';

/** How many lines and columns around the focus a screen reader finds: it moves by the matrix's own keys. */
const AROUND = { lines: 2, columns: 3 } as const;
/** For `aria-activedescendant`: another one for each cell, because what keeps its name is not told again. */
export function cellId(layout: MatrixLayout, { node, day }: Hit): string {
  const line = node === undefined ? -1 : layout.nodes.indexOf(node);
  return `cell-${line + 3}-${(columnOf(layout, day)?.index ?? 0) + 2}`;
}

interface Props {
  readonly snapshot: Snapshot;
  readonly layout: MatrixLayout;
  readonly focus: Hit;
  readonly selected: Uint8Array | undefined;
}

/** The matrix as rows of a grid around the focus: a million cells are never in the document. */
export function Twin({ snapshot, layout, focus, selected }: Props): VNode {
  const column = columnOf(layout, focus.day)?.index ?? 0;
  const line = focus.node === undefined ? -1 : layout.nodes.indexOf(focus.node);
  const columns = range(column, AROUND.columns, 0, layout.columns - 1).flatMap((index) => columnAt(layout, index) ?? []);
  const rows = range(line, AROUND.lines, -1, layout.nodes.length - 1);
  return (
    <div class="twin" role="rowgroup">
      <div role="row" aria-rowindex={1}>
        <span role="columnheader" aria-colindex={1}>
          Processor
        </span>
        {columns.map(({ index, from }) => (
          <span key={index} role="columnheader" aria-colindex={index + 2}>
            {formatDay(from)}
          </span>
        ))}
      </div>
      {rows.map((row) => {
        const node = layout.nodes[row];
        return (
          <div key={row} role="row" aria-rowindex={row + 3}>
            <span role="rowheader" aria-colindex={1}>
              {describeLine(snapshot, node).join('. ')}
            </span>
            {columns.map(({ index, from, to }) => {
              const isFocus = row === line && index === column;
              // Within its column the focus keeps the date that somebody came from.
              const hit: Hit = { ...(node === undefined ? {} : { node }), day: from };
              const nodes = node === undefined ? layout.nodes : [node];
              const isSelected = isBlockSelected(snapshot, selected, { nodes, from, to });
              const cause = causeText(snapshot, hit, to);
              return (
                <span key={index} role="gridcell" aria-colindex={index + 2} aria-selected={isSelected} id={cellId(layout, hit)}>
                  {sentence(describe(snapshot, hit, to))}
                  {isFocus && cause !== undefined ? `. ${cause}` : ''}
                </span>
              );
            })}
          </div>
        );
      })}
    </div>
  );
}

function range(middle: number, around: number, least: number, most: number): readonly number[] {
  const from = Math.max(least, middle - around);
  const to = Math.min(most, middle + around);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
