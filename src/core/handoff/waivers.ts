import { formatDay } from '../../base/day';
import { todayOf } from '../calendar';
import { type CoverageGrid, type CoverageInput, FLAG } from '../coverage';
import { type Scope, scopeNodes } from '../scope';

export interface WaiverReport {
  readonly processor: string;
  readonly from: string;
  readonly to: string;
  /** Gaps that it covers. */
  readonly gaps: number;
  readonly reason: string;
  readonly author: string;
  /** The last date on which it holds. */
  readonly until?: string;
  /** `soon`: within two weeks. `expired`: not longer ago than that; its gaps count again. */
  readonly state: 'inForce' | 'soon' | 'expired';
}

const SOON_DAYS = 14;

/** The waivers that hold, those that expire first at the top, and those that have lately expired. */
export function waiverReports(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly WaiverReport[] {
  const today = todayOf(input.pipeline.due, input.now);
  const nodes = scope.processors === undefined ? input.pipeline.nodes : scopeNodes(input.pipeline, scope);
  const { from: first = Number.NEGATIVE_INFINITY, to: last = Number.POSITIVE_INFINITY } = scope;
  const order = ({ until }: WaiverReport): string => until ?? '9999';
  return input.waivers
    .flatMap(({ node, from, to, reason, author, until }): WaiverReport[] => {
      const found = nodes.find(({ id }) => id === node);
      if (found === undefined || to < first || from > last) return [];
      if (until !== undefined && until < today - SOON_DAYS) return [];
      const state = until === undefined || until > today + SOON_DAYS ? 'inForce' : until < today ? 'expired' : 'soon';
      let gaps = 0;
      for (let day = Math.max(from, grid.firstDay); day <= Math.min(to, grid.firstDay + grid.dayCount - 1); day++) {
        const flags = grid.flags[found.index * grid.dayCount + day - grid.firstDay] ?? 0;
        if ((flags & FLAG.waived) !== 0) gaps++;
      }
      const base = { processor: node, from: formatDay(from), to: formatDay(to), gaps, reason, author, state } as const;
      return [{ ...base, ...(until !== undefined && { until: formatDay(until) }) }];
    })
    .sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
}
