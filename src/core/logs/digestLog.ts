import type { LogPatterns } from '../pipeline';
import { CompiledProfile, type Groups } from './compiledProfile';
import { DateEntry, LONGEST, type LoggedError } from './dateEntry';
import { datesIn, numberIn, numbersOf } from './logDates';
import type { LogDigest, LogSummary } from './logDigest';
import { LineSplitter, type LogLine } from './logLines';
import { readTime } from './logPrefix';
import { StageClock } from './stageClock';
import { UnmatchedLines } from './unmatchedLines';

/** More dates than any log of one job has: the oldest are then left out. */
const MOST_DATES = 5000;
const MOST_STAGES = 50;
/** What an exception looks like where nothing says that it is one: `ValueError: no rows`, `google.api_core.exceptions.RetryError: …`. */
const EXCEPTION = /^(?:[\w$]+\.)*((?:[A-Z]\w*)?(?:Error|Exception|Interrupt))(?::\s*(.*))?$/;
/** The last line of a traceback, whose class may have any name: `google.api_core.exceptions.Forbidden: 403 …`, `socket.gaierror: …`. */
const RAISED = /^(?:[\w$]+\.)*([A-Za-z]\w*)(?::\s+(.*))?$/;
const VERDICTS = [
  ['skipped', 'skipped'],
  ['failure', 'failed'],
  ['success', 'succeeded'],
] as const;

/** Reads a whole log. Never throws, whatever the text. */
export function digestLog(text: string, profile: LogPatterns): LogDigest {
  const reader = new LogDigester(profile);
  reader.feed(text);
  reader.end();
  return reader.digest();
}

/**
 * Reads a log as it grows, in chunks of any size, and can tell at any time what it says so far. What it holds is bounded by the number of
 * dates, not by the length of the log. Never throws, whatever the text.
 */
export class LogDigester {
  readonly #profile: CompiledProfile;
  readonly #lines: LineSplitter;
  readonly #unmatched = new UnmatchedLines();
  readonly #clock = new StageClock();
  #entries: DateEntry[] = [];
  #omitted = 0;
  /** The date that began last: what is told belongs to it until another begins or the final block does. */
  #current: DateEntry | undefined;
  /** How many runs the log has so far. */
  #run = 1;
  /** What was told while no date was known to have begun. */
  #loose: DateEntry | undefined;
  #begun: { readonly n: number; readonly total: number } | undefined;
  #progress: LogDigest['progress'];
  #summary: { figures: Map<string, number>; failedDates: string[] } | undefined;
  #failure: LoggedError | undefined;
  /** The error of the record that is being read: the exception of a traceback below it is its category. */
  #recordError: LoggedError | undefined;
  #traceback = false;
  #isWarning = false;
  #count = 0;

  constructor(profile: LogPatterns) {
    this.#profile = new CompiledProfile(profile);
    this.#lines = new LineSplitter((line) => this.#take(line));
  }

  feed(text: string): void {
    this.#lines.feed(text);
  }

  /** The log has ended: its last line may have no end. */
  end(): void {
    this.#lines.end();
  }

