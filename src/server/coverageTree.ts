import type { CoverageProblem } from '../app/pipelineSession';
import { type Day, dayOf, formatDay, monthOf } from '../base/day';
import { counted, formatInstant, formatSeconds } from '../base/figures';
import { OFF_KINDS } from '../base/status';
import { type CoverageGrid, type CoverageInput, type Explanation, FLAG } from '../core/coverage';
import { explain } from '../core/explain';
import type { PipelineNode } from '../core/pipeline';
import { partitionKey } from '../core/words';
import type { TreeNode } from '../protocol/messages';
import { partitionText } from './partitionText';
import { type Look, STATUS_LOOKS, WAIVED_LOOK } from './statusLooks';
import { type Tally, tallyOf, tallySentence, tallyText, worstOf } from './tally';

const ROOT = 'coverage';
const SOURCES = '@sources';
const OUTSIDE = OFF_KINDS.indexOf('outside');
const FUTURE = OFF_KINDS.indexOf('future');
const MONTHS = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** What the tree shows: the coverage as it is known, and how well it is known. */
export interface CoverageTreeSource {
  readonly coverage?: { readonly input: CoverageInput; readonly grid: CoverageGrid; readonly asOf?: number };
  readonly problem?: { readonly message: string; readonly kind: CoverageProblem['kind'] };
  readonly reading: boolean;
  /** Errors in the manifest as it is now. */
  readonly mistakes: number;
  readonly manifestName: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The Coverage tree of one moment: phase, processor, month, date. Composed a level at a time, as it is opened. */
export class CoverageTree {
  readonly #source: CoverageTreeSource;
  readonly #tallies = new Map<string, Tally>();

  constructor(source: CoverageTreeSource) {
    this.#source = source;
  }

