import type { BackfillEvent, BackfillEventBody, Owner, Plan, RemoteJob, RunRequest } from '../core/backfill/backfill';
import type { AttemptLedger } from '../core/coverage/coverage';
import type { PlanInputs } from '../core/plan/planInputs';

/** A backfill as the journal holds it. */
export interface BackfillRecord {
  readonly plan: Plan;
  /** In the order of `seq`; lines that could not be read are left out and reported. */
  readonly events: readonly BackfillEvent[];
  /** One sentence for each line that could not be read, a torn last one included. */
  readonly problems: readonly string[];
  /** Whether it has an owner that lives, at a moment at which exactly these events were there; false once it has ended. */
  readonly ownerAlive: boolean;
  /** Its executor is gone, and a job that it started is still there. */
  readonly jobsLeft?: boolean;
  /** Where an executor that is taken for dead cannot be looked for from here: its host, and how long its lease is watched before it is taken over. */
  readonly unseen?: { readonly host: string; readonly watchMs: number };
}

/**
 * The durable record of all backfills of a pipeline, and the only channel from an executor to the views. What was appended survives the
 * death of whoever wrote it.
 */
export interface Journal {
  /**
   * Writes the plan, once, and the texts that it was made from: durable when it resolves. Rejects with a JournalError when the id exists
   * already.
   */
  create(plan: Plan, inputs?: PlanInputs): Promise<void>;
  /** The texts that a plan was made from; undefined where they were not kept, or cannot be read. */
  inputs(id: string): Promise<PlanInputs | undefined>;
  /** Ids of all backfills with a readable plan, newest first. */
  list(): Promise<readonly string[]>;
  /** Undefined when there is no such backfill or its plan cannot be read. */
  read(id: string): Promise<BackfillRecord | undefined>;
  /** Appends events in this order, durable when it resolves. Only for the executor that holds the claim. */
  append(id: string, ...bodies: readonly BackfillEventBody[]): Promise<readonly BackfillEvent[]>;
  /** Whether its executor is there. False when none ever was. */
  ownerAlive(id: string): Promise<boolean>;
  /**
   * Leaves a request that the executor finds within a second, or, where there is none, the next one. Asking again for what was not answered yet
   * is the same as asking once.
   */
  request(id: string, request: RunRequest, by: string): Promise<void>;
  /**
   * All requests that were ever made, in the order in which they were. Which of them were answered is among the events, and what an earlier
   * session was asked is over.
   */
  requests(id: string): Promise<readonly GivenRequest[]>;
  /**
   * Calls the listener with the ids of backfills whose plan, events or owner changed; the first call, soon, names all there are. Holds
   * nothing after the returned function was called.
   */
  watch(listener: (ids: readonly string[]) => void): () => void;
  /** What all backfills together say of partitions. */
  ledger(): Promise<AttemptLedger>;
  /** Takes a backfill for this process, exclusively. Undefined when another process that lives has it. */
  claim(id: string): Promise<Claim | undefined>;
  /** The absolute path of a log that an event names. */
  logPath(id: string, log: string): string;
}

export type GivenRequest = RunRequest & {
  /** The name of its file. */
  readonly name: string;
  readonly by: string;
  /** Which session it is meant for; absent for requests that were left by hand, which any session takes. */
  readonly session?: number;
};

/** The right to execute a backfill. Kept fresh by a heartbeat until it is released or the process ends. */
export interface Claim {
  readonly owner: Owner;
  /** 1 for the first executor of a backfill, and one more for each that resumes it. */
  readonly session: number;
  /** What an earlier session that died left. */
  readonly left: {
    /** Its jobs that are there: they count as this session's until they are gone. */
    readonly jobs: readonly LeftJob[];
    /** Attempts whose jobs it had on record, whether they are there or not. */
    readonly known: readonly string[];
  };
  /** Children live on when their executor is killed: what they write stays held until they are gone, too. On record when it returns. */
  setChildren(children: readonly { readonly pid: number; readonly attempt: string }[]): void;
  /** Lets go of what earlier sessions held, once all that they had begun is judged. */
  forgetEarlier(): Promise<void>;
  /**
   * Takes partitions, exclusively among all backfills whoever started them: to be had before an attempt starts, and let go of after its end
   * is in the journal. Those that another backfill has are not taken: one that lives, or a dead one whose remote job still runs.
   * @param isRunning whether a remote job runs. Where it rejects, the job is taken to run.
   */
  takePartitions(
    partitions: readonly ClaimedPartition[],
    isRunning: (job: RemoteJob) => Promise<boolean>,
  ): Promise<PartitionHold>;
  release(): Promise<void>;
}

/** A job that outlived its executor: the leader of a process group, recognised by its start time as the system tells it. */
export interface LeftJob {
  readonly pid: number;
  readonly startTime: string;
  /** The first attempt of its call; absent where nobody knows. */
  readonly attempt?: string;
}

/** What an attempt writes: the claim is on the rows of a table, whatever processor is to make them. */
export interface ClaimedPartition {
  readonly processor: string;
  readonly tables: readonly string[];
  /** The share of the tables; absent for all of their rows. */
  readonly where?: string;
  readonly date: string;
}

export interface PartitionHold {
  /** By index of what was asked for: who has it. Those without an entry were taken. */
  readonly others: ReadonlyMap<number, Holder>;
  /** Durable when it resolves: whoever finds the claim of a dead backfill asks for this job before taking the partition. */
  setRemoteJob(index: number, job: RemoteJob): Promise<void>;
  release(): Promise<void>;
}

export interface Holder {
  readonly backfill: string;
  /** What keeps the partitions of a backfill that is dead itself. */
  readonly job?: RemoteJob;
}

/**
 * `held`: another backfill, or another process, has what is asked for. `full`: the disk takes nothing more, which may pass. `changed`: the
 * manifest has changed since the plan was made.
 */
export type JournalErrorKind = 'exists' | 'unknownBackfill' | 'unwritable' | 'full' | 'held' | 'changed';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly kind: JournalErrorKind;

  /** @param message one sentence for people that says what to do. */
  constructor(kind: JournalErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
