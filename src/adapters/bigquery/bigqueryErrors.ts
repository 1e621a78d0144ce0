import { WarehouseError, type WarehouseErrorKind } from '../../app/ports';
import { messageOf } from '../../base/logger';
import type { bigquery } from './rest';

/** What BigQuery, the network or the sign-in said, before it is put into words for people. */
export class BigqueryFailure extends Error {
  override readonly name = 'BigqueryFailure';
  /** BigQuery's own word, such as `rateLimitExceeded`, or the network's, such as `ECONNREFUSED`. */
  readonly reason: string;
  /** Of HTTP; 0 where there was no answer, or where a job said it. */
  readonly status: number;
  /** A job said it of itself: asking again brings the same, only another job may not. */
  readonly ofJob: boolean;

  constructor(message: string, reason = '', status = 0, ofJob = false) {
    super(message);
    // An emulator calls every mistake in SQL an internal error, which would be tried again.
    this.reason = /^failed to (?:parse|analyze)\b/.test(message) ? 'invalidQuery' : reason;
    this.status = status;
    this.ofJob = ofJob;
  }

  static of(thrown: unknown): BigqueryFailure {
    if (thrown instanceof BigqueryFailure) return thrown;
    const { code, errors, type, cause } = thrown as {
      code?: unknown;
      type?: unknown;
      errors?: readonly bigquery.IErrorProto[];
      cause?: unknown;
    };
    const [first] = Array.isArray(errors) ? errors : [];
    const status = typeof code === 'number' ? code : 0;
    const reason = first?.reason ?? [code, (cause as { code?: unknown } | undefined)?.code, type].find(isWord) ?? '';
    return new BigqueryFailure(first?.message ?? messageOf(thrown), reason, status);
  }

