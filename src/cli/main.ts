#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { version } from '../../package.json';
import { CheckpointFolder } from '../adapters/checkpoints/checkpointFolder';
import { FileCoverageCache } from '../adapters/files/coverageCache';
import { threadedSearch } from '../adapters/files/logSearch';
import { readLogBytes, readLogText } from '../adapters/files/logText';
import { ReportFolder } from '../adapters/files/reportFolder';
import { wholeTextFiles } from '../adapters/files/wholeTextFiles';
import { codeOf } from '../adapters/journal/durableFile';
import { FileJournal } from '../adapters/journal/fileJournal';
import { openWarehouse, openWriter } from '../adapters/openWarehouse';
import { ChildProcesses } from '../adapters/process/childProcesses';
import { executorSignals } from '../adapters/process/executorSignals';
import { personName } from '../adapters/process/personName';
import { SystemProcessTable } from '../adapters/process/processTable';
import { startExecutor } from '../adapters/process/startExecutor';
import { ElsewhereJobs } from '../app/elsewhereJobs';
import { executeBackfill } from '../app/execution/executeBackfill';
import { CallLogs } from '../app/logs/callLogs';
import { profileOf } from '../app/logs/readLog';
import { readPlanBasis } from '../app/planning/planBasis';
import { PipelineSession } from '../app/session/pipelineSession';
import { WaiversFile } from '../app/waiversFile';
import { type Logger, messageOf } from '../base/logger';
import { executeWords } from './commands/execute';
import { COMMANDS } from './commandTable';
import { EXIT } from './exitCodes';
import { processTerminal } from './processTerminal';
import { runCli } from './runCli';
import type { Services } from './services';

// Warnings of Node and of libraries are nothing that a person can act on: they would stand before this program's own words.
process.removeAllListeners('warning');

const terminal = processTerminal(process);

/** Only what a person has to know reaches standard error. */
const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (message) => terminal.warn(message),
  error: (message, cause) => terminal.warn(cause === undefined ? message : `${message} ${messageOf(cause)}`),
};

function stateFolder(manifest: string): string {
  return join(dirname(manifest), '.backfill');
}

async function appendText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, text);
}

const children = new ChildProcesses();

/** One a manifest: what it has read of the journal is not read again. */
const journals = new Map<string, FileJournal>();

function journalOf(manifest: string): FileJournal {
  const journal = journals.get(manifest) ?? new FileJournal(stateFolder(manifest));
  journals.set(manifest, journal);
  return journal;
}

/** Undefined where there is no such file; one that cannot be read rejects. */
async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return undefined;
    throw thrown;
  });
}

const services: Services = {
  clock: Date,
  version,
  session: (manifest, mode) =>
    new PipelineSession({
      manifestPath: manifest,
      mode,
      readText,
      openWarehouse: (config) => openWarehouse(config, dirname(manifest), Date, { logger }),
      cache: new FileCoverageCache(stateFolder(manifest), logger),
      ledger: () => services.journal(manifest).ledger(),
      clock: Date,
      logger,
    }),
  journal: journalOf,
  reports: (manifest) => new ReportFolder(stateFolder(manifest)),
  waivers: (manifest) => new WaiversFile(manifest, wholeTextFiles),
  personName,
  elsewhere: (manifest) =>
    new ElsewhereJobs({
      // Processes know their folder without links.
      folder: realpathSync(dirname(manifest)),
      checkpoints: new CheckpointFolder(dirname(manifest)),
      processes: new SystemProcessTable(),
      journal: journalOf(manifest),
    }),
  warehouse: (config, folder) => openWarehouse(config, folder, Date, { logger }),
  writer: openWriter,
  readLogText,
  callLogs: async (manifest) => {
    const { pipeline } = await services.session(manifest, 'backfill').reload();
    const journal = journalOf(manifest);
    return new CallLogs({
      logPath: (id, log) => journal.logPath(id, log),
      readBytes: readLogBytes,
      profileOf: (processor) => profileOf(pipeline, processor),
    });
  },
  searchLogs: threadedSearch(join(__dirname, 'logSearchWorker.js')),
  planChanges: async (manifest, id) => {
    const journal = services.journal(manifest);
    const record = await journal.read(id);
    if (record === undefined) return [];
    return (await readPlanBasis(record.plan, journal, (path) => readFile(path, 'utf8'))).changes;
  },
  startExecutor: (manifest, id, request) =>
    startExecutor(services.journal(manifest), id, {
      cli: __filename,
      args: ['execute', id, '--manifest', manifest, ...executeWords(request)],
      cwd: dirname(manifest),
    }),
  execute: (manifest, id, signal, request) =>
    executeBackfill(
      id,
      {
        journal: services.journal(manifest),
        children,
        leftJobs: children,
        clock: Date,
        readText: (path) => readFile(path, 'utf8'),
        readLogText,
        appendText,
        openWarehouse: (config, folder) => openWarehouse(config, folder, Date),
        openWriter,
      },
      signal,
      request,
    ),
  executorSignals,
  foregroundSignals() {
    const end = new AbortController();
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort());
    return end.signal;
  },
};

runCli(process.argv.slice(2), COMMANDS, { terminal, services, cwd: process.cwd() }).then(
  (code) => end(code),
  (thrown: unknown) => {
    terminal.warn(`backfill ended by a mistake of its own: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
    end(EXIT.usage);
  },
);

/** Ends the process when what was written has left it: nothing that is still open, such as a watcher, keeps it. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
