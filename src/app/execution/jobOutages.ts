import type { Pauses } from './pauses';

/** A job is more than a question: it is not tried as often as a warehouse is asked. */
const FIRST_MS = 5_000;
const LONGEST_MS = 300_000;
/** What a pause is for, beside those of the warehouse. */
const JOBS = 'jobs';

export interface JobOutagesOptions {
  readonly pauses: Pauses;
  /** How soon to try again at first. */
  readonly firstMs?: number;
  /** After so long nothing is tried any more; absent: never. */
  readonly giveUpMs?: number;
}

/**
 * Jobs whose surroundings fail: a sign-in, a quota, the network. Nobody but a job can be asked whether that has passed, so while the backfill is
 * paused one is tried at a time, after growing pauses.
 */
export class JobOutages {
  readonly #options: JobOutagesOptions;
  readonly #processors = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #began = 0;
  #tries = 0;
  #isDue = false;
  #isTrying = false;

  constructor(options: JobOutagesOptions) {
    this.#options = options;
  }

  /** Whose jobs failed; empty where no outage is. */
  get processors(): ReadonlySet<string> {
    return this.#processors;
  }

  /** Whether a job may be tried now, although the backfill is paused. */
  get mayTry(): boolean {
    return this.#isDue && !this.#isTrying && this.#options.pauses.isOnlyFor(JOBS);
  }

  /** Takes what a job said. Resolves when the pause is on record. */
  async failed(processor: string, cause: string): Promise<void> {
    const { pauses, firstMs = FIRST_MS } = this.#options;
    const isFirst = this.#processors.size === 0;
    this.#processors.add(processor);
    if (!isFirst) return;
    this.#began = performance.now();
    this.#tries = 0;
    this.#wait(firstMs);
    await pauses.begin(
      'environment',
      `Jobs of ${processor} cannot work now: ${cause.replace(/[.\s]+$/, '')}. One is tried again from time to time, and the backfill goes on by itself once it can.`,
      JOBS,
    );
  }

  /** A job has been started to try it. */
  trying(): void {
    this.#isTrying = true;
    this.#isDue = false;
  }

  /** What became of it. @param cause what it said of its surroundings; absent where they let it work. @throws when it has lasted for too long. */
  async tried(cause: string | undefined): Promise<void> {
    const { firstMs = FIRST_MS, giveUpMs = Number.POSITIVE_INFINITY } = this.#options;
    this.#isTrying = false;
    if (cause === undefined) return this.over('a job that was tried could work');
    if (performance.now() - this.#began >= giveUpMs) throw new Error(cause);
    this.#tries += 1;
    this.#wait(Math.min(firstMs * 2 ** this.#tries, LONGEST_MS));
  }

  /** Tries at once: somebody says that it is mended. False where there is no outage. */
  hurry(): boolean {
    if (this.#processors.size === 0) return false;
    if (!this.#isTrying) this.#wait(0);
    return true;
  }

  async over(by: string): Promise<void> {
    this.close();
    await this.#options.pauses.end([JOBS], by);
  }

  /** Waits for nothing any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#processors.clear();
    this.#isDue = false;
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#isDue = false;
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      this.#options.pauses.ring();
    }, ms);
  }
}
