import type { DayRange } from '../base/day';
import type { Mode } from '../base/status';

/** A position in the manifest's text: line and column count from 0, as in the language server protocol. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface TextRange {
  readonly start: Position;
  readonly end: Position;
}

/**
 * A validated manifest. Everything in it refers to something that exists: ids are resolved to indexes, dates are real,
 * needs have no cycle within a date. Built only by `readManifest`.
 */
export interface Pipeline {
  readonly name: string;
  readonly warehouse: WarehouseConfig;
  /** Ascending, not overlapping. Empty when none is declared: then one season spans all dates that hold data, to today. */
  readonly seasons: readonly Season[];
  /** Never empty; the first is the default and decides what an off-day of the pipeline is. */
  readonly calendars: readonly Calendar[];
  readonly exclusions: readonly Exclusion[];
  readonly due: Due;
  readonly phases: readonly Phase[];
  /** Sources first, then processors by phase and file order: `nodes[i].index === i`. */
  readonly nodes: readonly PipelineNode[];
  readonly sources: readonly Source[];
  readonly processors: readonly Processor[];
  /** Node indexes such that within one date every node comes after what it needs of that date. */
  readonly order: readonly number[];
  /** Where jobs note what failed, one row an entity and date. */
  readonly failures: readonly FailureTable[];
  readonly history?: RunHistoryTable;
  readonly checkpoints?: CheckpointFiles;
  /** Those of the manifest, by name; they come before built-in ones of the same name. */
  readonly logProfiles: ReadonlyMap<string, LogPatterns>;
}

/** A table in which jobs note failures, a row an entity and date. `processor` to `reprocessed`, but `label`, are columns' names. */
export interface FailureTable {
  readonly table: string;
  /** What views call it where the table's own name says little. */
  readonly name?: string;
  /** Holds a processor's id, name or one of its aliases. */
  readonly processor: string;
  readonly date: string;
  /** Whom it failed for; the value `DATE_LEVEL` means the whole date. */
  readonly entity?: string;
  /** At least one of `category` and `label` is there. */
  readonly category?: string;
  /** The category of rows that have none. */
  readonly label?: string;
  readonly reason?: string;
  readonly created?: string;
  /** Where it is not null, the failure is settled; it is over when there is no `reprocessed`. */
  readonly resolved?: string;
  /** Where it is not null, the date was run again after that, and the failure is over. */
  readonly reprocessed?: string;
  /** Categories that are no fault, compared without regard to case. */
  readonly expected: readonly string[];
  /** Categories that somebody must look at before anything else runs. */
  readonly stop: readonly string[];
  /** What a category means, by its name in lower case. */
  readonly meanings: ReadonlyMap<string, string>;
}

/** A table in which jobs note their runs, one or more rows a run. `processor` to `reason` are columns' names. */
export interface RunHistoryTable {
  readonly table: string;
  readonly processor: string;
  readonly date: string;
  readonly status: string;
  readonly run?: string;
  readonly started?: string;
  readonly finished?: string;
  readonly seconds?: string;
  readonly rows?: string;
  /** Text, or JSON. */
  readonly errors?: string;
  /** Why a run was skipped. */
  readonly reason?: string;
  readonly stages?: RunStages;
  /** By outcome, the words of the column `status`, in lower case. */
  readonly statuses: Readonly<Record<RunStatus, readonly string[]>>;
}

/** A column with a JSON object, in which the seconds of stages stand. */
export interface RunStages {
  readonly column: string;
  /** By stage, in the order in which they run, the key of its seconds. */
  readonly seconds: ReadonlyMap<string, string>;
}

