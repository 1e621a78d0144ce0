import { setTimeout as delay } from 'node:timers/promises';
import { LostJobError, type RemoteFate, WarehouseError, type WriteAttempt } from '../../app/ports';
import { formatSeconds } from '../../base/figures';
import type { RemoteJob } from '../../core/backfill/backfill';
import type { BigqueryClient } from './client';
import type { JobRequest, JobStatus } from './jobs';

export interface RemoteJobOptions {
  /** How long a job may not be asked about before it counts as lost, in milliseconds. Default 10 min. */
  readonly silenceMs?: number;
  /** How long a cancelled job may take to end. Default 1 min. */
  readonly cancelMs?: number;
  /** Between two questions that were not answered. Default 2 s; what the client itself pauses comes on top. */
  readonly pauseMs?: number;
}

/** A single question waits no longer than this for a job to end, and is then asked again. */
const LONGEST_QUESTION_MS = 300_000;
const MAX_SUBMISSIONS = 3;
/** Of jobs that fail by a fault of BigQuery's own. */
const MAX_TRIES = 3;

/** Runs jobs that change something: each is on record before it is submitted, runs once, and is accounted for when it is left. */
export class RemoteJobs {
  readonly #client: BigqueryClient;
  readonly #silenceMs: number;
  readonly #cancelMs: number;
  readonly #pauseMs: number;
  /** Jobs on record that BigQuery did not take: their names are free still. */
  readonly #refused = new WeakMap<WriteAttempt, RemoteJob>();

  constructor(client: BigqueryClient, { silenceMs = 600_000, cancelMs = 60_000, pauseMs = 2_000 }: RemoteJobOptions = {}) {
    this.#client = client;
    this.#silenceMs = silenceMs;
    this.#cancelMs = cancelMs;
    this.#pauseMs = pauseMs;
  }

  /**
   * Runs a job to its end. Rejects with what it failed by; with the signal's reason where it was cancelled, but not where it was done
   * before that; with a LostJobError where its end cannot be learnt.
   */
  async run(request: Omit<JobRequest, 'jobId'>, attempt: WriteAttempt): Promise<void> {
    for (let tries = 1; ; tries++) {
      attempt.signal.throwIfAborted();
      const { error, mayPass } = await this.#runOnce(request, attempt);
      if (error === undefined) return;
      attempt.signal.throwIfAborted();
      if (!mayPass || tries >= MAX_TRIES) throw error;
      await delay(this.#pauseMs, undefined, { signal: attempt.signal }).catch(() => undefined);
    }
  }

  /** Whether a job runs. Rejects where BigQuery cannot be asked. */
  async isRunning(job: RemoteJob): Promise<boolean> {
    return (await this.fateOf(job)) === 'running';
  }

  /** What became of a job. Rejects where BigQuery cannot be asked. */
  async fateOf({ job, location }: RemoteJob): Promise<RemoteFate> {
    const status = await this.#client.job(job, location);
    if (status === undefined) return 'absent';
    if (status.state !== 'DONE') return 'running';
    return status.error === undefined ? 'done' : 'failed';
  }

  /** Asks a job to end. */
  async end({ job, location }: RemoteJob): Promise<void> {
    await this.#client.cancelJob(job, location, {});
  }

  async #runOnce(request: Omit<JobRequest, 'jobId'>, attempt: WriteAttempt): Promise<JobStatus> {
    const job = this.#refused.get(attempt) ?? (await this.#announce(request.location, attempt));
    this.#refused.set(attempt, job);
    const status = await this.#submit({ ...request, jobId: job.job }, job, attempt.signal);
    this.#refused.delete(attempt);
    return status.state === 'DONE' ? status : this.#ended(job, attempt.signal);
  }

  async #announce(location: string | undefined, { nextJobName, record }: WriteAttempt): Promise<RemoteJob> {
    const { project } = this.#client.config;
    const job = { project, job: nextJobName(), ...(location !== undefined && { location }) };
    await record(job);
    return job;
  }

  /** Not to be interrupted, but to be ended soon: what was sent may have arrived. */
  async #submit(request: JobRequest, job: RemoteJob, signal: AbortSignal): Promise<JobStatus> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#client.startJob(request);
      } catch (thrown) {
        if (!(thrown instanceof WarehouseError)) throw thrown;
        if (thrown.kind !== 'unreachable') {
          // The last try was refused. An earlier one may have arrived, and its answer got lost.
          const arrived = await this.#client.job(job.job, job.location).catch(() => undefined);
          if (arrived === undefined) throw thrown;
          return arrived;
        }
        const status = await this.#whateverComes(job, signal, (until) => this.#ask(job, until));
        if (status !== undefined) return status;
        signal.throwIfAborted();
        // It never arrived. Should it still do so, it has the same id as the next try.
        if (tries >= MAX_SUBMISSIONS) throw thrown;
      }
    }
  }

  /** A job that is to be cancelled is left only when it has ended, too. */
  #ended(job: RemoteJob, signal: AbortSignal): Promise<JobStatus> {
    return this.#whateverComes(job, signal, async (until) => {
      // Where the request is lost, the job may end by itself.
      if (signal.aborted) await this.#client.cancelJob(job.job, job.location, { signal: until }).catch(() => undefined);
      return this.#wait(job, until);
    });
  }

  /** Does something for as long as the signal allows, and once that is aborted again, for as long as a cancelled job may take. */
  async #whateverComes<T>(job: RemoteJob, signal: AbortSignal, work: (until: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(signal);
    } catch (thrown) {
      if (!signal.aborted || thrown instanceof LostJobError) throw thrown;
    }
    const late = AbortSignal.timeout(this.#cancelMs);
    try {
      return await work(late);
    } catch (thrown) {
      if (!late.aborted) throw thrown;
      throw lost(job, `was to be cancelled and is not known to have ended after ${formatSeconds(this.#cancelMs / 1000)}`);
    }
  }

  async #wait(job: RemoteJob, signal: AbortSignal): Promise<JobStatus> {
    for (;;) {
      const status = await this.#ask(job, signal);
      if (status === undefined) throw lost(job, 'was accepted and is no longer known to BigQuery');
      if (status.state === 'DONE') return status;
      const done = this.#client.jobDone(job.job, job.location, { signal, deadlineMs: LONGEST_QUESTION_MS });
      await done.catch(() => signal.throwIfAborted());
    }
  }

  /** What BigQuery says of a job, however often it has to be asked. */
  async #ask(job: RemoteJob, signal: AbortSignal): Promise<JobStatus | undefined> {
    const began = performance.now();
    for (;;) {
      try {
        return await this.#client.job(job.job, job.location, { signal });
      } catch (thrown) {
        signal.throwIfAborted();
        if (performance.now() - began >= this.#silenceMs) throw lost(job, `cannot be asked about (${reasonOf(thrown)})`);
      }
      await delay(this.#pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function lost(job: RemoteJob, what: string): LostJobError {
  const name = `${job.project}:${job.job}${job.location === undefined ? '' : ` in ${job.location}`}`;
  return new LostJobError(
    job,
    `BigQuery job ${name} ${what}: its partition stays claimed until it has ended. Look at it with \`bq show -j\`, and run the date again then.`,
  );
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
