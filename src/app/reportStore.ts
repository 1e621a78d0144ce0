import type { Mode } from '../base/status';
import type { CoverageMemory } from '../core/handoff/memory';

/** What is found of an earlier report. */
export interface EarlierReport {
  readonly memory?: CoverageMemory;
  /** One sentence on what of the newer ones cannot be read, and was passed over. */
  readonly problem?: string;
}

/** Remembers what reports found, so that the next one tells what is different. */
export interface ReportStore {
  /**
   * The newest report of a pipeline with the thresholds of a mode. Never rejects.
   * @param before epoch milliseconds: only those written before.
   */
  last(pipeline: string, mode: Mode, before?: number): Promise<EarlierReport>;
  /** What a file remembers; rejects with a sentence for people where it is none of these files. @param path absolute. */
  read(path: string): Promise<CoverageMemory>;
  /** Durable when it resolves. Old ones make room. */
  save(memory: CoverageMemory): Promise<void>;
}
