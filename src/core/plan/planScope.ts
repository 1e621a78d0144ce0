import { type Day, formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import type { SelectionNames } from '../../base/selection/names';
import { parseSelection } from '../../base/selection/parse';
import {
  type ResolvedGroup,
  type ResolvedSelection,
  resolveSelection,
  type SelectionCatalog,
} from '../../base/selection/resolve';
import { GAP_WORDS, type StatusWord } from '../../base/selection/selection';
import { OFF_KINDS, type OffKind, type Status } from '../../base/status';
import type { PlannedPartition, PlanRequest } from '../backfill/backfill';
import { todayOf, UNKNOWABLE } from '../coverage/calendar';
import { type CoverageGrid, FLAG } from '../coverage/coverage';
import { criticalNeeds } from '../coverage/dependencies';
import { IS_GAP } from '../coverage/expectations';
import { heldOf, tableOfCell } from '../coverage/reasons';
import type { Tables } from '../coverage/tables';
import type { Pipeline, Processor } from '../pipeline';
import { offText } from '../words';
import { OFF_DATES } from './preflight';

/** The partitions that a request names, before it is asked which of them to run. */
export interface PlanScope {
  readonly cells: readonly number[];
  /** Those that it is about, by phase and file order. */
  readonly processors: readonly Processor[];
  /** Whether the statuses that were asked for cover a partition's. A blocked one is missing; a waived gap is left alone unless all are chosen. */
  readonly isChosen: (cell: number) => boolean;
  /** The words by which it was decided whether a partition is chosen. */
  readonly wordsOf: (cell: number) => readonly StatusWord[];
  /** Dates that were asked for by name and lie beyond all that is known. */
  readonly beyond: readonly PlannedPartition[];
  readonly warnings: readonly string[];
}

/**
 * Explicit dates are taken as they are, off dates included, so that each gets its answer. A range means the dates of it on which something
 * is expected.
 */
export function chooseScope(
  t: Tables,
  grid: CoverageGrid,
  { select, overrides = [] }: Pick<PlanRequest, 'select'> & Partial<Pick<PlanRequest, 'overrides'>>,
): PlanScope {
  const withOff = overrides.includes(OFF_DATES);
  const { pipeline } = t.input;
  const parsed = parseSelection(select);
  if ('problem' in parsed) {
    const { message, from } = parsed.problem;
    const nothing = { cells: [], processors: [], isChosen: () => false, wordsOf: () => [], beyond: [] };
    return { ...nothing, warnings: [`Nothing is selected: at ${from + 1}: ${message}`] };
  }
  const { groups, problems } = resolveSelection(parsed.selection, catalogOf(pipeline));
  const warnings = [...problems];
  const chosen = new Set(groups.flatMap(({ nodes }) => [...nodes]));
  for (const { nodes } of parsed.selection.groups)
    for (const term of nodes)
      if (term.kind === 'processor' && pipeline.sources.some(({ id }) => id === term.id))
        warnings.push(`${term.id} is a source: it is observed and never run.`);

  const processors = pipeline.processors.filter(({ id }) => chosen.has(id));
  const groupsOf = new Map<number, readonly ResolvedGroup[]>();
  const beyond = new Map<string, PlannedPartition>();
  const leftOut = new Set<Day>();
  for (const group of groups) {
    const alone: readonly ResolvedGroup[] = [group];
    for (const processor of processors.filter(({ id }) => group.nodes.has(id))) {
      const add = (cell: number) => {
        const known = groupsOf.get(cell);
        groupsOf.set(cell, known === undefined ? alone : [...known, group]);
      };
      addCells(t, processor, group, { add, beyond, leftOut, withOff });
    }
  }
  if (leftOut.size > 0) warnings.push(offDatesText(t, processors, leftOut));
  const statusOf = (cell: number): Status => heldOf(t, cell);
  const isWaived = (cell: number) => ((grid.flags[cell] ?? 0) & FLAG.waived) !== 0;
  return {
    cells: [...groupsOf.keys()],
    processors,
    isChosen: (cell) => {
      const statuses: Status[] = [statusOf(cell)];
      // Who overrides that nothing is expected means what lacks rows, as on every other date.
      if (withOff && statuses[0] === 'off' && (t.rows[cell] ?? 0) === 0) statuses.push('missing');
      return groupsOf.get(cell)?.some((group) => statuses.some((status) => group.chooses(status, isWaived(cell)))) === true;
    },
    wordsOf: (cell) => [...new Set(groupsOf.get(cell)?.flatMap(({ words }) => words) ?? GAP_WORDS)],
    beyond: [...beyond.values()],
    warnings,
  };
}

/** What a pipeline's selections are read with. */
function catalogOf({ nodes, phases, seasons }: Pipeline): SelectionCatalog {
  return {
    nodes: nodes.map((node) => {
      const phase = node.kind === 'processor' ? phases[node.phase]?.id : undefined;
      return { id: node.id, ...(phase !== undefined && { phase }) };
    }),
    phases: phases.map(({ id }) => id),
    seasons,
  };
}

/** The names by which a selection is checked while it is typed. */
export function namesOf({ nodes, phases, seasons }: Pipeline): SelectionNames {
  return { nodes: nodes.map(({ id }) => id), phases: phases.map(({ id }) => id), seasons: seasons.map(({ name }) => name) };
}

/** What a text selects of a pipeline; nothing where it cannot be read. */
export function selectedOf(pipeline: Pipeline, select: string): ResolvedSelection {
  const parsed = parseSelection(select);
  return 'problem' in parsed
    ? { groups: [], problems: [parsed.problem.message] }
    : resolveSelection(parsed.selection, catalogOf(pipeline));
}

/** The partitions of a processor that a group means, and what of its dates it does not. */
function addCells(
  t: Tables,
  processor: Processor,
  { named, ranges, matchDate }: ResolvedGroup,
  into: {
    readonly add: (cell: number) => void;
    readonly beyond: Map<string, PlannedPartition>;
    readonly leftOut: Set<Day>;
    /** Whether a range means those of its off dates that can run, too. */
    readonly withOff: boolean;
  },
): void {
  const table = t.nodes[processor.index];
  if (table === undefined) return;
  const { firstDay } = t.timeline;
  for (const day of named) {
    const offset = day - firstDay;
    if (offset >= 0 && offset < t.dayCount) into.add(table.base + offset);
    else into.beyond.set(`${processor.id} ${day}`, beyondTheGrid(t, processor.id, day));
  }
  if (ranges?.length === 0) return;
  for (let day = firstDay; day < firstDay + t.dayCount; day++) {
    if (matchDate(day) !== 'ranged') continue;
    const code = table.off[day - firstDay] ?? 0;
    const isRun = code >= UNKNOWABLE || (into.withOff && ranges !== undefined && isOverridable(t, OFF_KINDS[code], day));
    if (isRun) into.add(table.base + day - firstDay);
    else if (ranges !== undefined) into.leftOut.add(day);
  }
}

/** The gaps that keep partitions from running, and what keeps those, as far as processors make them. */
export function upstreamCells(t: Tables, cells: readonly number[]): number[] {
  const found = new Set<number>();
  const open = [...cells];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const table = tableOfCell(t, cell);
    if (table === undefined) continue;
    for (const upstream of criticalNeeds(t, table, cell % t.dayCount).offending) {
      const node = tableOfCell(t, upstream)?.node;
      // What is complete and too little for a consumer does not change by running it again.
      if (found.has(upstream) || node?.kind !== 'processor' || IS_GAP[t.held[upstream] ?? 0] !== true) continue;
      found.add(upstream);
      open.push(upstream);
    }
  }
  return [...found];
}

