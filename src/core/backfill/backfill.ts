import type { Mode, Status } from '../../base/status';
import type { AttemptInput, AttemptOutcome } from '../coverage/coverage';

/** Which partitions of the chosen processors and dates to run. */
export const CHOICES = ['missing', 'failed', 'partial', 'suspect', 'stale', 'all'] as const;
export type Choice = (typeof CHOICES)[number];

/** What somebody asks for. */
export interface PlanRequest {
  /** Which partitions, as the canonical text of a selection (`base/selection`); empty: every gap of every processor. */
  readonly select: string;
  readonly withUpstream: boolean;
  readonly withDownstream: boolean;
  readonly order: 'oldest' | 'newest';
  readonly slots: number;
  readonly policy: 'continue' | 'stop' | 'failFast';
  /** Names of overrides, such as `skip-needs` or those of a command. */
  readonly overrides: readonly string[];
  readonly reason?: string;
  /** What to do about failures of one cause in a row; absent: `pause`, or `stop` where nobody watches the executor (`--foreground`). */
  readonly onRepeat?: RepeatPolicy;
  /** Who asks to delete partitions; absent for plans that build them. */
  readonly author?: string;
}

/** What a partition held, exactly, when it was shown to whoever asked to delete it. */
export interface ShownPartition {
  /** By table of the processor. */
  readonly rows: readonly number[];
  readonly fingerprint: string;
  /** A digest of the rows, where the warehouse can give one. */
  readonly content?: string;
}

/** Failures of one cause in a row: ask somebody, start nothing more, or go on. */
export const REPEAT_POLICIES = ['pause', 'stop', 'continue'] as const;
export type RepeatPolicy = (typeof REPEAT_POLICIES)[number];

/** A partition in a plan. Dates are ISO text: plans and events are files that any tool can read. */
export interface PlannedPartition {
  readonly processor: string;
  readonly date: string;
  readonly action: 'run' | 'skip';
  /** Status when the plan was made. */
  readonly status: Status;
  /** One line: why it runs or is skipped. */
  readonly why: string;
  readonly preflight: 'allowed' | 'overrideNeeded' | 'never';
  /** The override that would allow it, where one is needed. */
  readonly override?: string;
  /** For one that is to be deleted: it is only while it holds just this. */
  readonly shown?: ShownPartition;
}

/** How a processor's partitions are executed, as resolved when the plan was made. */
export interface PlannedJob {
  readonly processor: string;
  readonly method: 'sql' | 'date' | 'range' | 'list' | 'clean';
  /** The argv with placeholders, or the SQL file; for `clean` the tables that are deleted from. */
  readonly command: readonly string[];
  readonly slots: number;
  /** The most dates that one call gets; absent without a limit, and for methods of one date. */
  readonly maxDates?: number;
  readonly timeoutPerDateMs?: number;
  /** How long its job may say nothing before it is called silent; absent: what its history explains. */
  readonly silenceMs?: number;
  /** Why it runs one at a time, where it does. */
  readonly sequential?: string;
  /** What only one call at a time may write, whatever processor it is for: a table whose mutations would conflict, or a DuckDB file. */
  readonly lane?: string;
  /** Other processors of the plan whose dates it waits for. */
  readonly after?: readonly string[];
  /** SHA-256 of the argv or of the SQL text. */
  readonly hash: string;
}

/** The exact partitions of a backfill, in order. `plan.json`: written once, never changed. */
export interface Plan {
  readonly version: 1;
  readonly id: string;
  readonly pipeline: string;
  /** Absolute path. */
  readonly manifest: string;
  readonly createdAt: string;
  readonly mode: Mode;
  readonly request: PlanRequest;
  readonly jobs: readonly PlannedJob[];
  readonly partitions: readonly PlannedPartition[];
  /** Seconds; absent without history. */
  readonly estimate?: PlanEstimate;
  /** What the warehouse bills; absent where it bills nothing by bytes. */
  readonly bytes?: PlanBytes;
  /** What could be asked for beside it; absent in plans of earlier releases. */
  readonly overrides?: readonly PlanOverride[];
  /** Who else has partitions of this, or may write them; absent in plans of earlier releases, and where there is nobody. */
  readonly conflicts?: readonly PlanConflict[];
  readonly warnings: readonly string[];
}

