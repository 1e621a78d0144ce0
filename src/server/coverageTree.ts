import type { CoverageProblem } from '../app/pipelineSession';
import { type Day, dayOf, formatDay, monthOf } from '../base/day';
import { counted, formatCount, formatInstant, formatSeconds } from '../base/figures';
import { groupBy } from '../base/groupBy';
import { type SelectionCell, textOfCells } from '../base/selection/cells';
import { OFF_KINDS } from '../base/status';
import { type CoverageGrid, type CoverageInput, FLAG } from '../core/coverage';
import { explain } from '../core/explain';
import type { PipelineNode } from '../core/pipeline';
import { partitionKey } from '../core/words';
import type { CoverageArrangement, TreeNode } from '../protocol/messages';
import type { NodeTarget } from '../protocol/targets';
import { type CoverageFilter, filterOf, shareText } from './coverageFilter';
import { type CoverageGroup, groupsOf, SOURCES } from './coverageGroups';
import { partitionText } from './partitionText';
import { type Look, STATUS_LOOKS, WAIVED_LOOK } from './statusLooks';
import { partsText, shownText, type Tally, tallyOf, tallySentence, tallyText, worstOf } from './tally';

const ROOT = 'coverage';
/** More dates of one cause than these are shown by months. */
const MOST_DATES = 100;
const OUTSIDE = OFF_KINDS.indexOf('outside');
const FUTURE = OFF_KINDS.indexOf('future');
const MONTHS = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });

interface Coverage {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
  readonly asOf?: number;
}

/** Group, nodes and their tally, with the offsets of a part of its dates. */
type CountsOf = [
  coverage: Coverage,
  group: CoverageGroup,
  nodes: readonly PipelineNode[],
  tally: Tally,
  from?: number,
  end?: number,
];

/** What the tree shows: the coverage as it is known, and how well it is known. */
export interface CoverageTreeSource {
  readonly coverage?: Coverage;
  /** Absent: everything, by phase. */
  readonly arrangement?: CoverageArrangement;
  readonly problem?: { readonly message: string; readonly kind: CoverageProblem['kind'] };
  readonly reading: boolean;
  /** Errors in the manifest as it is now. */
  readonly mistakes: number;
  readonly manifestName: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The Coverage tree of one moment: a group, processor, month, date. Composed a level at a time, as it is opened. */
export class CoverageTree {
  readonly #source: CoverageTreeSource;
  readonly #tallies = new Map<string, Tally>();
  readonly #filter: CoverageFilter | undefined;
  #groups: readonly CoverageGroup[] | undefined;

  constructor(source: CoverageTreeSource) {
    this.#source = source;
    const { coverage, arrangement } = source;
    const filter =
      coverage === undefined || arrangement === undefined ? undefined : filterOf(arrangement, coverage.input, coverage.grid);
    this.#filter = filter?.text === '' ? undefined : filter;
  }

