import type { LeftJob } from '../journal';

/** A program to run for a backfill: argv, never a shell. */
export interface ChildCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process, which is cleaned of what VS Code and the product put there. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path; stdout and stderr are appended to it byte for byte, arrival times to the file beside it with `.idx` appended. */
  readonly log: string;
  /** Time asleep does not count. */
  readonly timeoutMs?: number;
  readonly silence?: SilenceWatch;
}

/** Who wants to know how long a job says nothing; time asleep does not count. */
export interface SilenceWatch {
  readonly afterMs: number;
  /** It has said nothing for longer. */
  readonly silent: (seconds: number) => void;
  /** It has said something again. */
  readonly heard: () => void;
  /** It has ended. @param longest seconds: its longest silence. */
  readonly ended: (longest: number) => void;
}

/** How a child ended. `cancelled` and `timeout`: by us; `signal`: by somebody else. */
export type ChildExit =
  /** `tellingLine`: the line of its output that tells most of a failure, cut where it is long; empty when it said nothing. */
  | { readonly how: 'exited'; readonly code: number; readonly tellingLine: string }
  | { readonly how: 'signal'; readonly signal: string }
  | { readonly how: 'timeout' | 'cancelled' }
  /** For people, with what to do. */
  | { readonly how: 'notStarted'; readonly message: string };

export interface ChildRunner {
  /**
   * Runs a program in a process group of its own, and resolves when the whole group has ended. What is left of the group is waited for after
   * exit code 0, and ended after anything else, a timeout or an abort.
   * Never rejects for what the program does.
   * @param started called with the pid of the group's leader.
   */
  run(command: ChildCommand, signal: AbortSignal, started: (pid: number) => void): Promise<ChildExit>;
}

/** The jobs that a dead executor left. */
export interface LeftJobs {
  /** Jobs of a backfill that are there, by the marks in their environment; those in no list but this. None where the system does not tell. */
  marked(backfill: string): Promise<readonly LeftJob[]>;
  /**
   * Waits until a job that a dead executor left is gone, to the last process of its group; ends it on an abort, or when its time is over.
   * Never rejects.
   */
  adopt(job: LeftJob, signal: AbortSignal, timeoutMs?: number): Promise<'gone' | 'timeout' | 'cancelled'>;
}
