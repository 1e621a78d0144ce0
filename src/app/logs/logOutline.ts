import { LogDigester } from '../../core/logs/digestLog';
import type { LogDate, LogOutcome } from '../../core/logs/logDigest';
import type { ShownLine } from '../../core/logs/shownLines';
import type { LogPatterns } from '../../core/pipeline';
import type { LineTaker } from './logWindow';

/** The log of a call, among those that are shown together. */
export interface OutlineMember {
  readonly key: string;
  readonly processor: string;
  /** ISO; of the attempts that wrote it. */
  readonly dates: readonly string[];
  readonly profile: LogPatterns;
}

/** Whose line is at a place. */
export interface OutlinePlaces {
  memberAt(offset: number): OutlineMember | undefined;
  /** The log whose title stands there. */
  titledAt(offset: number): OutlineMember | undefined;
}

/** A part of what is shown that is about one date, or about a call as a whole. Lines count from 0. */
export interface OutlineSection {
  readonly member: OutlineMember;
  /** ISO; absent for a call for many dates of whose log nothing tells where they begin. */
  readonly date?: string;
  readonly line: number;
  readonly lastLine: number;
  /** What the log says of the date; absent where it does not tell of dates. */
  readonly said?: LogDate;
}

export interface OutlineProblem {
  readonly member: OutlineMember;
  readonly date?: string;
  readonly line: number;
  readonly cause: string;
  readonly outcome: LogOutcome | 'outside';
}

export interface Outline {
  readonly sections: readonly OutlineSection[];
  readonly problems: readonly OutlineProblem[];
  /** Lines have times of their own. */
  readonly timed: boolean;
}

interface Reader {
  readonly member: OutlineMember;
  readonly digester: LogDigester;
  /** By line of its log that was read: the line of what is shown, negative for those before it. */
  readonly lines: number[];
  title: number | undefined;
}

const TIMED = /^\[?(?:\d{4}-\d{2}-\d{2}[ T]|[A-Z][a-z]{2} +\d{1,2} )?\d{2}:\d{2}:\d{2}\b/;
/** Lines that are looked at for times. */
const TIME_SAMPLE = 200;

/** Tells from the lines that are shown where dates begin and end, and what went wrong. */
export class LogOutliner implements LineTaker {
  readonly #places: OutlinePlaces;
  readonly #readers = new Map<string, Reader>();
  #sampled = 0;
  #timed = 0;
  /** Lines that are not read yet: what they tell is not needed to show them. */
  #waiting: { readonly index: number; readonly line: ShownLine }[] = [];

  constructor(places: OutlinePlaces) {
    this.#places = places;
  }

  begin(): void {
    this.#waiting = [];
    this.#readers.clear();
    this.#sampled = 0;
    this.#timed = 0;
  }

  line(index: number, line: ShownLine): void {
    this.#waiting.push({ index, line });
  }

  /** What is told of the lines until here. */
  outline(): Outline {
    for (const { index, line } of this.#waiting) this.#read(index, line);
    this.#waiting = [];
    return this.#outline();
  }

  #read(index: number, { offset, text }: ShownLine): void {
    const titled = this.#places.titledAt(offset);
    if (titled !== undefined) {
      if (text.startsWith('==>')) this.#readerOf(titled).title ??= index;
      return;
    }
    const member = this.#places.memberAt(offset);
    if (member === undefined) return;
    const reader = this.#readerOf(member);
    reader.lines.push(index);
    reader.digester.feed(`${text}\n`);
    if (this.#sampled >= TIME_SAMPLE || text.trim() === '') return;
    this.#sampled++;
    if (TIMED.test(text)) this.#timed++;
  }

  #outline(): Outline {
    const sections: OutlineSection[] = [];
    const problems: OutlineProblem[] = [];
    for (const reader of this.#readers.values()) {
      const { member } = reader;
      const { dates, failure } = reader.digester.digest();
      const [only] = member.dates.length === 1 ? member.dates : [];
      const shown = (line: number) => Math.max(0, reader.lines[line - 1] ?? 0);
      const isShown = (line: number) => (reader.lines[line - 1] ?? -1) >= 0;
      const told = dates.filter(({ lastLine }) => isShown(lastLine));
      for (const said of told) {
        const { date, firstLine, lastLine, cause, causeLine, outcome } = said;
        const line = told.length === 1 && only !== undefined ? (reader.title ?? shown(firstLine)) : shown(firstLine);
        sections.push({ member, date, line, lastLine: shown(lastLine), said });
        if (causeLine !== undefined && isShown(causeLine) && (outcome === 'failed' || cause !== undefined))
          problems.push({ member, date, line: shown(causeLine), cause: cause ?? 'it failed', outcome });
      }
      const last = reader.lines.at(-1) ?? reader.title ?? -1;
      if (told.length === 0 && last >= 0) {
        const first = reader.title ?? shown(1);
        sections.push({ member, ...(only !== undefined && { date: only }), line: Math.max(0, first), lastLine: last });
      }
      if (failure !== undefined && isShown(failure.line)) {
        const { cause, line } = failure;
        problems.push({ member, ...(only !== undefined && { date: only }), line: shown(line), cause, outcome: 'outside' });
      }
    }
    const byLine = (a: { readonly line: number }, b: { readonly line: number }) => a.line - b.line;
    return { sections: sections.sort(byLine), problems: problems.sort(byLine), timed: this.#timed * 2 > this.#sampled };
  }

  #readerOf(member: OutlineMember): Reader {
    const known = this.#readers.get(member.key);
    if (known !== undefined) return known;
    const reader = { member, digester: new LogDigester(member.profile), lines: [], title: undefined };
    this.#readers.set(member.key, reader);
    return reader;
  }
}
