import type { ObserveOptions, TableSchema, Warehouse, WarehouseReading } from '../../src/app/ports';
import type { CoverageCache, KnownCoverage } from '../../src/app/session/coverageCache';
import type { SessionDeps } from '../../src/app/session/pipelineSession';
import type { Logger } from '../../src/base/logger';
import type { Pipeline } from '../../src/core/pipeline';

export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Keeps what it was given, as a file would. */
export class MemoryCache implements CoverageCache {
  known: KnownCoverage | undefined;

  async load(): Promise<KnownCoverage | undefined> {
    return this.known;
  }

  async save(known: KnownCoverage): Promise<void> {
    this.known = known;
  }
}

/** A warehouse whose answers a test sets; counts what it is asked. */
export class ScriptedWarehouse implements Warehouse {
  blocksWriters = true;
  fingerprint: string | Error = 'a';
  answer: () => Promise<Omit<WarehouseReading, 'readAt'>> = () =>
    Promise.resolve({ nodes: new Map(), calendars: new Map(), errors: new Map() });
  probes = 0;
  reads = 0;
  now = 0;
  /** With what it was asked to read last. */
  asked: ObserveOptions = {};

  async probe(): Promise<string> {
    this.probes++;
    if (this.fingerprint instanceof Error) throw this.fingerprint;
    return this.fingerprint;
  }

  async observe(_pipeline: Pipeline, options: ObserveOptions = {}): Promise<WarehouseReading> {
    this.reads++;
    this.asked = options;
    return { readAt: this.now, ...(await this.answer()) };
  }

  read(): never {
    throw new Error('not asked here');
  }

  entities(): never {
    throw new Error('not asked here');
  }

  schema(): Promise<readonly TableSchema[]> {
    throw new Error('not asked here');
  }

  coverageSql(): never {
    throw new Error('not asked here');
  }
}

export function sessionDeps(change: Partial<SessionDeps> & Pick<SessionDeps, 'openWarehouse'>): SessionDeps {
  return {
    manifestPath: '/pipeline/backfill.yaml',
    mode: 'backfill',
    readText: () => Promise.resolve(undefined),
    cache: new MemoryCache(),
    ledger: () => Promise.resolve({ last: new Map(), active: new Map() }),
    clock: { now: () => Date.UTC(2021, 11, 2, 12) },
    logger: SILENT,
    ...change,
  };
}
