import type { ElsewhereJobs } from '../app/elsewhereJobs';
import type { SessionRequest } from '../app/execution/executeBackfill';
import type { Journal } from '../app/journal';
import type { DamageReporter } from '../app/journalDamage';
import type { CallLogs } from '../app/logs/callLogs';
import type { LogSearch } from '../app/logs/findInLogs';
import type { LogSource } from '../app/logs/readLog';
import type { Clock, PartitionWriter, Warehouse } from '../app/ports';
import type { ReportStore } from '../app/reportStore';
import type { PipelineSession } from '../app/session/pipelineSession';
import type { WaiversFile } from '../app/waiversFile';
import type { Mode } from '../base/status';
import type { WarehouseConfig } from '../core/pipeline';

/** What commands need of the world beyond files and the terminal; made by the composition root. Manifests are absolute paths. */
export interface Services {
  readonly clock: Clock;
  readonly version: string;
  session(manifest: string, mode: Mode): PipelineSession;
  journal(manifest: string): Journal & DamageReporter;
  /** What earlier reports of the manifest found. */
  reports(manifest: string): ReportStore;
  /** The waivers of the manifest, to be changed. */
  waivers(manifest: string): WaiversFile;
  /** Who works in a folder, as far as git or the machine knows. */
  personName(folder: string): Promise<string>;
  /** Looks for jobs that no backfill of the manifest started. */
  elsewhere(manifest: string): ElsewhereJobs;
  /**
   * May throw a WarehouseError; opens nothing yet.
   * @param folder what a relative path in the config is relative to.
   */
  warehouse(config: WarehouseConfig, folder: string): Warehouse;
  /** As `warehouse`, for what it would write; only an executor writes. */
  writer(config: WarehouseConfig, folder: string): PartitionWriter;
  /** The text of a log, whoever wrote it. */
  readonly readLogText: LogSource;
  /** Follows the logs of calls for many dates, by the profiles of the manifest as it is now; of a broken one by the general profile. */
  callLogs(manifest: string): Promise<CallLogs>;
  /** Looks for an expression in logs, without being held up by one that takes forever. */
  readonly searchLogs: LogSearch;
  /** What has changed since a backfill was planned, a sentence each. */
  planChanges(manifest: string, id: string): Promise<readonly string[]>;
  /** Starts the executor of a backfill in a process of its own, unless one has it already. */
  startExecutor(manifest: string, id: string, request?: SessionRequest): Promise<'started' | 'alreadyRunning'>;
  /** Executes a backfill in this process. */
  execute(manifest: string, id: string, signal: AbortSignal, request?: SessionRequest): Promise<'done' | 'failed' | 'cancelled'>;
  /** Makes this process, an executor, outlive its terminal; aborts when it is to cancel. */
  executorSignals(): AbortSignal;
  /** Aborts when this process is told to end or loses its terminal. */
  foregroundSignals(): AbortSignal;
}