  static ofJob({ message = 'The job failed.', reason = '' }: bigquery.IErrorProto): BigqueryFailure {
    return new BigqueryFailure(message, reason, 0, true);
  }
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

const TRANSIENT_REASONS: ReadonlySet<string> = new Set([
  'rateLimitExceeded',
  'jobRateLimitExceeded',
  'userRateLimitExceeded',
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Whether it may go well a moment later. */
export function isTransient({ status, reason }: BigqueryFailure): boolean {
  return status !== 400 && (TRANSIENT_REASONS.has(reason) || [429, 500, 502, 503, 504].includes(status));
}

/** Whether the same request may. */
export function isTransientRequest(failure: BigqueryFailure): boolean {
  return isTransient(failure) && !failure.ofJob;
}

/** Whether another job may. */
export function isTransientJob(failure: BigqueryFailure): boolean {
  return isTransient(failure) && failure.ofJob;
}

/** A dataset or table was looked for in another location than its own. */
export function isOfWrongLocation({ message }: BigqueryFailure): boolean {
  return /was not found in location/.test(message);
}

/** What a sentence needs to know beside the failure. */
export interface ErrorContext {
  readonly project: string;
  /** Of an emulator. */
  readonly endpoint?: string | undefined;
  readonly maxBytesBilled?: number | undefined;
}

interface Rule {
  readonly reason?: RegExp;
  readonly status?: number;
  readonly message?: RegExp;
  readonly kind: WarehouseErrorKind;
  /** @param parts the groups of `message`. */
  readonly say: (parts: Readonly<Record<string, string | undefined>>, context: ErrorContext, failure: BigqueryFailure) => string;
}

const LOGIN = '`gcloud auth application-default login`';

/** The first that fits says it. */
const RULES: readonly Rule[] = [
  {
    message: /requires a quota project|project to bill|serviceusage\.services\.use/i,
    kind: 'signIn',
    say: (_, { project }) =>
      `The sign-in to Google Cloud has no project for its requests that it may use: run \`gcloud auth application-default set-quota-project ${project}\`.`,
  },
  {
    message: /Could not load the default credentials|Unable to detect a Project Id|^No sign-in/i,
    kind: 'signIn',
    say: () => `Nobody is signed in to Google Cloud on this machine: run ${LOGIN} and refresh.`,
  },
  {
    message:
      /(?:file at|read) (?<file>\S+?)(?: does not exist|,|$).*|ENOENT.*'(?<missing>.*)'|Unexpected token .* in JSON|incoming JSON object/,
    reason: /^signIn$/,
    kind: 'signIn',
    say: (_, __, { message }) =>
      `The credentials that GOOGLE_APPLICATION_CREDENTIALS names cannot be used (${oneLine(message)}): correct or unset it, or run ${LOGIN}.`,
  },
  {
    message:
      /invalid_grant|invalid_rapt|reauth|Token has been expired or revoked|invalid authentication credentials|invalid_client|unauthorized_client/i,
    kind: 'signIn',
    say: () => `The sign-in to Google Cloud has expired or was revoked: run ${LOGIN} again and refresh.`,
  },
  {
    status: 401,
    kind: 'signIn',
    say: (_, { endpoint }) =>
      endpoint === undefined
        ? `Google Cloud does not accept the sign-in of this machine: run ${LOGIN} again and refresh.`
        : `${endpoint} asks for a sign-in, and an emulator gets none: remove \`warehouse.endpoint\` from the manifest to reach Google.`,
  },
  {
    reason:
      /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|ERR_STREAM_PREMATURE_CLOSE|CERT_.*|.*_CERT.*|SELF_SIGNED.*)$/,
    kind: 'unreachable',
    say: (_, { endpoint }, { reason }) =>
      endpoint === undefined
        ? `BigQuery cannot be reached (${reason}): check the network, VPN or proxy, and refresh.`
        : `Nothing answers at ${endpoint} (${reason}): start the emulator, or remove \`warehouse.endpoint\` from the manifest to reach Google.`,
  },
  {
    message: /(?:limit for bytes billed: \d+\. (?<needed>\d+) or higher|bytesBilledLimitExceeded)/,
    kind: 'bytesCap',
    say: ({ needed }, { maxBytesBilled }) =>
      `This query would be billed ${needed === undefined ? 'more' : sizeText(Number(needed))}, and \`warehouse.max_bytes_billed\` allows ${sizeText(maxBytesBilled ?? 0)}: raise it, or read fewer dates. Nothing was billed.`,
  },
  {
    message:
      /Cannot query over table '?(?<table>[^\s']+)'? without a filter (?:over|on) column\(s\) (?<columns>.*?) that can be used/,
    kind: 'partitionFilter',
    say: ({ table, columns }) =>
      `Table ${table} refuses queries without a filter on ${columns?.replaceAll("'", '')} (require_partition_filter): make that column its \`date_column\`, or add a filter on it to \`where\`.`,
  },
  {
    message:
      /User does not have (?<permission>bigquery\.jobs\.\w+) permission in project (?<project>[^\s.]+)|Permission (?<denied>bigquery\.jobs\.\w+) denied/,
    kind: 'project',
    say: ({ permission, denied, project }, context) =>
      `You may not run queries in project ${project ?? context.project} (${permission ?? denied}): ask for the role BigQuery Job User there, or correct \`warehouse.project\` in the manifest.`,
  },
  {
    message:
      /(?<what>Table|Dataset|View|Routine) (?<name>[^\s:]+:[^\s:,]+|[^\s:,]+):? ?.*?(?:Permission (?<permission>bigquery\.[\w.]+) denied|does not have permission to (?<verb>\w+)|does not have (?<lacked>bigquery\.[\w.]+) permission)/,
    reason: /^accessDenied$/,
    kind: 'permission',
    say: ({ what = 'Table', name = '', permission, lacked, verb }) => {
      const needed = permission ?? lacked;
      const writes = /update|create|delete|insert/i.test(needed ?? verb ?? '');
      return `You may not ${writes ? 'write' : 'read'} ${what.toLowerCase()} ${pathText(name)}${needed === undefined ? '' : ` (${needed})`}, or it does not exist: ask for the role BigQuery Data ${writes ? 'Editor' : 'Viewer'} on its dataset, or correct \`table\` in the manifest.`;
    },
  },
  {
    message:
      /has not been used in project (?<used>\S+) before or it is disabled|project (?<project>\S+) has not enabled BigQuery/i,
    kind: 'project',
    say: ({ used, project }, context) =>
      `BigQuery is not enabled in project ${used ?? project ?? context.project}: run \`gcloud services enable bigquery.googleapis.com --project ${context.project}\`, or correct \`warehouse.project\` in the manifest.`,
  },
  {
    reason: /^billingNotEnabled$|^billingTierLimitExceeded$/,
    kind: 'project',
    say: (_, { project }, { message }) =>
      `Billing does not allow this in project ${project}: enable it there. (${oneLine(message)})`,
  },
  {
    message:
      /Not found: Project (?<project>[^\s:]+)|(?:Invalid|Cannot parse) .*project|project id '?(?<invalid>[^\s']+)'? is invalid/i,
    kind: 'project',
    say: ({ project, invalid }, context) =>
      `There is no project ${project ?? invalid ?? context.project}: correct \`warehouse.project\`, or the project in the table's name, in the manifest.`,
  },
  {
    reason: /^accessDenied$/,
    kind: 'permission',
    say: (_, __, { message }) => `BigQuery denies access: ${oneLine(message).replace(/^Access Denied: /, '')}`,
  },
  {
    message: /(?:Cannot read and write in different locations|location .* (?:does not|doesn't) match)/i,
    kind: 'location',
    say: (_, __, { message }) =>
      `Tables of one query must be in one location, and these are not: copy one beside the other. (${oneLine(message)})`,
  },
  {
    message:
      /Not found: Dataset[ :](?<dataset>\S+)(?: was not found in location (?<location>\S+))?|^dataset (?<missing>\S+) is not found/i,
    kind: 'missingTable',
    say: ({ dataset, missing, location }) =>
      `There is no dataset ${pathText(dataset ?? missing ?? '')}${location === undefined ? '' : ` in location ${location}`}: create it, or correct \`table\` in the manifest.`,
  },
  {
    message:
      /Not found: (?:Table|View)[ :](?<table>\S+)(?: was not found in location (?<location>\S+))?|Table not found: `?(?<analysed>[\w.:$-]+)|^table (?<plain>\S+) is not found/i,
    kind: 'missingTable',
    say: ({ table, analysed, plain, location }) =>
      `There is no table ${pathText(table ?? analysed ?? plain ?? '')}${location === undefined ? '' : ` in location ${location}`}: run the job that creates it, or correct \`table\` in the manifest.`,
  },
  {
    message:
      /Unrecognized name: `?(?<name>[\w.]+)`?(?:; Did you mean `?(?<meant>[\w.]+)`?\?)?|Name `?(?<inside>\w+)`? not found inside|(?:Referenced )?column (?:named )?[`"]?(?<column>[\w.]+)[`"]?(?: (?:is not present|not found|does not exist)|\s*$|\s+Candidate)/i,
    kind: 'missingColumn',
    say: ({ name, inside, column, meant }) =>
      `There is no column ${name ?? inside ?? column}: correct it in the manifest or in the SQL.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  },
  {
    message: /due to concurrent (?:update|transaction)|Transaction is aborted due to/,
    kind: 'busy',
    say: () => 'Another job is changing the same table: this is tried again once it is done.',
  },
  {
    message: /streaming buffer/,
    kind: 'busy',
    say: () =>
      'Rows that were streamed into this table are still in its streaming buffer, where BigQuery changes nothing: it is tried again once they have settled (up to 90 minutes).',
  },
  {
    reason: /^(?:quotaExceeded|rateLimitExceeded|jobRateLimitExceeded|userRateLimitExceeded|tableUnavailable)$/,
    kind: 'quota',
    say: (_, __, { message }) =>
      `A quota or rate limit of BigQuery is used up: wait and refresh, or have it raised. (${oneLine(message)})`,
  },
  {
    status: 429,
    kind: 'quota',
    say: () => 'BigQuery gets too many requests from here: wait a minute and refresh.',
  },
  {
    reason: /^(?:stopped|cancelled)$/,
    kind: 'refused',
    say: () => 'The query was cancelled in BigQuery by somebody: run it again.',
  },
  {
    message: /Job timed out|Operation timed out|timed out after/i,
    kind: 'unreachable',
    say: (_, __, { message }) => `BigQuery did not finish in time: read fewer dates, or refresh later. (${oneLine(message)})`,
  },
  {
    reason: /^(?:resourcesExceeded|responseTooLarge)$/,
    kind: 'refused',
    say: (_, __, { message }) => `This is more than BigQuery does in one query: read fewer dates. (${oneLine(message)})`,
  },
  {
    reason: /^(?:jobB|b)ackendError$|^(?:jobI|i)nternalError$/,
    kind: 'unreachable',
    say: (_, __, failure) => outOfOrder(failure),
  },
  {
    reason: /^(?:invalidQuery|invalid|parseError)$/,
    kind: 'invalidSql',
    say: (_, __, { message }) => `BigQuery does not accept this SQL: ${oneLine(message)}`,
  },
];

/** One sentence for people that says what to do. */
export function bigqueryError(thrown: unknown, context: ErrorContext): WarehouseError {
  if (thrown instanceof WarehouseError) return thrown;
  const failure = BigqueryFailure.of(thrown);
  for (const { reason, status, message, kind, say } of RULES) {
    if (reason !== undefined && !reason.test(failure.reason)) continue;
    if (status !== undefined && status !== failure.status) continue;
    const found = message?.exec(failure.message);
    if (message !== undefined && found == null) continue;
    return new WarehouseError(kind, say(found?.groups ?? {}, context, failure));
  }
  if (failure.status >= 500) return new WarehouseError('unreachable', outOfOrder(failure));
  // It is BigQuery's answer to this request, and says nothing of others.
  if (failure.ofJob || (failure.status >= 400 && failure.reason !== ''))
    return new WarehouseError('refused', `BigQuery refuses this (${failure.reason}): ${oneLine(failure.message)}`);
  const code = failure.status > 0 ? ` ${failure.status}` : '';
  return new WarehouseError(
    'unreachable',
    `BigQuery answered with an error${code} that is not known here: ${oneLine(failure.message)}`,
  );
}

function outOfOrder({ status, message }: BigqueryFailure): string {
  return `BigQuery is out of order at the moment (${status > 0 ? `${status} ` : ''}${oneLine(message)}): refresh later.`;
}

/** BigQuery writes `project:dataset.table`; a manifest writes `project.dataset.table`. */
function pathText(name: string): string {
  return name.replace(/[.,;:'`]+$/, '').replace(/:(?=[^:]*$)/, '.');
}

function oneLine(message: string): string {
  return message.trim().replace(/\s+/g, ' ');
}

/** Bytes as a manifest writes them: `500 MB`, `1.05 GB`, rounded up. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${Math.ceil(value * 100 - 1e-6) / 100} ${units[unit]}`;
}
