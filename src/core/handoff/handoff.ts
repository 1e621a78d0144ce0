import { type Day, type DayRange, formatDay } from '../../base/day';
import type { Mode } from '../../base/status';
import type { ElsewhereJob } from '../checkpoints/elsewhereJob';
import type { CoverageGrid, CoverageInput, GapGroup } from '../coverage/coverage';
import { dateColumns, dateRows } from '../coverage/dateRows';
import { gapsByRoot } from '../coverage/gaps';
import { coverageReport, type ProblemReport, type ProcessorReport, processorReports } from '../coverage/report';
import { type Scope, scopeOffsets } from '../coverage/scope';
import type { FailureCategory } from '../records/failures';
import type { ProcessorTiming } from '../timing/processorTiming';
import { changesBetween, type StatusChange } from './changes';
import type { CoverageMemory } from './memory';
import { monthReports, type PeriodReport, seasonReports } from './periods';
import { type WaiverReport, waiverReports } from './waivers';
import { type BackfillFacts, isOver, type WorkReport, workReport } from './work';

/** What a handoff is made from: one state of everything, and what the last report found. */
export interface HandoffInput {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
  readonly scope: Scope;
  readonly source: 'warehouse' | 'cache';
  /** Why what is told is not what the warehouse holds now. */
  readonly problem?: ProblemReport;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who is to read it. */
  readonly audience: string;
  /** A row for each date, however many there are. */
  readonly everyDate: boolean;
  /** Newest first. */
  readonly backfills: readonly BackfillFacts[];
  /** One sentence for each backfill that cannot be read. */
  readonly damage: readonly string[];
  readonly elsewhere: readonly ElsewhereJob[];
  /** Absent where the manifest names no table of failures. */
  readonly failures?: NotedFailures;
  readonly timing: NotedTiming;
  /** What this report finds. */
  readonly memory: CoverageMemory;
  /** What the last one found. */
  readonly previous?: CoverageMemory;
  /** Why there is no last one, or why it is not the one that was to be compared with. */
  readonly previousProblem?: string;
}

export interface NotedFailures {
  /** What stops first. */
  readonly categories: readonly FailureCategory[];
  /** ISO; absent where they were not read. */
  readonly readAt?: string;
  readonly problems: readonly string[];
}

export interface NotedTiming {
  readonly processors: readonly ProcessorTiming[];
  readonly problems: readonly string[];
}

/** All that a handoff says, before it is laid out. */
export interface Handoff {
  readonly pipeline: string;
  readonly audience: string;
  /** ISO instants. */
  readonly writtenAt: string;
  readonly asOf: string | null;
  readonly source: 'warehouse' | 'cache';
  readonly mode: Mode;
  readonly problem?: ProblemReport;
  /** null where the pipeline has no dates, or none of those that were asked for. */
  readonly window: { readonly from: string; readonly to: string; readonly dates: number } | null;
  readonly coverage: readonly ProcessorReport[];
  readonly seasons: readonly PeriodReport[];
  readonly months: readonly PeriodReport[];
  /** A row a date; absent for long windows. */
  readonly grid?: DateGrid;
  readonly groups: readonly GapGroup[];
  /** All that have not ended, and those that were interrupted. */
  readonly open: readonly WorkReport[];
  /** Ended since the last report, or the last few. */
  readonly ended: readonly WorkReport[];
  readonly damage: readonly string[];
  readonly elsewhere: readonly ElsewhereJob[];
  readonly failures?: NotedFailures;
  readonly timing: NotedTiming;
  readonly waivers: readonly WaiverReport[];
  readonly changes: Changes;
}