  /** The children of a node, `''` for the root; none for a node that is gone. */
  children(parent: string): readonly TreeNode[] {
    const { coverage } = this.#source;
    if (parent === '') return [...this.#messages(), ...(coverage === undefined ? [] : this.#top(coverage))];
    if (coverage === undefined) return [];
    const [, groupId, id, month] = parent.split('/');
    const group = this.#allGroups(coverage).find((candidate) => candidate.id === groupId);
    if (group === undefined) return [];
    if (id === undefined)
      return group.nodes.filter((node) => this.#shows(coverage, group, [node])).map((node) => this.#node(coverage, group, node));
    const node = group.nodes.find((candidate) => candidate.id === id);
    if (node === undefined) return [];
    const offsets = this.#offsets(coverage, group, node);
    if (month !== undefined) {
      const { from, to } = boundsOf(month);
      const { firstDay } = coverage.grid;
      const dates = offsets.filter((offset) => from <= firstDay + offset && firstDay + offset <= to);
      return dates.map((offset) => this.#date(coverage, parent, node, offset));
    }
    // What has one cause is mostly few dates: a month between would only be in the way.
    if (isCause(group) && offsets.length <= MOST_DATES)
      return offsets.map((offset) => this.#date(coverage, parent, node, offset));
    return this.#months(coverage, group, node, offsets);
  }

  #messages(): TreeNode[] {
    const { coverage, problem, reading, mistakes, manifestName, now } = this.#source;
    const messages: TreeNode[] = [];
    if (mistakes > 0) {
      const label = `${counted(mistakes, 'mistake')} in ${manifestName}`;
      const description =
        coverage === undefined ? 'click to see what to do' : 'click to see what to do · shown: as it was before';
      messages.push(
        message('mistakes', label, description, { icon: 'error', color: 'problemsErrorIcon.foreground' }, 'openManifest'),
      );
    }
    if (problem !== undefined) {
      const age = coverage?.asOf === undefined ? undefined : ageText(coverage.asOf, now);
      const description =
        problem.kind === 'calendar' || age === undefined ? problem.message : `${age} · ${nextReading(problem.kind)}`;
      const look = problem.kind === 'busy' ? { icon: 'lock' } : { icon: 'warning', color: 'problemsWarningIcon.foreground' };
      messages.push({ ...message('problem', problemLabel(problem.kind), description, look, 'refresh'), hasTooltip: true });
    } else if (coverage === undefined && mistakes === 0) {
      messages.push(
        reading
          ? message('reading', 'Reading the warehouse…', undefined, { icon: 'loading~spin' })
          : message('unread', 'The warehouse was not read yet', 'read it now', { icon: 'refresh' }, 'refresh'),
      );
    }
    return messages;
  }

  #top(coverage: Coverage): TreeNode[] {
    const groups = this.#allGroups(coverage).filter((group) => this.#shows(coverage, group, group.nodes));
    const nodes = groups.map((group) => this.#group(coverage, group));
    const filter = this.#filter;
    if (filter === undefined) return nodes;
    const { pipeline } = coverage.input;
    const count = (key: string, of: readonly PipelineNode[], isCounted?: (cell: number) => boolean) =>
      this.#tally(key, () =>
        tallyOf(
          pipeline,
          coverage.grid,
          of.map(({ index }) => index),
          0,
          coverage.grid.dayCount,
          isCounted,
        ),
      ).expected;
    const shown = count('@shown', pipeline.processors, filter.isShown);
    const ofSources = count('@sources', pipeline.sources, filter.isShown);
    const share = `${shareText(shown, count('@all', pipeline.processors))}${ofSources > 0 ? `, and ${formatCount(ofSources)} of sources` : ''}`;
    const label = nodes.length === 0 ? `Nothing to show: ${filter.text}` : `Showing ${filter.text}`;
    // What can be done comes first: a narrow sidebar cuts the end.
    const node = message('filter', label, `click to show all · ${share}`, { icon: 'filter-filled' }, 'clearFilter');
    const sentence = `${label}, ${share}, click to show all`;
    return [{ ...node, accessibilityLabel: sentence, tooltip: sentence }, ...nodes];
  }

  #allGroups({ input, grid }: Coverage): readonly CoverageGroup[] {
    this.#groups ??= groupsOf(this.#source.arrangement?.group ?? 'phase', input, grid);
    return this.#groups;
  }

  #group(coverage: Coverage, group: CoverageGroup): TreeNode {
    const { id, label, note, kind, expanded, nodes } = group;
    const tally = this.#tallyOf(coverage, group, nodes);
    const shown = nodes.filter((node) => this.#shows(coverage, group, [node]));
    const counts = this.#counts(coverage, group, nodes, tally);
    const description = isCause(group) ? [counts, note].filter((part) => part !== undefined).join(' · ') : counts;
    const partial = this.#filter !== undefined || group.holds !== undefined;
    const select = partial ? this.#fillable(coverage, group) : '';
    const fillable = partial ? select !== '' : id !== SOURCES && tally.gaps > 0;
    return {
      id: `${ROOT}/${id}`,
      label,
      description,
      ...this.#look(tally),
      children: true,
      expanded,
      context: `${this.#filter === undefined || isCause(group) ? kind : 'shown'}${fillable ? '+gap' : ''}`,
      accessibilityLabel: `${label}, ${isCause(group) ? description : this.#sentence(coverage, group, nodes, tally)}`,
      hasTooltip: true,
      target: {
        nodes: shown.map((node) => node.id),
        ...(select !== '' && { select }),
        ...(!partial && kind === 'season' && rangeOf(coverage.grid, group.from, group.end)),
      },
    };
  }

  #node(coverage: Coverage, group: CoverageGroup, node: PipelineNode): TreeNode {
    const tally = this.#tallyOf(coverage, group, [node]);
    const unavailable = coverage.input.observations.unavailableNodes.get(node.id);
    const counts = this.#counts(coverage, group, [node], tally);
    return {
      id: `${ROOT}/${group.id}/${node.id}`,
      label: node.id,
      description: unavailable === undefined ? counts : `cannot be read · ${counts}`,
      ...(unavailable === undefined ? this.#look(tally) : { icon: 'warning', color: 'problemsWarningIcon.foreground' }),
      children: true,
      context: `${node.kind}${flags(node, tally.gaps > 0)}${waiverFlags(tally)}`,
      accessibilityLabel: `${node.id}, ${node.name}, ${unavailable === undefined ? '' : 'cannot be read, '}${this.#sentence(coverage, group, [node], tally)}`,
      hasTooltip: true,
      target: { nodes: [node.id], ...this.#datesOf(coverage, group, this.#offsets(coverage, group, node)) },
    };
  }

  /** Months in which something is expected, or was found, or is off for a reason that somebody may ask for. */
  #months(coverage: Coverage, group: CoverageGroup, node: PipelineNode, offsets: readonly number[]): TreeNode[] {
    const { firstDay } = coverage.grid;
    return [...groupBy(offsets, (offset) => monthOf(firstDay + offset))].map(([month, dates]) => {
      const { from, to } = boundsOf(month);
      const [start, end] = [from - firstDay, to - firstDay + 1];
      const tally = this.#tallyOf(coverage, group, [node], start, end);
      const label = MONTHS.format(from * 86_400_000);
      return {
        id: `${ROOT}/${group.id}/${node.id}/${month}`,
        label,
        description: this.#counts(coverage, group, [node], tally, start, end),
        ...this.#look(tally),
        children: true,
        context: `month${flags(node, tally.gaps > 0)}${waiverFlags(tally)}`,
        accessibilityLabel: `${label}, ${this.#sentence(coverage, group, [node], tally, start, end)}`,
        hasTooltip: true,
        target: {
          nodes: [node.id],
          from: formatDay(Math.max(from, firstDay + (group.kind === 'season' ? group.from : start))),
          to: formatDay(Math.min(to, firstDay + (group.kind === 'season' ? group.end : end) - 1)),
          ...this.#datesOf(coverage, group, dates),
        },
      };
    });
  }

  #date(coverage: Coverage, parent: string, node: PipelineNode, offset: number): TreeNode {
    const { input, grid } = coverage;
    const explanation = explain(input, grid, node.index, grid.firstDay + offset);
    const date = formatDay(explanation.day);
    const text = partitionText(explanation);
    const waived = explanation.overlays.some(({ kind }) => kind === 'waived');
    const unexpected = explanation.overlays.some(({ kind }) => kind === 'unexpectedRows');
    const gap = !waived && explanation.roots.length > 0;
    const log = input.attempts.last.has(partitionKey(node.id, explanation.day));
    const look: Look = waived ? WAIVED_LOOK : unexpected ? STATUS_LOOKS.suspect : STATUS_LOOKS[explanation.status];
    return {
      id: `${parent}/${date}`,
      label: date,
      description: text,
      ...look,
      children: false,
      context: `partition${flags(node, gap)}${waiverFlags({ gaps: gap ? 1 : 0, waived: waived ? 1 : 0 })}${log ? '+log' : ''}`,
      accessibilityLabel: `${date}, ${text}`,
      hasTooltip: true,
      action: 'explain',
      target: { nodes: [node.id], from: date, to: date },
    };
  }