  digest(): LogDigest {
    const current = this.#summary === undefined ? this.#current : undefined;
    const progress = this.#progressNow();
    return {
      dates: this.#entries.map((entry) => this.#judgedCause(entry.toDate())),
      omitted: this.#omitted,
      ...(progress !== undefined && { progress }),
      ...(current?.outcome === 'started' && { current: current.date }),
      ...(this.#summary !== undefined && { summary: summaryOf(this.#summary) }),
      ...(this.#failure !== undefined && { failure: this.#judgedCause(failureOf(this.#failure)) }),
      unmatched: this.#unmatched.told(),
      lines: this.#count,
    };
  }

  #judgedCause<T extends { readonly cause?: string; readonly category?: string }>(told: T): T & { ofSurroundings?: true } {
    const { cause, category } = told;
    return cause !== undefined && this.#profile.isOfSurroundings(cause, category) ? { ...told, ofSurroundings: true } : told;
  }

  #take(line: LogLine): void {
    this.#count = line.number;
    if (!line.continues) {
      this.#unmatched.nextRecord();
      this.#recordError = undefined;
      this.#traceback = false;
      this.#isWarning = line.level !== undefined && line.level !== 'INFO' && line.level !== 'DEBUG';
    }
    if (line.message.trim() === '') return;
    const known = this.#read(line) || !this.#profile.knowsDates;
    this.#unmatched.note(line.number, line.message, known, this.#isWarning);
    if (this.#current !== undefined) this.#current.lastLine = line.number;
    if (line.at !== undefined) this.#current?.at(line.at);
  }

  /** Whether the line says something that is known. */
  #read(line: LogLine): boolean {
    const { message } = line;
    if (!this.#profile.mayTell(message)) return this.#readRest(line);
    const began = this.#profile.match('dateStart', message);
    if (began !== undefined && this.#begin(began, line)) return true;
    if (this.#summary !== undefined) return this.#readSummary(this.#summary, message) || this.#readRest(line);
    const verdict = this.#readVerdict(line);
    const facts = this.#readFacts(line);
    if (this.#profile.match('summary', message) !== undefined) {
      this.#endDate(true);
      this.#current = undefined;
      this.#loose = undefined;
      this.#summary = { figures: new Map(), failedDates: [] };
      return true;
    }
    return verdict || facts || this.#readRest(line);
  }

  #begin(groups: Groups, { number, at }: LogLine): boolean {
    const [date] = datesIn(groups['date'] ?? '');
    if (date === undefined) return false;
    const n = numberIn(groups['n']);
    const total = numberIn(groups['total']);
    this.#endDate(this.#begun === undefined || n === undefined || n === this.#begun.n + 1);
    // After the final block of a run another run begins; so it does where the count or the dates go back.
    const goesBack = n === undefined || this.#begun === undefined ? date <= (this.#current?.date ?? '') : n <= this.#begun.n;
    if (this.#summary !== undefined || n === 1) this.#clock.restart();
    if (this.#summary !== undefined || (goesBack && this.#entries.length > 0)) this.#run += 1;
    if (this.#summary !== undefined) this.#progress = undefined;
    this.#summary = undefined;
    this.#failure = undefined;
    this.#loose = undefined;
    this.#begun = n === undefined || total === undefined ? undefined : { n, total };
    this.#clock.beginDate();
    this.#current = this.#keep(new DateEntry(date, number, this.#run));
    if (at !== undefined) this.#current.at(at);
    return true;
  }

  /** @param orderly by the same run, which had come to the end of the date. */
  #endDate(orderly: boolean): void {
    const entry = this.#current;
    if (entry === undefined) return;
    const isSilent = this.#profile.silentSuccess && entry.outcome === 'started' && entry.error === undefined;
    if (isSilent && orderly) entry.outcome = 'succeeded';
    if (entry.outcome === 'failed') this.#clock.failDate(entry.seconds);
  }

  #keep(entry: DateEntry): DateEntry {
    this.#entries.push(entry);
    if (this.#entries.length > MOST_DATES * 2) {
      this.#omitted += this.#entries.length - MOST_DATES;
      this.#entries = this.#entries.slice(-MOST_DATES);
    }
    return entry;
  }

  #readVerdict({ message, number }: LogLine): boolean {
    for (const [key, outcome] of VERDICTS) {
      const groups = this.#profile.match(key, message);
      if (groups === undefined) continue;
      const entry = this.#judged(groups['date'], number);
      entry?.judge(outcome, groups, number);
      return true;
    }
    return false;
  }

  /** The attempt that a verdict is about; undefined where it names no date and none has begun. */
  #judged(text: string | undefined, line: number): DateEntry | undefined {
    const [date] = text === undefined ? [] : datesIn(text);
    if (date === undefined || date === this.#current?.date) return this.#current;
    const open = this.#entries.findLast((entry) => entry.date === date && entry.outcome === 'started');
    if (open !== undefined) {
      open.lastLine = line;
      return open;
    }
    const entry = this.#loose?.renamed(date) ?? new DateEntry(date, line, this.#run);
    entry.lastLine = line;
    this.#loose = undefined;
    return this.#keep(entry);
  }

  #readFacts({ message, number }: LogLine): boolean {
    const profile = this.#profile;
    let known = false;
    const rows = numberIn(profile.match('rows', message)?.['rows']);
    if (rows !== undefined) {
      this.#about(number).loaded = rows;
      known = true;
    }
    for (const [name, seconds] of numbersOf(profile.match('stage', message))) {
      this.#stage(name, seconds, number);
      known = true;
    }
    for (const [name, reading] of numbersOf(profile.match('clock', message))) {
      this.#stage(name, this.#clock.read(reading), number);
      known = true;
    }
    const error = profile.match('error', message);
    const cause = error?.['cause']?.trim();
    if (cause !== undefined && cause !== '') {
      this.#fail(cause, error?.['category'], true, number);
      known = true;
    }
    const at = readTime(profile.match('timestamp', message)?.['at'] ?? '');
    if (at !== undefined) {
      this.#about(number).at(at);
      known = true;
    }
    const progress = profile.match('progress', message);
    const done = numberIn(progress?.['done']);
    const total = numberIn(progress?.['total']);
    if (done !== undefined && total !== undefined) {
      this.#progress = { done, total };
      known = true;
    }
    return known;
  }

  #stage(name: string, seconds: number, line: number): void {
    const entry = this.#about(line);
    if (entry.stages.size < MOST_STAGES || entry.stages.has(name)) entry.stage(name, seconds);
  }

