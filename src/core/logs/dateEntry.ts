import type { Groups } from './compiledProfile';
import { numberIn } from './logDates';
import type { LogDate, LogOutcome } from './logDigest';

/** What went wrong, and whether the profile knows the line as a cause or it only looks like one. */
export interface LoggedError {
  readonly cause: string;
  category?: string;
  readonly known: boolean;
  readonly line: number;
}

/** What causes and reasons are cut to. */
export const LONGEST = 500;

/** A text of bounded length, without blanks around it; undefined where nothing is left of it. */
function cut(text: string | undefined): string | undefined {
  return text?.trim().slice(0, LONGEST) || undefined;
}

/** An attempt at a date while its log is read. */
export class DateEntry {
  readonly date: string;
  readonly firstLine: number;
  readonly #run: number;
  lastLine: number;
  outcome: LogOutcome = 'started';
  reason: string | undefined;
  cause: string | undefined;
  category: string | undefined;
  causeLine: number | undefined;
  error: LoggedError | undefined;
  loaded: number | undefined;
  counted: number | undefined;
  seconds: number | undefined;
  readonly stages = new Map<string, number>();
  startedAt: string | undefined;
  endedAt: string | undefined;

  /** @param run which of the runs of the log, from 1. */
  constructor(date: string, line: number, run = 1) {
    this.date = date;
    this.#run = run;
    this.firstLine = line;
    this.lastLine = line;
  }

  /** The first verdict holds; a later one of the same kind may say more. */
  judge(outcome: Exclude<LogOutcome, 'started'>, groups: Groups, line: number): void {
    if (this.outcome !== 'started' && this.outcome !== outcome) return;
    this.outcome = outcome;
    const cause = cut(groups['cause']);
    if (cause !== undefined || this.causeLine === undefined) this.causeLine = line;
    this.cause = cause ?? this.cause;
    this.category = groups['category'] ?? this.category;
    this.reason = cut(groups['reason']) ?? this.reason;
    this.counted = numberIn(groups['rows']) ?? this.counted;
    this.seconds = numberIn(groups['seconds']) ?? this.seconds;
  }

  /** The last error counts; one that only looks like one does not replace one that the profile knows. */
  fail(error: LoggedError): void {
    if (error.known || this.error?.known !== true) this.error = error;
  }

  stage(name: string, seconds: number): void {
    if (name === 'total') this.seconds = seconds;
    else this.stages.set(name, seconds);
  }

  at(time: string): void {
    this.startedAt ??= time;
    this.endedAt = time;
  }

  /** What a dated verdict without a beginning takes over from what was told before it. */
  renamed(date: string): DateEntry {
    const entry = new DateEntry(date, this.firstLine, this.#run);
    const { lastLine, error, loaded, seconds, startedAt, endedAt } = this;
    Object.assign(entry, { lastLine, error, loaded, seconds, startedAt, endedAt });
    for (const [name, value] of this.stages) entry.stages.set(name, value);
    return entry;
  }

  toDate(): LogDate {
    const { date, outcome, firstLine, lastLine, startedAt, endedAt, reason, error } = this;
    const explains = outcome === 'failed' || outcome === 'started';
    const cause = explains ? (this.cause ?? error?.cause) : undefined;
    const category = explains ? (this.category ?? error?.category) : undefined;
    const causeLine = (this.cause === undefined ? error?.line : undefined) ?? this.causeLine;
    const seconds = this.seconds ?? between(startedAt, endedAt);
    return {
      date,
      outcome,
      ...(cause !== undefined && { cause }),
      ...(category !== undefined && { category }),
      ...(explains && causeLine !== undefined && { causeLine }),
      ...(outcome === 'skipped' && reason !== undefined && { skipReason: reason }),
      ...this.#rows(),
      ...(this.#run > 1 && { run: this.#run }),
      stages: Object.fromEntries(this.stages),
      ...(seconds !== undefined && outcome !== 'skipped' && { seconds }),
      firstLine,
      lastLine,
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
    };
  }

  /** A counter is believed of a success only: jobs repeat the count of the date before where they did nothing. */
  #rows(): Pick<LogDate, 'rows' | 'rowsFrom'> {
    if (this.loaded !== undefined) return { rows: this.loaded, rowsFrom: 'loaded' };
    if (this.outcome === 'succeeded' && this.counted !== undefined) return { rows: this.counted, rowsFrom: 'counter' };
    return {};
  }
}

/** Seconds between two times of one clock: both with a zone, or both without. */
function between(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined || from === to || hasZone(from) !== hasZone(to)) return undefined;
  const ms = Date.parse(hasZone(to) ? to : `${to}Z`) - Date.parse(hasZone(from) ? from : `${from}Z`);
  return ms >= 0 ? ms / 1000 : undefined;
}

function hasZone(time: string): boolean {
  return /(?:Z|[+-]\d{2}:?\d{2})$/.test(time.slice(10));
}
