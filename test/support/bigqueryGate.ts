import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to the API. */
export interface GateRequest {
  readonly method: string;
  /** Below the project, such as `jobs/j1/cancel`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of the job that is submitted, asked for or cancelled. */
  readonly jobId?: string;
  /** Of a job that is submitted. */
  readonly sql?: string;
  readonly dryRun: boolean;
  readonly body?: SubmittedJob;
}

export interface SubmittedJob {
  readonly jobReference?: { readonly jobId?: string; readonly location?: string };
  readonly configuration?: {
    readonly dryRun?: boolean;
    readonly query?: {
      readonly query?: string;
      readonly destinationTable?: { readonly datasetId: string; readonly tableId: string };
      readonly writeDisposition?: string;
      readonly createDisposition?: string;
      readonly useQueryCache?: boolean;
    };
  };
}

export interface GateAnswer {
  readonly status: number;
  readonly body: object;
}

/** Answers a request; `hangUp` ends the connection without an answer. @param forward sends it on, or another body in its place. */
export type Gatekeeper = (
  request: GateRequest,
  forward: (body?: object) => Promise<GateAnswer>,
) => GateAnswer | 'hangUp' | Promise<GateAnswer | 'hangUp'>;

/**
 * A server that stands before an emulator, or for one, and behaves as BigQuery does where no emulator does: jobs that take their time, lost
 * connections, conflicts.
 */
export class BigqueryGate {
  readonly requests: GateRequest[] = [];
  readonly #server: Server;
  readonly #target: string | undefined;
  #keeper: Gatekeeper = (_, forward) => forward();

  private constructor(target: string | undefined) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** @param target the emulator behind it; without one every request has to be answered by the gatekeeper. */
  static async open(target?: string): Promise<BigqueryGate> {
    const gate = new BigqueryGate(target);
    await new Promise<void>((done) => gate.#server.listen(0, '127.0.0.1', done));
    return gate;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  set keeper(keeper: Gatekeeper) {
    this.#keeper = keeper;
  }

  /** What was submitted, without dry runs. */
  get submissions(): readonly GateRequest[] {
    return this.requests.filter(({ method, path, dryRun }) => method === 'POST' && path === 'jobs' && !dryRun);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/' } = incoming;
    const request = requestOf(method, url, sent);
    this.requests.push(request);
    const answer = await this.#keeper(request, (body) =>
      this.#forward(method, url, body === undefined ? sent : JSON.stringify(body)),
    );
    if (answer === 'hangUp') incoming.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  }

  async #forward(method: string, url: string, sent: string): Promise<GateAnswer> {
    if (this.#target === undefined) return notFound(url);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.#target + url, { method, ...(sent !== '' && { body: sent, headers }) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as object) };
  }
}

export function notFound(what: string): GateAnswer {
  return failure(404, 'notFound', `Not found: ${what}`);
}

export function failure(status: number, reason: string, message: string): GateAnswer {
  return { status, body: { error: { code: status, message, errors: [{ reason, message, domain: 'global' }] } } };
}

/** A job as `jobs.get` and `jobs.insert` describe it. */
export function jobAnswer(
  jobId: string,
  state: 'PENDING' | 'RUNNING' | 'DONE',
  error?: { readonly reason: string; readonly message: string },
): GateAnswer {
  return {
    status: 200,
    body: {
      jobReference: { projectId: 'p', jobId, location: 'us-west2' },
      status: { state, ...(error !== undefined && { errorResult: error, errors: [error] }) },
      statistics: { query: {} },
    },
  };
}

function requestOf(method: string, url: string, sent: string): GateRequest {
  const { pathname, searchParams } = new URL(url, 'http://gate');
  const path = pathname.replace(/^\/bigquery\/v2\/projects\/[^/]+\//, '');
  const body = sent === '' ? undefined : (JSON.parse(sent) as SubmittedJob);
  const jobId = /^(?:jobs|queries)\/([^/]+)/.exec(path)?.[1] ?? body?.jobReference?.jobId;
  const sql = body?.configuration?.query?.query;
  return {
    method,
    path,
    query: searchParams,
    dryRun: body?.configuration?.dryRun === true,
    ...(jobId !== undefined && { jobId }),
    ...(sql !== undefined && { sql }),
    ...(body !== undefined && { body }),
  };
}
