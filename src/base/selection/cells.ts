import { type Day, type DayRange, formatDay, rangesOf } from '../day';
import { groupBy } from '../groupBy';
import type { Status } from '../status';
import { printSelection } from './print';
import type { ResolvedSelection } from './resolve';
import { type DateTerm, groupOf, type NodeTerm, type Term } from './selection';

/** One partition of a picture. */
export interface SelectionCell {
  readonly node: string;
  readonly day: Day;
}

export interface CellsOptions {
  /** Whether something is expected: a range may pass over dates without, because it means none of them. Absent: every date counts. */
  readonly isExpected?: (node: string, day: Day) => boolean;
  /** By which to write all processors of a phase at once. */
  readonly phases?: readonly { readonly id: string; readonly nodes: readonly string[] }[];
}

/**
 * The shortest text that means exactly these partitions, whatever their status is: processors with the same dates share a group, and a run of
 * expected dates is a range. A date without expectation is named only where somebody picked it on its own, so that it gets its answer.
 */
export function textOfCells(
  cells: readonly SelectionCell[],
  { isExpected = () => true, phases = [] }: CellsOptions = {},
): string {
  const days = new Map<string, Set<Day>>();
  for (const { node, day } of cells) {
    const known = days.get(node);
    if (known === undefined) days.set(node, new Set([day]));
    else known.add(day);
  }
  const sameDates = groupBy([...days.keys()], (node) => [...(days.get(node) ?? [])].sort((a, b) => a - b).join());
  const groups = [...sameDates.values()].map((nodes) => {
    const chosen = days.get(nodes[0] ?? '') ?? new Set();
    const terms: Term[] = [...nodeTerms(nodes, phases), ...dateTerms(nodes, chosen, isExpected), { kind: 'status', word: 'all' }];
    return groupOf(terms, []);
  });
  return groups.length === 0 ? '' : printSelection({ groups });
}

function nodeTerms(nodes: readonly string[], phases: NonNullable<CellsOptions['phases']>): NodeTerm[] {
  const left = new Set(nodes);
  const whole = phases.filter((phase) => phase.nodes.length > 1 && phase.nodes.every((node) => left.has(node)));
  for (const phase of whole) for (const node of phase.nodes) left.delete(node);
  return [
    ...whole.map(({ id }): NodeTerm => ({ kind: 'phase', id })),
    ...[...left].map((id): NodeTerm => ({ kind: 'processor', id })),
  ];
}

function dateTerms(
  nodes: readonly string[],
  chosen: ReadonlySet<Day>,
  isExpected: (node: string, day: Day) => boolean,
): DateTerm[] {
  const isIdle = (day: Day) => nodes.every((node) => !isExpected(node, day));
  const ascending = [...chosen].sort((a, b) => a - b);
  const ranges: DayRange[] = [];
  for (const range of rangesOf(ascending)) {
    const last = ranges.at(-1);
    if (last !== undefined && everyDay(last.to + 1, range.from - 1, isIdle))
      ranges[ranges.length - 1] = { from: last.from, to: range.to };
    else ranges.push(range);
  }
  return ranges.flatMap((range): DateTerm[] => {
    const picked = ascending.filter((day) => range.from <= day && day <= range.to);
    if (picked.filter((day) => !isIdle(day)).length <= 2) return picked.map((day): DateTerm => ({ kind: 'date', day }));
    return [wholeGlob(range) ?? { kind: 'range', ...range }];
  });
}

/** Two seasons apart nobody looks day by day. */
const LONGEST_BRIDGE = 400;

function everyDay(from: Day, to: Day, is: (day: Day) => boolean): boolean {
  if (to - from > LONGEST_BRIDGE) return false;
  for (let day = from; day <= to; day++) if (!is(day)) return false;
  return true;
}

function wholeGlob({ from, to }: DayRange): DateTerm | undefined {
  const [first, last, next] = [formatDay(from), formatDay(to), formatDay(to + 1)];
  if (!first.endsWith('-01') || !next.endsWith('-01') || first.slice(0, 4) !== last.slice(0, 4)) return undefined;
  if (first.slice(0, 7) === last.slice(0, 7)) return { kind: 'glob', prefix: first.slice(0, 7) };
  return first.endsWith('-01-01') && next.endsWith('-01-01') ? { kind: 'glob', prefix: first.slice(0, 4) } : undefined;
}

/** What a picture shows, as far as a selection has to know it. */
export interface SelectionPicture {
  readonly firstDay: Day;
  readonly dayCount: number;
  readonly statusOf: (node: string, day: Day) => Status;
  readonly isWaived: (node: string, day: Day) => boolean;
  readonly isExpected: (node: string, day: Day) => boolean;
}

/** The partitions of a picture that a selection would run: of ranges only dates on which something is expected. */
export function cellsOf(selection: ResolvedSelection, picture: SelectionPicture): SelectionCell[] {
  const found = new Map<string, SelectionCell>();
  visitCells(selection, picture, (node, day) => found.set(`${node} ${day}`, { node, day }));
  return [...found.values()];
}

/** The same for pictures of a million cells, which nobody wants as a list. A partition of several groups is visited by each. */
export function visitCells(
  { groups }: ResolvedSelection,
  picture: SelectionPicture,
  visit: (node: string, day: Day) => void,
): void {
  for (const { nodes, matchDate, chooses } of groups) {
    for (const node of nodes) {
      for (let day = picture.firstDay; day < picture.firstDay + picture.dayCount; day++) {
        const match = matchDate(day);
        if (match === undefined || (match === 'ranged' && !picture.isExpected(node, day))) continue;
        if (chooses(picture.statusOf(node, day), picture.isWaived(node, day))) visit(node, day);
      }
    }
  }
}
