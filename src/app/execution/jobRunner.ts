import { formatDay } from '../../base/day';
import { formatSeconds } from '../../base/figures';
import type { BackfillEventBody, Plan, PlannedJob } from '../../core/backfill/backfill';
import type { CallEnding } from '../../core/backfill/outcome';
import { silenceLimit } from '../../core/backfill/silence';
import type { Processor } from '../../core/pipeline';
import { argvOf } from '../../core/plan/runMethod';
import type { Claim, Journal } from '../journal';
import type { PartitionWriter } from '../ports';
import { type Attempt, nameOf } from './attemptEvents';
import type { ChildExit, ChildRunner, SilenceWatch } from './children';
import type { LiveCoverage } from './liveCoverage';
import type { Patience } from './patience';
import type { RunningCall } from './runningCalls';

/** What is learnt of a job while it runs. */
export interface Said {
  longestSilence?: number;
}

export interface JobCall {
  readonly job: PlannedJob;
  readonly processor: Processor;
  /** At least one. */
  readonly attempts: readonly Attempt[];
  /** Absolute. */
  readonly log: string;
  readonly call: RunningCall;
  readonly patiently: Patience['patiently'];
  /** Gets what is learnt of the job. */
  readonly said: Said;
}

export interface JobRunnerDeps {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly children: ChildRunner;
  /** Absent where nothing is executed by SQL. */
  readonly writer: PartitionWriter | undefined;
  /** The manifest's. */
  readonly folder: string;
  readonly live: LiveCoverage;
  readonly claim: Claim;
}

/** Runs the commands of processors as children, whose processes the claim knows for as long as they live. */
export class JobRunner {
  readonly #deps: JobRunnerDeps;
  /** The attempt of each child that runs, by its pid. */
  readonly #children = new Map<number, string>();

  constructor(deps: JobRunnerDeps) {
    this.#deps = deps;
  }

  /** How it ended, to the last of its processes. */
  async run({ job, processor, attempts, log, call, patiently, said }: JobCall): Promise<CallEnding> {
    const [attempt] = attempts;
    if (attempt === undefined) throw new Error('A call has at least one date.');
    const { children, writer, folder, claim, plan } = this.#deps;
    const days = attempts.map(({ item }) => item.day);
    // The child may write the very file that is open here.
    await writer?.release();
    const argv = argvOf(job.command, days.map(formatDay));
    const timeoutMs = job.timeoutPerDateMs === undefined ? undefined : job.timeoutPerDateMs * days.length;
    const marks = { BACKFILL_RUN: plan.id, BACKFILL_ATTEMPT: attempt.id };
    const command = {
      argv,
      cwd: folder,
      env: { ...processor.env, ...marks },
      log,
      ...(timeoutMs !== undefined && { timeoutMs }),
      silence: this.#silenceWatch(job, attempt, (longest) => {
        said.longestSilence = longest;
      }),
    };
    let child: number | undefined;
    let untold: { readonly thrown: unknown } | undefined;
    const tell = () => claim.setChildren([...this.#children].map(([pid, one]) => ({ pid, attempt: one })));
    const started = (pid: number) => {
      child = pid;
      this.#children.set(pid, attempt.id);
      try {
        tell();
      } catch (thrown) {
        // The job runs, and is to be waited for before anything else.
        untold = { thrown };
      }
    };
    // It rejects only where its log cannot be opened, before it has begun.
    const exit = await patiently(() => children.run(command, call.signal, started)).catch((thrown: unknown): ChildExit => {
      if (call.signal.aborted) return { how: 'cancelled' };
      throw thrown;
    });
    if (child !== undefined) this.#children.delete(child);
    if (untold !== undefined) throw untold.thrown;
    tell();
    return asEnded(endingOf(exit, timeoutMs), call);
  }

  #silenceWatch(job: PlannedJob, attempt: Attempt, ended: (longest: number) => void): SilenceWatch {
    const { live, journal, plan } = this.#deps;
    const { afterMs, basis } = silenceLimit(job.silenceMs, live.longestSilences(job.processor));
    const tell = (event: BackfillEventBody) => void journal.append(plan.id, event).catch(() => undefined);
    const of = nameOf(attempt);
    return {
      afterMs,
      silent: (seconds) => tell({ type: 'silent', ...of, seconds: rounded(seconds), basis }),
      heard: () => tell({ type: 'heard', ...of }),
      ended: (longest) => ended(rounded(longest)),
    };
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** What somebody ended by itself was not cancelled with the backfill: it counts. */
export function asEnded(ending: CallEnding, call: RunningCall): CallEnding {
  const by = call.endedBy();
  const isEnded = by !== undefined && ending.how === 'died' && ending.category === 'cancelled';
  return isEnded ? { how: 'died', category: 'ended', message: `ended by ${by}` } : ending;
}

function endingOf(exit: ChildExit, timeoutMs: number | undefined): CallEnding {
  switch (exit.how) {
    case 'exited':
      if (exit.code === 0) return { how: 'finished' };
      return {
        how: 'failed',
        category: 'exit',
        message: `exit code ${exit.code}${exit.tellingLine === '' ? '' : `: ${exit.tellingLine}`}`,
      };
    case 'signal':
      return { how: 'died', category: 'signal', message: `killed by ${exit.signal}` };
    case 'timeout':
      return { how: 'died', category: 'timeout', message: `ended after its time of ${formatSeconds((timeoutMs ?? 0) / 1000)}` };
    case 'cancelled':
      return { how: 'died', category: 'cancelled', message: 'it was cancelled' };
    case 'notStarted':
      return { how: 'failed', category: 'notStarted', message: exit.message };
  }
}
