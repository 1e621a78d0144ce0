import { type Day, formatDay, parseDay } from '../base/day';
import { counted } from '../base/figures';
import { OFF_KINDS } from '../base/status';
import type { Choice, PlannedPartition, PlanRequest } from './backfill';
import { todayOf, UNKNOWABLE } from './calendar';
import { type CoverageGrid, FLAG } from './coverage';
import { criticalNeeds } from './dependencies';
import { IS_GAP } from './expectations';
import type { Processor } from './pipeline';
import { heldOf, tableOfCell } from './reasons';
import type { Tables } from './tables';
import { offText } from './words';

/** The partitions that a request names, before it is asked which of them to run. */
export interface PlanScope {
  readonly cells: readonly number[];
  /** Dates that were asked for by name and lie beyond all that is known. */
  readonly beyond: readonly PlannedPartition[];
  readonly warnings: readonly string[];
}

/**
 * Explicit dates are taken as they are, off dates included, so that each gets its answer. A range means the dates of it on which something
 * is expected.
 */
export function chooseScope(t: Tables, request: PlanRequest): PlanScope {
  const warnings: string[] = [];
  const cells: number[] = [];
  const beyond: PlannedPartition[] = [];
  const processors = chooseProcessors(t, request, warnings);
  const named = (request.dates ?? []).flatMap((text) => readDay(text, warnings) ?? []);
  const explicit = request.dates !== undefined && request.dates.length > 0;
  const { dayCount } = t;
  const { firstDay } = t.timeline;
  const from = readDay(request.from, warnings) ?? firstDay;
  const to = readDay(request.to, warnings) ?? firstDay + dayCount - 1;
  if (from > to) warnings.push(`The range is empty: ${formatDay(from)} is after ${formatDay(to)}.`);

  const leftOut = new Set<Day>();
  for (const { index, id } of processors) {
    const table = t.nodes[index];
    if (table === undefined) continue;
    if (explicit) {
      for (const day of new Set(named)) {
        const offset = day - firstDay;
        if (offset >= 0 && offset < dayCount) cells.push(table.base + offset);
        else beyond.push(beyondTheGrid(t, id, day));
      }
      continue;
    }
    for (let day = Math.max(from, firstDay); day <= Math.min(to, firstDay + dayCount - 1); day++) {
      if ((table.off[day - firstDay] ?? 0) >= UNKNOWABLE) cells.push(table.base + day - firstDay);
      else if (request.from !== undefined || request.to !== undefined) leftOut.add(day);
    }
  }
  if (leftOut.size > 0) warnings.push(offDatesText(t, processors, leftOut));
  return { cells, beyond, warnings };
}

/** Whether the choices cover a partition's status. A blocked one is missing; a waived gap is left alone unless all are chosen. */
export function isChosen(t: Tables, grid: CoverageGrid, cell: number, choices: readonly Choice[]): boolean {
  if (choices.includes('all')) return true;
  if (((grid.flags[cell] ?? 0) & FLAG.waived) !== 0) return false;
  const status = heldOf(t, cell);
  return choices.some((choice) => choice === status || (choice === 'missing' && status === 'blocked'));
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

function chooseProcessors(t: Tables, { processors }: PlanRequest, warnings: string[]): readonly Processor[] {
  const all = t.input.pipeline.processors;
  if (processors.length === 0) return all;
  for (const id of processors) {
    if (all.some((processor) => processor.id === id)) continue;
    const source = t.input.pipeline.sources.some((one) => one.id === id);
    warnings.push(source ? `${id} is a source: it is observed and never run.` : `There is no processor ${id}.`);
  }
  return all.filter(({ id }) => processors.includes(id));
}

function readDay(text: string | undefined, warnings: string[]): Day | undefined {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (day === undefined) warnings.push(`"${text}" is no date: write YYYY-MM-DD.`);
  return day;
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
  return `${counted(days.size, 'date')} of the range left out where nothing is expected: ${parts.join(', ')}.`;
}
