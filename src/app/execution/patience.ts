import { setTimeout as delay } from 'node:timers/promises';
import { WarehouseError } from '../ports';
import { isOfEnvironment } from './environment';
import type { Pauses } from './pauses';

/** Others that hold the warehouse, or change the same table, are soon done. */
const CONFLICT = { firstMs: 200, longestMs: 5_000 };
/** What is looked at again may have to be mended by a person. */
const OUTAGE = { firstMs: 1_000, longestMs: 60_000 };
/** What is told in a note at first holds up everything once it has lasted for so long. */
const NOTE_ONLY_MS = 10_000;

export interface PatienceOptions {
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Gets what is waited for, where it does not pause the backfill. */
  readonly note: (message: string) => Promise<void>;
  readonly pauses: Pauses;
  /** Whether others that are in the way are in the way of everything: a file that is locked. */
  readonly lockIsOfAll: boolean;
  /** After so long the reason is thrown after all; absent: never. */
  readonly giveUpMs?: number;
  readonly firstOutageMs?: number;
}

/**
 * Waits for what passes by itself, or is mended while it waits: others that hold the warehouse or change the same table, rows that settle, a quota,
 * a sign-in, the network, a file that is gone, a disk that is full. What is wrong with the surroundings pauses the backfill until it has passed.
 */
export class Patience {
  readonly #options: PatienceOptions;
  /** What is waited for, by message, with the loops that wait: told once for as long as one of them does. */
  readonly #noted = new Map<string, Set<object>>();
  /** What pauses the backfill, by the loops that wait for it. */
  readonly #outages = new Map<object, string>();
  readonly #hurries = new Set<() => void>();
  #succeeded = false;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /**
   * Does again what is refused for such a reason, until it is not: that is no failure, and costs no attempt.
   * @param afterAbortMs how long to go on after the signal aborted.
   */
  async patiently<T>(work: () => Promise<T>, afterAbortMs = 0): Promise<T> {
    const { signal, giveUpMs = Number.POSITIVE_INFINITY } = this.#options;
    const loop = {};
    const began = performance.now();
    let abortedAt = Number.POSITIVE_INFINITY;
    let ended = 'what was in the way has passed';
    try {
      for (let tries = 0; ; tries++) {
        try {
          const done = await work();
          this.#succeeded = true;
          return done;
        } catch (thrown) {
          const now = performance.now();
          if (signal.aborted) abortedAt = Math.min(abortedAt, now);
          const isOver = now - abortedAt >= afterAbortMs || now - began >= giveUpMs;
          if (isOver) ended = signal.aborted ? 'the cancel' : 'nobody waits any longer';
          if (isOver || !this.#isPassing(thrown)) throw thrown;
          const waits = await this.#tell(loop, thrown, now - began);
          await this.#wait(Math.min(waits.firstMs * 2 ** tries, waits.longestMs));
        }
      }
    } finally {
      for (const waiting of this.#noted.values()) waiting.delete(loop);
      if (this.#outages.delete(loop) && this.#outages.size === 0) await this.#options.pauses.end(['environment'], ended);
    }
  }

  /** Looks again now: somebody says that it is mended. False where nothing is waited for. */
  hurry(): boolean {
    for (const hurry of this.#hurries) hurry();
    return this.#outages.size > 0;
  }

  #isPassing(thrown: unknown): thrown is Error {
    // A file that was a database and is none now is being copied, or was replaced by mistake.
    const isReplaced = this.#succeeded && thrown instanceof WarehouseError && thrown.kind === 'unsupported';
    return isOfEnvironment(thrown) || isReplaced;
  }

  async #tell(loop: object, thrown: Error, waitedMs: number): Promise<{ readonly firstMs: number; readonly longestMs: number }> {
    const { lockIsOfAll, firstOutageMs = OUTAGE.firstMs } = this.#options;
    const kind = thrown instanceof WarehouseError ? thrown.kind : undefined;
    const isConflict = kind === 'busy' || kind === 'quota';
    if (isConflict && (waitedMs < NOTE_ONLY_MS || (kind === 'busy' && !lockIsOfAll))) {
      await this.#note(loop, thrown.message);
      return CONFLICT;
    }
    this.#outages.set(loop, thrown.message);
    await this.#options.pauses.begin('environment', `${thrown.message} The backfill goes on by itself once that has passed.`);
    return isConflict && kind === 'busy' ? CONFLICT : { ...OUTAGE, firstMs: firstOutageMs };
  }

  async #note(loop: object, message: string): Promise<void> {
    const waiting = this.#noted.get(message) ?? new Set();
    const isTold = waiting.size > 0;
    this.#noted.set(message, waiting.add(loop));
    if (!isTold) await this.#options.note(message);
  }

  async #wait(pauseMs: number): Promise<void> {
    const { signal } = this.#options;
    const hurried = new AbortController();
    const hurry = () => hurried.abort();
    this.#hurries.add(hurry);
    const ends = signal.aborted ? hurried.signal : AbortSignal.any([signal, hurried.signal]);
    // Those that got into each other's way should not come back together.
    await delay(pauseMs * (0.75 + Math.random() / 2), undefined, { signal: ends }).catch(() => undefined);
    this.#hurries.delete(hurry);
  }
}