  /** What a line that names no date is about. */
  #about(line: number): DateEntry {
    this.#loose ??= this.#current === undefined ? new DateEntry('', line) : undefined;
    const entry = this.#current ?? this.#loose ?? new DateEntry('', line);
    entry.lastLine = line;
    return entry;
  }

  #readSummary(summary: { figures: Map<string, number>; failedDates: string[] }, message: string): boolean {
    const groups = this.#profile.match('figures', message);
    if (groups === undefined) return this.#profile.match('summary', message) !== undefined;
    for (const [name, text] of Object.entries(groups)) {
      if (text === undefined) continue;
      const value = numberIn(text);
      if (name === 'dates') summary.failedDates = [...new Set([...summary.failedDates, ...datesIn(text)])].slice(0, MOST_DATES);
      else if (value !== undefined) summary.figures.set(name, value);
    }
    return true;
  }

  /** What no pattern of meaning knows: what is known to mean nothing, and what looks like an error. */
  #readRest({ message, number, level, continues }: LogLine): boolean {
    if (message.startsWith('Traceback (most recent call last)')) {
      this.#traceback = true;
      return true;
    }
    if (this.#traceback && /^\s/.test(message)) return true;
    const exception =
      (continues || level === undefined) && !/^\s/.test(message)
        ? (this.#traceback ? RAISED : EXCEPTION).exec(message.trimEnd())
        : null;
    if (exception !== null) {
      this.#traceback = false;
      const [, category = '', said = ''] = exception;
      if (this.#recordError === undefined) this.#fail(said === '' ? category : `${category}: ${said}`, category, false, number);
      else this.#recordError.category ??= category;
      return true;
    }
    if (this.#profile.ignores(message)) return true;
    if (level !== 'ERROR' && level !== 'CRITICAL') return false;
    this.#fail(message.trim(), undefined, false, number);
    return true;
  }

  #fail(cause: string, category: string | undefined, known: boolean, line: number): void {
    const named = category ?? EXCEPTION.exec(cause)?.[1];
    const error: LoggedError = { cause: cause.slice(0, LONGEST), ...(named && { category: named }), known, line };
    this.#recordError = error;
    if (this.#current === undefined) {
      if (known || this.#failure?.known !== true) this.#failure = error;
    }
    this.#about(line).fail(error);
  }

  #isDone(): boolean {
    return this.#current !== undefined && this.#current.outcome !== 'started';
  }

  #progressNow(): LogDigest['progress'] {
    if (this.#begun === undefined) return this.#progress;
    const { n, total } = this.#begun;
    const over = this.#summary !== undefined || this.#isDone();
    return { done: Math.max(0, over ? n : n - 1), total };
  }
}

function summaryOf({ figures, failedDates }: { figures: Map<string, number>; failedDates: string[] }): LogSummary {
  return { figures: Object.fromEntries(figures), failedDates: [...failedDates] };
}

function failureOf({ cause, category, line }: LoggedError): NonNullable<LogDigest['failure']> {
  return { cause, ...(category !== undefined && { category }), line };
}
