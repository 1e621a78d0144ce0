const MOST = 3;

/**
 * Tells a partition that is itself at fault from surroundings that fail: where its job blames them again and again although other jobs of its
 * processor work in between, they are well.
 */
export class OwnFaults {
  /** By processor: how many jobs worked. */
  readonly #worked = new Map<string, number>();
  /** By partition: how often its job blamed its surroundings after others had worked, and how many had by then. */
  readonly #blamed = new Map<string, { readonly times: number; readonly worked: number }>();

  worked(processor: string): void {
    this.#worked.set(processor, (this.#worked.get(processor) ?? 0) + 1);
  }

  /** Takes that the job of a partition blames its surroundings. True where that is not believed any more. */
  blames(processor: string, key: string): boolean {
    const worked = this.#worked.get(processor) ?? 0;
    const known = this.#blamed.get(key) ?? { times: 0, worked };
    const times = known.times + (worked > known.worked || known.times === 0 ? 1 : 0);
    this.#blamed.set(key, { times, worked });
    return times > MOST;
  }
}
