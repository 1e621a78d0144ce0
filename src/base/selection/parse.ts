import { type Day, formatDay, parseDay } from '../day';
import { nearest } from '../nearest';
import { knownName, phaseNamed, type SelectionNames, unknownName, unknownWord } from './names';
import { looksLikeDate } from './print';
import {
  type DateTerm,
  EVERYTHING,
  GAP_WORDS,
  globPrefix,
  groupOf,
  type Selection,
  STATUS_WORDS,
  type StatusWord,
  type Term,
} from './selection';
import { type Token, tokensOf } from './tokens';

/** What is wrong with a text, and where: offsets into it, `to` exclusive. */
export interface SelectionProblem {
  /** One sentence for people. */
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

export type ParsedSelection = { readonly selection: Selection } | { readonly problem: SelectionProblem };

/**
 * Reads a selection: groups joined by `|`, each of terms joined by `,`, `&` or blanks. An empty text means everything.
 * @param names where they are given an unknown name is a problem, and names become those of the pipeline; else any word can be a processor.
 */
export function parseSelection(text: string, names?: SelectionNames): ParsedSelection {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return { selection: { groups: [EVERYTHING] } };
  try {
    return { selection: new Reader(tokens, text.length, names).selection() };
  } catch (error) {
    if (error instanceof Mistake) return { problem: error.problem };
    throw error;
  }
}

class Mistake extends Error {
  readonly problem: SelectionProblem;

