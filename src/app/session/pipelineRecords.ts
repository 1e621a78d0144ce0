import type { Day, DayRange } from '../../base/day';
import { type Logger, messageOf } from '../../base/logger';
import type { Pipeline } from '../../core/pipeline';
import { type RunTimes, runTimesOf } from '../../core/plan/estimate';
import type { FailureRecord, HistoryRow } from '../../core/records/records';
import { type NotedRun, runsOf } from '../../core/records/runHistory';
import { type Clock, type FailureReading, type RecordReader, WarehouseError } from '../ports';
import type { PipelineSession } from './pipelineSession';

/** What is known of the failure tables over all dates of the pipeline. */
export interface FailuresKnown {
  /** The last good answer; absent when there never was one. */
  readonly reading?: FailureReading;
  /** Why there is none newer, and since when (epoch milliseconds). */
  readonly problem?: { readonly message: string; readonly since: number };
}

/** What failure tables and the run history say of one date. */
export interface DateRecords {
  readonly failures: readonly FailureRecord[];
  readonly history: readonly HistoryRow[];
  /** One sentence for each table that could not be read. */
  readonly problems: readonly string[];
}

export interface RecordsDeps {
  /** The one of now: another mode brings another. */
  readonly session: () => Pick<PipelineSession, 'pipeline' | 'warehouse'>;
  /** A backfill runs whose jobs may write the warehouse. */
  readonly backfillRuns: () => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Enough for those who look at one date after the other. */
const MOST_DATES = 32;
const TROUBLE_MS = 60_000;
/** A plan does not wait longer for a better estimate. */
const TIMES_MS = 10_000;

const UNREADABLE = 'This release cannot read failure tables and run histories of this warehouse.';

/**
 * What a pipeline notes beside its tables, read when somebody asks for it and again when its tables changed. Trouble with the warehouse
 * never rejects: the last good answer stays.
 */
export class PipelineRecords {
  readonly #deps: RecordsDeps;
  #failures: (FailuresKnown & { readonly key: string; readonly probe?: string }) | undefined;
  #reading: { readonly key: string; readonly known: Promise<FailuresKnown> } | undefined;
  readonly #dates = new Map<Day, Promise<DateRecords>>();
  #datesKey = '';
  #times: { readonly key: string; readonly value: RunTimes | undefined; readonly runs: readonly NotedRun[] } | undefined;
  /** By date: what could not be read, and when. Asking again at once would ask forever where an answer takes long. */
  readonly #troubles = new Map<Day, { readonly key: string; readonly at: number; readonly found: DateRecords }>();

  constructor(deps: RecordsDeps) {
    this.#deps = deps;
  }

  /** The failures as they were last read of the manifest as it is now; undefined before the first time. */
  get failures(): FailuresKnown | undefined {
    const pipeline = this.#deps.session().pipeline;
    return pipeline !== undefined && this.#failures?.key.startsWith(keyOf(pipeline)) === true ? this.#failures : undefined;
  }