/** What a row of a run history can say of a run. */
export const RUN_STATUSES = ['running', 'success', 'partial', 'failed', 'skipped'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Where jobs keep checkpoints of their own: a path with the placeholders `{job}`, `{start}` and `{end}`. */
export interface CheckpointFiles {
  readonly path: string;
}

/**
 * How the output of jobs is read: regular expressions, as texts, each over one line of a message (without the level, logger and time before
 * it). What they read they name as groups; several patterns of a kind are tried in order. Built-in profiles are values of this type, too.
 */
export interface LogPatterns {
  /** A date begins: `date`, and `n` and `total` where it is the n-th of so many. */
  readonly dateStart?: readonly string[];
  /** A date succeeded: `date` where it is not the one that began last, `rows` by the job's own counter, `seconds`. */
  readonly success?: readonly string[];
  /** A date failed: `date`, `cause`, `category`. Without a cause that of the last `error` of the date holds. */
  readonly failure?: readonly string[];
  /** A date was left out: `date`, `reason`. What the log says of it later does not make it a success. */
  readonly skipped?: readonly string[];
  /** What went wrong: `cause`, `category`. Fails no date by itself. */
  readonly error?: readonly string[];
  /** Which causes are the surroundings' and not the date's, beside those that are well known; over `category: cause`, no groups. */
  readonly environment?: readonly string[];
  /** What was really written: `rows`. */
  readonly rows?: readonly string[];
  /** Each named group is a stage and captures its seconds; `total` is the date as a whole. */
  readonly stage?: readonly string[];
  /** As `stage`, read from a clock that runs on from date to date within a process: the reading before it is subtracted. */
  readonly clock?: readonly string[];
  /** `done` of `total`. */
  readonly progress?: readonly string[];
  /** What time it is: `at`, as ISO text or as `YYYYMMDD_HHMMSS`. */
  readonly timestamp?: readonly string[];
  /** The final block begins. */
  readonly summary?: readonly string[];
  /** Within the final block: each named group is a figure; `dates` lists the dates that failed. */
  readonly figures?: readonly string[];
  /** What is known to tell nothing. */
  readonly ignore?: readonly string[];
  /** A date of which no failure is told has succeeded when the next begins. */
  readonly silentSuccess?: boolean;
}

export type WarehouseConfig =
  | { readonly type: 'duckdb'; readonly path: string }
  /** A folder of hive-partitioned Parquet: `<path>/<schema>/<table>/<date_column>=YYYY-MM-DD/*.parquet`. */
  | { readonly type: 'parquet'; readonly path: string }
  | {
      readonly type: 'bigquery';
      readonly project: string;
      readonly location?: string;
      readonly maxBytesBilled?: number;
      readonly endpoint?: string;
    };

export interface Season extends DayRange {
  readonly name: string;
}

/** Which dates are expected to have data, always within the seasons. */
export type Calendar =
  | {
      readonly kind: 'every';
      readonly name: string;
      readonly every: 'day' | 'weekday' | 'week';
      /** The weekday of a weekly date, 0 for Sunday; without it the one on which the season starts. */
      readonly on?: number;
    }
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly table: string;
      readonly dateColumn: string;
      readonly where?: string;
      /** Distinct values of this column are the date's count (games a day); without it, rows. */
      readonly count?: string;
    };

export interface Exclusion extends DayRange {
  readonly reason: string;
}

/** From when on a date counts: `afterDays` days after it, by the clock of `zone`. */
export interface Due {
  readonly afterDays: number;
  readonly zone: string;
}

export interface Phase {
  readonly index: number;
  readonly id: string;
  readonly name: string;
}

export type PipelineNode = Source | Processor;

/** What sources and processors share: the table that is observed and what a date of it should hold. */
export interface NodeBase {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** One or more tables, as written (`dataset.table`); a partition is the worst of them. */
  readonly tables: readonly string[];
  readonly dateColumn: string;
  /** A read-only SQL expression: the share of a shared table. */
  readonly where?: string;
  /** The columns whose distinct combinations are the date's entities; empty when not declared. */
  readonly entity: readonly string[];
  /** More rows than distinct keys are duplicates; empty when not declared. */
  readonly key: readonly string[];
  readonly writtenAt?: string;
  /** Index into `Pipeline.calendars`. */
  readonly calendar: number;
  /** Days at the start of each season on which nothing is expected. */
  readonly bootstrapDays: number;
  readonly expect: Expectation;
  readonly checks: readonly Check[];
  /** Where the node stands in the manifest. */
  readonly range: TextRange;
}

export interface Source extends NodeBase {
  readonly kind: 'source';
}