  constructor(message: string, { from, to }: { readonly from: number; readonly to: number }) {
    super(message);
    this.problem = { message, from, to };
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #end: { readonly from: number; readonly to: number };
  readonly #names: SelectionNames | undefined;
  #at = 0;

  constructor(tokens: readonly Token[], length: number, names: SelectionNames | undefined) {
    this.#tokens = tokens;
    this.#end = { from: length, to: length };
    this.#names = names;
  }

  selection(): Selection {
    const groups = [this.#group()];
    while (this.#peek()?.kind === 'or') {
      this.#at++;
      groups.push(this.#group());
    }
    return { groups };
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #group() {
    const terms: Term[] = [];
    const except: Term[] = [];
    for (let token = this.#peek(); token !== undefined && token.kind !== 'or'; token = this.#peek()) {
      if (token.kind === 'separator') {
        this.#at++;
      } else if (token.kind === 'not') {
        this.#at++;
        except.push(this.#term());
      } else terms.push(this.#term());
    }
    if (terms.length === 0 && except.length === 0)
      throw new Mistake('A | stands between two selections: one is missing here.', this.#peek() ?? this.#end);
    return groupOf(terms, except);
  }

  #term(): Term {
    const token = this.#peek();
    if (token === undefined) throw new Mistake('Something to leave out is missing after the !.', this.#end);
    switch (token.kind) {
      case 'open':
        return this.#bracket(token);
      case 'dots':
        this.#at++;
        return { kind: 'range', to: this.#day('end') };
      case 'word':
        return this.#word(token);
      case 'unended':
        throw new Mistake('The quotation that begins here does not end.', token);
      case 'close':
        throw new Mistake('A ] without its [.', token);
      case 'separator':
      case 'or':
      case 'not':
        throw new Mistake('A ! stands right before what is left out.', token);
    }
  }

  #bracket(open: Token): DateTerm {
    this.#at++;
    const from = this.#peek()?.kind === 'dots' ? undefined : this.#day('start');
    if (this.#peek()?.kind === 'close' && from !== undefined) {
      this.#at++;
      return { kind: 'range', from, to: from };
    }
    if (!this.#isTo()) throw new Mistake('A range is written [2021-11-01..2021-11-30].', this.#peek() ?? open);
    this.#at++;
    const to = this.#peek()?.kind === 'close' ? undefined : this.#day('end');
    const close = this.#peek();
    if (close?.kind !== 'close') throw new Mistake('The range that begins here has no ].', open);
    this.#at++;
    return rangeOf(from, to, { from: open.from, to: close.to });
  }

  #isTo(): boolean {
    const token = this.#peek();
    return token?.kind === 'dots' || (token?.kind === 'word' && token.key === undefined && token.value.toLowerCase() === 'to');
  }

  #day(end: string): Day {
    const token = this.#peek();
    if (token?.kind !== 'word') throw new Mistake(`The ${end} of the range is missing: write YYYY-MM-DD.`, token ?? this.#end);
    this.#at++;
    return dayFrom(token);
  }

  #word(token: Token): Term {
    this.#at++;
    if (token.key !== undefined) return this.#keyed(token.key, token);
    const { value } = token;
    if (value === '') throw new Mistake('A name is missing between the quotes.', token);
    if (looksLikeDate(value)) return this.#date(token);
    const word = value.toLowerCase();
    if (isStatus(word)) return { kind: 'status', word };
    const names = this.#names;
    if (names === undefined) return { kind: 'processor', id: value };
    const node = knownName(names.nodes, value);
    if (node !== undefined) return { kind: 'processor', id: node };
    const phase = knownName(names.phases, value);
    if (phase !== undefined) return { kind: 'phase', id: phase };
    throw new Mistake(unknownWord(value, names), token);
  }

  #date(token: Token): DateTerm {
    const prefix = globPrefix(token.value);
    if (prefix !== undefined) return { kind: 'glob', prefix };
    const day = dayFrom(token);
    // `a..`, which is open, ends where a date would have to stand.
    if (!this.#isTo()) return { kind: 'date', day };
    this.#at++;
    const next = this.#peek();
    if (next?.kind !== 'word' || !looksLikeDate(next.value)) return { kind: 'range', from: day };
    return rangeOf(day, this.#day('end'), { from: token.from, to: next.to });
  }

  #keyed(key: string, token: Token): Term {
    const { value } = token;
    const names = this.#names;
    if (value === '') throw new Mistake(`A name is missing after ${key}:.`, token);
    switch (key) {
      case 'processor':
      case 'source': {
        const id = names === undefined ? value : knownName(names.nodes, value);
        if (id === undefined) throw new Mistake(unknownName('processor', value, names?.nodes ?? []), token);
        return { kind: 'processor', id };
      }
      case 'phase':
        if (names !== undefined && phaseNamed(names.phases, value) === undefined)
          throw new Mistake(unknownName('phase', value, names.phases), token);
        return { kind: 'phase', id: value };
      case 'season': {
        const name = names === undefined ? value : knownName(names.seasons, value);
        if (name === undefined) throw new Mistake(unknownName('season', value, names?.seasons ?? []), token);
        return { kind: 'season', name };
      }
      case 'status': {
        const word = value.toLowerCase();
        if (isStatus(word)) return { kind: 'status', word };
        throw new Mistake(unknownName('status', value, STATUS_WORDS), token);
      }
      case 'date':
        return this.#date(token);
      default: {
        const near = nearest(key, KEYS);
        throw new Mistake(
          `“${key}:” means nothing.${near === undefined ? ` Known: ${KEYS.join(':, ')}:.` : ` Did you mean ${near}:?`}`,
          token,
        );
      }
    }
  }
}

const KEYS = ['processor', 'phase', 'season', 'status', 'date'];

function isStatus(word: string): word is StatusWord {
  return (STATUS_WORDS as readonly string[]).includes(word);
}

function dayFrom(token: Token): Day {
  const day = parseDay(token.value);
  if (day === undefined) throw new Mistake(`“${token.value}” is no date: write YYYY-MM-DD.`, token);
  return day;
}

function rangeOf(from: Day | undefined, to: Day | undefined, place: { readonly from: number; readonly to: number }): DateTerm {
  if (from !== undefined && to !== undefined && to < from)
    throw new Mistake(`${formatDay(from)} is after ${formatDay(to)}: swap them.`, place);
  return { kind: 'range', ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** All statuses that a text chooses by, whichever group; empty where these are the gaps everywhere. */
export function chosenStatuses(text: string): readonly StatusWord[] {
  const parsed = parseSelection(text);
  if ('problem' in parsed || parsed.selection.groups.every(({ statuses }) => statuses.length === 0)) return [];
  return [...new Set(parsed.selection.groups.flatMap(({ statuses }) => (statuses.length === 0 ? GAP_WORDS : statuses)))];
}
