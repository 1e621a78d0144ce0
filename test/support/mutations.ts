import { type Gatekeeper, type GateRequest, jobAnswer } from './bigqueryGate';

const CONFLICT = {
  reason: 'invalidQuery',
  message: 'Could not serialize access to table p:mart.store due to concurrent update',
};

/**
 * BigQuery's rule for changes of one table: of two that overlap the later fails. A change takes until somebody has asked for it twice; the
 * emulator behind, which knows neither, does it at once.
 */
export class Mutations {
  readonly #ended = new Map<string, { asked: number; readonly conflict: boolean }>();
  readonly #running = new Map<string, string>();
  /** Changes that were refused because another one ran. */
  overlaps = 0;
  /** The most jobs that ran at the same time. */
  most = 0;
  submitted = 0;

  /**
   * @param disturbed whether somebody else's change gets in the way of the n-th, counted from 0.
   * @param together how many have to be submitted before the first of them can end.
   */
  keeper(disturbed: (index: number) => boolean = () => false, together = 1): Gatekeeper {
    return async (request, forward) => {
      const { jobId = '', path } = request;
      const job = this.#ended.get(jobId);
      if (job !== undefined && path.startsWith('queries/')) {
        return { status: 200, body: { jobComplete: true, jobReference: { jobId } } };
      }
      if (job !== undefined) {
        job.asked += 1;
        if (!job.conflict && (job.asked < 2 || this.submitted < together)) return jobAnswer(jobId, 'RUNNING');
        this.#running.delete(jobId);
        return jobAnswer(jobId, 'DONE', job.conflict ? CONFLICT : undefined);
      }
      const table = changedBy(request);
      if (table === undefined) return forward();
      const index = this.submitted++;
      const overlaps = [...this.#running.values()].includes(table);
      if (overlaps) this.overlaps += 1;
      const conflict = overlaps || disturbed(index);
      this.#ended.set(jobId, { asked: 0, conflict });
      if (conflict) return jobAnswer(jobId, 'RUNNING');
      this.#running.set(jobId, table);
      this.most = Math.max(this.most, this.#running.size);
      const answer = await forward();
      const { status } = answer.body as { readonly status?: { readonly errorResult?: unknown } };
      return status?.errorResult === undefined ? jobAnswer(jobId, 'RUNNING') : answer;
    };
  }
}

/** The table that a job changes in place, or the partition that it writes. */
function changedBy({ method, path, dryRun, sql = '', body }: GateRequest): string | undefined {
  if (method !== 'POST' || path !== 'jobs' || dryRun) return undefined;
  return /^(?:MERGE|CREATE TABLE) `([^`]+)`/.exec(sql)?.[1] ?? body?.configuration?.query?.destinationTable?.tableId;
}
