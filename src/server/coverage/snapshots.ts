import { isDeepStrictEqual } from 'node:util';
import type { CoverageGrid, CoverageInput, GapGroup } from '../../core/coverage/coverage';
import type { PipelineNode, Processor } from '../../core/pipeline';
import type { Snapshot, SnapshotChange, SnapshotProblem } from '../../protocol/snapshot';

type Frame = Omit<Snapshot, 'rootSet' | 'rootTexts' | 'rootCells' | 'causes' | 'causeOfSet'>;

/** What a snapshot is made of. */
export interface SnapshotSource {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
  readonly manifest: string;
  readonly source: 'warehouse' | 'cache';
  readonly asOf?: number;
  readonly problem?: SnapshotProblem;
  /** By date: index into DATE_STATUSES. */
  readonly dates: Uint8Array;
  /** The root causes of a gap's cell as people read them. */
  readonly rootText: (gap: number) => string;
  /** The gaps of all processors by what causes them. */
  readonly groups: readonly GapGroup[];
}

/**
 * The value that views show.
 * @param previous keeps its numbers for sets of root causes that are still there, so that a change stays small.
 */
export function buildSnapshot(made: SnapshotSource, version: number, previous?: Snapshot): Snapshot {
  const { input, grid, asOf, problem } = made;
  const { pipeline, mode } = input;
  const frame: Frame = {
    version,
    pipeline: pipeline.name,
    manifest: made.manifest,
    mode,
    ...(asOf !== undefined && { asOf }),
    source: made.source,
    ...(problem !== undefined && { problem }),
    firstDay: grid.firstDay,
    dayCount: grid.dayCount,
    nodes: pipeline.nodes.map((node) => {
      const phase = node.kind === 'processor' ? pipeline.phases[node.phase] : undefined;
      return {
        id: node.id,
        name: node.name,
        phase: phase?.id ?? 'sources',
        phaseName: phase?.name ?? 'Sources',
        isSource: node.kind === 'source',
        upstream: upstreamOf(node),
      };
    }),
    seasons: pipeline.seasons.map(({ name, from, to }) => ({ name, from, to })),
    status: grid.status,
    off: grid.off,
    rows: grid.rows,
    expectedRows: grid.expectedRows,
    flags: grid.flags,
    dates: made.dates,
    gaps: gapsIn(grid, pipeline.processors),
  };
  const kept = previous !== undefined && sameFrame(previous, frame) ? previous : undefined;
  return { ...frame, ...numberRoots(grid, made, kept) };
}

/** What leads from one snapshot to the next; undefined when they differ in more than their cells. */
export function changeBetween(base: Snapshot, next: Snapshot): SnapshotChange | undefined {
  if (!sameFrame(base, next)) return undefined;
  const changed: number[] = [];
  for (let cell = 0; cell < next.status.length; cell++) {
    if (
      base.status[cell] !== next.status[cell] ||
      base.off[cell] !== next.off[cell] ||
      base.rows[cell] !== next.rows[cell] ||
      base.expectedRows[cell] !== next.expectedRows[cell] ||
      base.flags[cell] !== next.flags[cell] ||
      base.rootSet[cell] !== next.rootSet[cell]
    ) {
      changed.push(cell);
    }
  }
  const cells = Int32Array.from(changed);
  return {
    base: base.version,
    version: next.version,
    ...(next.asOf !== undefined && { asOf: next.asOf }),
    source: next.source,
    ...(next.problem !== undefined && { problem: next.problem }),
    cells,
    status: pick8(next.status, cells),
    off: pick8(next.off, cells),
    rows: pick32(next.rows, cells),
    expectedRows: pick32(next.expectedRows, cells),
    flags: pick8(next.flags, cells),
    rootSet: pick32(next.rootSet, cells),
    rootTexts: next.rootTexts,
    rootCells: next.rootCells,
    causes: next.causes,
    causeOfSet: next.causeOfSet,
    dates: next.dates,
    gaps: next.gaps,
  };
}

/**
 * Numbers for the grid's sets of root causes: those of the previous snapshot where the set is the same, so that cells whose causes did not
 * change do not change either.
 */
function numberRoots(
  grid: CoverageGrid,
  { rootText, groups }: Pick<SnapshotSource, 'rootText' | 'groups'>,
  previous: Snapshot | undefined,
): Omit<Snapshot, keyof Frame> {
  const none = new Int32Array(0);
  const known = new Map((previous?.rootCells ?? []).map((cells, number) => [cells.join(), number]));
  known.set('', 0);
  const rootCells: Int32Array[] = [none];
  const numbers = new Int32Array(grid.rootSets.length);
  const fresh: number[] = [];
  grid.rootSets.forEach((cells, set) => {
    const number = known.get(cells.join());
    if (number === undefined) fresh.push(set);
    else {
      numbers[set] = number;
      rootCells[number] = cells;
    }
  });
  let free = 1;
  for (const set of fresh) {
    while (rootCells[free] !== undefined) free++;
    numbers[set] = free;
    rootCells[free] = grid.rootSets[set] ?? none;
  }
  const whole = Array.from(rootCells, (cells) => cells ?? none);
  const rootTexts = whole.map(() => '');
  const rootSet = new Int32Array(grid.rootSet.length);
  grid.rootSet.forEach((set, cell) => {
    if (set === 0) return;
    const number = numbers[set] ?? 0;
    rootSet[cell] = number;
    if (rootTexts[number] === '') rootTexts[number] = rootText(cell);
  });
  const causeOfSet = new Int32Array(whole.length).fill(-1);
  groups.forEach(({ sets }, cause) => {
    for (const set of sets) causeOfSet[numbers[set] ?? 0] = cause;
  });
  const causes = groups.map(({ headline, gaps }) => ({ headline, gaps: gaps.length }));
  return { rootSet, rootCells: whole, rootTexts, causes, causeOfSet };
}

/** Gaps are the cells that have root causes; a source's are mended elsewhere and not counted. */
function gapsIn({ rootSet, dayCount }: CoverageGrid, processors: readonly Processor[]): number {
  return processors.reduce(
    (gaps, { index }) =>
      gaps + rootSet.subarray(index * dayCount, (index + 1) * dayCount).reduce((sum, set) => sum + Number(set !== 0), 0),
    0,
  );
}

function upstreamOf(node: PipelineNode): readonly number[] {
  if (node.kind === 'source') return [];
  const single = node.needs.flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need]));
  return [...new Set(single.map((need) => need.node))];
}

/** Equal but for the cells and what goes with them: then a change can lead from one to the other. */
function sameFrame(a: Frame, b: Frame): boolean {
  return (
    a.firstDay === b.firstDay &&
    a.dayCount === b.dayCount &&
    a.pipeline === b.pipeline &&
    a.manifest === b.manifest &&
    a.mode === b.mode &&
    isDeepStrictEqual(a.nodes, b.nodes) &&
    isDeepStrictEqual(a.seasons, b.seasons)
  );
}

function pick8(values: Uint8Array, cells: Int32Array): Uint8Array {
  return Uint8Array.from(cells, (cell) => values[cell] ?? 0);
}

function pick32(values: Int32Array, cells: Int32Array): Int32Array {
  return cells.map((cell) => values[cell] ?? 0);
}
