import { randomUUID } from 'node:crypto';
import { WarehouseError } from '../../app/ports';
import { counted, formatSeconds } from '../../base/figures';
import { BigqueryFailure, bigqueryError, isTransientJob, sizeText } from './bigqueryErrors';
import type { BigqueryConfig } from './config';
import { decodeRows, type Row } from './decodeRows';
import { type JobRequest, type JobStatus, jobResource, labelValue, parametersOf, type QueryParameters, statusOf } from './jobs';
import { type JobPlace, JobsApi } from './jobsApi';
import { Locations } from './locations';
import type { bigquery } from './rest';
import { type TableField, type TableMetadata, tableFields, tableMetadata } from './tableMetadata';
import { parseTablePath, type TablePath } from './tablePath';
import { Transport, type TransportOptions } from './transport';

export type { BigqueryConfig } from './config';

/** What BigQuery bills at least for each table that a query reads. */
export const MIN_BYTES_PER_TABLE = 10 * 1024 * 1024;

const METADATA_MS = 30_000;
const QUERY_MS = 300_000;

export interface BigqueryOptions extends TransportOptions {
  /** In milliseconds, tries included. Defaults: metadata 30 s, queries 5 min. */
  readonly deadlines?: { readonly metadataMs?: number; readonly queryMs?: number };
  /** Metadata do not follow what queries write, as those of an emulator: whoever compares them counts rows besides. */
  readonly staleMetadata?: boolean;
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
  readonly staleMetadata: boolean;
  readonly #transport: Transport;
  readonly #metadataMs: number;
  readonly #queryMs: number;
  readonly #locations: Locations;
  readonly #jobs: JobsApi;

  constructor(config: BigqueryConfig, options: BigqueryOptions = {}) {
    this.config = config;
    this.staleMetadata = options.staleMetadata === true;
    this.#transport = new Transport(config.project, config.endpoint, options);
    this.#metadataMs = options.deadlines?.metadataMs ?? METADATA_MS;
    this.#queryMs = options.deadlines?.queryMs ?? QUERY_MS;
    this.#locations = new Locations(this.#transport, config, this.#metadataMs);
    this.#jobs = new JobsApi(this.#transport, config.project);
  }

  /** The parts of a table's path; a path without a project is of the manifest's. */
  path(table: string): TablePath {
    return parseTablePath(table, this.config.project);
  }