  /** Of a group's node, ascending: what is to be seen of it. */
  #offsets({ grid }: Coverage, group: CoverageGroup, node: PipelineNode): readonly number[] {
    const base = node.index * grid.dayCount;
    const offsets: number[] = [];
    for (let offset = group.from; offset < group.end; offset++) {
      if (isShown(grid, base + offset) && this.#holds(group, base + offset)) offsets.push(offset);
    }
    return offsets;
  }

  /** Whether there is anything to see of nodes; without a filter a phase and a season keep those of which nothing is expected. */
  #shows(coverage: Coverage, group: CoverageGroup, nodes: readonly PipelineNode[]): boolean {
    if (this.#filter === undefined && group.holds === undefined) return nodes.length > 0 && group.from < group.end;
    const { grid } = coverage;
    return nodes.some(({ index }) => {
      for (let cell = index * grid.dayCount + group.from; cell < index * grid.dayCount + group.end; cell++) {
        if (this.#holds(group, cell) && isShown(grid, cell)) return true;
      }
      return false;
    });
  }

  #holds({ holds }: CoverageGroup, cell: number): boolean {
    return holds?.(cell) !== false && this.#filter?.isShown(cell) !== false;
  }

  /** The dates of a node as commands take them: exactly those that are shown. */
  #datesOf({ grid }: Coverage, group: CoverageGroup, offsets: readonly number[]): NodeTarget {
    if (group.holds !== undefined || this.#filter?.byStatus === true)
      return { dates: offsets.map((offset) => formatDay(grid.firstDay + offset)) };
    if (this.#filter === undefined && group.kind !== 'season') return {};
    if (this.#filter === undefined) return rangeOf(grid, group.from, group.end);
    return rangeOf(grid, offsets[0] ?? 0, (offsets.at(-1) ?? -1) + 1);
  }

  /** The gaps of a group that can be run, as the text of a selection. */
  #fillable({ grid }: Coverage, group: CoverageGroup): string {
    const cells: SelectionCell[] = [];
    for (const node of group.nodes) {
      if (node.kind === 'source' || node.run.length === 0) continue;
      for (let offset = group.from; offset < group.end; offset++) {
        const cell = node.index * grid.dayCount + offset;
        if ((grid.rootSet[cell] ?? 0) !== 0 && this.#holds(group, cell))
          cells.push({ node: node.id, day: grid.firstDay + offset });
      }
    }
    return textOfCells(cells);
  }

  #tallyOf(
    { input, grid }: Coverage,
    group: CoverageGroup,
    nodes: readonly PipelineNode[],
    from = group.from,
    end = group.end,
    isFiltered = true,
  ): Tally {
    const isCounted = isFiltered ? (cell: number) => this.#holds(group, cell) : (cell: number) => group.holds?.(cell) !== false;
    const indexes = nodes.map(({ index }) => index);
    const key = `${group.id} ${indexes.join()} ${from} ${end} ${isFiltered}`;
    const [first, last] = [Math.max(from, group.from), Math.min(end, group.end)];
    return this.#tally(key, () => tallyOf(input.pipeline, grid, indexes, first, last, isCounted));
  }

  #tally(key: string, count: () => Tally): Tally {
    const known = this.#tallies.get(key) ?? count();
    this.#tallies.set(key, known);
    return known;
  }

