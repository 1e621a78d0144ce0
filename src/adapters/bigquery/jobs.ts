import type { WarehouseError } from '../../app/ports';
import { BigqueryFailure, bigqueryError, isTransientJob } from './bigqueryErrors';
import type { BigqueryConfig } from './config';
import type { bigquery } from './rest';
import { parseTablePath } from './tablePath';

/** A value of a named parameter (`@date`) with its type. Null needs the type too. */
export interface QueryParameter {
  readonly type: 'DATE' | 'STRING' | 'INT64' | 'FLOAT64' | 'BOOL' | 'TIMESTAMP';
  readonly value: string | number | boolean | null | readonly (string | number | boolean)[];
}

export type QueryParameters = Readonly<Record<string, QueryParameter>>;

/** A query job as it is submitted. */
export interface JobRequest {
  /** Unique in its project and location: letters, digits, `_` and `-`, at most 1,024. */
  readonly jobId: string;
  readonly location?: string | undefined;
  readonly sql: string;
  /** A path, which may name a partition: `nba.pdc$20211101`. Absent for DML and scripts. */
  readonly destination?: string;
  /** Default `WRITE_EMPTY`, as BigQuery's. */
  readonly writeDisposition?: 'WRITE_TRUNCATE' | 'WRITE_APPEND' | 'WRITE_EMPTY';
  /** Default: a destination that is missing is made. */
  readonly createDisposition?: 'CREATE_NEVER';
  /** What the destination is made with where it is missing. */
  readonly timePartitioning?: { readonly type: 'DAY'; readonly field?: string };
  readonly params?: QueryParameters;
  /** Whether an earlier answer to the same text will do. Default true: BigQuery keeps one for a day, as long as it knows of no change. */
  readonly useCache?: boolean | undefined;
  /** Lower case letters, digits, `_` and `-`, at most 63. `tool` is set. */
  readonly labels?: Readonly<Record<string, string>>;
  /** BigQuery itself ends it after so many milliseconds. */
  readonly timeoutMs?: number;
}

/** What BigQuery knows of a job. */
export interface JobStatus {
  readonly jobId: string;
  readonly location: string | undefined;
  readonly state: 'PENDING' | 'RUNNING' | 'DONE';
  /** Of a job that ended without success. */
  readonly error?: WarehouseError;
  /** Whether another job may do what this one failed at. */
  readonly mayPass: boolean;
  /** Billed or to be billed; before the end what is known by then. */
  readonly bytesBilled: number;
  readonly bytesProcessed: number;
  /** Rows that DML changed; undefined for a SELECT. */
  readonly affectedRows?: number;
  /** Everything else, as the API gives it. */
  readonly statistics: bigquery.IJobStatistics;
}

function parameterOf(name: string, { type, value }: QueryParameter): bigquery.IQueryParameter {
  if (Array.isArray(value))
    return {
      name,
      parameterType: { type: 'ARRAY', arrayType: { type } },
      parameterValue: { arrayValues: value.map((one) => ({ value: String(one) })) },
    };
  return { name, parameterType: { type }, parameterValue: value === null ? {} : { value: String(value) } };
}

export function parametersOf(
  params: QueryParameters | undefined,
): Pick<bigquery.IJobConfigurationQuery, 'parameterMode' | 'queryParameters'> {
  const entries = Object.entries(params ?? {});
  if (entries.length === 0) return {};
  return { parameterMode: 'NAMED', queryParameters: entries.map(([name, parameter]) => parameterOf(name, parameter)) };
}

/** A label's value of any text: what is not allowed becomes `_`. */
export function labelValue(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(0, 63);
}

/** A request as the API takes it, capped as the manifest says. */
export function jobResource(request: JobRequest, { project, maxBytesBilled }: BigqueryConfig): bigquery.IJob {
  const {
    jobId,
    location,
    sql,
    destination,
    writeDisposition,
    createDisposition,
    timePartitioning,
    params,
    useCache,
    labels,
    timeoutMs,
  } = request;
  const to = destination === undefined ? undefined : parseTablePath(destination, project);
  const query: bigquery.IJobConfigurationQuery = {
    query: sql,
    useLegacySql: false,
    ...parametersOf(params),
    ...(useCache === false ? { useQueryCache: false } : {}),
    ...(maxBytesBilled === undefined ? {} : { maximumBytesBilled: String(maxBytesBilled) }),
    ...(to === undefined ? {} : { destinationTable: { projectId: to.project, datasetId: to.dataset, tableId: to.table } }),
    ...(writeDisposition === undefined ? {} : { writeDisposition }),
    ...(createDisposition === undefined ? {} : { createDisposition }),
    ...(timePartitioning === undefined ? {} : { timePartitioning }),
  };
  const values = Object.entries(labels ?? {}).map(([name, value]) => [name, labelValue(value)]);
  return {
    jobReference: { projectId: project, jobId, ...(location === undefined ? {} : { location }) },
    configuration: {
      query,
      labels: { ...Object.fromEntries(values), tool: 'backfill-explorer' },
      ...(timeoutMs === undefined ? {} : { jobTimeoutMs: String(timeoutMs) }),
    },
  };
}

/** What the API tells of a job. */
export function statusOf({ jobReference, status, statistics = {} }: bigquery.IJob, config: BigqueryConfig): JobStatus {
  const { query } = statistics;
  const failure = status?.errorResult === undefined ? undefined : BigqueryFailure.ofJob(status.errorResult);
  return {
    jobId: jobReference?.jobId ?? '',
    location: jobReference?.location,
    state: (status?.state ?? 'PENDING') as JobStatus['state'],
    ...(failure === undefined ? {} : { error: bigqueryError(failure, config) }),
    mayPass: failure !== undefined && isTransientJob(failure),
    bytesBilled: Number(query?.totalBytesBilled ?? 0),
    bytesProcessed: Number(query?.totalBytesProcessed ?? statistics.totalBytesProcessed ?? 0),
    ...(query?.numDmlAffectedRows === undefined ? {} : { affectedRows: Number(query.numDmlAffectedRows) }),
    statistics,
  };
}
