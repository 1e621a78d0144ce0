import type { Day } from '../../base/day';
import type { Pipeline, PipelineNode } from '../pipeline';
import type { CoverageGrid } from './coverage';

/** What a question is about. Absent parts mean all: all processors (sources are not among them), all dates of the grid. */
export interface Scope {
  /** Node indexes; sources may be named. */
  readonly processors?: readonly number[];
  /** Inclusive. */
  readonly from?: Day;
  /** Inclusive. */
  readonly to?: Day;
  /** Of these only the partitions for which it holds, by their cell in the grid. */
  readonly holds?: (cell: number) => boolean;
}

/** The nodes of a scope, by phase and file order. */
export function scopeNodes(pipeline: Pipeline, scope: Scope): readonly PipelineNode[] {
  const chosen = scope.processors;
  if (chosen === undefined) return pipeline.processors;
  const wanted = new Set(chosen);
  return pipeline.nodes.filter(({ index }) => wanted.has(index));
}

/** The offsets of a scope's dates in a grid: inclusive `from`, exclusive `end`. */
export function scopeOffsets(grid: CoverageGrid, scope: Scope): { readonly from: number; readonly end: number } {
  const from = Math.max(0, (scope.from ?? grid.firstDay) - grid.firstDay);
  const end = scope.to === undefined ? grid.dayCount : Math.min(grid.dayCount, scope.to - grid.firstDay + 1);
  return { from, end: Math.max(from, end) };
}
