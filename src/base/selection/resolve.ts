import type { Day, DayRange } from '../day';
import type { Status } from '../status';
import { phaseNamed, unknownName } from './names';
import {
  type DateTerm,
  GAP_WORDS,
  globSpan,
  type NodeTerm,
  type Selection,
  type SelectionGroup,
  type StatusWord,
} from './selection';

/** What selections are about: the nodes and seasons of a pipeline, by the ids and names that people use. */
export interface SelectionCatalog {
  readonly nodes: readonly { readonly id: string; readonly phase?: string }[];
  readonly phases: readonly string[];
  readonly seasons: readonly ({ readonly name: string } & DayRange)[];
}

/** Whether a date belongs to a group: by name, or as one of those on which something is expected. */
export type DateMatch = 'named' | 'ranged' | undefined;

/** A group whose names have been looked up. */
export interface ResolvedGroup {
  /** Ids, whether anything of them is left out or not. */
  readonly nodes: ReadonlySet<string>;
  /** Whether it says which; else all are meant. */
  readonly isNamed: boolean;
  /** Dates that were asked for by name. */
  readonly named: ReadonlySet<Day>;
  /** Ranges, those of globs and seasons too; undefined where every date is meant. */
  readonly ranges: readonly DayRange[] | undefined;
  readonly matchDate: (day: Day) => DateMatch;
  /** Whether a partition is one of those that are to run. Without statuses these are the gaps; waived ones only with `all`. */
  readonly chooses: (status: Status, isWaived: boolean) => boolean;
  /** Whether a partition is one of those that are to be seen. Without statuses these are all. */
  readonly shows: (status: Status, isWaived: boolean) => boolean;
  /** The words by which it chooses. */
  readonly words: readonly StatusWord[];
}

export interface ResolvedSelection {
  readonly groups: readonly ResolvedGroup[];
  /** Names that the pipeline does not have, a sentence each: what they would have chosen is left out. */
  readonly problems: readonly string[];
}

export function resolveSelection({ groups }: Selection, catalog: SelectionCatalog): ResolvedSelection {
  const problems = new Set<string>();
  return { groups: groups.map((group) => resolveGroup(group, catalog, problems)), problems: [...problems] };
}

function resolveGroup(
  { nodes, dates, statuses, except }: SelectionGroup,
  catalog: SelectionCatalog,
  problems: Set<string>,
): ResolvedGroup {
  const chosen = nodes.length === 0 ? catalog.nodes.map(({ id }) => id) : nodes.flatMap((term) => idsOf(term, catalog, problems));
  const leftOut = new Set(
    except.flatMap((term) => (term.kind === 'processor' || term.kind === 'phase' ? idsOf(term, catalog, problems) : [])),
  );
  const isDate = (term: { readonly kind: string }): term is DateTerm => ['date', 'range', 'glob', 'season'].includes(term.kind);
  const named = new Set(dates.flatMap((term) => (term.kind === 'date' ? term.day : [])));
  const ranges =
    dates.length === 0 ? undefined : dates.flatMap((term) => (term.kind === 'date' ? [] : spanOf(term, catalog, problems)));
  const gone = except.filter(isDate).flatMap((term) => spanOf(term, catalog, problems));
  const within = (spans: readonly DayRange[], day: Day) => spans.some(({ from, to }) => from <= day && day <= to);
  const words: readonly StatusWord[] = statuses.length === 0 ? GAP_WORDS : statuses;
  const exceptWords = except.flatMap((term) => (term.kind === 'status' ? term.word : []));
  const isOneOf = (wanted: readonly StatusWord[]) => (status: Status, isWaived: boolean) => {
    if (exceptWords.some((word) => isOf(word, status, isWaived))) return false;
    return wanted.some((word) => word === 'all' || (isOf(word, status, isWaived) && !isWaived));
  };
  return {
    nodes: new Set(chosen.filter((id) => !leftOut.has(id))),
    isNamed: nodes.length > 0,
    named: new Set([...named].filter((day) => !within(gone, day))),
    ranges,
    matchDate: (day) => {
      if (within(gone, day)) return undefined;
      if (named.has(day)) return 'named';
      return ranges === undefined || within(ranges, day) ? 'ranged' : undefined;
    },
    chooses: isOneOf(words),
    shows: isOneOf(statuses.length === 0 ? ['all'] : statuses),
    words,
  };
}

function isOf(word: StatusWord, status: Status, isWaived: boolean): boolean {
  if (word === 'all') return true;
  if (word === 'gaps') return !isWaived && GAP_WORDS.some((one) => isOf(one, status, isWaived));
  return word === status || (word === 'missing' && status === 'blocked');
}

function idsOf(term: NodeTerm, { nodes, phases }: SelectionCatalog, problems: Set<string>): readonly string[] {
  if (term.kind === 'processor') {
    if (nodes.some(({ id }) => id === term.id)) return [term.id];
    problems.add(
      unknownName(
        'processor',
        term.id,
        nodes.map(({ id }) => id),
      ),
    );
    return [];
  }
  const phase = phaseNamed(phases, term.id);
  if (phase === undefined) problems.add(unknownName('phase', term.id, phases));
  return nodes.flatMap((node) => (phase !== undefined && node.phase === phase ? node.id : []));
}

function spanOf(term: DateTerm, { seasons }: SelectionCatalog, problems: Set<string>): readonly DayRange[] {
  switch (term.kind) {
    case 'date':
      return [{ from: term.day, to: term.day }];
    case 'range':
      return [{ from: term.from ?? ALWAYS.from, to: term.to ?? ALWAYS.to }];
    case 'glob':
      return [globSpan(term.prefix)];
    case 'season': {
      const season = seasons.find(({ name }) => name === term.name);
      if (season === undefined)
        problems.add(
          unknownName(
            'season',
            term.name,
            seasons.map(({ name }) => name),
          ),
        );
      return season === undefined ? [] : [season];
    }
  }
}

/** The first and last date that a selection can mean; an end is absent where it is open. */
export function spanOfSelection({ groups }: ResolvedSelection): Partial<DayRange> {
  const spans = groups.flatMap(({ named, ranges = [ALWAYS] }) => [
    ...ranges,
    ...[...named].map((day) => ({ from: day, to: day })),
  ]);
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  return { ...(Number.isFinite(from) && { from }), ...(Number.isFinite(to) && { to }) };
}

const ALWAYS: DayRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
