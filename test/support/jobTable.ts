import { failure, type GateAnswer, type Gatekeeper, type GateRequest, jobAnswer, notFound } from './bigqueryGate';

export interface ScriptedJob {
  readonly id: string;
  readonly request: GateRequest;
  state: 'RUNNING' | 'DONE';
  error?: { readonly reason: string; readonly message: string };
  /** How often somebody asked for it. */
  asked: number;
  cancelled: boolean;
}

/** What a test says of jobs. Each may change the job; what it returns is answered in place of the job. */
export interface JobScript {
  /** A job with a new id arrived; it is RUNNING. */
  readonly inserted?: (job: ScriptedJob) => GateAnswer | 'hangUp' | undefined | Promise<GateAnswer | 'hangUp' | undefined>;
  /** Before a job is told. */
  readonly asked?: (job: ScriptedJob) => GateAnswer | 'hangUp' | undefined | Promise<GateAnswer | 'hangUp' | undefined>;
  readonly cancelled?: (job: ScriptedJob) => GateAnswer | 'hangUp' | undefined;
}

/** BigQuery's rules for jobs: an id is taken once, a cancelled job ends a little later, and a job is asked for where it is. */
export class JobTable {
  readonly jobs = new Map<string, ScriptedJob>();

  /** @param location of all jobs: who asks for one without it finds nothing. */
  keeper(script: JobScript, location = 'us-west2'): Gatekeeper {
    return async (request, forward) => {
      const { method, path, jobId = '', query } = request;
      if (method === 'POST' && path === 'jobs' && !request.dryRun) return this.#insert(request, script);
      if (!path.startsWith('jobs/') && !path.startsWith('queries/')) return forward();
      const job = this.jobs.get(jobId);
      if (job === undefined || query.get('location') !== location) return notFound(`Job p:${jobId}`);
      if (path.endsWith('/cancel')) {
        job.cancelled = true;
        return script.cancelled?.(job) ?? { status: 200, body: { job: jobAnswer(jobId, job.state).body } };
      }
      job.asked += 1;
      const said = await script.asked?.(job);
      if (said !== undefined) return said;
      if (path.startsWith('queries/'))
        return { status: 200, body: { jobComplete: job.state === 'DONE', jobReference: { jobId } } };
      return jobAnswer(jobId, job.state, job.error);
    };
  }

  async #insert(request: GateRequest, { inserted }: JobScript): Promise<GateAnswer | 'hangUp'> {
    const id = request.jobId ?? '';
    if (this.jobs.has(id)) return failure(409, 'duplicate', `Already Exists: Job p:${id}`);
    const job: ScriptedJob = { id, request, state: 'RUNNING', asked: 0, cancelled: false };
    this.jobs.set(id, job);
    const said = await inserted?.(job);
    return said ?? jobAnswer(id, job.state, job.error);
  }
}
