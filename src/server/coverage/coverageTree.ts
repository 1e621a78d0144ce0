import { type Day, dayOf, formatDay, monthOf } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { CoverageGrid, CoverageInput } from '../../core/coverage/coverage';
import { explain } from '../../core/coverage/explain';
import type { PipelineNode } from '../../core/pipeline';
import { partitionKey } from '../../core/words';
import type { CoverageArrangement, TreeNode } from '../../protocol/messages';
import { messageNode } from '../trees/messageNode';
import { type Look, STATUS_LOOKS, WAIVED_LOOK } from '../trees/statusLooks';
import { type CoverageGroup, isCause } from './coverageGroups';
import { type CoverageKnowledge, coverageMessages } from './coverageMessages';
import { partitionText } from './partitionText';
import { ShownCoverage } from './shownCoverage';
import { partsText, shownText, type Tally, tallySentence, tallyText, worstOf } from './tally';
import { TreeMemory } from './treeMemory';

const ROOT = 'coverage';
/** More dates of one cause than these are shown by months. */
const MOST_DATES = 100;
const MONTHS = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** What the tree shows: the coverage as it is known, and how well it is known. */
export interface CoverageTreeSource extends CoverageKnowledge {
  /** `asOf`: when the oldest of it was read, epoch milliseconds. */
  readonly coverage?: { readonly input: CoverageInput; readonly grid: CoverageGrid; readonly asOf?: number };
  /** Absent: everything, by phase. */
  readonly arrangement?: CoverageArrangement;
  /** Of the trees before it that were arranged in the same way; absent: there were none. */
  readonly memory?: TreeMemory;
}

/** Offsets of dates: inclusive `from`, exclusive `end`. */
interface Dates {
  readonly from?: number;
  readonly end?: number;
}

/** The Coverage tree of one moment: a group, processor, month, date. Composed a level at a time, as it is opened. */
export class CoverageTree {
  readonly #source: CoverageTreeSource;
  readonly #shown: ShownCoverage | undefined;
  readonly #memory: TreeMemory;

  constructor(source: CoverageTreeSource) {
    this.#source = source;
    const { coverage, arrangement, memory = new TreeMemory() } = source;
    this.#memory = memory;
    this.#shown = coverage && new ShownCoverage(coverage, arrangement);
  }