/** The gaps that have one of the cells among their roots, directly or through others. */
export function downstreamCells(t: Tables, grid: CoverageGrid, cells: readonly number[]): number[] {
  const filled = new Set(cells);
  const reaches = grid.rootSets.map((roots) => roots.some((root) => filled.has(root)));
  const found: number[] = [];
  for (const { index } of t.input.pipeline.processors) {
    for (let cell = index * t.dayCount; cell < (index + 1) * t.dayCount; cell++) {
      if (!filled.has(cell) && reaches[grid.rootSet[cell] ?? 0] === true) found.push(cell);
    }
  }
  return found;
}

/** Whether a date on which nothing is expected may run where somebody asks for just that: not before it has come, nor in no season. */
export function isOverridable(t: Tables, kind: OffKind | undefined, day: Day): boolean {
  return kind !== undefined && kind !== 'future' && kind !== 'outside' && day <= todayOf(t.input.pipeline.due, t.input.now);
}

function beyondTheGrid(t: Tables, processor: string, day: Day): PlannedPartition {
  const kind = day > todayOf(t.input.pipeline.due, t.input.now) ? 'future' : 'outside';
  return { processor, date: formatDay(day), action: 'skip', status: 'off', why: offText(kind, ''), preflight: 'never' };
}

/** Says how many dates of a range nobody expects anything on, by kind, for the processor that leaves out most. */
function offDatesText(t: Tables, processors: readonly Processor[], days: ReadonlySet<Day>): string {
  const kinds = new Map<string, number>();
  for (const day of days) {
    const codes = processors.map(({ index }) => t.nodes[index]?.off[day - t.timeline.firstDay] ?? UNKNOWABLE);
    const kind = OFF_KINDS[Math.min(...codes)] ?? 'offDay';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const words: Readonly<Record<string, string>> = {
    offDay: 'off-days',
    bootstrap: 'bootstrap',
    excluded: 'excluded',
    outside: 'outside the seasons',
    future: 'in the future',
    notDue: 'not yet due',
  };
  const parts = [...kinds].map(([kind, count]) => `${count} ${words[kind] ?? kind}`);
  const mend = [...kinds.keys()].some((kind) => kind !== 'future' && kind !== 'outside')
    ? ` The override ${OFF_DATES} runs them.`
    : '';
  return `${counted(days.size, 'date')} of the range left out where nothing is expected: ${parts.join(', ')}.${mend}`;
}
