import { appendFileSync } from 'node:fs';

/** A line of the table that `npm run faults` prints. */
export interface Figure {
  /** Such as `kill of the executor between two writes, each date`. */
  readonly fault: string;
  readonly trials: number;
  /** Processes that were killed, or other faults that took place. */
  readonly faults: number;
  /** Finished partitions that were run again: in all, and the most in one trial. */
  readonly repeats: number;
  readonly mostRepeats: number;
  readonly lost: number;
  readonly orphans: number;
  readonly seconds: number;
  /** Such as the seed. */
  readonly note?: string;
}

export function report(figure: Figure): void {
  appendFileSync(process.env['BACKFILL_FAULT_FIGURES'] ?? '/dev/null', `${JSON.stringify(figure)}\n`);
}

/** What one trial came to. */
export interface Came {
  readonly faults: number;
  readonly repeats: number;
  readonly lost: number;
  readonly orphans: number;
}

/** What many trials came to. */
export class Tally {
  readonly #fault: string;
  readonly #began = performance.now();
  readonly #came: Came[] = [];

  constructor(fault: string) {
    this.#fault = fault;
  }

  add(came: Came): void {
    this.#came.push(came);
  }

  report(note?: string): void {
    const sum = (of: (came: Came) => number) => this.#came.reduce((total, came) => total + of(came), 0);
    report({
      fault: this.#fault,
      trials: this.#came.length,
      faults: sum(({ faults }) => faults),
      repeats: sum(({ repeats }) => repeats),
      mostRepeats: Math.max(0, ...this.#came.map(({ repeats }) => repeats)),
      lost: sum(({ lost }) => lost),
      orphans: sum(({ orphans }) => orphans),
      seconds: Math.round((performance.now() - this.#began) / 100) / 10,
      ...(note !== undefined && { note }),
    });
  }
}

/** `npm run faults`: everything. `npm test`: a part that takes a minute. */
export const ALL = process.env['BACKFILL_FAULTS'] === 'all';

/** Runs trials side by side, a few at once; the first failure is thrown when all that ran have ended. */
export async function sideBySide<T>(items: Iterable<T>, trial: (item: T) => Promise<void>, atOnce = 2): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const work = async () => {
    for (let next = iterator.next(); next.done !== true && failures.length === 0; next = iterator.next()) {
      await trial(next.value).catch((thrown: unknown) => failures.push(thrown));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw failures[0];
}
