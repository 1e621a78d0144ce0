import { setTimeout as delay } from 'node:timers/promises';
import type { BackfillEvent, BackfillEventBody } from '../../core/backfill/backfill';
import type { Journal } from '../journal';
import { isDiskFull } from './environment';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Whoever cancels does not wait for ever for a disk. */
const AFTER_ABORT_MS = 60_000;

interface Batch {
  readonly id: string;
  readonly bodies: readonly BackfillEventBody[];
  readonly written: (events: readonly BackfillEvent[]) => void;
  readonly failed: (thrown: unknown) => void;
}

export interface FullDiskOptions {
  /** How soon to look again at first. */
  readonly firstOutageMs?: number;
  /** Called when the disk takes nothing more, and when it does again. */
  readonly onFull: (error: Error) => void;
  readonly onSpace: () => void;
  /** Ends the waiting, a while later. */
  readonly signal: AbortSignal;
}

/**
 * Appends to a journal whose disk may be full: what has happened is kept in its order, and is written as soon as there is space. Whoever waits for
 * his events to be on the disk waits until then, so that nothing follows from what is not on record.
 */
export class PatientAppends {
  readonly #journal: Pick<Journal, 'append'>;
  readonly #options: FullDiskOptions;
  readonly #queue: Batch[] = [];
  #writing = false;

  constructor(journal: Pick<Journal, 'append'>, options: FullDiskOptions) {
    this.#journal = journal;
    this.#options = options;
  }

  append(id: string, ...bodies: readonly BackfillEventBody[]): Promise<readonly BackfillEvent[]> {
    return new Promise((written, failed) => {
      this.#queue.push({ id, bodies, written, failed });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    for (let batch = this.#queue[0]; batch !== undefined; batch = this.#queue[0]) {
      try {
        batch.written(await this.#writePatiently(batch));
      } catch (thrown) {
        batch.failed(thrown);
      }
      this.#queue.shift();
    }
    this.#writing = false;
  }

  async #writePatiently({ id, bodies }: Batch): Promise<readonly BackfillEvent[]> {
    const { signal, firstOutageMs = FIRST_PAUSE_MS, onFull, onSpace } = this.#options;
    let abortedAt = Number.POSITIVE_INFINITY;
    for (let tries = 0; ; tries++) {
      try {
        const events = await this.#journal.append(id, ...bodies);
        if (tries > 0) onSpace();
        return events;
      } catch (thrown) {
        if (signal.aborted) abortedAt = Math.min(abortedAt, performance.now());
        if (!isDiskFull(thrown) || performance.now() - abortedAt >= AFTER_ABORT_MS) throw thrown;
        if (tries === 0) onFull(thrown);
        await delay(Math.min(firstOutageMs * 2 ** tries, LONGEST_PAUSE_MS));
      }
    }
  }
}

/** The same journal with other appends. */
export function withAppends(journal: Journal, appends: Pick<Journal, 'append'>): Journal {
  return new Proxy(journal, {
    get: (target, name) => {
      if (name === 'append') return appends.append.bind(appends);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
