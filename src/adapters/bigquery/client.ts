import { randomUUID } from 'node:crypto';
import { WarehouseError } from '../../app/ports';
import { counted, formatSeconds } from '../../base/figures';
import type { WarehouseConfig } from '../../core/pipeline';
import {
  BigqueryFailure,
  bigqueryError,
  type ErrorContext,
  isOfWrongLocation,
  isTransient,
  isTransientJob,
  isTransientRequest,
  sizeText,
} from './bigqueryErrors';
import { decodeRows, type Row } from './decodeRows';
import { type JobRequest, type JobStatus, labelValue, parametersOf, type QueryParameters } from './jobs';
import type { bigquery } from './rest';
import { type TableField, type TableMetadata, tableFields, tableMetadata } from './tableMetadata';
import { datasetOf, parseTablePath, type TablePath } from './tablePath';
import { Transport, type TransportOptions } from './transport';

export type BigqueryConfig = Extract<WarehouseConfig, { type: 'bigquery' }>;

/** What BigQuery bills at least for each table that a query reads. */
export const MIN_BYTES_PER_TABLE = 10 * 1024 * 1024;

const TOOL = 'backfill-explorer';
const METADATA_MS = 30_000;
const QUERY_MS = 300_000;
/** How long the server itself waits for a job before it answers that it still runs. */
const LONG_POLL_MS = 10_000;
/** A cancelled query is given up at once; telling BigQuery so may take a moment more. */
const CANCEL_MS = 10_000;

export interface BigqueryOptions extends TransportOptions {
  /** In milliseconds, tries included. Defaults: metadata 30 s, queries 5 min. */
  readonly deadlines?: { readonly metadataMs?: number; readonly queryMs?: number };
}

export interface CallOptions {
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds, tries included. */
  readonly deadlineMs?: number;
}

export interface QueryOptions extends CallOptions {
  /** Stands in the job's label, such as `coverage`. */
  readonly purpose: string;
  /** Paths of what the SQL reads: they tell its location and the least that is billed. INFORMATION_SCHEMA counts as one, by any table of its dataset. */
  readonly tables: readonly string[];
  /** Default: where the tables are. */
  readonly location?: string | undefined;
  readonly params?: QueryParameters;
  /** Whether an earlier answer will do. Default true. */
  readonly useCache?: boolean | undefined;
  /** Gets what a query that went well is billed, in bytes. */
  readonly billed?: (bytes: number) => void;
}

export interface DryRun {
  /** At least so many would be read. */
  readonly bytes: number;
  /** At most so many would be billed. */
  readonly upperBound: number;
  /** Such as `SELECT`; undefined where an emulator does not tell. */
  readonly statementType: string | undefined;
  /** The columns of the rows; none where an emulator does not tell. */
  readonly fields: readonly TableField[];
}

/**
 * BigQuery for the rest of this folder: requests with deadlines, retries and errors that people can act on. Loads and signs in at the first
 * call. Everything rejects with a WarehouseError, or with the reason of the signal.
 */
export class BigqueryClient {
  readonly config: BigqueryConfig;
  readonly #transport: Transport;
  readonly #metadataMs: number;
  readonly #queryMs: number;
  readonly #errorContext: ErrorContext;
  /** By `project.dataset`. */
  readonly #locations = new Map<string, Promise<string>>();

  constructor(config: BigqueryConfig, options: BigqueryOptions = {}) {
    this.config = config;
    this.#transport = new Transport(config.project, config.endpoint, options);
    this.#metadataMs = options.deadlines?.metadataMs ?? METADATA_MS;
    this.#queryMs = options.deadlines?.queryMs ?? QUERY_MS;
    this.#errorContext = config;
  }

  /** The parts of a table's path; a path without a project is of the manifest's. */
  path(table: string): TablePath {
    return parseTablePath(table, this.config.project);
  }

