import { type ChildProcess, fork } from 'node:child_process';
import { basename } from 'node:path';
import type { LogOutputChannel } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  IPCMessageReader,
  IPCMessageWriter,
  LanguageClient,
  type MessageTransports,
  RevealOutputChannelOn,
} from 'vscode-languageclient/node';
import type { ClientNotifications, InitializationOptions, Requests, ServerNotifications } from '../protocol/messages';

export interface ConnectOptions {
  readonly serverModule: string;
  readonly initialization: InitializationOptions;
  readonly log: LogOutputChannel;
  readonly onNotification: <M extends keyof ServerNotifications>(method: M, params: ServerNotifications[M]) => void;
  /** The server ended without having been asked. Called at most once, and never after `dispose`. */
  readonly onEnded: (reason: string) => void;
}

/** A running server. */
export interface EngineConnection {
  readonly pid: number | undefined;
  request<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
  notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): Promise<void>;
  dispose(): Promise<void>;
}

const NOTIFICATIONS = [
  'backfill/coverageChanged',
  'backfill/treeChanged',
  'backfill/backfillsChanged',
  'backfill/state',
  'backfill/logChanged',
] as const satisfies readonly (keyof ServerNotifications)[];

const END_GRACE_MS = 2_000;

/**
 * Starts the server and connects to it. Rejects when it does not come up.
 *
 * The fork is ours instead of the language client's, for its serialization: with the default one typed arrays arrive as objects.
 */
export async function connect(options: ConnectOptions): Promise<EngineConnection> {
  const { log, serverModule, initialization } = options;
  const child = fork(serverModule, [], {
    serialization: 'advanced',
    silent: true,
    execArgv: [],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  pipeLines(child, log);
  // Its first message says that it listens. The language client would turn an earlier end into a message box of its own.
  const listens = new Promise((resolve) => child.once('message', resolve));
  await Promise.race([listens, refuse(exited)]);

  let disposed = false;
  let ended = false;
  const end = (reason: string) => {
    if (disposed || ended) return;
    ended = true;
    options.onEnded(reason);
  };
  const transports: MessageTransports = { reader: new IPCMessageReader(child), writer: new IPCMessageWriter(child) };
  const client = new LanguageClient('backfill', 'Backfill Explorer', () => Promise.resolve(transports), {
    documentSelector: [{ scheme: 'file', pattern: `**/${basename(initialization.manifest)}` }],
    initializationOptions: initialization,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    // The engine restarts with its own backoff: the client's handler gives up for good at the fifth ending in three minutes.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: 'The connection to the engine was closed.' }),
    },
  });
  for (const method of NOTIFICATIONS) {
    client.onNotification(method, (params) => options.onNotification(method, params));
  }

  try {
    await Promise.race([
      client.start(),
      exited.then((reason) => Promise.reject(new Error(`The engine ended at once: ${reason}`))),
    ]);
  } catch (error) {
    disposed = true;
    child.kill();
    throw error;
  }
  void exited.then(end);
  return {
    pid: child.pid,
    request: (method, params) => client.sendRequest(method, params),
    notify: (method, params) => client.sendNotification(method, params),
    dispose: async () => {
      disposed = true;
      try {
        if (!ended) await client.dispose(END_GRACE_MS);
      } finally {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      }
    },
  };
}

async function refuse(exited: Promise<string>): Promise<never> {
  throw new Error(`The engine ended at once: ${await exited}`);
}

/** What the runtime itself prints (the server logs over the connection): crashes, warnings. */
function pipeLines(child: ChildProcess, log: LogOutputChannel): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => log.warn(text.trimEnd()));
  }
}
