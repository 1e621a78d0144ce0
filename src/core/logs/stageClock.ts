/** How far a reading may be below the one before it and still be of the same clock: printed with one decimal. */
const ROUNDING = 0.06;

/**
 * A clock that jobs start once a process and read at the end of every stage of every date. It tells how long the stage took: since the
 * reading before it.
 */
export class StageClock {
  #last = 0;
  #dateBegan = 0;

  /** A process begins. */
  restart(): void {
    this.#last = 0;
    this.#dateBegan = 0;
  }

  beginDate(): void {
    this.#dateBegan = this.#last;
  }

  /** A date that failed is not read at its end: the time that it took otherwise belongs to nobody, not to the next date. */
  failDate(seconds: number | undefined): void {
    if (seconds !== undefined) this.#last = Math.max(this.#last, this.#dateBegan + seconds);
  }

  /** @returns seconds since the reading before, rounded to milliseconds. */
  read(seconds: number): number {
    if (seconds < this.#last - ROUNDING) this.restart();
    const took = Math.max(0, seconds - this.#last);
    this.#last = Math.max(this.#last, seconds);
    return Math.round(took * 1000) / 1000;
  }
}
