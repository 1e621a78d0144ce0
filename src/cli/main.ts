#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { version } from '../../package.json';
import { DuckdbWarehouse } from '../adapters/duckdb/duckdbWarehouse';
import { FileStore } from '../adapters/duckdb/fileStore';
import { ParquetStore } from '../adapters/duckdb/parquetStore';
import { FileCoverageCache } from '../adapters/files/coverageCache';
import { FileJournal } from '../adapters/journal/fileJournal';
import { executorSignals } from '../adapters/process/executorSignals';
import { startExecutor } from '../adapters/process/startExecutor';
import { PipelineSession } from '../app/pipelineSession';
import { type Warehouse, WarehouseError } from '../app/ports';
import { type Logger, messageOf } from '../base/logger';
import type { WarehouseConfig } from '../core/pipeline';
import { COMMANDS } from './commandTable';
import { EXIT } from './exitCodes';
import { processTerminal } from './processTerminal';
import { runCli } from './runCli';
import type { Services } from './services';

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

function openWarehouse(config: WarehouseConfig, folder: string): Warehouse {
  switch (config.type) {
    case 'duckdb':
      return new DuckdbWarehouse(new FileStore(resolve(folder, config.path)), Date);
    case 'parquet':
      return new DuckdbWarehouse(new ParquetStore(resolve(folder, config.path)), Date);
    case 'bigquery':
      throw new WarehouseError(
        'unsupported',
        'BigQuery is not read yet: this release reads DuckDB files and folders of Parquet.',
      );
  }
}

const services: Services = {
  clock: Date,
  version,
  session: (manifest, mode) =>
    new PipelineSession({
      manifestPath: manifest,
      mode,
      readText: (path) => readFile(path, 'utf8').catch(() => undefined),
      openWarehouse: (config) => openWarehouse(config, dirname(manifest)),
      cache: new FileCoverageCache(stateFolder(manifest), logger),
      ledger: () => services.journal(manifest).ledger(),
      clock: Date,
      logger,
    }),
  journal: (manifest) => new FileJournal(stateFolder(manifest)),
  warehouse: openWarehouse,
  startExecutor: (manifest, id) =>
    startExecutor(services.journal(manifest), id, {
      cli: __filename,
      args: ['execute', id, '--manifest', manifest],
      cwd: dirname(manifest),
    }),
  execute: async () => 'done',
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
