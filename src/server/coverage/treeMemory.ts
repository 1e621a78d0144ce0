/**
 * What a Coverage tree has shown since it was arranged. Gaps vanish while they are filled, and what somebody has open and selected is to
 * stay in its place meanwhile.
 */
export class TreeMemory {
  readonly #byMonths = new Set<string>();
  #firstCause: string | undefined;

  /** Whether the dates of a node are shown by months: once they were too many for one list they stay so. @param isLong whether they are now. */
  showsMonths(id: string, isLong: boolean): boolean {
    if (isLong) this.#byMonths.add(id);
    return this.#byMonths.has(id);
  }

  /** Whether a cause was the first of all when causes were shown first: only that one opens by itself. */
  opens(id: string): boolean {
    this.#firstCause ??= id;
    return this.#firstCause === id;
  }
}