  /** Rows of one query job. A query that is given up (signal, deadline) is cancelled in BigQuery too. */
  query(sql: string, options: QueryOptions): Promise<readonly Row[]> {
    return this.#within(options, this.#queryMs, async (signal) => {
      this.#requireCap(options.tables.length);
      return this.#whereTheyAre(options, signal, (location) =>
        this.#transport.retrying(() => this.#runQuery(sql, options, location, signal), signal, isTransientJob),
      );
    });
  }

  /** What a query would read and give. Costs nothing. */
  dryRun(sql: string, options: QueryOptions): Promise<DryRun> {
    return this.#within(options, this.#metadataMs, (signal) =>
      this.#whereTheyAre(options, signal, async (location) => {
        const configuration = { dryRun: true, query: { query: sql, useLegacySql: false, ...parametersOf(options.params) } };
        const job = await this.#jobs.insert({ configuration, jobReference: { location } } as bigquery.IJob, signal);
        const bytes = Number(job.statistics?.query?.totalBytesProcessed ?? job.statistics?.totalBytesProcessed ?? 0);
        const { schema, statementType, referencedTables = [] } = job.statistics?.query ?? {};
        // Each table that a query refers to is billed, known to whoever asks or not.
        const floor = Math.max(1, options.tables.length, referencedTables.length) * MIN_BYTES_PER_TABLE;
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
      this.#locations.learn(path, metadata.location);
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
    return this.#within(options, this.#metadataMs, (signal) => this.#locations.of(this.path(table), signal));
  }

  /**
   * Submits a query job and does not wait for it. A job with that id that exists already is left alone and returned: submitting twice
   * runs once.
   */
  startJob(request: JobRequest, options: CallOptions = {}): Promise<JobStatus> {
    return this.#within(options, this.#metadataMs, async (signal) => {
      try {
        return statusOf(await this.#jobs.insert(jobResource(request, this.config), signal), this.config);
      } catch (thrown) {
        if (BigqueryFailure.of(thrown).status !== 409) throw thrown;
        const existing = await this.#jobs.get({ jobId: request.jobId, location: request.location }, signal);
        if (existing === undefined) throw thrown;
        return statusOf(existing, this.config);
      }
    });
  }

  /** Undefined where there is no such job: it was never submitted. */
  job(jobId: string, location?: string, options: CallOptions = {}): Promise<JobStatus | undefined> {
    return this.#within(options, this.#metadataMs, async (signal) => {
      const job = await this.#jobs.get({ jobId, location }, signal);
      return job === undefined ? undefined : statusOf(job, this.config);
    });
  }

  /** Waits until a job is done, well or badly. Giving up leaves it running. */
  jobDone(jobId: string, location: string | undefined, options: CallOptions = {}): Promise<JobStatus> {
    return this.#within(options, this.#queryMs, async (signal) => {
      const place = { jobId, location };
      for (;;) {
        // A job that failed answers with its error, and so does a request that did: the job itself tells which.
        const failure = await this.#jobs.results(place, signal, { maxResults: 0 }).then(
          () => undefined,
          (thrown: unknown) => BigqueryFailure.of(thrown),
        );
        signal.throwIfAborted();
        const job = await this.#jobs.get(place, signal);
        if (job === undefined) throw new BigqueryFailure(`Not found: Job ${jobId}`, 'notFound', 404);
        if (job.status?.state === 'DONE') return statusOf(job, this.config);
        if (failure !== undefined) throw failure;
      }
    });
  }

  /** Asks BigQuery to cancel a job; it may end a little later. A job that is done or unknown is no error. */
  cancelJob(jobId: string, location?: string, options: CallOptions = {}): Promise<void> {
    return this.#within(options, this.#metadataMs, (signal) => this.#jobs.cancel({ jobId, location }, signal));
  }

  async #runQuery(sql: string, options: QueryOptions, location: string | undefined, signal: AbortSignal): Promise<Row[]> {
    const { purpose, params, useCache } = options;
    // The id is our own: only so can a query be cancelled whose submission was not answered yet.
    const jobId = `backfill_${labelValue(purpose)}_${randomUUID()}`;
    const labels = { purpose };
    const job = jobResource({ jobId, location, sql, labels, useCache, ...(params === undefined ? {} : { params }) }, this.config);
    let place: JobPlace = { jobId, location };
    try {
      const { jobReference, status } = await this.#jobs.insert(job, signal).catch(unlessSubmitted);
      place = { jobId, location: jobReference?.location ?? location };
      if (status?.errorResult !== undefined) throw BigqueryFailure.ofJob(status.errorResult);
      const rows: Row[] = [];
      for (let pageToken: string | undefined; ; ) {
        const answer = await this.#jobs.results(place, signal, { pageToken });
        if (answer.jobComplete === false) continue;
        rows.push(...decodeRows(tableFields(answer.schema), answer.rows ?? []));
        if (!answer.pageToken) {
          options.billed?.(billedBytes(answer, options.tables.length));
          return rows;
        }
        pageToken = answer.pageToken;
      }
    } catch (thrown) {
      if (signal.aborted) this.#jobs.cancelInBackground(place);
      throw thrown;
    }
  }

  #whereTheyAre<T>({ tables, location }: QueryOptions, signal: AbortSignal, work: (location: string | undefined) => Promise<T>) {
    const paths = tables.map((table) => this.path(table));
    return this.#locations.whereTheyAre(paths, location, signal, work);
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
      throw bigqueryError(thrown, this.config);
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
