import { formatDay } from '../../base/day';
import { todayOf } from '../coverage/calendar';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import { type Scope, scopeNodes } from '../coverage/scope';
import { waiverFacts } from '../waivers/waiverFacts';

export interface WaiverReport {
  readonly processor: string;
  readonly from: string;
  readonly to: string;
  /** Gaps among its dates, whether it still waives them or not. */
  readonly gaps: number;
  readonly reason: string;
  readonly author: string;
  /** The last date on which it holds. */
  readonly until?: string;
  /** `soon`: it holds, and ends within two weeks. `expired`: not longer ago than that; its gaps count again. */
  readonly state: 'holds' | 'soon' | 'expired';
}

const SOON_DAYS = 14;

/** The waivers that hold, those that expire first at the top, and before them those that have lately expired. */
export function waiverReports(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly WaiverReport[] {
  const today = todayOf(input.pipeline.due, input.now);
  const nodes = scope.processors === undefined ? input.pipeline.nodes : scopeNodes(input.pipeline, scope);
  const wanted = new Set(nodes.map(({ id }) => id));
  const { from: first = Number.NEGATIVE_INFINITY, to: last = Number.POSITIVE_INFINITY } = scope;
  return waiverFacts(input, grid)
    .filter(({ node, from, to, until = today }) => wanted.has(node) && to >= first && from <= last && until >= today - SOON_DAYS)
    .toSorted((a, b) => (a.until ?? Number.MAX_VALUE) - (b.until ?? Number.MAX_VALUE))
    .map(({ node, from, to, gaps, reason, author, until, state }) => ({
      processor: node,
      from: formatDay(from),
      to: formatDay(to),
      gaps,
      reason,
      author,
      ...(until !== undefined && { until: formatDay(until) }),
      state: state === 'expired' ? 'expired' : until !== undefined && until <= today + SOON_DAYS ? 'soon' : 'holds',
    }));
}
