import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createConnection,
  IPCMessageReader,
  IPCMessageWriter,
  LSPErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { version } from '../../package.json';
import { CheckpointFolder } from '../adapters/checkpoints/checkpointFolder';
import { FileCoverageCache } from '../adapters/files/coverageCache';
import { fileBytes } from '../adapters/files/fileBytes';
import { threadedSearch } from '../adapters/files/logSearch';
import { readLogBytes } from '../adapters/files/logText';
import { ReportFolder } from '../adapters/files/reportFolder';
import { readText } from '../adapters/files/textFile';
import { wholeTextFiles } from '../adapters/files/wholeTextFiles';
import { FileJournal } from '../adapters/journal/fileJournal';
import { openWarehouse, openWriter } from '../adapters/openWarehouse';
import { personName } from '../adapters/process/personName';
import { SystemProcessTable } from '../adapters/process/processTable';
import { ElsewhereJobs } from '../app/elsewhereJobs';
import { PipelineSession } from '../app/session/pipelineSession';
import { WaiversFile } from '../app/waiversFile';
import { type Logger, messageOf } from '../base/logger';
import type { ClientNotifications, InitializationOptions } from '../protocol/messages';
import { FileWatcher } from './fileWatcher';
import { LogDocuments } from './logs/logDocuments';
import { LogFinder } from './logs/logFinder';
import { logHandlers } from './logs/logHandlers';
import { isRepaired } from './logs/repairs';
import { fixesOf } from './manifest/diagnostics';
import { ManifestDiagnostics } from './manifest/manifestDiagnostics';
import { SchemaWatch } from './manifest/schemaWatch';
import { PipelineService } from './pipelineService';
import { repairHandlers } from './requests/repairRequests';
import { reportHandlers } from './requests/reportRequests';
import { type Handlers, requestHandlers, untrustedHandlers } from './requests/requests';

/** The composition root of the engine: a language server for one manifest, and the data of its pipeline. */
const connection = createConnection(ProposedFeatures.all, new IPCMessageReader(process), new IPCMessageWriter(process));
const documents = new TextDocuments(TextDocument);
const startedAt = Date.now();
const errors: string[] = [];

const logger: Logger = {
  debug: (message) => connection.console.debug(message),
  info: (message) => connection.console.info(message),
  warn: (message) => connection.console.warn(message),
  error: (message, cause) => {
    errors.push(`${new Date().toISOString()} ${message}`);
    errors.splice(0, Math.max(0, errors.length - 20));
    connection.console.error(cause instanceof Error ? `${message}\n${cause.stack ?? ''}` : message);
  },
};

/** Everything starts with what the client says about the workspace. */
connection.onInitialize(({ initializationOptions }) => {
  const options = initializationOptions as InitializationOptions;
  start(options);
  return {
    serverInfo: { name: 'backfill', version },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      codeActionProvider: { codeActionKinds: ['quickfix'] },
    },
  };
});