/**
 * Who is in the way of a plan. `backfill`: one that is active has the partitions, and the plan leaves them out. `elsewhere`: a job that no
 * backfill started may write them. `checkpoint`: what a job has noted makes it leave them out.
 */
export interface PlanConflict {
  readonly kind: 'backfill' | 'elsewhere' | 'checkpoint';
  /** Such as `backfill 20211105T101500-mlfs-ab12` or `process 7`. */
  readonly who: string;
  readonly partitions: readonly { readonly processor: string; readonly dates: readonly string[] }[];
  /** What it means for the plan, a sentence. */
  readonly effect: string;
  /** What to do, a sentence. */
  readonly advice: string;
  /** What shows who it is. */
  readonly command?: string;
}

/** What a warehouse that is paid by the byte bills for a plan. */
export interface PlanBytes {
  /** Of those processors that can be estimated; absent where none can. */
  readonly atMost?: number;
  /** What `atMost` rests on. */
  readonly basis?: string;
  /** Processors of which nobody can tell, each with the reason. */
  readonly unknown: readonly { readonly processor: string; readonly why: string }[];
  /** Processors of which a date is billed more than `max_bytes_billed` allows: BigQuery refuses it, and bills nothing. */
  readonly overLimit?: readonly OverLimit[];
}

/** Bytes that a date of a processor is billed, of those that were estimated; `limit` is what the manifest allows a query. */
export interface OverLimit {
  readonly processor: string;
  readonly least: number;
  readonly most: number;
  readonly limit: number;
}

/** A named override: what it does, and for whom. */
export interface PlanOverride {
  readonly name: string;
  /** Such as `adds --no-resume to the command`. */
  readonly does: string;
  /** Those of the plan that it would change. */
  readonly processors: readonly string[];
  /** It was asked for. */
  readonly chosen: boolean;
}

/** How long a plan takes, in seconds, as far as it was known when it was made. */
export interface PlanEstimate {
  readonly p50: number;
  readonly p90: number;
  readonly basis: string;
  /** What past runs took for a date of each processor that has a history, so that an executed plan needs no other history. */
  readonly dates?: readonly PastSeconds[];
}

/** Seconds of one date of a processor, over `of` past runs. */
export interface PastSeconds {
  readonly processor: string;
  readonly p50: number;
  readonly p90: number;
  readonly of: number;
}

/** Who executes: dead only when none of these processes is left on the same host, boot and pid namespace. */
export interface Owner {
  readonly host: string;
  readonly boot: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** The process's start time as the system tells it, so that a reused pid is recognised. */
  readonly startTime: string;
}

/** A job that a warehouse runs by itself: it goes on when whoever submitted it is gone. */
export interface RemoteJob {
  readonly project: string;
  /** Absent where the warehouse is asked for it without one. */
  readonly location?: string;
  /** Its id, unique in project and location. */
  readonly job: string;
}

/** A line of `events.ndjson`. `seq` grows by one, `at` is ISO with milliseconds in UTC. */
export type BackfillEvent = { readonly seq: number; readonly at: string } & BackfillEventBody;

