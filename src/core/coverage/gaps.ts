import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { rootText } from '../words';
import { tablesOf } from './classify';
import type { CoverageGrid, CoverageInput, GapGroup } from './coverage';
import { refOfCell } from './reasons';
import { type RootDetail, rootCause, rootDetails } from './rootDetails';
import { type Scope, scopeNodes, scopeOffsets } from './scope';

/** Cells of the scope's gaps, ascending: expected partitions that somebody has to mend, waived ones left out. */
export function gapCells(input: CoverageInput, grid: CoverageGrid, scope: Scope): number[] {
  const { from, end } = scopeOffsets(grid, scope);
  const cells: number[] = [];
  for (const { index } of scopeNodes(input.pipeline, scope)) {
    for (let offset = from; offset < end; offset++) {
      const cell = index * grid.dayCount + offset;
      if ((grid.rootSet[cell] ?? 0) !== 0 && scope.holds?.(cell) !== false) cells.push(cell);
    }
  }
  return cells;
}

/** The scope's gaps by what causes them; what is to be mended first comes first. */
export function gapsByRoot(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly GapGroup[] {
  const t = tablesOf(input, grid);
  const causeByRoot = new Map<number, string>();
  const causeOf = (root: number): string => {
    const known = causeByRoot.get(root) ?? rootCause(t, grid, root);
    causeByRoot.set(root, known);
    return known;
  };
  const keyBySet = new Map<number, string>();
  const keyOf = (gap: number): string => {
    const set = grid.rootSet[gap] ?? 0;
    const known = keyBySet.get(set) ?? [...new Set([...(grid.rootSets[set] ?? [])].map(causeOf))].sort().join('\n');
    keyBySet.set(set, known);
    return known;
  };
  return [...groupBy(gapCells(input, grid, scope), keyOf)]
    .map(([key, gaps]) => ({ key, gaps, details: rootDetails(t, grid, gaps) }))
    .sort((a, b) => (a.details[0]?.cell ?? 0) - (b.details[0]?.cell ?? 0) || (a.gaps[0] ?? 0) - (b.gaps[0] ?? 0))
    .map(({ key, gaps, details }) => {
      const byCause = groupBy(details, ({ cell }) => causeOf(cell));
      const cause = [...byCause.values()].map(causeText).join('; ');
      return {
        key,
        cause,
        roots: details.map(({ root }) => root),
        gaps: gaps.map((cell) => refOfCell(t, cell)),
        sets: [...new Set(gaps.map((cell) => grid.rootSet[cell] ?? 0))],
        headline: `${counted(gaps.length, 'gap')}, ${counted(byCause.size, 'cause')}: ${cause}`,
      };
    });
}

/** How many causes groups have between them: some have several, and share them. */
export function countCauses(groups: readonly GapGroup[]): number {
  return new Set(groups.flatMap(({ key }) => key.split('\n'))).size;
}

/** `PDC below 100 rows for MLFS on 9 dates`. */
function causeText(same: readonly RootDetail[]): string {
  const [first, ...rest] = same;
  if (first === undefined) return '';
  if (rest.length === 0) return rootText(first.root);
  const { node, consumer, need } = first.root;
  const status = same.every(({ root }) => root.status === first.root.status) ? first.root.status : 'being filled';
  const lack =
    consumer === undefined
      ? status
      : need === 'complete'
        ? `${status}, and ${consumer} needs it`
        : `below ${need} for ${consumer}`;
  return `${node} ${lack} on ${counted(same.length, 'date')}`;
}