  /** Rows of one query job. A query that is given up (signal, deadline) is cancelled in BigQuery too. */
  query(sql: string, options: QueryOptions): Promise<readonly Row[]> {
    return this.#within(options, this.#queryMs, async (signal) => {
      this.#requireCap(options.tables.length);
      return this.#whereItIs(options, signal, (location) =>
        this.#transport.retrying(() => this.#runQuery(sql, options, location, signal), signal, isTransientJob),
      );
    });
  }

  /** What a query would read and give. Costs nothing. */
  dryRun(sql: string, options: QueryOptions): Promise<DryRun> {
    return this.#within(options, this.#metadataMs, (signal) =>
      this.#whereItIs(options, signal, async (location) => {
        const configuration = { dryRun: true, query: { query: sql, useLegacySql: false, ...parametersOf(options.params) } };
        const job = await this.#insert({ configuration, jobReference: { location } } as bigquery.IJob, signal);
        const bytes = Number(job.statistics?.query?.totalBytesProcessed ?? job.statistics?.totalBytesProcessed ?? 0);
        const floor = Math.max(1, options.tables.length) * MIN_BYTES_PER_TABLE;
        const { schema, statementType } = job.statistics?.query ?? {};
        return { bytes, upperBound: Math.max(bytes, floor), statementType, fields: tableFields(schema) };
      }),
    );
  }

  /** Free. Rejects with kind `missingTable` or `permission` where it cannot be seen. */
  table(table: string, options: CallOptions = {}): Promise<TableMetadata> {
    const path = this.path(table);
    return this.#within(options, this.#metadataMs, async (signal) => {
      const found = await this.#transport.send<bigquery.ITable>(
        { method: 'GET', project: path.project, path: `datasets/${path.dataset}/tables/${path.table}` },
        signal,
      );
      const metadata = tableMetadata(found);
      if (metadata.location !== '') this.#locations.set(datasetOf(path), Promise.resolve(metadata.location));
      return metadata;
    });
  }

  /** The ids of a dataset's tables and views. Free. */
  tables(dataset: { readonly project: string; readonly dataset: string }, options: CallOptions = {}): Promise<readonly string[]> {
    return this.#list<bigquery.ITableList>(dataset.project, `datasets/${dataset.dataset}/tables`, options, ({ tables }) =>
      (tables ?? []).map(({ tableReference }) => tableReference?.tableId ?? ''),
    );
  }

  /** The ids of a project's datasets. Free. */
  datasets(project: string = this.config.project, options: CallOptions = {}): Promise<readonly string[]> {
    return this.#list<bigquery.IDatasetList>(project, 'datasets', options, ({ datasets }) =>
      (datasets ?? []).map(({ datasetReference }) => datasetReference?.datasetId ?? ''),
    );
  }

  /** Where the dataset of a table is, such as `us-west2`: asked once a dataset. Free. */
  location(table: string, options: CallOptions = {}): Promise<string> {
    return this.#within(options, this.#metadataMs, (signal) => this.#location(this.path(table), signal));
  }

  /**
   * Submits a query job and does not wait for it. A job with that id that exists already is left alone and returned: submitting twice
   * runs once.
   */
  startJob(request: JobRequest, options: CallOptions = {}): Promise<JobStatus> {
    return this.#within(options, this.#metadataMs, async (signal) => {
      const { jobId, location } = request;
      try {
        return this.#statusOf(await this.#insert(this.#jobOf(request), signal));
      } catch (thrown) {
        if (BigqueryFailure.of(thrown).status !== 409) throw thrown;
        const existing = await this.#job(jobId, location, signal);
        if (existing === undefined) throw thrown;
        return existing;
      }
    });
  }

  /** Undefined where there is no such job: it was never submitted. */
  job(jobId: string, location?: string, options: CallOptions = {}): Promise<JobStatus | undefined> {
    return this.#within(options, this.#metadataMs, (signal) => this.#job(jobId, location, signal));
  }

  /** Waits until a job is done, well or badly. Giving up leaves it running. */
  jobDone(jobId: string, location: string | undefined, options: CallOptions = {}): Promise<JobStatus> {
    return this.#within(options, this.#queryMs, async (signal) => {
      for (;;) {
        await this.#results(jobId, location, undefined, signal, 0).catch((thrown: unknown) => {
          // A job that failed answers with its error, and so does a request that did: the job itself tells which.
          signal.throwIfAborted();
          if (isTransientRequest(BigqueryFailure.of(thrown))) throw thrown;
        });
        const status = await this.#job(jobId, location, signal);
        if (status === undefined) throw new BigqueryFailure(`Not found: Job ${jobId}`, 'notFound', 404);
        if (status.state === 'DONE') return status;
      }
    });
  }

  /** Asks BigQuery to cancel a job; it may end a little later. A job that is done or unknown is no error. */
  cancelJob(jobId: string, location?: string, options: CallOptions = {}): Promise<void> {
    return this.#within(options, this.#metadataMs, (signal) => this.#cancel(jobId, location, signal));
  }

  async #runQuery(sql: string, options: QueryOptions, location: string | undefined, signal: AbortSignal): Promise<Row[]> {
    const { purpose, params, useCache } = options;
    // The id is our own: only so can a query be cancelled whose submission was not answered yet.
    const jobId = `backfill_${labelValue(purpose)}_${randomUUID()}`;
    const labels = { purpose };
    const job = this.#jobOf({ jobId, location, sql, labels, useCache, ...(params === undefined ? {} : { params }) });
    let place = location;
    try {
      const { jobReference, status } = await this.#insert(job, signal).catch(unlessSubmitted);
      place = jobReference?.location ?? location;
      if (status?.errorResult !== undefined) throw BigqueryFailure.ofJob(status.errorResult);
      const rows: Row[] = [];
      for (let page: string | undefined; ; ) {
        const answer = await this.#results(jobId, place, page, signal);
        if (answer.jobComplete === false) continue;
        rows.push(...decodeRows(tableFields(answer.schema), answer.rows ?? []));
        if (!answer.pageToken) {
          options.billed?.(billedBytes(answer, options.tables.length));
          return rows;
        }
        page = answer.pageToken;
      }
    } catch (thrown) {
      if (signal.aborted) this.#cancelInBackground(jobId, place);
      throw thrown;
    }
  }

  /** Runs work that depends on the location, and once more where the location that was known is no longer right. */
  async #whereItIs<T>(
    options: QueryOptions,
    signal: AbortSignal,
    work: (location: string | undefined) => Promise<T>,
  ): Promise<T> {
    const datasets = new Map(options.tables.map((table) => this.path(table)).map((path) => [datasetOf(path), path]));
    const location = options.location ?? (await this.#commonLocation(datasets, signal));
    try {
      return await work(location);
    } catch (thrown) {
      if (thrown instanceof WarehouseError || !isOfWrongLocation(BigqueryFailure.of(thrown))) throw thrown;
      for (const dataset of datasets.keys()) this.#locations.delete(dataset);
      const actual = await this.#commonLocation(datasets, signal);
      // With the right location BigQuery says the same now and then, and means it only the second time.
      return work(actual ?? location);
    }
  }

  async #commonLocation(datasets: ReadonlyMap<string, TablePath>, signal: AbortSignal): Promise<string | undefined> {
    const found = new Map<string, string>();
    for (const [dataset, path] of datasets) {
      try {
        found.set(await this.#location(path, signal), dataset);
      } catch (thrown) {
        signal.throwIfAborted();
        // Tables can be readable in a dataset that is not: then the query itself tells what is wrong.
        if (!bigqueryError(thrown, this.#errorContext).isOfOneNode) throw thrown;
      }
    }
    const [first, second] = found;
    if (first === undefined) return this.config.location;
    if (second === undefined) return first[0];
    throw new WarehouseError(
      'location',
      `One query cannot read ${first[1]} in ${first[0]} and ${second[1]} in ${second[0]}: tables of one node must be in one location.`,
    );
  }

  #location(path: TablePath, signal: AbortSignal): Promise<string> {
    const key = datasetOf(path);
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const request = { method: 'GET', project: path.project, path: `datasets/${path.dataset}` } as const;
    const asked = this.#transport.send<bigquery.IDataset>(request, signal).then(({ location }) => location ?? 'US');
    this.#locations.set(key, asked);
    asked.catch(() => this.#locations.get(key) === asked && this.#locations.delete(key));
    return asked;
  }

  /** BigQuery would refuse it all the same, with figures that name no table; and a limit is never raised behind somebody's back. */
  #requireCap(tables: number): void {
    const { maxBytesBilled } = this.config;
    const floor = Math.max(1, tables) * MIN_BYTES_PER_TABLE;
    if (maxBytesBilled === undefined || maxBytesBilled >= floor) return;
    throw new WarehouseError(
      'bytesCap',
      `\`warehouse.max_bytes_billed\` is ${sizeText(maxBytesBilled)}, and BigQuery bills at least ${sizeText(floor)} for a query of ${counted(Math.max(1, tables), 'table')} (10 MiB each): raise it to that or more.`,
    );
  }

  #jobOf({
    jobId,
    location,
    sql,
    destination,
    writeDisposition,
    timePartitioning,
    params,
    useCache,
    labels,
    timeoutMs,
  }: JobRequest): bigquery.IJob {
    const { project, maxBytesBilled } = this.config;
    const to = destination === undefined ? undefined : this.path(destination);
    const query: bigquery.IJobConfigurationQuery = {
      query: sql,
      useLegacySql: false,
      ...parametersOf(params),
      ...(useCache === false ? { useQueryCache: false } : {}),
      ...(maxBytesBilled === undefined ? {} : { maximumBytesBilled: String(maxBytesBilled) }),
      ...(to === undefined ? {} : { destinationTable: { projectId: to.project, datasetId: to.dataset, tableId: to.table } }),
      ...(writeDisposition === undefined ? {} : { writeDisposition }),
      ...(timePartitioning === undefined ? {} : { timePartitioning }),
    };
    const values = Object.entries(labels ?? {}).map(([name, value]) => [name, labelValue(value)]);
    return {
      jobReference: { projectId: project, jobId, ...(location === undefined ? {} : { location }) },
      configuration: {
        query,
        labels: { ...Object.fromEntries(values), tool: TOOL },
        ...(timeoutMs === undefined ? {} : { jobTimeoutMs: String(timeoutMs) }),
      },
    };
  }

  #insert(body: bigquery.IJob, signal: AbortSignal): Promise<bigquery.IJob> {
    return this.#transport.send({ method: 'POST', project: this.config.project, path: 'jobs', body }, signal);
  }

  /** A page of a job's rows, or what it failed by. */
  #results(jobId: string, location: string | undefined, pageToken: string | undefined, signal: AbortSignal, maxResults?: number) {
    const query = { location, pageToken, maxResults, timeoutMs: LONG_POLL_MS, 'formatOptions.useInt64Timestamp': true };
    const request = { method: 'GET', project: this.config.project, path: `queries/${jobId}`, query } as const;
    return this.#transport.retrying(async () => {
      try {
        return await this.#transport.sendOnce<bigquery.IGetQueryResultsResponse>(request, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        // The answer to a failed job looks like that to a failed request.
        const asked = isTransient(BigqueryFailure.of(thrown)) ? await this.#getJob(jobId, location, signal) : undefined;
        if (asked?.status?.errorResult !== undefined) throw BigqueryFailure.ofJob(asked.status.errorResult);
        throw thrown;
      }
    }, signal);
  }

  async #job(jobId: string, location: string | undefined, signal: AbortSignal): Promise<JobStatus | undefined> {
    const job = await this.#getJob(jobId, location, signal);
    return job === undefined ? undefined : this.#statusOf(job);
  }

  async #getJob(jobId: string, location: string | undefined, signal: AbortSignal): Promise<bigquery.IJob | undefined> {
    const request = { method: 'GET', project: this.config.project, path: `jobs/${jobId}`, query: { location } } as const;
    try {
      return await this.#transport.send<bigquery.IJob>(request, signal);
    } catch (thrown) {
      const { status, message } = BigqueryFailure.of(thrown);
      if (status === 404 && !/Not found: Project/.test(message)) return undefined;
      throw thrown;
    }
  }

  async #cancel(jobId: string, location: string | undefined, signal: AbortSignal): Promise<void> {
    const path = `jobs/${jobId}/cancel`;
    try {
      await this.#transport.send({ method: 'POST', project: this.config.project, path, query: { location }, body: {} }, signal);
    } catch (thrown) {
      if (BigqueryFailure.of(thrown).status !== 404) throw thrown;
    }
  }

  #cancelInBackground(jobId: string, location: string | undefined): void {
    // Nobody waits for it, and nobody can be told.
    this.#cancel(jobId, location, AbortSignal.timeout(CANCEL_MS)).catch(() => undefined);
  }

  #statusOf({ jobReference, status, statistics = {} }: bigquery.IJob): JobStatus {
    const { query } = statistics;
    const failure = status?.errorResult === undefined ? undefined : BigqueryFailure.ofJob(status.errorResult);
    return {
      jobId: jobReference?.jobId ?? '',
      location: jobReference?.location,
      state: (status?.state ?? 'PENDING') as JobStatus['state'],
      ...(failure === undefined ? {} : { error: bigqueryError(failure, this.#errorContext) }),
      mayPass: failure !== undefined && isTransientJob(failure),
      bytesBilled: Number(query?.totalBytesBilled ?? 0),
      bytesProcessed: Number(query?.totalBytesProcessed ?? statistics.totalBytesProcessed ?? 0),
      ...(query?.numDmlAffectedRows === undefined ? {} : { affectedRows: Number(query.numDmlAffectedRows) }),
      statistics,
    };
  }

  async #list<T extends { nextPageToken?: string }>(
    project: string,
    path: string,
    options: CallOptions,
    ids: (page: T) => readonly string[],
  ): Promise<readonly string[]> {
    return this.#within(options, this.#metadataMs, async (signal) => {
      const all: string[] = [];
      for (let pageToken: string | undefined; ; ) {
        const page = await this.#transport.send<T>(
          { method: 'GET', project, path, query: { pageToken, maxResults: 1000 } },
          signal,
        );
        all.push(...ids(page));
        pageToken = page.nextPageToken;
        if (!pageToken) return all;
      }
    });
  }

  /** The border of this class: inside are failures as they come, outside sentences. */
  async #within<T>(
    { signal, deadlineMs }: CallOptions,
    defaultMs: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const ms = deadlineMs ?? defaultMs;
    const late = AbortSignal.timeout(ms);
    try {
      return await work(signal === undefined ? late : AbortSignal.any([signal, late]));
    } catch (thrown) {
      signal?.throwIfAborted();
      if (late.aborted)
        throw new WarehouseError(
          'unreachable',
          `BigQuery did not answer within ${formatSeconds(ms / 1000)}: check the network and refresh, or read fewer dates.`,
        );
      throw bigqueryError(thrown, this.#errorContext);
    }
  }
}

/** What needs no column costs nothing, such as the number of all rows; everything else at least the floor of its tables. */
function billedBytes({ cacheHit, totalBytesProcessed }: bigquery.IGetQueryResultsResponse, tables: number): number {
  const bytes = Number(totalBytesProcessed ?? 0);
  return cacheHit === true || bytes === 0 ? 0 : Math.max(bytes, Math.max(1, tables) * MIN_BYTES_PER_TABLE);
}

/** A submission whose answer was lost is sent again, and is then there already. */
function unlessSubmitted(thrown: unknown): bigquery.IJob {
  if (BigqueryFailure.of(thrown).status === 409) return {};
  throw thrown;
}