  /**
   * Reads the failures: with `probe` only when the metadata of their tables changed, and not while a backfill runs whose jobs a reader
   * would block. Undefined while there is no manifest.
   * @param days dates of the pipeline; all where absent.
   */
  async readFailures(freshness: 'probe' | 'read', days?: DayRange): Promise<FailuresKnown | undefined> {
    const { pipeline } = this.#deps.session();
    if (pipeline === undefined) return undefined;
    const key = `${keyOf(pipeline)} ${days?.from}-${days?.to}`;
    // Who asks while the same is read gets that.
    if (this.#reading?.key === key) return this.#reading.known;
    const known = this.#readFailures(pipeline, key, freshness, days);
    this.#reading = { key, known };
    try {
      return await known;
    } finally {
      if (this.#reading?.known === known) this.#reading = undefined;
    }
  }

  /**
   * What is noted about one date. It is remembered until a table changes, trouble for a minute. Never read while jobs would be blocked.
   */
  async ofDate(day: Day): Promise<DateRecords> {
    const { pipeline } = this.#deps.session();
    if (pipeline === undefined || !notes(pipeline)) return NOTHING;
    const trouble = this.#troubles.get(day);
    const now = this.#deps.clock.now();
    if (trouble?.key === keyOf(pipeline) && now - trouble.at < TROUBLE_MS) return trouble.found;
    const found = await this.#ofDate(pipeline, day);
    if (found.problems.length === 0 || found === HELD_BACK) this.#troubles.delete(day);
    else this.#troubles.set(day, { key: keyOf(pipeline), at: this.#deps.clock.now(), found });
    return found;
  }

  /**
   * How long the newest runs took, for estimates; undefined where none is noted, the history cannot be read soon, or jobs would be blocked.
   */
  async runTimes(): Promise<RunTimes | undefined> {
    try {
      return (await this.#history())?.value;
    } catch (error) {
      this.#deps.logger.warn(`The run history could not be read for an estimate: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** The newest runs that are noted, or the last good answer with what keeps it from being newer. Never rejects. */
  async notedRuns(): Promise<{ readonly runs: readonly NotedRun[]; readonly problem?: string }> {
    try {
      return { runs: (await this.#history())?.runs ?? [] };
    } catch (error) {
      return { runs: this.#times?.runs ?? [], problem: messageOf(error) };
    }
  }

  async #history() {
    const { pipeline } = this.#deps.session();
    const table = pipeline?.history;
    if (pipeline === undefined || table === undefined) return undefined;
    const reader = await this.#reader(true);
    if (reader === undefined) return this.#times;
    const key = `${keyOf(pipeline)} ${await reader.probe(pipeline)}`;
    if (this.#times?.key === key) return this.#times;
    const { rows } = await reader.history(pipeline, undefined, AbortSignal.timeout(TIMES_MS));
    const runs = runsOf(rows, pipeline, table, this.#deps.clock.now());
    this.#times = { key, value: runTimesOf(runs, table.table), runs };
    return this.#times;
  }

  async #ofDate(pipeline: Pipeline, day: Day): Promise<DateRecords> {
    try {
      const reader = await this.#reader(true);
      if (reader === undefined) return (await this.#dates.get(day)) ?? HELD_BACK;
      const key = `${keyOf(pipeline)} ${await reader.probe(pipeline)}`;
      if (key !== this.#datesKey) this.#dates.clear();
      this.#datesKey = key;
      const known = this.#dates.get(day) ?? readDate(reader, pipeline, day);
      this.#dates.delete(day);
      this.#dates.set(day, known);
      for (const old of [...this.#dates.keys()].slice(0, -MOST_DATES)) this.#dates.delete(old);
      const found = await known;
      if (found.problems.length > 0) this.#dates.delete(day);
      return found;
    } catch (error) {
      return { ...NOTHING, problems: [this.#told(error)] };
    }
  }

  async #readFailures(
    pipeline: Pipeline,
    key: string,
    freshness: 'probe' | 'read',
    days: DayRange | undefined,
  ): Promise<FailuresKnown> {
    const before = this.#failures?.key.startsWith(keyOf(pipeline)) === true ? this.#failures : undefined;
    if (pipeline.failures.length === 0) {
      const none = { readAt: this.#deps.clock.now(), records: [], truncated: false, errors: new Map<number, WarehouseError>() };
      this.#failures = { key, reading: none };
      return this.#failures;
    }
    try {
      const reader = await this.#reader(freshness === 'probe' && before?.reading !== undefined);
      if (reader === undefined) return before ?? {};
      // Before the read: a change while it runs makes the next probe differ.
      const probe = await reader.probe(pipeline);
      const isCurrent =
        before?.reading !== undefined && before.problem === undefined && before.probe === probe && before.key === key;
      if (freshness === 'probe' && isCurrent) return before;
      this.#failures = { key, probe, reading: await reader.failures(pipeline, days) };
    } catch (error) {
      const problem = { message: this.#told(error), since: before?.problem?.since ?? this.#deps.clock.now() };
      this.#failures = { key, ...(before?.reading !== undefined && { reading: before.reading }), problem };
    }
    return this.#failures;
  }

  #reader(yieldToJobs?: false): Promise<RecordReader>;
  #reader(yieldToJobs: boolean): Promise<RecordReader | undefined>;
  /** @param yieldToJobs gives undefined where jobs of a backfill need the warehouse for themselves. */
  async #reader(yieldToJobs = false): Promise<RecordReader | undefined> {
    const warehouse = this.#deps.session().warehouse();
    if (warehouse.records === undefined) throw new WarehouseError('unsupported', UNREADABLE);
    if (yieldToJobs && warehouse.blocksWriters === true && (await this.#deps.backfillRuns())) return undefined;
    return warehouse.records;
  }

  #told(error: unknown): string {
    if (!(error instanceof WarehouseError)) this.#deps.logger.error('Failure tables and run history could not be read.', error);
    return messageOf(error);
  }
}

const NOTHING: DateRecords = { failures: [], history: [], problems: [] };
/** Said where jobs of a backfill would be blocked by whoever reads. */
export const NOT_READ_NOW = 'Failure tables and run history are not read while a backfill writes the warehouse.';
const HELD_BACK: DateRecords = {
  ...NOTHING,
  problems: [NOT_READ_NOW],
};

async function readDate(reader: RecordReader, pipeline: Pipeline, day: Day): Promise<DateRecords> {
  const days = { from: day, to: day };
  const [failures, history] = await Promise.allSettled([reader.failures(pipeline, days), reader.history(pipeline, days)]);
  const problems = [failures, history].flatMap((answer) => (answer.status === 'rejected' ? [messageOf(answer.reason)] : []));
  const errors = failures.status === 'fulfilled' ? [...failures.value.errors.values()].map(({ message }) => message) : [];
  return {
    failures: failures.status === 'fulfilled' ? failures.value.records : [],
    history: history.status === 'fulfilled' ? history.value.rows : [],
    problems: [...new Set([...errors, ...problems])],
  };
}

/** Whether the manifest names anything that is read here. */
export function notes({ failures, history }: Pipeline): boolean {
  return failures.length > 0 || history !== undefined;
}

/** What the answers depend on in the manifest. */
function keyOf({ warehouse, failures, history }: Pipeline): string {
  const tables = failures.map((table) => ({ ...table, name: '', meanings: [], expected: [], stop: [] }));
  return JSON.stringify([warehouse, tables, history ?? null]);
}
