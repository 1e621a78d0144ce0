import { type Day, formatDay, weekdayOf } from '../../src/base/day';
import { counted, formatCount } from '../../src/base/figures';
import { OFF_KINDS, type OffKind } from '../../src/base/status';
import type { Snapshot } from '../../src/protocol/snapshot';
import { causeOf, gapIn } from './causes';
import type { Hit } from './layout';
import { aggregate, aggregateDates, cellOf, type Look, lookOf, type Share, summaryOf } from './summary';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const OFF_WORDS: Readonly<Record<OffKind, string>> = {
  offDay: 'off-day',
  bootstrap: 'bootstrap',
  excluded: 'excluded',
  outside: 'outside the seasons',
  future: 'future',
  notDue: 'not due yet',
};

/** What there is to say about a cell, for the tooltip and for screen readers. */
export interface CellDescription {
  readonly title: string;
  readonly look: Look;
  readonly word: string;
  readonly facts: readonly string[];
}

/** @param to the last date of its column; without one it is about a single date. */
export function describe(snapshot: Snapshot, hit: Hit, to: Day = hit.day): CellDescription {
  const single = to === hit.day;
  const when = single
    ? `${formatDay(hit.day)}, ${WEEKDAYS[weekdayOf(hit.day)] ?? ''}`
    : `${formatDay(hit.day)} to ${formatDay(to)}`;
  if (hit.node === undefined) return describeDates(snapshot, hit.day, to, when);
  const title = `${snapshot.nodes[hit.node]?.id ?? ''} · ${when}`;
  if (!single) return describeColumn(snapshot, hit.node, hit.day, to, title);
  const cell = cellOf(snapshot, hit.node, hit.day);
  const look = lookOf(snapshot, cell);
  const flags = snapshot.flags[cell] ?? 0;
  const rows = snapshot.rows[cell] ?? -1;
  const expected = snapshot.expectedRows[cell] ?? 0;
  const facts: string[] = [];
  if (rows >= 0 && (rows > 0 || look !== 'off')) {
    facts.push(`${counted(rows, 'row')}${expected > 1 ? `, expects at least ${formatCount(expected)}` : ''}`);
  }
  const root = snapshot.rootTexts[snapshot.rootSet[cell] ?? 0];
  if (root !== undefined && root !== '') facts.push(root);
  if ((flags & 1) !== 0) facts.push('Rows where none are expected');
  if ((flags & 4) !== 0) facts.push('Last read failed: this is the last good answer');
  if ((flags & 8) !== 0) facts.push('Too little for a processor that needs it');
  const off = OFF_KINDS[snapshot.off[cell] ?? 255];
  return { title, look, word: look === 'off' && off !== undefined ? `off: ${OFF_WORDS[off]}` : look, facts };
}

function describeDates(snapshot: Snapshot, from: Day, to: Day, when: string): CellDescription {
  const { status, gaps, expected, complete } = aggregateDates(snapshot, from, to);
  const look: Look = status === 'incomplete' ? 'missing' : status;
  const share = expected === 0 ? [] : [`${formatCount(complete)} of ${counted(expected, 'partition')} complete`];
  return {
    title: `All processors · ${when}`,
    look,
    word: status,
    facts: [...share, ...(gaps === 0 ? [] : [counted(gaps, 'gap')])],
  };
}

function describeColumn(snapshot: Snapshot, node: number, from: Day, to: Day, title: string): CellDescription {
  const { look, expected, complete, gaps, unexpected } = aggregate(snapshot, node, from, to);
  const extra = unexpected ? ['Rows where none are expected'] : [];
  if (expected === 0) return { title, look, word: look, facts: ['Nothing is expected', ...extra] };
  const share = `${complete} of ${counted(expected, 'date')} complete`;
  const word = complete === expected ? look : `worst: ${look}`;
  return { title, look, word, facts: [share, ...(gaps === 0 ? [] : [counted(gaps, 'gap')]), ...extra] };
}

/** A line as a whole, such as `MLFS, ML feature store`, `98 % complete`, `2 gaps`; without a node all processors. */
export function describeLine(snapshot: Snapshot, node: number | undefined): readonly string[] {
  const { nodes, all } = summaryOf(snapshot);
  const sum = node === undefined ? all : nodes[node];
  const named = node === undefined ? undefined : snapshot.nodes[node];
  const name = named === undefined ? 'All processors' : `${named.id}, ${named.name}`;
  if (sum === undefined || sum.expected === 0) return [name];
  return [name, `${percentText(sum)} complete`, ...(sum.gaps === 0 ? [] : [counted(sum.gaps, 'gap')])];
}

/** Whole percent; 100 only where nothing lacks, and empty where nothing is expected. */
export function percentText({ complete, expected }: Share): string {
  if (expected === 0) return '';
  return `${complete === expected ? 100 : Math.min(99, Math.floor((complete / expected) * 100))} %`;
}

/** `9 gaps, 1 cause: PDC below 100 rows`, of the first gap from a date to the last of its column; undefined where there is none. */
export function causeText(snapshot: Snapshot, hit: Hit, to: Day = hit.day): string | undefined {
  const gap = gapIn(snapshot, hit, to);
  const cause = gap === undefined ? undefined : causeOf(snapshot, cellOf(snapshot, gap.node, gap.day));
  return cause === undefined ? undefined : snapshot.causes[cause]?.headline;
}

/** One sentence for screen readers. */
export function sentence(description: CellDescription): string {
  return [description.title, description.word, ...description.facts].join('. ');
}

/** `as of 1 Jun 2022, 12:00 · backfill thresholds`. */
export function ageText(snapshot: Snapshot): string {
  if (snapshot.asOf === undefined) return 'never read';
  const time = new Date(snapshot.asOf).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return `as of ${time} · ${snapshot.mode} thresholds`;
}