export type BackfillEventBody =
  /** A session of the backfill has begun: its first, or another one that resumes it. */
  | {
      readonly type: 'started';
      readonly owner: Owner;
      /** Which manifest the session goes by, where it had changed since the plan was made. */
      readonly by?: ManifestChoice;
      /** What had changed, a sentence each. */
      readonly changed?: readonly string[];
    }
  | {
      readonly type: 'attemptStarted';
      readonly attempt: string;
      readonly processor: string;
      readonly date: string;
      /** Fingerprint before; rows before. */
      readonly before: string;
      readonly rowsBefore: number;
      /** A digest of the rows before, where the warehouse can give one. */
      readonly content?: string;
      readonly inputs: readonly AttemptInput[];
      /** Relative to the run's folder. */
      readonly log: string;
      readonly pid?: number;
    }
  /** The attempt is about to submit this job: whatever becomes of the executor, the warehouse can be asked what became of the job. */
  | ({
      readonly type: 'remoteJob';
      readonly attempt: string;
      readonly processor: string;
      readonly date: string;
    } & RemoteJob)
  | {
      readonly type: 'attemptEnded';
      readonly attempt: string;
      readonly processor: string;
      readonly date: string;
      readonly outcome: AttemptOutcome;
      readonly after?: string;
      readonly rowsAfter?: number;
      /** Absent where nobody was there to measure it: a later session has found out how it ended. */
      readonly seconds?: number;
      /** Seconds by stage, as the job's log tells them. */
      readonly stages?: Readonly<Record<string, number>>;
      readonly category?: string;
      readonly message?: string;
      readonly signature?: string;
      /** Good data became empty. */
      readonly alarm?: boolean;
      /** Seconds: the longest time in which its job said nothing, without time asleep. */
      readonly longestSilence?: number;
    }
  /** The job ended before it came to this date, or its surroundings failed: the attempt does not count, and the partition waits again. */
  | {
      readonly type: 'notAttempted';
      readonly attempt: string;
      readonly processor: string;
      readonly date: string;
      readonly why: string;
    }
  | { readonly type: 'skipped'; readonly processor: string; readonly date: string; readonly why: string }
  /**
   * A partition is taken up again that had ended, or whose attempt was cut off: by a session that resumes the backfill, or because it was torn when
   * its surroundings failed.
   */
  | { readonly type: 'waitsAgain'; readonly processor: string; readonly date: string; readonly why: string }
  /** A partition was done, and is empty now: an alarm. It is not run again unless that is asked for. */
  | { readonly type: 'emptied'; readonly processor: string; readonly date: string; readonly message: string }
  | { readonly type: 'note'; readonly message: string }
  /** Nothing new starts until `continued`; what runs goes on. */
  | { readonly type: 'paused'; readonly cause: PauseCause; readonly message: string }
  /** By whom, or by what having passed. */
  | { readonly type: 'continued'; readonly by: string }
  /** A job has said nothing for longer than its history explains; time asleep does not count. */
  | {
      readonly type: 'silent';
      readonly attempt: string;
      readonly processor: string;
      readonly date: string;
      readonly seconds: number;
      /** What explains silence up to now, such as `its longest silence was 40 s`. */
      readonly basis: string;
    }
  /** A job that was silent has said something again. */
  | { readonly type: 'heard'; readonly attempt: string; readonly processor: string; readonly date: string }
  | { readonly type: 'cancelRequested'; readonly by: string }
  /** The executor has seen a request, and says what it does about it. */
  | {
      readonly type: 'requested';
      /** The name of its file. */
      readonly request: string;
      readonly kind: RequestKind;
      readonly by: string;
      readonly answer: string;
    }
  | { readonly type: 'ended'; readonly result: 'done' | 'failed' | 'cancelled' };

/** What to go by when the manifest or its SQL has changed since the plan was made. */
export type ManifestChoice = 'asPlanned' | 'asItIsNow';

/** What anybody can ask of the executor of a backfill that runs. `endJob`: end the job of this attempt, which then has failed. */
export type RunRequest =
  | { readonly kind: 'cancel' | 'pause' | 'continue' }
  | { readonly kind: 'endJob'; readonly attempt: string };
export type RequestKind = RunRequest['kind'];
export const REQUEST_KINDS = ['cancel', 'pause', 'continue', 'endJob'] as const satisfies readonly RequestKind[];

/** Names of the requests that an executor has answered. One to cancel that was left by an older release is answered by the cancelling. */
export function answeredRequests(events: readonly BackfillEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap((event) => {
      if (event.type === 'requested') return [event.request];
      return event.type === 'cancelRequested' ? ['cancel.json'] : [];
    }),
  );
}

/**
 * Why a backfill pauses. `asked`: somebody asked for it. `environment`: sign-in, quota, network, a lock, the journal's disk; it goes on by
 * itself once that has passed. `signature`: failures with one signature in a row; somebody has to decide.
 */
export const PAUSE_CAUSES = ['asked', 'environment', 'signature'] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

export type BackfillPhase = 'planned' | 'running' | 'paused' | 'cancelling' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** Whether an executor lives that holds the backfill's partitions. */
export function isActivePhase(phase: BackfillPhase): boolean {
  return phase === 'running' || phase === 'paused' || phase === 'cancelling';
}

export type PartitionState = 'waiting' | 'running' | 'skipped' | AttemptOutcome;