  /** What stands beside a name. Of a filtered node the counts are those of what is shown, and say so. */
  #counts(
    coverage: Coverage,
    group: CoverageGroup,
    nodes: readonly PipelineNode[],
    tally: Tally,
    from = group.from,
    end = group.end,
  ): string {
    if (this.#filter !== undefined) return shownText(tally, this.#tallyOf(coverage, group, nodes, from, end, false));
    return isCause(group) ? partsText({ ...tally, blockers: [] }) : tallyText(tally);
  }

  #sentence(...of: CountsOf): string {
    const [, group, , tally] = of;
    return this.#filter !== undefined || isCause(group) ? this.#counts(...of) : tallySentence(tally);
  }

  #look(tally: Tally): Look {
    const worst = worstOf(tally);
    return worst === 'off' && tally.unexpected > 0 ? STATUS_LOOKS.suspect : STATUS_LOOKS[worst];
  }
}

function isCause({ kind, note }: CoverageGroup): boolean {
  return kind === 'rootCause' && note !== undefined;
}

function rangeOf({ firstDay }: CoverageGrid, from: number, end: number): NodeTarget {
  return { from: formatDay(firstDay + from), to: formatDay(firstDay + end - 1) };
}

function isShown(grid: CoverageGrid, cell: number): boolean {
  const off = grid.off[cell];
  return (off !== OUTSIDE && off !== FUTURE) || ((grid.flags[cell] ?? 0) & FLAG.unexpectedRows) !== 0;
}

function flags(node: PipelineNode, gap: boolean): string {
  const runnable = node.kind === 'processor' && node.run.length > 0;
  return `${gap && runnable ? '+gap' : ''}${runnable ? '+runnable' : ''}`;
}

/** What of a node can be accepted, and what is. */
function waiverFlags({ gaps, waived }: Pick<Tally, 'gaps' | 'waived'>): string {
  return `${gaps > 0 ? '+waivable' : ''}${waived > 0 ? '+waived' : ''}`;
}

function boundsOf(month: string): { readonly from: Day; readonly to: Day } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { from: dayOf(year, number, 1), to: dayOf(year, number + 1, 1) - 1 };
}

function problemLabel(kind: CoverageProblem['kind']): string {
  if (kind === 'busy') return 'Warehouse busy';
  if (kind === 'calendar') return 'A calendar lost dates';
  return kind === 'missingFile' ? 'Warehouse not there' : 'Warehouse not readable';
}

/** When a warehouse that could not be read is read again. */
function nextReading(kind: CoverageProblem['kind']): string {
  return kind === 'busy' ? 'read again when it is free' : 'click to read again';
}

/** `3 min old, read 2026-11-23 14:02:11`; in whole minutes, so that the node does not change with every look. */
/** `under 1 min old, read 2021-12-02 12:00:00`. */
export function ageText(asOf: number, now: number): string {
  const minutes = Math.floor((now - asOf) / 60_000);
  return `${minutes < 1 ? 'under 1 min' : formatSeconds(minutes * 60)} old, read ${formatInstant(asOf)}`;
}

function message(
  id: string,
  label: string,
  description: string | undefined,
  look: Look,
  action?: NonNullable<TreeNode['action']>,
): TreeNode {
  return {
    id: `${ROOT}/@${id}`,
    label,
    ...(description !== undefined && { description }),
    ...look,
    children: false,
    context: 'message',
    accessibilityLabel: description === undefined ? label : `${label}, ${description}`,
    ...(action !== undefined && { action }),
  };
}
