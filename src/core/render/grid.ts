import { formatDay } from '../../base/day';
import { STATUSES, type Status } from '../../base/status';
import type { CoverageGrid, CoverageInput, DateCoverage } from '../coverage';
import { dateCoverage } from '../dates';
import { type Scope, scopeNodes } from '../scope';

/** The grid as operators draw it: a line a date, a column a processor. */
export interface CoverageLines {
  /** Node ids. */
  readonly columns: readonly string[];
  readonly lines: readonly CoverageLine[];
}

export interface CoverageLine {
  readonly date: string;
  readonly coverage: DateCoverage;
  readonly cells: readonly { readonly status: Status; readonly rows: number; readonly gap: boolean }[];
}

export function coverageLines(input: CoverageInput, grid: CoverageGrid, scope: Scope): CoverageLines {
  const nodes = scopeNodes(input.pipeline, scope);
  return {
    columns: nodes.map(({ id }) => id),
    lines: dateCoverage(input, grid, scope).map((coverage) => ({
      date: formatDay(coverage.day),
      coverage,
      cells: nodes.map(({ index }) => {
        const cell = index * grid.dayCount + coverage.day - grid.firstDay;
        return {
          status: STATUSES[grid.status[cell] ?? 0] ?? 'unknown',
          rows: grid.rows[cell] ?? -1,
          gap: (grid.rootSet[cell] ?? 0) !== 0,
        };
      }),
    })),
  };
}
