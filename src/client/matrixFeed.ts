import type { ToMatrix } from '../protocol/matrix';
import type { Snapshot, SnapshotChange } from '../protocol/snapshot';

/** How often the whole is asked for before an answer is shown that is older than what was announced. */
const MOST_TRIES = 3;

/**
 * Decides what a matrix that may be loading or hidden gets: a whole snapshot once it is ready, then only changes that fit what it
 * holds. VS Code throws a hidden webview's page away; when it is shown again it says that it is ready anew.
 */
export class MatrixFeed {
  readonly #post: (message: ToMatrix) => void;
  readonly #ask: () => Promise<Snapshot | null>;
  #ready = false;
  /** Version that the webview holds. */
  #held: number | undefined;
  #asking = false;
  /** The whole was wanted once more while it was under way. */
  #isAskedAgain = false;
  /** Newest version that was announced while the whole was under way. */
  #announced = 0;
  #reveal: Extract<ToMatrix, { type: 'reveal' }> | undefined;

  /** @param ask for the whole snapshot; null while there is none. */
  constructor(post: (message: ToMatrix) => void, ask: () => Promise<Snapshot | null>) {
    this.#post = post;
    this.#ask = ask;
  }

  /** The webview can take messages. */
  ready(): Promise<void> {
    this.#ready = true;
    return this.sendAll();
  }

  /** The page is gone; what was sent to it, too. */
  hidden(): void {
    this.#ready = false;
    this.#held = undefined;
  }

  async sendAll(): Promise<void> {
    this.#isAskedAgain = true;
    if (!this.#ready || this.#asking) return;
    this.#asking = true;
    try {
      // What was announced or wanted meanwhile may be newer than the answer, also than the second one.
      for (let tries = 1; this.#isAskedAgain; tries++) await this.#sendOnce(tries > MOST_TRIES);
    } finally {
      this.#asking = false;
    }
  }

  /** @param anyhow also what is older than what was announced meanwhile: something always is while much changes. */
  async #sendOnce(anyhow: boolean): Promise<void> {
    this.#isAskedAgain = false;
    this.#announced = 0;
    try {
      const snapshot = await this.#ask();
      if (!this.#ready) return;
      if ((snapshot?.version ?? 0) < this.#announced) this.#isAskedAgain = true;
      if (this.#isAskedAgain && !anyhow) return;
      this.#held = snapshot?.version;
      this.#post(
        snapshot === null
          ? { type: 'empty', message: 'Nothing was read yet. Coverage, in the sidebar, says why and what to do.' }
          : { type: 'snapshot', snapshot },
      );
      if (snapshot !== null && this.#reveal !== undefined) {
        this.#post(this.#reveal);
        this.#reveal = undefined;
      }
    } catch (error) {
      if (this.#ready && this.#held === undefined && !this.#isAskedAgain) {
        this.#post({ type: 'empty', message: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  /** @returns a promise that ends when the whole was sent, where the change did not fit. */
  async changed(version: number, change: SnapshotChange | undefined): Promise<void> {
    this.#announced = version;
    if (!this.#ready || this.#asking || version === this.#held) return;
    if (change !== undefined && change.base === this.#held) {
      this.#held = change.version;
      this.#post({ type: 'change', change });
    } else await this.sendAll();
  }

  reveal(node: string, date: string): void {
    this.#reveal = { type: 'reveal', node, date };
    if (!this.#ready || this.#held === undefined) return;
    this.#post(this.#reveal);
    this.#reveal = undefined;
  }
}
