import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to the API, as it was sent. */
export interface SeenRequest {
  readonly method: string;
  /** Below `/bigquery/v2/projects/`. */
  readonly path: string;
  /** Of a submitted query; also where its answer is asked for. */
  readonly sql?: string;
  readonly dryRun: boolean;
  readonly location?: string;
}

/** Stands between the client and an emulator, and writes down what is asked. */
export class BigqueryProxy {
  readonly #target: string;
  readonly #server: Server;
  seen: SeenRequest[] = [];
  readonly #texts = new Map<string, string>();
  /** Answers in the place of the emulator; undefined lets it answer. */
  instead: (request: SeenRequest) => { readonly status: number; readonly body: object } | undefined = () => undefined;
  /** Changes an answer of the emulator; undefined leaves it. */
  amend: (request: SeenRequest, answer: Record<string, unknown>) => object | undefined = () => undefined;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#forward(request).then(
        ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
        (error: unknown) => response.writeHead(502).end(String(error)),
      );
    });
  }

  static async start(target: string): Promise<BigqueryProxy> {
    const proxy = new BigqueryProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The texts of the queries that were run, without dry runs. */
  get queries(): string[] {
    return this.seen.flatMap(({ method, sql, dryRun }) => (sql === undefined || dryRun || method !== 'POST' ? [] : [sql]));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #forward(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/' } = request;
    const seen = this.#seenOf(method, url, sent);
    this.seen.push(seen);
    const other = this.instead(seen);
    if (other !== undefined) return { status: other.status, body: JSON.stringify(other.body) };
    const answer = await fetch(this.#target + url, {
      method,
      ...(sent === '' ? {} : { body: sent, headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    const amended = answer.ok && text !== '' ? this.amend(seen, JSON.parse(text) as Record<string, unknown>) : undefined;
    return { status: answer.status, body: amended === undefined ? text : JSON.stringify(amended) };
  }

  #seenOf(method: string, url: string, sent: string): SeenRequest {
    const path = url.replace(/^\/bigquery\/v2\/projects\//, '');
    const body = sent === '' ? {} : (JSON.parse(sent) as JobBody);
    const submitted = body.configuration?.query?.query;
    const { jobId, location } = body.jobReference ?? {};
    if (submitted !== undefined && jobId !== undefined) this.#texts.set(jobId, submitted);
    const sql = submitted ?? this.#texts.get(/\/queries\/([^?]*)/.exec(path)?.[1] ?? '');
    return {
      method,
      path,
      dryRun: body.configuration?.dryRun === true,
      ...(sql !== undefined && { sql }),
      ...(location !== undefined && { location }),
    };
  }
}

interface JobBody {
  readonly jobReference?: { readonly jobId?: string; readonly location?: string };
  readonly configuration?: { readonly dryRun?: boolean; readonly query?: { readonly query?: string } };
}
