import { counted } from '../base/figures';
import { groupBy } from '../base/groupBy';
import { tablesOf } from './classify';
import type { CoverageGrid, CoverageInput, GapGroup } from './coverage';
import { refOfCell } from './reasons';
import { type RootDetail, rootDetails } from './rootDetails';
import { type Scope, scopeNodes, scopeOffsets } from './scope';
import { rootText } from './words';

/** Cells of the scope's gaps, ascending: expected partitions that somebody has to mend, waived ones left out. */
export function gapCells(input: CoverageInput, grid: CoverageGrid, scope: Scope): number[] {
  const { from, end } = scopeOffsets(grid, scope);
  const cells: number[] = [];
  for (const { index } of scopeNodes(input.pipeline, scope)) {
    for (let offset = from; offset < end; offset++) {
      const cell = index * grid.dayCount + offset;
      if ((grid.rootSet[cell] ?? 0) !== 0) cells.push(cell);
    }
  }
  return cells;
}

/** The scope's gaps by what causes them; what is to be mended first comes first. */
export function gapsByRoot(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly GapGroup[] {
  const t = tablesOf(input, grid);
  const bySet = groupBy(gapCells(input, grid, scope), (cell) => grid.rootSet[cell] ?? 0);
  const groups = new Map<string, Group>();
  for (const gaps of bySet.values()) {
    const details = rootDetails(t, grid, gaps);
    const causes = [...new Set(details.map(causeOf))].sort();
    const key = causes.join('\n');
    const group: Group = groups.get(key) ?? { roots: new Map(), gaps: [], causes: causes.length };
    groups.set(key, group);
    for (const detail of details) group.roots.set(detail.cell, detail);
    for (const gap of gaps) group.gaps.push(gap);
  }
  return [...groups.values()]
    .map(({ roots, gaps, causes }) => {
      const details = [...roots.values()].sort((a, b) => a.cell - b.cell);
      gaps.sort((a, b) => a - b);
      return { details, gaps, causes };
    })
    .sort((a, b) => (a.details[0]?.cell ?? 0) - (b.details[0]?.cell ?? 0) || (a.gaps[0] ?? 0) - (b.gaps[0] ?? 0))
    .map(({ details, gaps, causes }) => ({
      roots: details.map(({ root }) => root),
      gaps: gaps.map((cell) => refOfCell(t, cell)),
      headline: `${counted(gaps.length, 'gap')}, ${counted(causes, 'cause')}: ${causeTexts(details).join('; ')}`,
    }));
}

/** A root without its date: what has to change is the same on all dates. */
function causeOf({ root }: RootDetail): string {
  const { node, status, fix, consumer = '', need } = root;
  return [node, status, fix, consumer, consumer === '' ? '' : need].join(' ');
}

function causeTexts(details: readonly RootDetail[]): string[] {
  return [...groupBy(details, causeOf).values()].flatMap((same) => {
    const root = same[0]?.root;
    if (root === undefined) return [];
    if (same.length === 1) return [rootText(root)];
    const { node, status, consumer, need } = root;
    const lack =
      consumer === undefined
        ? status
        : need === 'complete'
          ? `${status}, and ${consumer} needs it`
          : `below ${need} for ${consumer}`;
    return [`${node} ${lack} on ${counted(same.length, 'date')}`];
  });
}

interface Group {
  readonly roots: Map<number, RootDetail>;
  readonly gaps: number[];
  readonly causes: number;
}
