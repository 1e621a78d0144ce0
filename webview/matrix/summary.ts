import type { Day } from '../../src/base/day';
import { DATE_STATUSES, type DateStatus, isGap, STATUSES, type Status, statusCode } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';

const WAIVED = 2;
const UNEXPECTED = 1;
const OFF = statusCode('off');
const COMPLETE = statusCode('complete');
const GAP_CODES = STATUSES.map(isGap);

/** The worst first. What is missing comes before what runs: a hole is never hidden by anything. */
const WORST_FIRST: readonly Status[] = [
  'failed',
  'missing',
  'blocked',
  'suspect',
  'partial',
  'running',
  'queued',
  'unknown',
  'stale',
  'complete',
  'off',
];
const RANK = STATUSES.map((status) => WORST_FIRST.indexOf(status));
const DATES_WORST_FIRST: readonly DateStatus[] = ['incomplete', 'running', 'unknown', 'complete', 'off'];

/** What a cell is drawn as: a gap that somebody accepted is none. */
export type Look = Status | 'waived';
/** All looks, as a legend has them. */
export const LEGEND: readonly Look[] = [
  'complete',
  'stale',
  'partial',
  'suspect',
  'missing',
  'failed',
  'blocked',
  'running',
  'queued',
  'waived',
  'off',
  'unknown',
];

/** How much of what is expected is there: partitions, those of them that are complete or waived, and gaps. */
export interface Share {
  readonly expected: number;
  readonly complete: number;
  readonly gaps: number;
}

/** What the dates of a node in one column amount to. */
export interface Aggregate extends Share {
  readonly look: Look;
  /** Some date has rows where none are expected. */
  readonly unexpected: boolean;
}

export function isGapCell(snapshot: Snapshot, cell: number): boolean {
  return (GAP_CODES[snapshot.status[cell] ?? 0] ?? false) && ((snapshot.flags[cell] ?? 0) & WAIVED) === 0;
}

export function cellOf(snapshot: Snapshot, node: number, day: Day): number {
  return node * snapshot.dayCount + (day - snapshot.firstDay);
}

export function lookOf(snapshot: Snapshot, cell: number): Look {
  const code = snapshot.status[cell] ?? 0;
  const waived = ((snapshot.flags[cell] ?? 0) & WAIVED) !== 0 && (GAP_CODES[code] ?? false);
  return waived ? 'waived' : (STATUSES[code] ?? 'off');
}

/** The worst of a node's dates and how many are complete: never an average, which would hide a hole. Dates inclusive. */
export function aggregate(snapshot: Snapshot, node: number, from: Day, to: Day): Aggregate {
  const base = node * snapshot.dayCount - snapshot.firstDay;
  let worst: Look = 'off';
  let rank = WORST_FIRST.length;
  let expected = 0;
  let complete = 0;
  let gaps = 0;
  let unexpected = false;
  for (let cell = base + from; cell <= base + to; cell++) {
    const code = snapshot.status[cell] ?? OFF;
    const flags = snapshot.flags[cell] ?? 0;
    if ((flags & UNEXPECTED) !== 0) unexpected = true;
    const waived = (flags & WAIVED) !== 0 && (GAP_CODES[code] ?? false);
    if (code !== OFF) expected += 1;
    if (code === COMPLETE || waived) complete += 1;
    else if (GAP_CODES[code]) gaps += 1;
    // A date that is accepted is no worse than a complete one, and more telling.
    const own = waived ? (RANK[COMPLETE] ?? 0) - 0.5 : (RANK[code] ?? 0);
    if (own < rank) {
      rank = own;
      worst = waived ? 'waived' : (STATUSES[code] ?? 'off');
    }
  }
  return { look: worst, expected, complete, gaps, unexpected };
}

/** The worst of the dates over all processors, and how much of them is there. Dates inclusive. */
export function aggregateDates(snapshot: Snapshot, from: Day, to: Day): Share & { readonly status: DateStatus } {
  const { byDate } = summaryOf(snapshot);
  let status: DateStatus = 'off';
  const sum = { expected: 0, complete: 0, gaps: 0 };
  for (let index = from - snapshot.firstDay; index <= to - snapshot.firstDay; index++) {
    const own = DATE_STATUSES[snapshot.dates[index] ?? 0] ?? 'off';
    if (DATES_WORST_FIRST.indexOf(own) < DATES_WORST_FIRST.indexOf(status)) status = own;
    sum.expected += byDate.expected[index] ?? 0;
    sum.complete += byDate.complete[index] ?? 0;
    sum.gaps += byDate.gaps[index] ?? 0;
  }
  return { status, ...sum };
}

export interface Summary {
  /** By node, over all dates. */
  readonly nodes: readonly Aggregate[];
  /** Of all processors, by date. */
  readonly byDate: Readonly<Record<keyof Share, Int32Array>>;
  /** Of all processors over all dates. */
  readonly all: Share;
}

const summaries = new WeakMap<Snapshot, Summary>();

/** Rows and columns in figures; computed once a snapshot. */
export function summaryOf(snapshot: Snapshot): Summary {
  const known = summaries.get(snapshot);
  if (known !== undefined) return known;
  const { firstDay, dayCount, nodes } = snapshot;
  const byDate = { expected: new Int32Array(dayCount), complete: new Int32Array(dayCount), gaps: new Int32Array(dayCount) };
  nodes.forEach(({ isSource }, node) => {
    if (isSource) return;
    for (let index = 0, cell = node * dayCount; index < dayCount; index++, cell++) {
      const code = snapshot.status[cell] ?? OFF;
      if (code === OFF) continue;
      const isGap = GAP_CODES[code] ?? false;
      const isWaived = isGap && ((snapshot.flags[cell] ?? 0) & WAIVED) !== 0;
      byDate.expected[index] = (byDate.expected[index] ?? 0) + 1;
      if (code === COMPLETE || isWaived) byDate.complete[index] = (byDate.complete[index] ?? 0) + 1;
      else if (isGap) byDate.gaps[index] = (byDate.gaps[index] ?? 0) + 1;
    }
  });
  const total = (figures: Int32Array): number => figures.reduce((sum, figure) => sum + figure, 0);
  const summary = {
    nodes: nodes.map((_, node) => aggregate(snapshot, node, firstDay, firstDay + dayCount - 1)),
    byDate,
    all: { expected: total(byDate.expected), complete: total(byDate.complete), gaps: total(byDate.gaps) },
  };
  summaries.set(snapshot, summary);
  return summary;
}
