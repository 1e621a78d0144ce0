import type { Day, DayRange } from '../base/day';
import type { RemoteJob } from '../core/backfill/backfill';
import type { CalendarObservations, NodeObservations, PartitionObservation } from '../core/observation/observation';
import type { TableSchema } from '../core/observation/tableSchema';
import type { Pipeline, PipelineNode, Processor } from '../core/pipeline';
import type { FailureRecord, HistoryRow } from '../core/records/records';

/** What is wrong with one node or its SQL; anything else is wrong with the whole warehouse. */
const OF_ONE_NODE = [
  'missingTable',
  'missingColumn',
  'invalidSql',
  'refused',
  'guard',
  /** A table or dataset that this person may not read or write. */
  'permission',
  /** Tables of one query are in different places, or one is not where it was looked for. */
  'location',
  /** Reading it would cost more than the manifest allows. */
  'bytesCap',
  /** The table refuses queries without a filter on its partition column. */
  'partitionFilter',
] as const;

/** The ways a warehouse can refuse. `busy`: others hold it, and it will pass; everything else needs a person. */
export type WarehouseErrorKind =
  | (typeof OF_ONE_NODE)[number]
  | 'busy'
  | 'missingFile'
  | 'unsupported'
  | 'unreachable'
  /** Nobody is signed in, or no longer. */
  | 'signIn'
  /** The project itself cannot be used: it does not exist, or one may not run queries in it. */
  | 'project'
  /** A quota or rate limit, after it was tried again. */
  | 'quota'
  /** There is no space left to write. */
  | 'diskFull';

export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
  readonly kind: WarehouseErrorKind;
  /** The process that holds the warehouse, where it is known. */
  readonly pid?: number;

  /** @param message one sentence for people that says what to do. */
  constructor(kind: WarehouseErrorKind, message: string, pid?: number) {
    super(message);
    this.kind = kind;
    if (pid !== undefined) this.pid = pid;
  }

  /** Whether other nodes can be read and written nevertheless. */
  get isOfOneNode(): boolean {
    return (OF_ONE_NODE as readonly WarehouseErrorKind[]).includes(this.kind);
  }
}

/** A job was submitted, and nobody can say whether it has ended: it may still write its partition. */
export class LostJobError extends WarehouseError {
  readonly job: RemoteJob;

  /** @param message one sentence for people that says what to do. */
  constructor(job: RemoteJob, message: string) {
    super('unreachable', message);
    this.job = job;
  }
}

/** What one read brought. Nodes and calendars that could not be read are told apart from empty ones. */
export interface WarehouseReading {
  readonly readAt: number;
  readonly nodes: ReadonlyMap<string, NodeObservations>;
  readonly calendars: ReadonlyMap<string, CalendarObservations>;
  /** By node id or `calendar:NAME`. */
  readonly errors: ReadonlyMap<string, WarehouseError>;
  /** What the next read needs to be incremental: a text that only the warehouse reads. Absent where there is no cheaper way than all. */
  readonly memo?: string;
  /** What it took; absent where that costs nothing. */
  readonly cost?: ReadingCost;
}

/** What a read took of a warehouse that is paid by the byte. */
export interface ReadingCost {
  /** Jobs that were run; metadata is asked for nothing. */
  readonly queries: number;
  /** Bytes that are billed. */
  readonly bytes: number;
}

/** What one partition costs to replace. */
export interface ReplacementCost {
  /** The most bytes that a date is billed, of those that were estimated. */
  readonly bytes: number;
  /** The fewest bytes that a date is billed, of those. */
  readonly least: number;
  /** How many dates were estimated. */
  readonly looks: number;
}

/** What an earlier reading brought, and still holds for the manifest as it is now. */
export interface EarlierReading {
  readonly memo: string;
  /** By node id: those of the reading that gave the memo, and no others. */
  readonly nodes: ReadonlyMap<string, NodeObservations>;
  /** By name, likewise; a calendar that is unchanged comes back as the same object. */
  readonly calendars: ReadonlyMap<string, CalendarObservations>;
}

export interface ObserveOptions {
  /** Only these dates; all where absent. */
  readonly days?: DayRange;
  readonly signal?: AbortSignal;
  /** Allows to read only what changed since; without it everything is read. Together with `days` an earlier reading of the same dates. */
  readonly before?: EarlierReading;
}

export type { TableSchema } from '../core/observation/tableSchema';

