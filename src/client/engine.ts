import * as vscode from 'vscode';
import { messageOf } from '../base/logger';
import type { EngineState } from '../protocol/contributions/contextKeys';
import type { ClientNotifications, InitializationOptions, Requests, ServerNotifications } from '../protocol/messages';
import type { EngineConnection } from './languageClient';
import { restartDelay } from './restartPolicy';

export interface EngineStatus {
  readonly state: EngineState;
  /** Why it is restarting or failed, for people. */
  readonly reason?: string;
}

type Handler<M extends keyof ServerNotifications> = (params: ServerNotifications[M]) => void;

/** The server process: started for one pipeline, started again when it ends unasked, and asked by everything else here. */
export class Engine implements vscode.Disposable {
  readonly #serverModule: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<EngineStatus>();
  readonly #handlers = new Map<keyof ServerNotifications, Set<Handler<keyof ServerNotifications>>>();
  #options: InitializationOptions | undefined;
  #connection: EngineConnection | undefined;
  #status: EngineStatus = { state: 'none' };
  #endings: number[] = [];
  #retry: NodeJS.Timeout | undefined;
  /** Grows with every start and stop, so that a late answer of an older start is recognised. */
  #generation = 0;

  readonly onDidChangeStatus = this.#changed.event;

  constructor(serverModule: string, log: vscode.LogOutputChannel) {
    this.#serverModule = serverModule;
    this.#log = log;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  get manifest(): string | undefined {
    return this.#options?.manifest;
  }

  get trusted(): boolean {
    return this.#options?.trusted ?? false;
  }

  get pid(): number | undefined {
    return this.#connection?.pid;
  }

  /** Starts for a pipeline, in place of whatever ran. */
  async start(options: InitializationOptions): Promise<void> {
    await this.#end();
    this.#options = options;
    this.#set({ state: 'starting' });
    await this.#launch();
  }

  /** A person asks: forget how often it ended. */
  async restart(): Promise<void> {
    if (this.#options !== undefined) await this.start(this.#options);
  }

  async stop(): Promise<void> {
    this.#options = undefined;
    const ended = this.#end();
    this.#set({ state: 'none' });
    await ended;
  }

  /** Ends when the engine is there or will not come. */
  async ready(patienceMs: number): Promise<void> {
    const isSettled = ({ state }: EngineStatus) => state === 'ready' || state === 'failed';
    if (isSettled(this.#status)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => end(), patienceMs);
      const listener = this.#changed.event((status) => isSettled(status) && end());
      const end = () => {
        clearTimeout(timer);
        listener.dispose();
        resolve();
      };
    });
  }

  /** Rejects with a message for people while the engine is not there. */
  async request<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> {
    if (this.#connection === undefined) throw new Error(this.#absence());
    return await this.#connection.request(method, params);
  }

  /** Dropped while the engine is not there. */
  notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void {
    this.#connection?.notify(method, params).catch((error: unknown) => this.#log.warn(`${method}: ${messageOf(error)}`));
  }

  on<M extends keyof ServerNotifications>(method: M, handler: Handler<M>): vscode.Disposable {
    const handlers = this.#handlers.get(method) ?? new Set();
    this.#handlers.set(method, handlers);
    const entry: Handler<keyof ServerNotifications> = (params) => handler(params as ServerNotifications[M]);
    handlers.add(entry);
    return new vscode.Disposable(() => handlers.delete(entry));
  }

  dispose(): void {
    void this.stop();
    this.#changed.dispose();
  }

  async #end(): Promise<void> {
    this.#generation++;
    clearTimeout(this.#retry);
    this.#endings = [];
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.dispose().catch((error: unknown) => this.#log.warn(`Ending the engine: ${messageOf(error)}`));
  }

  async #launch(): Promise<void> {
    if (this.#options === undefined) return;
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    try {
      // A bundle of its own: loading the language client takes longer than everything that activation does.
      const { connect } = await import('./languageClient.js');
      if (!isCurrent()) return;
      const connection = await connect({
        serverModule: this.#serverModule,
        initialization: this.#options,
        log: this.#log,
        onNotification: (method, params) => {
          if (isCurrent()) for (const handler of this.#handlers.get(method) ?? []) handler(params);
        },
        onEnded: (reason) => {
          if (isCurrent()) this.#ended(`The engine ended: ${reason}`);
        },
      });
      if (!isCurrent()) {
        await connection.dispose();
        return;
      }
      this.#connection = connection;
      this.#log.info(`Engine ${connection.pid} serves ${this.#options.manifest}`);
      this.#set({ state: 'ready' });
    } catch (error) {
      if (isCurrent()) this.#ended(messageOf(error));
    }
  }

  #ended(reason: string): void {
    this.#connection = undefined;
    this.#endings.push(Date.now());
    const delay = restartDelay(this.#endings, Date.now());
    this.#log.error(reason);
    if (delay === undefined) {
      this.#set({ state: 'failed', reason });
      return;
    }
    this.#set({ state: 'restarting', reason });
    this.#retry = setTimeout(() => void this.#launch(), delay);
  }

  #set(status: EngineStatus): void {
    if (status.state === this.#status.state && status.reason === this.#status.reason) return;
    this.#status = status;
    this.#changed.fire(status);
  }

  #absence(): string {
    const { state } = this.#status;
    if (state === 'none')
      return 'There is no pipeline here: open a folder with a backfill.yaml, or make one by “Backfill: Create a Manifest…”.';
    if (state === 'failed') return 'The engine does not run. Use “Backfill: Restart Engine”.';
    return 'The engine is starting. Try again in a moment.';
  }
}