  /** The children of a node, `''` for the root; none for a node that is gone. */
  children(parent: string): readonly TreeNode[] {
    const shown = this.#shown;
    if (parent === '')
      return [
        ...coverageMessages(this.#source, this.#source.coverage),
        ...(shown === undefined ? [] : topNodes(shown, this.#memory)),
      ];
    if (shown === undefined) return [];
    const [, groupId, id, month] = parent.split('/');
    const group = shown.groups.find((candidate) => candidate.id === groupId);
    if (group === undefined) return [];
    if (id === undefined)
      return group.nodes.filter((node) => shown.shows(group, [node])).map((node) => nodeNode(shown, group, node));
    const node = group.nodes.find((candidate) => candidate.id === id);
    if (node === undefined) return [];
    const offsets = shown.offsets(group, node);
    if (month !== undefined) {
      const { from, to } = boundsOf(month);
      const { firstDay } = shown.grid;
      const dates = offsets.filter((offset) => from <= firstDay + offset && firstDay + offset <= to);
      return dates.map((offset) => dateNode(shown, parent, node, offset));
    }
    // What has one cause is mostly few dates: a month between would only be in the way.
    if (isCause(group) && !this.#memory.showsMonths(parent, offsets.length > MOST_DATES))
      return offsets.map((offset) => dateNode(shown, parent, node, offset));
    return monthNodes(shown, group, node, offsets);
  }
}

/** The groups; above them what is hidden. */
function topNodes(shown: ShownCoverage, memory: TreeMemory): TreeNode[] {
  const groups = shown.groups.filter((group) => shown.shows(group, group.nodes));
  const nodes = groups.map((group) => groupNode(shown, group, group.expanded ?? memory.opens(group.id)));
  if (shown.filter === undefined) return nodes;
  const label = nodes.length === 0 ? `Nothing to show: ${shown.filter.text}` : `Showing ${shown.filter.text}`;
  const share = shown.share();
  const sentence = `${label}, ${share}, click to show all`;
  const filter = messageNode(`${ROOT}/@filter`, label, {
    // What can be done comes first: a narrow sidebar cuts the end.
    description: `click to show all · ${share}`,
    icon: 'filter-filled',
    action: 'clearFilter',
    accessibilityLabel: sentence,
    tooltip: sentence,
  });
  return [filter, ...nodes];
}

function groupNode(shown: ShownCoverage, group: CoverageGroup, expanded: boolean): TreeNode {
  const { id, label, note, kind, nodes } = group;
  const counts = countsText(shown, group, nodes);
  const description = isCause(group) ? [counts, note].filter((part) => part !== undefined).join(' · ') : counts;
  const { target, fillable } = shown.targetOf(group);
  return {
    id: `${ROOT}/${id}`,
    label,
    description,
    ...lookOf(shown.tally(group, nodes)),
    children: true,
    expanded,
    context: `${shown.filter === undefined || isCause(group) ? kind : 'shown'}${fillable ? '+gap' : ''}`,
    accessibilityLabel: `${label}, ${isCause(group) ? description : countsSentence(shown, group, nodes)}`,
    hasTooltip: true,
    target,
  };
}

function nodeNode(shown: ShownCoverage, group: CoverageGroup, node: PipelineNode): TreeNode {
  const tally = shown.tally(group, [node]);
  const isReadable = !shown.input.observations.unavailableNodes.has(node.id);
  const counts = countsText(shown, group, [node]);
  return {
    id: `${ROOT}/${group.id}/${node.id}`,
    label: node.id,
    description: isReadable ? counts : `cannot be read · ${counts}`,
    ...(isReadable ? lookOf(tally) : { icon: 'warning', color: 'problemsWarningIcon.foreground' }),
    children: true,
    context: `${node.kind}${flags(node, tally.gaps > 0)}${waiverFlags(tally)}`,
    accessibilityLabel: `${node.id}, ${node.name}, ${isReadable ? '' : 'cannot be read, '}${countsSentence(shown, group, [node])}`,
    hasTooltip: true,
    target: { nodes: [node.id], ...shown.datesOf(group, shown.offsets(group, node)) },
  };
}

/** Months of which there is a date to be seen. */
function monthNodes(shown: ShownCoverage, group: CoverageGroup, node: PipelineNode, offsets: readonly number[]): TreeNode[] {
  const { firstDay } = shown.grid;
  return [...groupBy(offsets, (offset) => monthOf(firstDay + offset))].map(([month, dates]) => {
    const { from, to } = boundsOf(month);
    const [start, end] = [from - firstDay, to - firstDay + 1];
    const tally = shown.tally(group, [node], { from: start, end });
    const label = MONTHS.format(from * 86_400_000);
    const [first, last] = group.kind === 'season' ? [Math.max(start, group.from), Math.min(end, group.end)] : [start, end];
    return {
      id: `${ROOT}/${group.id}/${node.id}/${month}`,
      label,
      description: countsText(shown, group, [node], { from: start, end }),
      ...lookOf(tally),
      children: true,
      context: `month${flags(node, tally.gaps > 0)}${waiverFlags(tally)}`,
      accessibilityLabel: `${label}, ${countsSentence(shown, group, [node], { from: start, end })}`,
      hasTooltip: true,
      target: { nodes: [node.id], ...shown.rangeOf(first, last), ...shown.datesOf(group, dates) },
    };
  });
}

function dateNode({ input, grid }: ShownCoverage, parent: string, node: PipelineNode, offset: number): TreeNode {
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

/** What stands beside a name. Of a filtered node the counts are those of what is shown, and say so. */
function countsText(shown: ShownCoverage, group: CoverageGroup, nodes: readonly PipelineNode[], dates: Dates = {}): string {
  const tally = shown.tally(group, nodes, dates);
  if (shown.filter !== undefined) return shownText(tally, shown.tally(group, nodes, { ...dates, filtered: false }));
  return isCause(group) ? partsText({ ...tally, blockers: [] }) : tallyText(tally);
}

/** The same for somebody who listens. */
function countsSentence(shown: ShownCoverage, group: CoverageGroup, nodes: readonly PipelineNode[], dates: Dates = {}): string {
  if (shown.filter !== undefined || isCause(group)) return countsText(shown, group, nodes, dates);
  return tallySentence(shown.tally(group, nodes, dates));
}

function lookOf(tally: Tally): Look {
  const worst = worstOf(tally);
  return worst === 'off' && tally.unexpected > 0 ? STATUS_LOOKS.suspect : STATUS_LOOKS[worst];
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
