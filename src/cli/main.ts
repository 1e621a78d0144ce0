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
import type { Mode } from '../base/status';
import type { WarehouseConfig } from '../core/pipeline';
import { COMMANDS } from './commandTable';
import { processTerminal } from './processTerminal';
import { runCli } from './runCli';
import type { Services } from './services';

const STATE_FOLDER = '.backfill';
