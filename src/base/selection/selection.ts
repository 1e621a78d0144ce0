import { type Day, dayOf, parseDay } from '../day';

/** The words that choose partitions by what they are now, in the order in which they are printed. */
export const STATUS_WORDS = [
  'all',
  /** Missing, blocked, failed, partial and suspect, and not waived. */
  'gaps',
  /** Also blocked: what a plan fills upstream it waits for. */
  'missing',
  'blocked',
  'failed',
  'partial',
  'suspect',
  'stale',
  'complete',
  'unknown',
  'running',
  'queued',
  'off',
] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** What `gaps` stands for; `missing` brings `blocked` along. */
export const GAP_WORDS = ['missing', 'failed', 'partial', 'suspect'] as const satisfies readonly StatusWord[];

export type NodeTerm =
  | { readonly kind: 'processor'; readonly id: string }
  /** Its id, or a short form of it such as `4` for `phase4`. */
  | { readonly kind: 'phase'; readonly id: string };

export type DateTerm =
  /** Asked for by name: it gets its answer also where nothing is expected that day. */
  | { readonly kind: 'date'; readonly day: Day }
  /** Inclusive; open where an end is absent. Like a glob and a season it means those of its dates on which something is expected. */
  | { readonly kind: 'range'; readonly from?: Day; readonly to?: Day }
  /** `2021` or `2021-12`: every date of that year or month. */
  | { readonly kind: 'glob'; readonly prefix: string }
  | { readonly kind: 'season'; readonly name: string };

export interface StatusTerm {
  readonly kind: 'status';
  readonly word: StatusWord;
}

export type Term = NodeTerm | DateTerm | StatusTerm;

/** What of a pipeline is meant: terms of one kind are alternatives, kinds restrict each other. No terms of a kind: all that there are. */
export interface SelectionGroup {
  readonly nodes: readonly NodeTerm[];
  readonly dates: readonly DateTerm[];
  /** None: the gaps for whoever runs something, everything for whoever looks. */
  readonly statuses: readonly StatusWord[];
  /** Left out, whatever the others say. */
  readonly except: readonly Term[];
}

/** Partitions, as people and pickers name them: those of at least one group. At least one group. */
export interface Selection {
  readonly groups: readonly SelectionGroup[];
}

export const EVERYTHING: SelectionGroup = { nodes: [], dates: [], statuses: [], except: [] };

/** In normal form: without repetitions, dates and statuses in order. Equal normal forms print alike. */
export function groupOf(terms: readonly Term[], except: readonly Term[]): SelectionGroup {
  return {
    nodes: distinct(terms.filter(isNode)),
    dates: sortedDates(terms.filter(isDate)),
    statuses: shortStatuses(terms.flatMap((term) => (term.kind === 'status' ? term.word : []))),
    except: [
      ...distinct(except.filter(isNode)),
      ...sortedDates(except.filter(isDate)),
      ...shortStatuses(except.flatMap((term) => (term.kind === 'status' ? term.word : []))).map(
        (word): StatusTerm => ({ kind: 'status', word }),
      ),
    ],
  };
}

export function isNode(term: Term): term is NodeTerm {
  return term.kind === 'processor' || term.kind === 'phase';
}

export function isDate(term: Term): term is DateTerm {
  return term.kind === 'date' || term.kind === 'range' || term.kind === 'glob' || term.kind === 'season';
}

/** The first and last date of a year or month. @param prefix `2021` or `2021-12`. */
export function globSpan(prefix: string): { readonly from: Day; readonly to: Day } {
  const [year = 0, month] = prefix.split('-').map(Number);
  const next = month === undefined ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);
  return { from: dayOf(year, month ?? 1, 1), to: next - 1 };
}

/** `2021`, `2021-12` and the same with `-*`; undefined for anything else. */
export function globPrefix(text: string): string | undefined {
  const prefix = /^(\d{4}(?:-\d{2})?)(?:-\*)?$/.exec(text)?.[1];
  if (prefix === undefined) return undefined;
  return parseDay(`${prefix}${prefix.length === 4 ? '-01' : ''}-01`) === undefined ? undefined : prefix;
}

function shortStatuses(words: readonly StatusWord[]): readonly StatusWord[] {
  const found = new Set(words);
  if (found.has('all')) return ['all'];
  if (GAP_WORDS.every((word) => found.has(word))) found.add('gaps');
  if (found.has('gaps')) for (const word of [...GAP_WORDS, 'blocked' as const]) found.delete(word);
  if (found.has('missing')) found.delete('blocked');
  return STATUS_WORDS.filter((word) => found.has(word));
}

function sortedDates(terms: readonly DateTerm[]): readonly DateTerm[] {
  const key = (term: DateTerm): number => {
    if (term.kind === 'date') return term.day;
    if (term.kind === 'range') return term.from ?? Number.NEGATIVE_INFINITY;
    return term.kind === 'glob' ? globSpan(term.prefix).from : Number.POSITIVE_INFINITY;
  };
  const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return distinct(terms).toSorted((a, b) => compare(key(a), key(b)));
}

function distinct<T extends Term>(terms: readonly T[]): readonly T[] {
  const seen = new Map<string, T>();
  for (const term of terms) {
    const key = JSON.stringify(term);
    if (!seen.has(key)) seen.set(key, term);
  }
  return [...seen.values()];
}
