import type { ReadingCost } from '../app/ports';
import type { CoverageState } from '../app/session/pipelineSession';

const MS_PER_HOUR = 3_600_000;
const BYTES_PER_HOUR = 2 ** 30;

/**
 * What may be spent without anybody asking for it, where reading is paid by the byte: 1 GiB an hour, saved up for one hour at most. Tables
 * that change all the time, such as by a stream, would otherwise be paid for at every look.
 */
export class Allowance {
  #bytes = BYTES_PER_HOUR;
  #at: number | undefined;
  #last: ReadingCost | undefined;

  /**
   * Notes what the newest read took, if it is another one than the last time.
   * @param isAsked somebody wanted it, whatever it costs. @param now epoch milliseconds.
   */
  note(state: CoverageState | undefined, isAsked: boolean, now: number): void {
    const cost = state?.cost;
    // Each read tells its cost anew.
    if (cost === undefined || cost === this.#last) return;
    this.#last = cost;
    const { warehouse } = state?.input.pipeline ?? {};
    const isPaid = warehouse?.type === 'bigquery' && warehouse.endpoint === undefined;
    this.#bytes = this.#left(now) - (isPaid && !isAsked ? cost.bytes : 0);
    this.#at = now;
  }

  /** Whether a read may be paid now. */
  isLeft(now: number): boolean {
    return this.#left(now) > 0;
  }

  #left(now: number): number {
    const hours = Math.max(0, now - (this.#at ?? now)) / MS_PER_HOUR;
    return Math.min(BYTES_PER_HOUR, this.#bytes + hours * BYTES_PER_HOUR);
  }
}