  /** The children of a node, `''` for the root; none for a node that is gone. */
  children(parent: string): readonly TreeNode[] {
    const { coverage } = this.#source;
    if (parent === '') return [...this.#messages(), ...(coverage === undefined ? [] : this.#groups())];
    if (coverage === undefined) return [];
    const [, group = '', id, month] = parent.split('/');
    if (id === undefined) return this.#nodesOf(group).map((node) => this.#node(parent, node));
    const node = this.#nodesOf(group).find((candidate) => candidate.id === id);
    if (node === undefined) return [];
    return month === undefined ? this.#months(parent, node) : this.#dates(parent, node, month);
  }

  #messages(): TreeNode[] {
    const { coverage, problem, reading, mistakes, manifestName, now } = this.#source;
    const messages: TreeNode[] = [];
    if (mistakes > 0) {
      const label = `${counted(mistakes, 'mistake')} in ${manifestName}`;
      const description = coverage === undefined ? 'open it to see what to do' : 'shown: as it was before';
      messages.push(
        message('mistakes', label, description, { icon: 'error', color: 'problemsErrorIcon.foreground' }, 'openManifest'),
      );
    }
    if (problem !== undefined) {
      const age = coverage?.asOf === undefined ? undefined : ageText(coverage.asOf, now);
      const description = problem.kind === 'calendar' || age === undefined ? problem.message : `${age}`;
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

  #groups(): TreeNode[] {
    const { coverage } = this.#source;
    if (coverage === undefined) return [];
    const { phases, sources } = coverage.input.pipeline;
    const groups = phases
      .filter((phase) => this.#nodesOf(phase.id).length > 0)
      .map((phase) => this.#group(phase.id, phase.name, true));
    return sources.length === 0 ? groups : [this.#group(SOURCES, 'Sources', false), ...groups];
  }

  #group(id: string, label: string, expanded: boolean): TreeNode {
    const nodes = this.#nodesOf(id);
    const key = `${ROOT}/${id}`;
    const tally = this.#tally(
      key,
      nodes.map(({ index }) => index),
    );
    return {
      id: key,
      label,
      description: tallyText(tally),
      ...this.#look(tally),
      children: true,
      expanded,
      context: `phase${id !== SOURCES && tally.gaps > 0 ? '+gap' : ''}`,
      accessibilityLabel: `${label}, ${tallySentence(tally)}`,
      hasTooltip: true,
      target: { nodes: nodes.map((node) => node.id) },
    };
  }

  #node(parent: string, node: PipelineNode): TreeNode {
    const id = `${parent}/${node.id}`;
    const tally = this.#tally(id, [node.index]);
    const unavailable = this.#source.coverage?.input.observations.unavailableNodes.get(node.id);
    const description = unavailable === undefined ? tallyText(tally) : `cannot be read · ${tallyText(tally)}`;
    return {
      id,
      label: node.id,
      description,
      ...(unavailable === undefined ? this.#look(tally) : { icon: 'warning', color: 'problemsWarningIcon.foreground' }),
      children: true,
      context: `${node.kind}${flags(node, tally.gaps > 0)}${waiverFlags(tally)}`,
      accessibilityLabel: `${node.id}, ${node.name}, ${unavailable === undefined ? '' : 'cannot be read, '}${tallySentence(tally)}`,
      hasTooltip: true,
      target: { nodes: [node.id] },
    };
  }

  /** Months in which something is expected, or was found, or is off for a reason that somebody may ask for. */
  #months(parent: string, node: PipelineNode): TreeNode[] {
    const { coverage } = this.#source;
    if (coverage === undefined) return [];
    const { grid } = coverage;
    const base = node.index * grid.dayCount;
    const shown = new Set<string>();
    for (let offset = 0; offset < grid.dayCount; offset++) {
      if (isShown(grid, base + offset)) shown.add(monthOf(grid.firstDay + offset));
    }
    return [...shown].map((month) => {
      const id = `${parent}/${month}`;
      const { from, to } = boundsOf(month);
      const tally = this.#tally(id, [node.index], from - grid.firstDay, to - grid.firstDay + 1);
      const label = MONTHS.format(from * 86_400_000);
      return {
        id,
        label,
        description: tallyText(tally),
        ...this.#look(tally),
        children: true,
        context: `month${flags(node, tally.gaps > 0)}${waiverFlags(tally)}`,
        accessibilityLabel: `${label}, ${tallySentence(tally)}`,
        hasTooltip: true,
        target: { nodes: [node.id], from: formatDay(from), to: formatDay(to) },
      };
    });
  }

  #dates(parent: string, node: PipelineNode, month: string): TreeNode[] {
    const { coverage } = this.#source;
    if (coverage === undefined) return [];
    const { input, grid } = coverage;
    const { from, to } = boundsOf(month);
    const dates: TreeNode[] = [];
    for (let day = Math.max(from, grid.firstDay); day <= Math.min(to, grid.firstDay + grid.dayCount - 1); day++) {
      const cell = node.index * grid.dayCount + day - grid.firstDay;
      if (isShown(grid, cell)) dates.push(this.#date(parent, node, explain(input, grid, node.index, day)));
    }
    return dates;
  }

  #date(parent: string, node: PipelineNode, explanation: Explanation): TreeNode {
    const date = formatDay(explanation.day);
    const text = partitionText(explanation);
    const waived = explanation.overlays.some(({ kind }) => kind === 'waived');
    const unexpected = explanation.overlays.some(({ kind }) => kind === 'unexpectedRows');
    const gap = !waived && explanation.roots.length > 0;
    const log = this.#source.coverage?.input.attempts.last.has(partitionKey(node.id, explanation.day)) === true;
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

  #nodesOf(group: string): readonly PipelineNode[] {
    const pipeline = this.#source.coverage?.input.pipeline;
    if (pipeline === undefined) return [];
    if (group === SOURCES) return pipeline.sources;
    const phase = pipeline.phases.find(({ id }) => id === group);
    return phase === undefined ? [] : pipeline.processors.filter((processor) => processor.phase === phase.index);
  }

  #tally(key: string, nodes: readonly number[], from?: number, end?: number): Tally {
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const { coverage } = this.#source;
    if (coverage === undefined) throw new Error('A tally needs coverage.');
    const tally = tallyOf(coverage.input.pipeline, coverage.grid, nodes, from, end);
    this.#tallies.set(key, tally);
    return tally;
  }

  #look(tally: Tally): Look {
    const worst = worstOf(tally);
    return worst === 'off' && tally.unexpected > 0 ? STATUS_LOOKS.suspect : STATUS_LOOKS[worst];
  }
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
