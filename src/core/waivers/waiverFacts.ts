import { type Day, type DayRange, formatDay, formatRange } from '../../base/day';
import { counted } from '../../base/figures';
import { todayOf, UNKNOWABLE } from '../coverage/calendar';
import { tablesOf } from '../coverage/classify';
import type { CoverageGrid, CoverageInput, Waiver } from '../coverage/coverage';
import { IS_GAP } from '../coverage/expectations';
import { partitionKey } from '../words';

/** A waiver and what it does now. */
export interface WaiverFact extends Waiver {
  /** `holds`; `expired`: its last day is over; `unknown`: the manifest has no such node. */
  readonly state: 'holds' | 'expired' | 'unknown';
  /** Gaps among its dates, whether it still waives them or not. */
  readonly gaps: number;
}

/** The waivers in the order of their file. */
export function waiverFacts(input: CoverageInput, grid: CoverageGrid): readonly WaiverFact[] {
  const today = todayOf(input.pipeline.due, input.now);
  return input.waivers.map((waiver) => {
    const known = input.pipeline.nodes.some(({ id }) => id === waiver.node);
    const state = !known ? 'unknown' : isOver(waiver, today) ? 'expired' : 'holds';
    return { ...waiver, state, gaps: gapDays(input, grid, waiver.node, waiver).length };
  });
}

/** Whether the last day of a waiver is over. */
export function isOver({ until }: Waiver, today: Day): boolean {
  return until !== undefined && until < today;
}

/** The dates of a node in a range on which it is a gap by its data, waived or not. */
export function gapDays(input: CoverageInput, grid: CoverageGrid, node: string, { from, to }: DayRange): readonly Day[] {
  const t = tablesOf(input, grid);
  const days: Day[] = [];
  for (let day = Math.max(from, grid.firstDay); day <= Math.min(to, grid.firstDay + grid.dayCount - 1); day++) {
    const cell = t.cellOf(node, day);
    if (cell >= 0 && IS_GAP[t.held[cell] ?? 0] === true) days.push(day);
  }
  return days;
}

/** The gaps among dates as ranges, which pass over dates on which nothing is expected but over no other date. */
export function gapRanges(input: CoverageInput, grid: CoverageGrid, node: string, days: readonly Day[]): readonly DayRange[] {
  const t = tablesOf(input, grid);
  const asked = [...new Set(days)].sort((a, b) => a - b);
  const isGap = (day: Day) => gapDays(input, grid, node, { from: day, to: day }).length > 0;
  const ranges: { from: Day; to: Day }[] = [];
  for (const day of asked.filter(isGap)) {
    const last = ranges.at(-1);
    const between = last === undefined ? [] : Array.from({ length: day - last.to - 1 }, (_, at) => last.to + 1 + at);
    const table = t.nodes[Math.floor(t.cellOf(node, day) / t.dayCount)];
    const isOff = (one: Day) => (table?.off[one - t.timeline.firstDay] ?? UNKNOWABLE) < UNKNOWABLE;
    if (last !== undefined && between.every(isOff)) last.to = day;
    else ranges.push({ from: day, to: day });
  }
  return ranges;
}

/** A waiver that is asked for. Dates are ascending; `until` is `never` where somebody means for ever. */
export interface WaiverRequest {
  readonly node: string;
  readonly ranges: readonly DayRange[];
  readonly reason: string;
  readonly author: string;
  readonly until: Day | 'never';
}

/** Why a waiver cannot be written as it is asked for, with what to do; undefined where it can. */
export function waiverProblem({ reason, author, until, ranges, node }: WaiverRequest, input: CoverageInput): string | undefined {
  const today = todayOf(input.pipeline.due, input.now);
  if (reason.trim() === '') return 'A waiver needs a reason: whoever reviews it has nothing else to go by.';
  if (author.trim() === '') return 'A waiver needs an author.';
  if (ranges.length === 0) return 'A waiver needs at least one date.';
  if (until !== 'never' && until < today)
    return `${formatDay(until)} is over: a waiver until then would waive nothing. Today is ${formatDay(today)}.`;
  const outlasts = (waiver: Waiver) =>
    waiver.until === undefined || (until !== 'never' && !isOver(waiver, today) && waiver.until >= until);
  const days = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
  const holders = days.map((day) =>
    input.waivers.find((one) => one.node === node && one.from <= day && day <= one.to && outlasts(one)),
  );
  const [first] = holders;
  if (first === undefined || holders.includes(undefined)) return undefined;
  const until_ = first.until === undefined ? 'with no end' : `until ${formatDay(first.until)}`;
  return `${days.length === 1 ? `${partitionKey(node, days[0] ?? 0)} is` : `These dates of ${node} are`} waived already, ${until_}, by ${first.author}: ${first.reason}`;
}

/**
 * `Waives 3 gaps of PGS, 2021-11-05 to 2021-11-07, until 2022-03-01 (ann): the league never published it`.
 * @param gaps how many there are; left out where that is not news.
 */
export function waivedText({ node, ranges, reason, author, until }: WaiverRequest, gaps?: number): string {
  const end = until === 'never' ? 'with no end' : `until ${formatDay(until)}`;
  const amount =
    gaps === undefined ? node : gaps === 0 ? `${node}, which has no gap there now` : `${counted(gaps, 'gap')} of ${node}`;
  return `Waives ${amount}, ${ranges.map(formatRange).join(', ')}, ${end} (${author}): ${reason}`;
}