function start({ manifest, trusted, mode }: InitializationOptions): void {
  const stateFolder = join(dirname(manifest), '.backfill');
  const waivers = join(stateFolder, 'waivers.yaml');
  const diagnostics = new ManifestDiagnostics(manifest, waivers, (uri, found) =>
    inBackground('Publishing diagnostics', connection.sendDiagnostics({ uri, diagnostics: [...found] })),
  );
  const isManifest = (uri: string) => uri.startsWith('file:') && fileURLToPath(uri) === manifest;
  documents.onDidChangeContent(({ document }) => {
    if (isManifest(document.uri)) debounced(() => diagnostics.opened(document.uri, document.getText()));
  });
  documents.onDidClose(({ document }) => {
    if (isManifest(document.uri)) debounced(() => diagnostics.closed());
  });
  connection.onCodeAction(({ textDocument, context }) => fixesOf(textDocument.uri, context.diagnostics));

  const readForDiagnostics = async () => {
    diagnostics.onDisk(await readText(manifest));
    diagnostics.waivers(await readText(waivers));
  };
  const describe = () => [
    `Engine ${version}, process ${process.pid}, Node ${process.version}, up ${Math.round((Date.now() - startedAt) / 1000)} s`,
    ...errors.map((error) => `Error: ${error}`),
  ];

  if (!trusted) {
    const watcher = new FileWatcher([manifest, waivers], () => inBackground('Reading the manifest', readForDiagnostics()));
    answer(untrustedHandlers(describe));
    connection.onInitialized(() => {
      inBackground('Watching the manifest', watcher.start());
      inBackground('Reading the manifest', readForDiagnostics());
    });
    return;
  }

  const journal = new FileJournal(stateFolder);
  const schema = new SchemaWatch({ clock: Date, logger, found: (findings) => diagnostics.schema(findings) });
  const service = new PipelineService(
    {
      manifest,
      session: (sessionMode) =>
        new PipelineSession({
          manifestPath: manifest,
          mode: sessionMode,
          readText,
          openWarehouse: (config) => openWarehouse(config, dirname(manifest), Date, { logger }),
          cache: new FileCoverageCache(stateFolder, logger),
          ledger: () => journal.ledger(),
          clock: Date,
          logger,
        }),
      journal,
      elsewhere: new ElsewhereJobs({
        folder: realFolder(dirname(manifest)),
        checkpoints: new CheckpointFolder(dirname(manifest)),
        processes: new SystemProcessTable(),
        journal,
      }),
      clock: Date,
      logger,
      send: (method, params) => inBackground(method, connection.sendNotification(method, params)),
      looked: (session, freshness) => schema.looked(session, freshness),
      judged: (unavailable) => {
        diagnostics.unavailable(unavailable);
        inBackground('Judging logs again', logs.judgeAgain());
      },
      lookAtFiles: () => watcher.check(),
      readLogBytes,
    },
    mode,
  );
  const watcher = new FileWatcher([manifest, waivers], (path) => {
    inBackground('Reading the manifest', readForDiagnostics());
    inBackground('Reading the pipeline', path === manifest ? service.manifestChanged() : service.judgeAgain());
  });
  const logs = new LogDocuments({
    record: (id) => service.recordOf(id),
    logPath: (id, log) => journal.logPath(id, log),
    openFile: fileBytes,
    profileOf: (id) => service.profileOf(id),
    isRepaired: (plan, processor, date) => isRepaired(service.state, plan, processor, date),
    now: Date.now,
    changed: (change) => inBackground('Following a log', connection.sendNotification('backfill/logChanged', change)),
    failed: (what) => logger.warn(what),
    lookMs: 250,
  });
  const finder = new LogFinder({
    records: () => service.backfills.views.map(({ record }) => record),
    record: (id) => service.recordOf(id),
    logPath: (id, log) => journal.logPath(id, log),
    search: threadedSearch(join(__dirname, 'logSearchWorker.js')),
    now: Date.now,
  });
  answer(
    requestHandlers({
      service,
      journal,
      repairs: repairHandlers({
        service,
        waivers: new WaiversFile(manifest, wholeTextFiles),
        personName: () => personName(dirname(manifest)),
      }),
      personName: () => personName(dirname(manifest)),
      openWriter: (config) => openWriter(config, dirname(manifest)),
      reports: reportHandlers({ service, manifest, journal, reports: new ReportFolder(stateFolder), clock: Date, logger }),
      logs: logHandlers({ service, journal, logs, finder }),
      files: {
        manifest,
        readText: async (path) => (await readText(path)) ?? absent(path),
        runTimes: () => service.runTimes(),
        warehouse: () => service.session.warehouse(),
      },
      describe,
    }),
  );
  listen('backfill/watch', (watch) => service.watch(watch));
  listen('backfill/watchLogs', ({ logs: watched }) => logs.watch(watched));
  listen('backfill/closeLog', ({ id }) => logs.close(id));
  listen('backfill/stopFind', () => finder.stop());
  listen('backfill/arrange', (arrangement) => service.arrange(arrangement));
  listen('backfill/mode', ({ mode: wanted }) => inBackground('Choosing thresholds', service.setMode(wanted)));
  connection.onInitialized(() => {
    inBackground('Reading the manifest', readForDiagnostics());
    inBackground('Watching the manifest', watcher.start());
    inBackground('Starting', service.start());
  });
  connection.onShutdown(() => {
    watcher.dispose();
    logs.dispose();
    finder.stop();
    service.dispose();
  });
}

function answer(handlers: Handlers): void {
  for (const [method, handler] of Object.entries(handlers) as [string, (params: unknown) => Promise<unknown>][]) {
    connection.onRequest(method, async (params: unknown) => {
      try {
        return await handler(params);
      } catch (error) {
        logger.error(`${method}: ${messageOf(error)}`, error);
        // Another kind of error would reach people with “Request … failed with message” before it.
        return new ResponseError(LSPErrorCodes.RequestFailed, messageOf(error));
      }
    });
  }
}

function listen<M extends keyof ClientNotifications>(method: M, handler: (params: ClientNotifications[M]) => void): void {
  connection.onNotification(method, handler);
}

let typing: NodeJS.Timeout | undefined;

/** Typing is not diagnosed key by key. */
function debounced(action: () => void): void {
  clearTimeout(typing);
  typing = setTimeout(action, 150);
}

function inBackground(what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => logger.error(`${what}: ${messageOf(error)}`, error));
}

/** Processes know their folder without links. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function absent(path: string): never {
  throw new Error(`There is no ${path}.`);
}

process.on('uncaughtException', (error) => {
  // Said before the process ends: its own output may reach nobody.
  logger.error(`The engine failed: ${error.message}`, error);
  setTimeout(() => process.exit(1), 100);
});
// The extension host is gone: nobody is left to ask.
process.on('disconnect', () => process.exit(0));

documents.listen(connection);
connection.listen();
// The extension waits for this before it speaks.
process.send?.('listening');
