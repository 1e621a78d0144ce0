import { type Day, type DayRange, formatDay, monthOf } from '../../base/day';
import { DATE_STATUSES, type DateStatus, statusCode } from '../../base/status';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import { dateStatuses } from '../coverage/dates';
import { type Scope, scopeNodes, scopeOffsets } from '../coverage/scope';

/** A season or a month: how much of what it expects is there. */
export interface PeriodReport {
  /** `2021-22`, `2021-11`. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly dates: Readonly<Record<DateStatus, number>>;
  readonly processors: readonly PeriodCounts[];
}

export interface PeriodCounts {
  readonly id: string;
  readonly expected: number;
  readonly complete: number;
  /** Waived ones are left out. */
  readonly gaps: number;
}

const OFF = statusCode('off');
const COMPLETE = statusCode('complete');

/** The seasons that the scope touches, as far as it does; none where the manifest declares none. */
export function seasonReports(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly PeriodReport[] {
  const ranges = input.pipeline.seasons.map(({ name, from, to }) => ({ name, from, to }));
  return periodReports(input, grid, scope, ranges);
}

/** The months that the scope touches and in which anything is expected. */
export function monthReports(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly PeriodReport[] {
  const { from, end } = scopeOffsets(grid, scope);
  const months = new Map<string, { name: string; from: Day; to: Day }>();
  for (let day = grid.firstDay + from; day < grid.firstDay + end; day++) {
    const name = monthOf(day);
    const known = months.get(name);
    if (known === undefined) months.set(name, { name, from: day, to: day });
    else known.to = day;
  }
  const reports = periodReports(input, grid, scope, [...months.values()]);
  return reports.filter(({ processors }) => processors.some(({ expected }) => expected > 0));
}

function periodReports(
  input: CoverageInput,
  grid: CoverageGrid,
  scope: Scope,
  ranges: readonly (DayRange & { readonly name: string })[],
): PeriodReport[] {
  const statuses = dateStatuses(input, grid, scope);
  const nodes = scopeNodes(input.pipeline, scope);
  const window = scopeOffsets(grid, scope);
  return ranges.flatMap((range): PeriodReport[] => {
    const from = Math.max(window.from, range.from - grid.firstDay);
    const end = Math.min(window.end, range.to - grid.firstDay + 1);
    if (from >= end) return [];
    const dates: Record<DateStatus, number> = { off: 0, running: 0, incomplete: 0, complete: 0, unknown: 0 };
    for (let offset = from; offset < end; offset++) dates[DATE_STATUSES[statuses[offset] ?? 0] ?? 'off']++;
    return [
      {
        name: range.name,
        from: formatDay(grid.firstDay + from),
        to: formatDay(grid.firstDay + end - 1),
        dates,
        processors: nodes.map(({ id, index }) => ({ id, ...countsOf(grid, index, from, end) })),
      },
    ];
  });
}

function countsOf(grid: CoverageGrid, index: number, from: number, end: number): Omit<PeriodCounts, 'id'> {
  const base = index * grid.dayCount;
  let [expected, complete, gaps] = [0, 0, 0];
  for (let cell = base + from; cell < base + end; cell++) {
    const status = grid.status[cell] ?? OFF;
    if (status !== OFF) expected++;
    if (status === COMPLETE) complete++;
    if ((grid.rootSet[cell] ?? 0) !== 0) gaps++;
  }
  return { expected, complete, gaps };
}