export interface DateGrid {
  /** Ids of processors that have columns. */
  readonly processors: readonly string[];
  /** Ids of those without gaps that have none. */
  readonly whole: readonly string[];
  /** How many have none although they have gaps. */
  readonly leftOut: number;
  /** The titles, and the cells as text. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What is different from the last report, within the window. */
export interface Changes {
  /** When the last report was written, and how old its answer was; absent where there is none. */
  readonly since?: string;
  readonly sinceAsOf?: string | null;
  readonly problem?: string;
  readonly ranges: readonly StatusChange[];
}

/** Longer windows are told by months. */
const MOST_DATES = 62;
/** More columns do not fit on a page. */
const MOST_COLUMNS = 10;
const MOST_ENDED = 10;
const LAST_ENDED = 3;

/** Puts together what somebody who takes over has to know. Pure: the same input gives the same handoff. */
export function handoffOf(facts: HandoffInput): Handoff {
  const { input, grid, scope, source, problem, now, previous } = facts;
  const { from, end } = scopeOffsets(grid, scope);
  const work = facts.backfills.map((backfill) => workReport(backfill, input, grid));
  const dates = dateGrid(facts, end - from);
  return {
    pipeline: input.pipeline.name,
    audience: facts.audience,
    writtenAt: new Date(now).toISOString(),
    asOf: facts.memory.asOf,
    source,
    mode: grid.mode,
    ...(problem !== undefined && { problem }),
    window:
      from === end ? null : { from: formatDay(grid.firstDay + from), to: formatDay(grid.firstDay + end - 1), dates: end - from },
    coverage: processorReports(input, grid, scope),
    seasons: seasonReports(input, grid, scope),
    months: monthReports(input, grid, scope),
    ...(dates !== undefined && { grid: dates }),
    groups: gapsByRoot(input, grid, scope),
    open: work.filter((one) => !isOver(one)),
    ended: endedSince(work.filter(isOver), previous?.writtenAt),
    damage: facts.damage,
    elsewhere: facts.elsewhere,
    ...(facts.failures !== undefined && { failures: facts.failures }),
    timing: facts.timing,
    waivers: waiverReports(input, grid, scope),
    changes: changesOf(facts, { from: grid.firstDay + from, to: grid.firstDay + end - 1 }),
  };
}

function endedSince(ended: readonly WorkReport[], since: string | undefined): readonly WorkReport[] {
  if (since === undefined) return ended.slice(0, LAST_ENDED);
  return ended.filter(({ endedAt = '' }) => endedAt >= since).slice(0, MOST_ENDED);
}

function dateGrid({ input, grid, scope, source, everyDate }: HandoffInput, dates: number): DateGrid | undefined {
  if (dates === 0 || (dates > MOST_DATES && !everyDate)) return undefined;
  const all = processorReports(input, grid, scope);
  const withGaps = all.filter(({ gaps }) => gaps > 0);
  const telling = all.length <= MOST_COLUMNS || withGaps.length === 0 ? all : withGaps;
  const shown = new Set(telling.slice(0, MOST_COLUMNS).map(({ id }) => id));
  const nodes = input.pipeline.nodes.filter(({ id }) => shown.has(id)).map(({ index }) => index);
  const report = coverageReport(input, grid, { ...scope, processors: nodes }, source);
  // What a date came to is said of all processors, also of those that have no column.
  const whole = nodes.length === all.length ? report : { ...report, dates: coverageReport(input, grid, scope, source).dates };
  const others = all.filter(({ id }) => !shown.has(id));
  return {
    processors: report.processors.map(({ id }) => id),
    whole: others.filter(({ gaps }) => gaps === 0).map(({ id }) => id),
    leftOut: others.filter(({ gaps }) => gaps > 0).length,
    columns: dateColumns(report).map(({ title }) => title),
    rows: folded(dateRows(whole)),
  };
}

/** Dates in a row on which nothing is expected nor there, for the same reason, share a row. */
function folded(rows: readonly (readonly string[])[]): (readonly string[])[] {
  const result: (readonly string[])[] = [];
  for (const row of rows) {
    const [date = '', ...cells] = row;
    const last = result.at(-1);
    const isOff = cells.slice(0, -1).every((cell) => cell === '-');
    if (isOff && last !== undefined && last.slice(1).join('\n') === cells.join('\n')) {
      result[result.length - 1] = [`${last[0]?.slice(0, 10)} to ${date}`, ...cells];
    } else result.push(row);
  }
  return result;
}

function changesOf({ input, scope, memory, previous, previousProblem }: HandoffInput, window: DayRange): Changes {
  const problem = previousProblem === undefined ? {} : { problem: previousProblem };
  if (previous === undefined) return { ...problem, ranges: [] };
  const wanted =
    scope.processors === undefined ? undefined : new Set(scope.processors.map((index) => input.pipeline.nodes[index]?.id));
  const isBounded = scope.from !== undefined || scope.to !== undefined;
  const [first, last]: [Day, Day] = isBounded ? [window.from, window.to] : [-Infinity, Infinity];
  return {
    since: previous.writtenAt,
    sinceAsOf: previous.asOf,
    ...problem,
    ranges: changesBetween(previous, memory).flatMap((change): StatusChange[] => {
      if (wanted?.has(change.processor) === false || change.to < first || change.from > last) return [];
      return [{ ...change, from: Math.max(first, change.from), to: Math.min(last, change.to) }];
    }),
  };
}
