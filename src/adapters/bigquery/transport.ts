import { setTimeout as delay } from 'node:timers/promises';
import type { BigQuery } from '@google-cloud/bigquery';
import { WarehouseError } from '../../app/ports';
import { formatSeconds } from '../../base/figures';
import { type Logger, messageOf } from '../../base/logger';
import { BigqueryFailure, bigqueryError, isTransientRequest } from './bigqueryErrors';

const GOOGLE = 'https://bigquery.googleapis.com';
const SIGN_IN_MS = 5_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 16_000;
const MAX_TRIES = 5;

export interface TransportOptions {
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets what is worth knowing and stops nothing. */
  readonly logger?: Pick<Logger, 'warn'>;
  /** How long signing in may take, in milliseconds. Default 5 s. */
  readonly signInMs?: number;
  /** Waits between two tries; rejects when the signal aborts. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** One request of the REST API. */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly project: string;
  /** Below the project, such as `datasets/nba`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
}

/** Sends requests through Google's client library, which is loaded and signed in at the first one. Rejects with what went wrong, as it is. */
export class Transport {
  readonly #endpoint: string | undefined;
  readonly #project: string;
  readonly #options: TransportOptions;
  #client: Promise<BigQuery> | undefined;
  #warned = false;

  /** @param endpoint of an emulator; undefined: Google's. */
  constructor(project: string, endpoint: string | undefined, options: TransportOptions = {}) {
    this.#project = project;
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /**
   * Sends one request, and again where that may help: after 429, 5xx, a broken connection and the 403 of a rate limit.
   * @param signal ends it, also between two tries.
   */
  async send<T>(request: RestRequest, signal: AbortSignal): Promise<T> {
    return this.retrying(() => this.sendOnce<T>(request, signal), signal);
  }

  /** Does something again, up to five times in all, with growing pauses, while it fails in a way that may pass. */
  async retrying<T>(work: () => Promise<T>, signal: AbortSignal, mayPass = isTransientRequest): Promise<T> {
    const pause = this.#options.pause ?? ((ms, ended) => delay(ms, undefined, { signal: ended }));
    for (let tries = 1, ms = FIRST_PAUSE_MS; ; tries++, ms = Math.min(ms * 2, LONGEST_PAUSE_MS)) {
      try {
        return await work();
      } catch (thrown) {
        signal.throwIfAborted();
        if (thrown instanceof WarehouseError) throw thrown;
        const failure = BigqueryFailure.of(thrown);
        if (tries >= MAX_TRIES || !mayPass(failure)) throw failure;
      }
      // Clients that failed together should not come back together.
      await pause(ms * (0.75 + Math.random() / 2), signal).catch(() => signal.throwIfAborted());
    }
  }

  /** Sends one request once. */
  async sendOnce<T>({ method, project, path, query, body }: RestRequest, signal: AbortSignal): Promise<T> {
    this.#client ??= this.#connect().catch((thrown: unknown) => {
      this.#client = undefined;
      // In words already, so that nothing waits for a sign-in more than once.
      throw bigqueryError(thrown, { project: this.#project });
    });
    const client = await unlessAborted(this.#client, signal);
    const options = { method, uri: path, projectId: project, qs: { ...query }, ...(body === undefined ? {} : { json: body }) };
    const answer = new Promise<T>((resolve, reject) => {
      client.request(options, (error, found) => {
        if (error) reject(error);
        else resolve(found as T);
      });
    });
    try {
      return await unlessAborted(answer, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const failure = BigqueryFailure.of(thrown);
      // Somebody may sign in anew meanwhile: the next request looks for credentials again.
      if (failure.status === 401 || /invalid_grant|invalid_rapt/.test(failure.message)) this.#client = undefined;
      throw failure;
    }
  }

  async #connect(): Promise<BigQuery> {
    const { env = process.env, logger } = this.#options;
    if (env['BIGQUERY_EMULATOR_HOST'] !== undefined && !this.#warned) {
      this.#warned = true;
      logger?.warn(
        `BIGQUERY_EMULATOR_HOST is set in the environment and has no effect here: \`warehouse.endpoint\` in the manifest names an emulator.`,
      );
    }
    const { BigQuery } = await import('./bigqueryLibrary.js');
    const client = new BigQuery({
      projectId: this.#project,
      apiEndpoint: this.#endpoint ?? GOOGLE,
      retryOptions: { autoRetry: false },
    });
    // The library takes its base address from BIGQUERY_EMULATOR_HOST, whatever endpoint it is given.
    client.baseUrl = `${client.apiEndpoint}/bigquery/v2`;
    if (this.#endpoint === undefined) await this.#signIn(client);
    // The library would look for credentials all the same, and send those of a person to an emulator.
    else client.authClient.authorizeRequest = asItIs as typeof client.authClient.authorizeRequest;
    return client;
  }

  /** Without credentials the library asks for a metadata server that is not there, for far longer than anybody waits. */
  async #signIn({ authClient }: BigQuery): Promise<void> {
    const ms = this.#options.signInMs ?? SIGN_IN_MS;
    const late = AbortSignal.timeout(ms);
    let credentials: Awaited<ReturnType<typeof authClient.getClient>> | undefined;
    try {
      credentials = await unlessAborted(authClient.getClient(), late);
      await unlessAborted(credentials.getAccessToken(), late);
    } catch (thrown) {
      // Where there are some they are at fault, or the network.
      if (credentials === undefined)
        throw new BigqueryFailure(late.aborted ? 'No sign-in was found' : messageOf(thrown), 'signIn');
      if (!late.aborted) throw thrown;
      const seconds = formatSeconds(ms / 1000);
      throw new BigqueryFailure(`Google's sign-in did not answer within ${seconds}`, 'ETIMEDOUT');
    }
  }
}

const asItIs = (request: unknown) => Promise.resolve(request);

/** The promise, unless the signal aborts first: then it rejects with the signal's reason. What the promise brings later is dropped. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
