import { BigqueryFailure, isTransient } from './bigqueryErrors';
import type { bigquery } from './rest';
import type { Transport } from './transport';

/** How long the server itself waits for a job before it answers that it still runs. */
const LONG_POLL_MS = 10_000;
/** Whoever gave up a query waits for nothing more; telling BigQuery so may take a moment. */
const CANCEL_MS = 10_000;

/** A job and where it runs; without a location where BigQuery would look first (US). */
export interface JobPlace {
  readonly jobId: string;
  readonly location: string | undefined;
}

/** The requests of BigQuery's API about jobs of one project. Rejects with failures as they come. */
export class JobsApi {
  readonly #transport: Transport;
  readonly #project: string;

  constructor(transport: Transport, project: string) {
    this.#transport = transport;
    this.#project = project;
  }

  insert(body: bigquery.IJob, signal: AbortSignal): Promise<bigquery.IJob> {
    return this.#transport.send({ method: 'POST', project: this.#project, path: 'jobs', body }, signal);
  }

  /** A page of a job's rows, or `jobComplete: false` after a while; rejects with what the job failed by. */
  results(
    job: JobPlace,
    signal: AbortSignal,
    page: { readonly pageToken?: string | undefined; readonly maxResults?: number } = {},
  ): Promise<bigquery.IGetQueryResultsResponse> {
    const query = { location: job.location, ...page, timeoutMs: LONG_POLL_MS, 'formatOptions.useInt64Timestamp': true };
    const request = { method: 'GET', project: this.#project, path: `queries/${job.jobId}`, query } as const;
    return this.#transport.retrying(async () => {
      try {
        return await this.#transport.sendOnce<bigquery.IGetQueryResultsResponse>(request, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        // The answer to a failed job looks like that to a failed request.
        const asked = isTransient(BigqueryFailure.of(thrown)) ? await this.get(job, signal) : undefined;
        if (asked?.status?.errorResult !== undefined) throw BigqueryFailure.ofJob(asked.status.errorResult);
        throw thrown;
      }
    }, signal);
  }

  /** Undefined where there is no such job. */
  async get({ jobId, location }: JobPlace, signal: AbortSignal): Promise<bigquery.IJob | undefined> {
    const request = { method: 'GET', project: this.#project, path: `jobs/${jobId}`, query: { location } } as const;
    try {
      return await this.#transport.send<bigquery.IJob>(request, signal);
    } catch (thrown) {
      const { status, message } = BigqueryFailure.of(thrown);
      if (status === 404 && !/Not found: Project/.test(message)) return undefined;
      throw thrown;
    }
  }

  /** A job that is done or unknown is no error. */
  async cancel({ jobId, location }: JobPlace, signal: AbortSignal): Promise<void> {
    const request = {
      method: 'POST',
      project: this.#project,
      path: `jobs/${jobId}/cancel`,
      query: { location },
      body: {},
    } as const;
    try {
      await this.#transport.send(request, signal);
    } catch (thrown) {
      if (BigqueryFailure.of(thrown).status !== 404) throw thrown;
    }
  }

  /** Nobody waits for it, and nobody can be told. */
  cancelInBackground(job: JobPlace): void {
    this.cancel(job, AbortSignal.timeout(CANCEL_MS)).catch(() => undefined);
  }
}
