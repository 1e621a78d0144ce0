import { setTimeout as delay } from 'node:timers/promises';
import { WarehouseError } from './ports';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Waits for what passes by itself: others that hold the warehouse or change the same table, rows that settle, a quota. */
export class Patience {
  readonly #signal: AbortSignal;
  readonly #tell: (message: string) => Promise<void>;
  /** What is waited for, by message, with the loops that wait: told once for as long as one of them does. */
  readonly #waits = new Map<string, Set<object>>();

  /**
   * @param signal ends all waiting.
   * @param tell gets what is waited for.
   */
  constructor(signal: AbortSignal, tell: (message: string) => Promise<void>) {
    this.#signal = signal;
    this.#tell = tell;
  }

  /**
   * Does again what is refused for such a reason, until it is not: that is no failure, and costs no attempt.
   * @param afterAbortMs how long to go on after the signal aborted.
   */
  async patiently<T>(work: () => Promise<T>, afterAbortMs = 0): Promise<T> {
    const loop = {};
    let abortedAt = Number.POSITIVE_INFINITY;
    try {
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        try {
          return await work();
        } catch (thrown) {
          if (this.#signal.aborted) abortedAt = Math.min(abortedAt, performance.now());
          if (!isPassing(thrown) || performance.now() - abortedAt >= afterAbortMs) throw thrown;
          await this.#noteWaiting(loop, thrown.message);
        }
        // Those that got into each other's way should not come back together.
        const ms = pause * (0.75 + Math.random() / 2);
        await delay(ms, undefined, this.#signal.aborted ? {} : { signal: this.#signal }).catch(() => undefined);
      }
    } finally {
      for (const waiting of this.#waits.values()) waiting.delete(loop);
    }
  }

  async #noteWaiting(loop: object, message: string): Promise<void> {
    const waiting = this.#waits.get(message) ?? new Set();
    const isTold = waiting.size > 0;
    this.#waits.set(message, waiting.add(loop));
    if (isTold) return;
    await this.#tell(message);
  }
}

/** What others have to let go of, or a limit that time lifts. */
function isPassing(thrown: unknown): thrown is WarehouseError {
  return thrown instanceof WarehouseError && (thrown.kind === 'busy' || thrown.kind === 'quota');
}
