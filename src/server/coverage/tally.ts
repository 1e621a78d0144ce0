import { counted, formatCount, namesText } from '../../base/figures';
import { STATUSES, type Status, statusCode } from '../../base/status';
import { type CoverageGrid, FLAG } from '../../core/coverage/coverage';
import type { Pipeline } from '../../core/pipeline';

/** How the partitions of a node, of a month of it, or of many nodes stand. */
export interface Tally {
  /** What is counted: the dates of one node, or the partitions of several. */
  readonly unit: 'date' | 'partition';
  /** What calendars expect: everything that is not off. */
  readonly expected: number;
  /** Expected partitions by status; waived gaps are counted in `waived` instead. */
  readonly counts: Readonly<Record<Status, number>>;
  readonly waived: number;
  /** Gaps that are not waived. */
  readonly gaps: number;
  /** Rows where none are expected. */
  readonly unexpected: number;
  /** Ids of the nodes that are root causes of blocked partitions, by phase and file order. */
  readonly blockers: readonly string[];
}

const OFF = statusCode('off');
const BLOCKED = statusCode('blocked');

/**
 * @param from offset of the first date, inclusive; may lie before the grid.
 * @param end offset after the last date; may lie after the grid.
 * @param isCounted whether a cell is among those that are counted.
 */
export function tallyOf(
  pipeline: Pipeline,
  grid: CoverageGrid,
  nodes: readonly number[],
  from = 0,
  end = grid.dayCount,
  isCounted: (cell: number) => boolean = () => true,
): Tally {
  const codes = new Int32Array(STATUSES.length);
  const blockers = new Set<number>();
  const seenSets = new Set<number>();
  let expected = 0;
  let waived = 0;
  let unexpected = 0;
  let gaps = 0;
  for (const node of nodes) {
    const base = node * grid.dayCount;
    for (let cell = base + Math.max(0, from); cell < base + Math.min(grid.dayCount, end); cell++) {
      if (!isCounted(cell)) continue;
      const code = grid.status[cell] ?? OFF;
      const flags = grid.flags[cell] ?? 0;
      if ((flags & FLAG.unexpectedRows) !== 0) unexpected++;
      if (code === OFF) continue;
      expected++;
      if ((flags & FLAG.waived) !== 0) waived++;
      else codes[code] = (codes[code] ?? 0) + 1;
      const set = grid.rootSet[cell] ?? 0;
      if (set !== 0) gaps++;
      if (code !== BLOCKED || seenSets.has(set)) continue;
      seenSets.add(set);
      for (const root of grid.rootSets[set] ?? []) blockers.add(Math.floor(root / grid.dayCount));
    }
  }
  const counts = Object.fromEntries(STATUSES.map((status, code) => [status, codes[code] ?? 0])) as Record<Status, number>;
  return {
    unit: nodes.length === 1 ? 'date' : 'partition',
    expected,
    counts,
    waived,
    unexpected,
    gaps,
    blockers: [...blockers].sort((a, b) => a - b).flatMap((index) => pipeline.nodes[index]?.id ?? []),
  };
}

/** The worst first: what a parent shows for its children. */
const SEVERITY: readonly Status[] = [
  'running',
  'failed',
  'missing',
  'blocked',
  'suspect',
  'partial',
  'queued',
  'unknown',
  'stale',
  'complete',
];

export function worstOf({ counts, expected, waived }: Tally): Status {
  const worst = SEVERITY.find((status) => counts[status] > 0);
  return worst ?? (expected > 0 && waived > 0 ? 'complete' : 'off');
}

/** What stands beside a name: `19/25 · 6 blocked by PDC`. */
export function tallyText(tally: Tally): string {
  const { expected, counts, unexpected } = tally;
  if (expected === 0) return unexpected > 0 ? `nothing expected · ${unexpectedText(tally)}` : 'nothing expected';
  return joined(`${formatCount(counts.complete)}/${formatCount(expected)}`, partsText(tally));
}

/** What stands beside a name of which not all is shown: `6 of 25 shown · 6 blocked by PDC`. */
export function shownText(tally: Tally, { expected }: Tally): string {
  return joined(`${formatCount(tally.expected)} of ${formatCount(expected)} shown`, partsText(tally));
}

/** How partitions stand that have the same cause: `6 blocked by PDC`. */
export function partsText(tally: Tally): string {
  const parts = partsOf(tally);
  const shown = parts.length > 4 ? parts.slice(0, 3) : parts;
  const others = parts.slice(shown.length).reduce((sum, { count }) => sum + count, 0);
  return [...shown.map(({ text }) => text), ...(others > 0 ? [`${formatCount(others)} others`] : [])].join(', ');
}

function joined(share: string, parts: string): string {
  return parts === '' ? share : `${share} · ${parts}`;
}

/** The same for a screen reader. */
export function tallySentence(tally: Tally): string {
  if (tally.expected === 0) return tallyText(tally);
  const share = `${formatCount(tally.counts.complete)} of ${counted(tally.expected, tally.unit)} complete`;
  return [share, ...partsOf(tally).map(({ text }) => text)].join(', ');
}

interface Part {
  readonly count: number;
  readonly text: string;
}

function partsOf(tally: Tally): Part[] {
  const { counts, waived, unexpected, blockers } = tally;
  const parts = SEVERITY.filter((status) => status !== 'complete' && counts[status] > 0).map((status): Part => {
    const text = `${formatCount(counts[status])} ${status}`;
    return {
      count: counts[status],
      text: status === 'blocked' && blockers.length > 0 ? `${text} by ${namesText(blockers)}` : text,
    };
  });
  if (waived > 0) parts.push({ count: waived, text: `${formatCount(waived)} waived` });
  if (unexpected > 0) parts.push({ count: unexpected, text: unexpectedText(tally) });
  return parts;
}

function unexpectedText({ unexpected, unit }: Tally): string {
  return `${counted(unexpected, unit)} with unexpected rows`;
}