/** Reads a warehouse. Never writes to it, and holds nothing open between calls. */
export interface Warehouse {
  /** While it is read no other process can write it: what opens it to write at that moment fails. */
  readonly blocksWriters?: boolean;
  /**
   * A fingerprint of the whole warehouse by metadata alone: equal means that nothing changed. Opens nothing and costs nothing.
   * Rejects with a WarehouseError where there is none.
   */
  probe(pipeline: Pipeline): Promise<string>;
  /**
   * All nodes and calendars, in a number of queries that depends on neither dates nor nodes. What it brings is exact, also where it took
   * what did not change from an earlier reading. Rejects only when nothing could be read.
   */
  observe(pipeline: Pipeline, options?: ObserveOptions): Promise<WarehouseReading>;
  /** Partitions read exactly and uncached, with a digest of their rows; dates without rows are returned with 0. */
  read(node: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, PartitionObservation>>;
  /** The distinct entities of partitions, sorted. */
  entities(node: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, readonly string[]>>;
  /**
   * The tables as their metadata describe them; costs nothing. Those that the pipeline names are described in full, others of the same
   * datasets may be there by name alone; without a pipeline all that the warehouse knows of. A table that is not there is left out.
   */
  schema(pipeline?: Pipeline): Promise<readonly TableSchema[]>;
  /** The coverage query as text, for use elsewhere. Rejects with a WarehouseError where an expression would leave its place in it. */
  coverageSql(pipeline: Pipeline, days?: DayRange): Promise<string>;
  /** The most that reading all of it (of these dates) would cost, by a free estimate; absent where reading costs nothing. */
  estimate?(pipeline: Pipeline, days?: DayRange): Promise<ReadingCost>;
  /**
   * What replacing partitions of a processor by the rows of a SELECT would be billed, by free estimates of a few of the dates: few questions
   * whatever their number. Rejects with a WarehouseError where the SELECT or the table is not as it has to be. Absent where it costs nothing.
   * @param days ascending; at least one.
   */
  replacementCost?(processor: Processor, days: readonly Day[], select: string, signal?: AbortSignal): Promise<ReplacementCost>;
  /** Absent where failure tables and run histories cannot be read. */
  readonly records?: RecordReader;
}

/** What failure tables hold. Tables that could not be read are told apart from empty ones. */
export interface FailureReading {
  readonly readAt: number;
  /** Newest dates first. */
  readonly records: readonly FailureRecord[];
  /** There are more, of older dates. */
  readonly truncated: boolean;
  /** By index into `Pipeline.failures`. */
  readonly errors: ReadonlyMap<number, WarehouseError>;
}

/** What the run history holds. */
export interface HistoryReading {
  readonly readAt: number;
  /** Newest dates first. */
  readonly rows: readonly HistoryRow[];
  /** There are more, of older dates. */
  readonly truncated: boolean;
}

/** Reads what jobs note beside their tables: failures and runs. One query each, whatever the number of dates. */
export interface RecordReader {
  /** A fingerprint of these tables by metadata alone: equal means that nothing changed. Costs nothing. */
  probe(pipeline: Pipeline): Promise<string>;
  /** Failures by processor, date and category, aggregated by the warehouse. Rejects only when nothing could be read. */
  failures(pipeline: Pipeline, days?: DayRange, signal?: AbortSignal): Promise<FailureReading>;
  /** Rejects with a WarehouseError when the table or one of its columns is not there. */
  history(pipeline: Pipeline, days?: DayRange, signal?: AbortSignal): Promise<HistoryReading>;
}

/** An attempt at a partition, as far as a writer has to know of it. */
export interface WriteAttempt {
  readonly signal: AbortSignal;
  /** A name for a job that is about to be submitted: letters, digits, `_` and `-`, never given before, in no backfill. */
  readonly nextJobName: () => string;
  /** Resolves when the job is on record for good: only then may it be submitted. */
  readonly record: (job: RemoteJob) => Promise<void>;
}

/** `failed`: it ended without having changed anything. `absent`: the warehouse does not know of it. */
export type RemoteFate = 'running' | 'done' | 'failed' | 'absent';

/** Replaces partitions. Only an executor has one. */
export interface PartitionWriter {
  /**
   * Replaces one partition by the rows of a SELECT (parameter `@date`) in one step. Guards: every row has the date, keys are unique, and no
   * rows over existing rows aborts (a WarehouseError of kind `guard`); the partition is then as it was. Where the work is done by a remote
   * job it resolves or rejects when that has ended; a LostJobError where that cannot be told.
   */
  replace(processor: Processor, day: Day, select: string, attempt: WriteAttempt): Promise<void>;
  /**
   * Deletes the rows of one partition, in all of its tables, if they are as many as were counted; else a WarehouseError of kind `guard`, and
   * they stay. Where the work is done by remote jobs it is one a table, as `replace` has one.
   * @param rows by table of the processor.
   */
  clean(processor: Processor, day: Day, rows: readonly number[], attempt: WriteAttempt): Promise<void>;
  /** What `clean` runs, as statements to be read or run elsewhere. Changes nothing. */
  cleanSql(processor: Processor, day: Day, rows: readonly number[]): Promise<readonly string[]>;
  /** Whether a job that somebody left behind still runs. Absent where all work is done in this process. */
  isRunning?(job: RemoteJob): Promise<boolean>;
  /** What became of such a job. Rejects with a WarehouseError where nobody can be asked. */
  fateOf?(job: RemoteJob): Promise<RemoteFate>;
  /** Asks such a job to end; it may take its time, or be done before. */
  endJob?(job: RemoteJob): Promise<void>;
  /** Lets other processes write: called before a child that writes the same warehouse starts. */
  release(): Promise<void>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}
