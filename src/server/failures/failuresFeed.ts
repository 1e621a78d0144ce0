import type { FailuresKnown, PipelineRecords } from '../../app/session/pipelineRecords';
import type { CoverageState } from '../../app/session/pipelineSession';
import type { Pipeline } from '../../core/pipeline';
import { type FailureCategory, failureCategories, failuresOf } from '../../core/records/failures';
import type { ServerState } from '../../protocol/messages';
import type { FailuresTreeSource } from './failuresTree';

/** How often a visible view asks the metadata of the failure tables when nothing else hints at a change, in milliseconds. */
const LOOK_AGAIN_MS = 60_000;

/**
 * What the Failures view shows: failures as they were last read, judged by the coverage as it is now. They are read only while somebody
 * looks, and with the coverage.
 */
export class FailuresFeed {
  readonly #records: PipelineRecords;
  readonly #now: () => number;
  /** Somebody looks: what is known is judged anew with every coverage. */
  watched = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** When the newest part of the coverage was read at the last look. */
  #coverageRead = Number.NaN;
  #judged: {
    readonly known: FailuresKnown | undefined;
    readonly grid: unknown;
    readonly categories: readonly FailureCategory[];
  } = {
    known: undefined,
    grid: undefined,
    categories: [],
  };

  constructor(records: PipelineRecords, now: () => number) {
    this.#records = records;
    this.#now = now;
  }

  /**
   * Reads the failures unless nothing hints at a change since the last look.
   * @param freshness `look`: where the coverage was read anew, or a minute is over. `read`: in any case.
   */
  async look(freshness: 'look' | 'read', state: CoverageState | undefined): Promise<void> {
    if (state === undefined) return;
    const { grid } = state;
    const coverageRead = newestRead(state);
    const isDue = this.#now() - this.#lookedAt >= LOOK_AGAIN_MS || coverageRead !== this.#coverageRead;
    if (freshness === 'look' && !isDue && this.#records.failures !== undefined) return;
    this.#lookedAt = this.#now();
    this.#coverageRead = coverageRead;
    const days = grid.dayCount === 0 ? undefined : { from: grid.firstDay, to: grid.firstDay + grid.dayCount - 1 };
    await this.#records.readFailures(freshness === 'read' ? 'read' : 'probe', days);
  }

  /** What the tree is composed from. */
  source(state: CoverageState | undefined, pipeline: Pipeline | undefined): FailuresTreeSource {
    const known = this.#records.failures;
    const isOutdated = known !== this.#judged.known || (this.watched && state?.grid !== this.#judged.grid);
    if (isOutdated) {
      const { records = [] } = known?.reading ?? {};
      const categories = state === undefined ? [] : failureCategories(failuresOf(records, state.input, state.grid));
      this.#judged = { known, grid: state?.grid, categories };
    }
    return {
      tables: pipeline?.failures ?? [],
      ...(known !== undefined && { known }),
      categories: this.#judged.categories,
      now: this.#now(),
    };
  }

  /** For the badge, and for what the view says where it has nothing to show. */
  summary(state: CoverageState | undefined, pipeline: Pipeline | undefined): ServerState['failures'] {
    const { tables, known, categories } = this.source(state, pipeline);
    if (pipeline === undefined) return undefined;
    if (tables.length === 0) return { content: 'none', stop: 0 };
    if (known === undefined) return undefined;
    const stop = categories
      .filter(({ kind }) => kind === 'stop')
      .reduce((sum, { counts }) => sum + counts.partitions - counts.stale, 0);
    const { reading, problem } = known;
    const isEmpty = problem === undefined && reading?.records.length === 0 && reading.errors.size === 0;
    return { content: isEmpty ? 'empty' : 'some', stop };
  }
}

function newestRead({ input: { observations } }: CoverageState): number {
  return [...observations.nodes.values()].reduce((newest, { readAt }) => Math.max(newest, readAt), 0);
}
