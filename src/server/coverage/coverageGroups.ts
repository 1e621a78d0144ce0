import { createHash } from 'node:crypto';
import { formatDay } from '../../base/day';
import { statusCode } from '../../base/status';
import type { CoverageGrid, CoverageInput, GapGroup } from '../../core/coverage/coverage';
import { fixWords } from '../../core/coverage/fixes';
import { gapsByRoot } from '../../core/coverage/gaps';
import type { PipelineNode } from '../../core/pipeline';
import type { Grouping } from '../../protocol/messages';

/** A part of the coverage at the top of its tree; the groups of a grouping hold every partition once. */
export interface CoverageGroup {
  /** The part of node ids that stands for it: without slashes, and stable over snapshots. */
  readonly id: string;
  readonly kind: 'phase' | 'season' | 'rootCause';
  readonly label: string;
  /** Beside its counts: what to do. */
  readonly note?: string;
  /** Of a root cause. */
  readonly gaps?: GapGroup;
  /** Whether it is open at first; absent: where it is the first of all. */
  readonly expanded?: boolean;
  /** Root causes first. */
  readonly nodes: readonly PipelineNode[];
  /** Offsets of its dates: inclusive `from`, exclusive `end`. */
  readonly from: number;
  readonly end: number;
  /** Of these nodes and dates; absent where it has all of them. */
  readonly holds?: (cell: number) => boolean;
}

/** A root cause, and not what is no gap. */
export function isCause({ kind, note }: CoverageGroup): boolean {
  return kind === 'rootCause' && note !== undefined;
}

const RUNNING = statusCode('running');
const QUEUED = statusCode('queued');
export const SOURCES = '@sources';

/** The groups of a grouping, also those without anything to show. */
export function groupsOf(grouping: Grouping, input: CoverageInput, grid: CoverageGrid): readonly CoverageGroup[] {
  switch (grouping) {
    case 'phase':
      return phases(input, grid);
    case 'season':
      return seasons(input, grid);
    case 'cause':
      return causes(input, grid);
  }
}

function phases({ pipeline }: CoverageInput, { dayCount }: CoverageGrid): CoverageGroup[] {
  const dates = { kind: 'phase', from: 0, end: dayCount } as const;
  return [
    { ...dates, id: SOURCES, label: 'Sources', expanded: false, nodes: pipeline.sources },
    ...pipeline.phases.map(
      ({ id, name, index }): CoverageGroup => ({
        ...dates,
        id,
        label: name,
        expanded: true,
        nodes: pipeline.processors.filter(({ phase }) => phase === index),
      }),
    ),
  ];
}

/** Newest first. What lies in none comes last. */
function seasons(
  { pipeline: { nodes, seasons: declared } }: CoverageInput,
  { firstDay, dayCount }: CoverageGrid,
): CoverageGroup[] {
  const all = { kind: 'season', nodes, from: 0, end: dayCount } as const;
  if (declared.length === 0) return [{ ...all, id: '@season-', label: 'All dates', expanded: true }];
  const isIn = new Uint8Array(dayCount);
  for (const { from, to } of declared) isIn.fill(1, Math.max(0, from - firstDay), Math.max(0, to - firstDay + 1));
  return [
    ...declared.toReversed().map(
      ({ name, from, to }, index): CoverageGroup => ({
        ...all,
        id: `@season-${formatDay(from)}`,
        label: name,
        expanded: index === 0,
        from: Math.min(dayCount, Math.max(0, from - firstDay)),
        end: Math.min(dayCount, Math.max(0, to - firstDay + 1)),
      }),
    ),
    {
      ...all,
      id: '@outside',
      label: 'Outside the seasons',
      expanded: false,
      holds: (cell) => isIn[cell % dayCount] === 0,
    },
  ];
}

/** What is to be mended first comes first. What a backfill has in hand and what is no gap come last. */
function causes(input: CoverageInput, grid: CoverageGrid): CoverageGroup[] {
  const { nodes } = input.pipeline;
  const isFilling = (cell: number) => grid.status[cell] === RUNNING || grid.status[cell] === QUEUED;
  const all = { kind: 'rootCause', from: 0, end: grid.dayCount } as const;
  return [
    ...gapsByRoot(input, grid, { processors: nodes.map(({ index }) => index) }).map((group): CoverageGroup => {
      const { key, cause, roots, gaps, sets } = group;
      const ids = new Set(gaps.map(({ node }) => node));
      const own = new Set(sets);
      return {
        ...all,
        id: `@cause-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`,
        label: cause,
        note: fixWords(roots),
        gaps: group,
        nodes: nodes.filter(({ id }) => ids.has(id)),
        holds: (cell) => own.has(grid.rootSet[cell] ?? 0),
      };
    }),
    {
      ...all,
      id: '@filling',
      label: 'Being filled',
      note: 'a backfill has them',
      expanded: false,
      nodes,
      holds: (cell) => isFilling(cell) && (grid.rootSet[cell] ?? 0) === 0,
    },
    {
      ...all,
      id: '@none',
      label: 'No gap',
      expanded: false,
      nodes,
      holds: (cell) => !isFilling(cell) && (grid.rootSet[cell] ?? 0) === 0,
    },
  ];
}
