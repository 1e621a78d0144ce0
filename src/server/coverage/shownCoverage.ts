import { formatDay } from '../../base/day';
import { formatCount } from '../../base/figures';
import { type SelectionCell, textOfCells } from '../../base/selection/cells';
import { OFF_KINDS } from '../../base/status';
import { type CoverageGrid, type CoverageInput, FLAG } from '../../core/coverage/coverage';
import type { PipelineNode } from '../../core/pipeline';
import type { CoverageArrangement } from '../../protocol/messages';
import type { NodeTarget } from '../../protocol/targets';
import { type CoverageFilter, filterOf, shareText } from './coverageFilter';
import { type CoverageGroup, groupsOf, SOURCES } from './coverageGroups';
import { type Tally, tallyOf } from './tally';

const OUTSIDE = OFF_KINDS.indexOf('outside');
const FUTURE = OFF_KINDS.indexOf('future');

/** The coverage of one moment as it is grouped and filtered: what of it is to be seen, what that comes to, and what commands get of it. */
export class ShownCoverage {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
  /** Absent: everything is shown. */
  readonly filter: CoverageFilter | undefined;
  readonly #grouping: CoverageArrangement['group'];
  readonly #tallies = new Map<string, Tally>();
  #groups: readonly CoverageGroup[] | undefined;

  constructor(
    { input, grid }: { readonly input: CoverageInput; readonly grid: CoverageGrid },
    arrangement: CoverageArrangement = { group: 'phase' },
  ) {
    this.input = input;
    this.grid = grid;
    this.#grouping = arrangement.group;
    const filter = filterOf(arrangement, input, grid);
    this.filter = filter.text === '' ? undefined : filter;
  }

  /** Also those of which nothing is shown. */
  get groups(): readonly CoverageGroup[] {
    this.#groups ??= groupsOf(this.#grouping, this.input, this.grid);
    return this.#groups;
  }

  /** Whether there is anything to see of nodes; without a filter a phase and a season keep those of which nothing is expected. */
  shows(group: CoverageGroup, nodes: readonly PipelineNode[]): boolean {
    if (this.filter === undefined && group.holds === undefined) return nodes.length > 0 && group.from < group.end;
    const { dayCount } = this.grid;
    return nodes.some(({ index }) => {
      for (let cell = index * dayCount + group.from; cell < index * dayCount + group.end; cell++) {
        if (this.#holds(group, cell) && this.#isExpected(cell)) return true;
      }
      return false;
    });
  }

  /** Of a group's node, ascending: what is to be seen of it, as offsets of dates. */
  offsets(group: CoverageGroup, node: PipelineNode): readonly number[] {
    const base = node.index * this.grid.dayCount;
    const offsets: number[] = [];
    for (let offset = group.from; offset < group.end; offset++) {
      if (this.#isExpected(base + offset) && this.#holds(group, base + offset)) offsets.push(offset);
    }
    return offsets;
  }

  /**
   * Of a group's nodes, from offset `from` to `end`, exclusive.
   * @param filtered false: also of what the filter hides.
   */
  tally(
    group: CoverageGroup,
    nodes: readonly PipelineNode[],
    { from = group.from, end = group.end, filtered = true }: { from?: number; end?: number; filtered?: boolean } = {},
  ): Tally {
    const isCounted = filtered ? (cell: number) => this.#holds(group, cell) : (cell: number) => group.holds?.(cell) !== false;
    const indexes = nodes.map(({ index }) => index);
    const [first, last] = [Math.max(from, group.from), Math.min(end, group.end)];
    return this.#remembered(`${group.id} ${indexes.join()} ${from} ${end} ${filtered}`, () =>
      tallyOf(this.input.pipeline, this.grid, indexes, first, last, isCounted),
    );
  }

  /** How much of what is expected is shown: `3 of 120, and 1 of sources`. */
  share(): string {
    const { processors, sources } = this.input.pipeline;
    const expected = (key: string, nodes: readonly PipelineNode[], isCounted?: (cell: number) => boolean) => {
      const indexes = nodes.map(({ index }) => index);
      const count = () => tallyOf(this.input.pipeline, this.grid, indexes, 0, this.grid.dayCount, isCounted);
      return this.#remembered(key, count).expected;
    };
    const isShown = this.filter?.isShown;
    const ofSources = expected('@sources', sources, isShown);
    const share = shareText(expected('@shown', processors, isShown), expected('@all', processors));
    return ofSources > 0 ? `${share}, and ${formatCount(ofSources)} of sources` : share;
  }

  /** The dates of a node as commands take them: exactly those that are shown. */
  datesOf(group: CoverageGroup, offsets: readonly number[]): NodeTarget {
    if (group.holds !== undefined || this.filter?.byStatus === true)
      return { dates: offsets.map((offset) => formatDay(this.grid.firstDay + offset)) };
    if (this.filter === undefined) return group.kind === 'season' ? this.rangeOf(group.from, group.end) : {};
    return this.rangeOf(offsets[0] ?? 0, (offsets.at(-1) ?? -1) + 1);
  }

  rangeOf(from: number, end: number): NodeTarget {
    const { firstDay } = this.grid;
    return { from: formatDay(firstDay + from), to: formatDay(firstDay + end - 1) };
  }

  /** What commands get of a group. */
  targetOf(group: CoverageGroup): { readonly target: NodeTarget; readonly fillable: boolean } {
    const nodes = group.nodes.filter((node) => this.shows(group, [node])).map(({ id }) => id);
    if (this.filter !== undefined || group.holds !== undefined) {
      const select = this.#fillable(group);
      return { target: { nodes, ...(select !== '' && { select }) }, fillable: select !== '' };
    }
    const range = group.kind === 'season' ? this.rangeOf(group.from, group.end) : {};
    return { target: { nodes, ...range }, fillable: group.id !== SOURCES && this.tally(group, group.nodes).gaps > 0 };
  }

  /** The gaps of a group that can be run, as the text of a selection. */
  #fillable(group: CoverageGroup): string {
    const cells: SelectionCell[] = [];
    const { dayCount, firstDay, rootSet } = this.grid;
    for (const node of group.nodes) {
      if (node.kind === 'source' || node.run.length === 0) continue;
      for (let offset = group.from; offset < group.end; offset++) {
        const cell = node.index * dayCount + offset;
        if ((rootSet[cell] ?? 0) !== 0 && this.#holds(group, cell)) cells.push({ node: node.id, day: firstDay + offset });
      }
    }
    return textOfCells(cells);
  }

  #holds({ holds }: CoverageGroup, cell: number): boolean {
    return holds?.(cell) !== false && this.filter?.isShown(cell) !== false;
  }

  /** Expected, or found, or off for a reason that somebody may ask for. */
  #isExpected(cell: number): boolean {
    const off = this.grid.off[cell];
    return (off !== OUTSIDE && off !== FUTURE) || ((this.grid.flags[cell] ?? 0) & FLAG.unexpectedRows) !== 0;
  }

  #remembered(key: string, count: () => Tally): Tally {
    const known = this.#tallies.get(key) ?? count();
    this.#tallies.set(key, known);
    return known;
  }
}