export interface Processor extends NodeBase {
  readonly kind: 'processor';
  readonly phase: number;
  readonly needs: readonly Need[];
  /** Ways to run it, in the order of preference; empty when it is only observed. */
  readonly run: readonly RunMethod[];
  readonly env: Readonly<Record<string, string>>;
  /** The log profile that its jobs' output is read with. */
  readonly log?: string;
  /** Columns that its jobs write, as far as the manifest says; nothing else follows from a column that is not there. */
  readonly writes: readonly WrittenColumn[];
  /** Other names by which logs, checkpoints, run history and failure tables know it. */
  readonly aliases: readonly string[];
}

/** A column that a job writes, and that its table must therefore take. */
export interface WrittenColumn {
  readonly name: string;
  /** In the warehouse's words, such as `STRING`; absent where the manifest does not say. */
  readonly type?: string;
  /** Whether the job may write NULL, so that the column must not be required. */
  readonly nullable: boolean;
}

/** What a date with rows must hold to be complete rather than partial. */
export interface Expectation {
  /** At least 1. */
  readonly minRows: number;
  readonly entities?: number;
  /** Rows for each unit of the calendar's count (each game). */
  readonly rowsPerCount?: number;
  /** Rows at least this share of another node's rows of the same date. */
  readonly ratioOf?: { readonly node: number; readonly atLeast: number };
}

/** A share of rows that must satisfy an expression. */
export interface Check {
  readonly name: string;
  readonly expression: string;
  /** 0 to 1. */
  readonly atLeast: number;
}

export type Need = SingleNeed | AnyOfNeed;

export interface SingleNeed {
  readonly kind: 'single';
  /** Index into `Pipeline.nodes`. */
  readonly node: number;
  readonly critical: boolean;
  /** The only mode in which it counts. */
  readonly mode?: Mode;
  readonly window: NeedWindow;
  readonly minRows?: number;
  readonly backfillMinRows?: number;
  readonly minEntities?: number;
  readonly backfillMinEntities?: number;
  /** Share (0 to 1) of the window's expected dates that must be met; 1 when not declared. */
  readonly atLeast?: number;
}

/** Met when one of the alternatives is. */
export interface AnyOfNeed {
  readonly kind: 'anyOf';
  readonly critical: boolean;
  /** The only mode in which it counts. */
  readonly mode?: Mode;
  readonly alternatives: readonly SingleNeed[];
}

/** Windows count the upstream's expected dates before the date itself, within the season. */
export type NeedWindow =
  | { readonly kind: 'same' }
  | { readonly kind: 'previous' }
  | { readonly kind: 'lastDates'; readonly count: number }
  | { readonly kind: 'lastDays'; readonly days: number };

export type RunMethod = SqlRun | CommandRun;

/** The file is one SELECT of a date's rows with the parameter `@date`; the product replaces the partition with it. */
export interface SqlRun {
  readonly kind: 'sql';
  /** Relative to the manifest. */
  readonly file: string;
}

/** An argv list, never a shell. Placeholders: `{date}`; `{start}` and `{end}`; `{dates}` (comma-separated). */
export interface CommandRun {
  readonly kind: 'command';
  readonly each: 'date' | 'range' | 'list';
  readonly argv: readonly string[];
  /** The most dates that one call may get. */
  readonly maxDates?: number;
  readonly timeoutPerDateMs?: number;
  readonly silenceMs?: number;
  /** The most calls at once. */
  readonly slots?: number;
  /** Extra arguments by name, asked for at launch and never baked in. */
  readonly overrides: Readonly<Record<string, readonly string[]>>;
}

/** A mistake in the manifest: where it is, what to do, and a fix where one is obvious. */
export interface ManifestProblem {
  readonly severity: 'error' | 'warning' | 'information';
  /** A stable word such as `unknownKey`. */
  readonly code: string;
  readonly message: string;
  readonly range: TextRange;
  readonly fix?: { readonly title: string; readonly range: TextRange; readonly newText: string };
  /** A SQL statement that would mend the warehouse instead: for a person to copy, never executed. */
  readonly statement?: string;
}

/** Reading never throws: a manifest with an error-level problem has no pipeline, one with less has both. */
export interface ManifestReading {
  readonly pipeline?: Pipeline;
  readonly problems: readonly ManifestProblem[];
}
