import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BigqueryClient, type BigqueryConfig, type BigqueryOptions } from '../../src/adapters/bigquery/client';
import type { bigquery } from '../../src/adapters/bigquery/rest';

/** What a request asks for. */
export type RequestKind =
  | 'datasets.list'
  | 'datasets.get'
  | 'tables.list'
  | 'tables.get'
  | 'jobs.insert'
  | 'jobs.get'
  | 'jobs.cancel'
  | 'jobs.getQueryResults';

/** One request, as it came over the wire. */
export interface ScriptedRequest {
  readonly kind: RequestKind;
  readonly project: string;
  /** The path's ids below the project: `['nba', 'pdc']` of a table, `['job-1']` of a job. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

/**
 * An answer that is no success: an error of the API; a broken connection before (`reset`) or after (`lost`) the request was done; or none at
 * all until the server is stopped.
 */
export type Misfortune =
  | { readonly status: number; readonly reason: string; readonly message: string }
  | 'reset'
  | 'lost'
  | 'silence';

/** What a query job comes to. */
export interface Outcome {
  readonly fields?: readonly bigquery.ITableFieldSchema[];
  /** Cells as the API gives them: texts, or null. */
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly error?: bigquery.IErrorProto;
  /** How often it is still running when somebody asks. Default 0; `Infinity`: until it is cancelled. */
  readonly polls?: number;
  /** What it would bill; default 10 MiB. More than the job's maximumBytesBilled is refused as BigQuery does. */
  readonly bytes?: number;
  /** How many tables the query refers to, where that is told. */
  readonly tables?: number;
  /** Default: all rows in one page. */
  readonly pageSize?: number;
}

interface Job {
  readonly resource: bigquery.IJob;
  readonly outcome: Outcome;
  polls: number;
  cancelled: boolean;
}

const ROUTES: readonly (readonly [RequestKind, string, RegExp])[] = [
  ['datasets.list', 'GET', /^datasets$/],
  ['datasets.get', 'GET', /^datasets\/([^/]+)$/],
  ['tables.list', 'GET', /^datasets\/([^/]+)\/tables$/],
  ['tables.get', 'GET', /^datasets\/([^/]+)\/tables\/([^/]+)$/],
  ['jobs.insert', 'POST', /^jobs$/],
  ['jobs.get', 'GET', /^jobs\/([^/]+)$/],
  ['jobs.cancel', 'POST', /^jobs\/([^/]+)\/cancel$/],
  ['jobs.getQueryResults', 'GET', /^queries\/([^/]+)$/],
];

/**
 * BigQuery's API for what no emulator does: errors, retries, locations, limits, jobs that run on. It runs no SQL: `execute` says what a job comes
 * to. Everything asked is written down.
 */
export class ScriptedBigquery {
  readonly requests: ScriptedRequest[] = [];
  /** By `project.dataset`; what is not here does not exist. */
  readonly datasets = new Map<string, { location: string }>();
  /** By `project.dataset.table`. */
  readonly tables = new Map<string, bigquery.ITable>();
  readonly jobs = new Map<string, Job>();
  /** In milliseconds. */
  readonly pauses: number[] = [];
  /** Runs when a job is submitted. */
  execute: (sql: string, job: bigquery.IJob) => Outcome = () => ({});
  readonly #server: Server;
  readonly #misfortunes: { readonly kind: RequestKind; readonly what: Misfortune }[] = [];
  readonly #gates: { readonly kind: RequestKind; readonly opened: Promise<void> }[] = [];
  readonly #waiting: { readonly kind: RequestKind; readonly count: number; readonly done: () => void }[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)));
    });
  }

  static async start(): Promise<ScriptedBigquery> {
    const scripted = new ScriptedBigquery();
    await new Promise<void>((done) => scripted.#server.listen(0, '127.0.0.1', done));
    return scripted;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** The next requests of a kind fare like this, one after the other; later ones are answered again. */
  next(kind: RequestKind, ...misfortunes: readonly Misfortune[]): void {
    for (const what of misfortunes) this.#misfortunes.push({ kind, what });
  }

  /** The next request of a kind is answered only when the returned function is called. */
  hold(kind: RequestKind): () => void {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gates.push({ kind, opened });
    return open;
  }

  of(kind: RequestKind): readonly ScriptedRequest[] {
    return this.requests.filter((request) => request.kind === kind);
  }

  /** The jobs that were submitted, once for each request. */
  get submitted(): readonly bigquery.IJob[] {
    return this.of('jobs.insert').map(({ body }) => body as bigquery.IJob);
  }

  /** A client of this server for project `p`. Its pauses between two tries are noted in `pauses`, and nobody waits for them. */
  client(options: BigqueryOptions = {}, config: Partial<BigqueryConfig> = {}): BigqueryClient {
    const pause = async (ms: number) => void this.pauses.push(ms);
    return new BigqueryClient({ type: 'bigquery', project: 'p', endpoint: this.endpoint, ...config }, { pause, ...options });
  }

  /** Resolves when so many requests of a kind have come in all. */
  received(kind: RequestKind, count = 1): Promise<void> {
    if (this.of(kind).length >= count) return Promise.resolve();
    return new Promise((done) => this.#waiting.push({ kind, count, done }));
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await requestOf(message);
    this.requests.push(request);
    for (const { kind, count, done } of this.#waiting) if (this.of(kind).length >= count) done();
    const gate = this.#gates.findIndex(({ kind }) => kind === request.kind);
    if (gate >= 0) await this.#gates.splice(gate, 1)[0]?.opened;
    const at = this.#misfortunes.findIndex(({ kind }) => kind === request.kind);
    const misfortune = at < 0 ? undefined : this.#misfortunes.splice(at, 1)[0]?.what;
    const answer = misfortune === undefined || misfortune === 'lost' ? this.#respond(request) : misfortune;
    if (answer === 'silence') return;
    if (answer === 'reset' || misfortune === 'lost') return void message.socket.destroy();
    const failed = isMisfortune(answer);
    const body = failed
      ? { error: { code: answer.status, message: answer.message, errors: [{ reason: answer.reason, message: answer.message }] } }
      : answer;
    response.writeHead(failed ? answer.status : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #respond({ kind, project, ids, query, body }: ScriptedRequest): object | Misfortune {
    const [first = '', second = ''] = ids;
    const dataset = this.datasets.get(`${project}.${first}`);
    switch (kind) {
      case 'datasets.list':
        return { datasets: this.#below(this.datasets, `${project}.`).map((datasetId) => ({ datasetReference: { datasetId } })) };
      case 'datasets.get':
        return dataset ?? notFound(`Dataset ${project}:${first}`);
      case 'tables.list':
        return { tables: this.#below(this.tables, `${project}.${first}.`).map((tableId) => ({ tableReference: { tableId } })) };
      case 'tables.get':
        return this.tables.get(`${project}.${first}.${second}`) ?? notFound(`Table ${project}:${first}.${second}`);
      case 'jobs.insert':
        return this.#submit(project, body as bigquery.IJob);
      case 'jobs.get':
        return this.#withJob(first, query, (job) => this.#resourceOf(job));
      case 'jobs.cancel':
        return this.#withJob(first, query, (job) => {
          job.cancelled = true;
          return { job: this.#resourceOf(job) };
        });
      case 'jobs.getQueryResults':
        return this.#withJob(first, query, (job) => this.#page(job, Number(query.get('pageToken') ?? 0)));
    }
  }

  #below(names: ReadonlyMap<string, unknown>, prefix: string): string[] {
    return [...names.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  #submit(project: string, submitted: bigquery.IJob): object | Misfortune {
    const { jobReference, configuration = {} } = submitted;
    const jobId = jobReference?.jobId ?? `made-up-${this.jobs.size}`;
    if (this.jobs.has(jobId)) return { status: 409, reason: 'duplicate', message: `Already Exists: Job ${project}:US.${jobId}` };
    const sql = configuration.query?.query ?? '';
    const location = jobReference?.location ?? 'US';
    for (const [, dataset = ''] of sql.matchAll(/`([^`]+?\.[^`.]+)\.[^`]*`/g)) {
      const known = this.datasets.get(dataset);
      const name = dataset.replace(/\.(?=[^.]*$)/, ':');
      if (known?.location !== location) return notFound(`Dataset ${name} was not found in location ${location}`);
    }
    const outcome = this.execute(sql, submitted);
    const bytes = outcome.bytes ?? 10 * 1024 * 1024;
    const most = Number(configuration.query?.maximumBytesBilled ?? Number.POSITIVE_INFINITY);
    const error: bigquery.IErrorProto = {
      reason: 'bytesBilledLimitExceeded',
      message: `Query exceeded limit for bytes billed: ${most}. ${bytes} or higher required.`,
    };
    const resource = { jobReference: { projectId: project, jobId, location }, configuration };
    const job = { resource, outcome: bytes > most ? { error } : outcome, polls: outcome.polls ?? 0, cancelled: false };
    if (configuration.dryRun !== true) this.jobs.set(jobId, job);
    return this.#resourceOf(job);
  }

  /** A job is found in its own location only. */
  #withJob(jobId: string, query: URLSearchParams, use: (job: Job) => object | Misfortune): object | Misfortune {
    const job = this.jobs.get(jobId);
    const here = job?.resource.jobReference?.location === (query.get('location') ?? 'US');
    return job === undefined || !here ? notFound(`Job ${jobId}`) : use(job);
  }

  #errorOf({ cancelled, outcome, polls }: Job): bigquery.IErrorProto | undefined {
    if (cancelled) return { reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' };
    return polls > 0 ? undefined : outcome.error;
  }

  #resourceOf(job: Job): object {
    const errorResult = this.#errorOf(job);
    const bytes = String(job.outcome.bytes ?? 10 * 1024 * 1024);
    return {
      ...job.resource,
      status: {
        state: job.polls > 0 && !job.cancelled ? 'RUNNING' : 'DONE',
        ...(errorResult === undefined ? {} : { errorResult }),
      },
      statistics: {
        totalBytesProcessed: bytes,
        query: {
          totalBytesProcessed: bytes,
          totalBytesBilled: bytes,
          schema: { fields: job.outcome.fields ?? [] },
          ...(job.outcome.tables !== undefined && {
            referencedTables: Array.from({ length: job.outcome.tables }, (_, index) => ({
              ...{ projectId: 'p', datasetId: 't', tableId: `t${index}` },
            })),
          }),
        },
      },
    };
  }

  #page(job: Job, from: number): object | Misfortune {
    const error = this.#errorOf(job);
    if (error !== undefined)
      return { status: STATUS_OF[error.reason ?? ''] ?? 400, reason: error.reason ?? '', message: error.message ?? '' };
    const { jobReference } = job.resource;
    if (job.polls > 0) {
      job.polls--;
      return { jobComplete: false, jobReference };
    }
    const { fields = [], rows = [], pageSize = rows.length } = job.outcome;
    const to = from + pageSize;
    return {
      jobComplete: true,
      jobReference,
      schema: { fields },
      rows: rows.slice(from, to).map((cells) => ({ f: cells.map((v) => ({ v })) })),
      totalRows: String(rows.length),
      ...(to < rows.length ? { pageToken: String(to) } : {}),
    };
  }
}

/** How the API answers to a question for the results of a job that failed so. */
const STATUS_OF: Readonly<Record<string, number>> = {
  accessDenied: 403,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
  jobRateLimitExceeded: 403,
  notFound: 404,
  backendError: 503,
  internalError: 500,
};

function isMisfortune(answer: object | Misfortune): answer is Exclude<Misfortune, string> {
  return typeof answer === 'object' && 'reason' in answer && 'message' in answer;
}

function notFound(what: string): Misfortune {
  return { status: 404, reason: 'notFound', message: `Not found: ${what}` };
}

async function requestOf(message: IncomingMessage): Promise<ScriptedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://127.0.0.1');
  const [, project = '', path = ''] = /^\/bigquery\/v2\/projects\/([^/]+)\/(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
  for (const [kind, method, pattern] of ROUTES) {
    const match = message.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { kind, project, ids: match.slice(1), query: searchParams, body, headers: message.headers };
  }
  throw new Error(`No such request: ${message.method} ${message.url}`);
}
