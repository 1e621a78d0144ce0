import { spanOfSelection } from '../../base/selection/resolve';
import { STATUSES } from '../../base/status';
import { selectedOf } from '../plan/planScope';
import { type CoverageGrid, type CoverageInput, FLAG } from './coverage';
import type { Scope } from './scope';

/**
 * What a selection means for somebody who looks: without a status whatever the partitions are, of a range also the dates on which nothing is
 * expected, and sources where they are named.
 * @param select its text, whose names the pipeline has.
 */
export function viewScope({ pipeline }: CoverageInput, grid: CoverageGrid, select: string): Scope {
  const selected = selectedOf(pipeline, select);
  const groups = selected.groups.map((group) => ({
    ...group,
    // A group that names nobody means every processor, as a question without a selection does.
    nodes: new Set(pipeline.nodes.filter(({ id, kind }) => group.nodes.has(id) && (kind === 'processor' || group.isNamed))),
  }));
  const named = pipeline.nodes.filter((node) => groups.some(({ nodes }) => nodes.has(node)));
  return {
    processors: named.map(({ index }) => index),
    ...spanOfSelection(selected),
    holds: (cell) => {
      const node = pipeline.nodes[Math.floor(cell / grid.dayCount)];
      const status = STATUSES[grid.status[cell] ?? 0] ?? 'unknown';
      const isWaived = ((grid.flags[cell] ?? 0) & FLAG.waived) !== 0;
      return (
        node !== undefined &&
        groups.some(
          (group) =>
            group.nodes.has(node) &&
            group.matchDate(grid.firstDay + (cell % grid.dayCount)) !== undefined &&
            group.shows(status, isWaived),
        )
      );
    },
  };
}
