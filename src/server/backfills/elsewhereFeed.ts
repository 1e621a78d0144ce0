import type { ElsewhereJobs } from '../../app/elsewhereJobs';
import type { Clock } from '../../app/ports';
import type { Logger } from '../../base/logger';
import { type ElsewhereReport, judgeElsewhere, type Sightings } from '../../core/checkpoints/elsewhere';
import { isLive } from '../../core/checkpoints/elsewhereJob';
import { elsewhereProgress } from '../../core/checkpoints/elsewhereWords';
import type { KnownCoverage } from '../../core/checkpoints/partitionFacts';
import type { Pipeline } from '../../core/pipeline';
import type { ElsewhereSummary } from '../../protocol/messages';
import type { ElsewhereView } from './elsewhereNodes';

export interface ElsewhereFeedDeps {
  readonly jobs: Pick<ElsewhereJobs, 'look' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is reported may differ from what it was. */
  readonly changed: () => void;
  /** How often is looked while nobody watches and a job runs, milliseconds. */
  readonly slowMs: number;
}

const NOTHING: ElsewhereReport = { jobs: [], checkpoints: [], unknownJobs: [] };

/**
 * Keeps what is known of jobs that were started elsewhere. While somebody watches, whoever polls asks for a look, and checkpoints that change
 * cause one; else only a job that runs is looked after, slowly, so that nothing is said to run that has ended.
 */
export class ElsewhereFeed {
  readonly #deps: ElsewhereFeedDeps;
  #coverage: KnownCoverage | undefined;
  #seen: { readonly pipeline: Pipeline; readonly sightings: Sightings } | undefined;
  #report = NOTHING;
  #watched = false;
  #ended = false;
  #turn: Promise<void> = Promise.resolve();
  #following: { readonly pipeline: Pipeline; readonly stop: () => void } | undefined;
  #slow: NodeJS.Timeout | undefined;

  constructor(deps: ElsewhereFeedDeps) {
    this.#deps = deps;
  }

  get report(): ElsewhereReport {
    return this.#report;
  }

  /** What the tree is made of, now. */
  get view(): ElsewhereView {
    return { report: this.#report, pipeline: this.#coverage?.input.pipeline, now: this.#deps.clock.now() };
  }

  /** Those that run, in a few words each. */
  get running(): readonly ElsewhereSummary[] {
    const now = this.#deps.clock.now();
    return this.#report.jobs.filter(isLive).map((job) => ({ processor: job.processor, text: elsewhereProgress(job, now) }));
  }

  /** The coverage is known anew: the same jobs are judged by it. Of another manifest nothing is said before the next look. */
  judge(coverage: KnownCoverage | undefined): void {
    this.#coverage = coverage;
    if (coverage === undefined) return;
    if (this.#seen?.pipeline === coverage.input.pipeline)
      this.#report = judgeElsewhere(this.#seen.sightings, coverage, this.#deps.clock.now());
    else if (this.#watched || this.#report.jobs.some(isLive)) this.#lookSoon();
  }

  /** Whether anybody sees it. */
  watch(watched: boolean): void {
    this.#watched = watched;
    this.#follow();
  }

  /** Looks now; ends when what was found is in the report. Never rejects. */
  look(): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#look())
      .catch((error: unknown) => this.#deps.logger.error('Jobs that were started elsewhere could not be looked for.', error));
    return this.#turn;
  }

  dispose(): void {
    this.#ended = true;
    clearTimeout(this.#slow);
    this.#following?.stop();
    this.#following = undefined;
  }

  async #look(): Promise<void> {
    const pipeline = this.#coverage?.input.pipeline;
    if (pipeline === undefined || this.#ended) return;
    const sightings = await this.#deps.jobs.look(pipeline);
    // Judged by what is known when the look has ended; where that is of another manifest, its own look comes next.
    this.#seen = { pipeline, sightings };
    this.judge(this.#coverage);
    this.#follow();
    this.#deps.changed();
  }

  #follow(): void {
    const pipeline = this.#coverage?.input.pipeline;
    const runs = this.#report.jobs.some(isLive);
    const wanted = !this.#ended && pipeline !== undefined && (this.#watched || runs) ? pipeline : undefined;
    if (this.#following?.pipeline !== wanted) {
      this.#following?.stop();
      this.#following = wanted && { pipeline: wanted, stop: this.#deps.jobs.watch(wanted, () => this.#lookSoon()) };
    }
    clearTimeout(this.#slow);
    if (wanted !== undefined && !this.#watched) this.#slow = setTimeout(() => this.#lookSoon(), this.#deps.slowMs);
  }

  #lookSoon(): void {
    void this.look();
  }
}
