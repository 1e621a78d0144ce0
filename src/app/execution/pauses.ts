import type { BackfillEventBody, PauseCause } from '../../core/backfill/backfill';

/**
 * Why nothing new starts, for as long as there is a reason: several may hold at once, and the journal tells of the one that came last. What holds
 * up a backfill does so at once; the promises are for whoever wants to know that it is on record.
 */
export class Pauses {
  readonly #append: (event: BackfillEventBody) => Promise<unknown>;
  /** By what is in the way: a cause, or one of several things with that cause. */
  readonly #causes = new Map<string, { readonly cause: PauseCause; readonly message: string }>();
  #bell = newBell();

  constructor(append: (event: BackfillEventBody) => Promise<unknown>) {
    this.#append = append;
  }

  get isOn(): boolean {
    return this.#causes.size > 0;
  }

  has(what: string): boolean {
    return this.#causes.has(what);
  }

  /** Whether that is all that is in the way. */
  isOnlyFor(what: string): boolean {
    return this.#causes.size === 1 && this.#causes.has(what);
  }

  /**
   * @param message one or two sentences for people: what it is, and what to do.
   * @param what is in the way, where several things with one cause may be.
   */
  async begin(cause: PauseCause, message: string, what: string = cause): Promise<void> {
    if (this.#causes.get(what)?.message === message) return;
    this.#causes.delete(what);
    this.#causes.set(what, { cause, message });
    await this.#append({ type: 'paused', cause, message });
  }

  /** @param by who, or what having passed. */
  async end(whats: readonly string[], by: string): Promise<void> {
    const ended = whats.filter((what) => this.#causes.delete(what));
    if (ended.length === 0) return;
    this.ring();
    const last = [...this.#causes.values()].at(-1);
    await this.#append(last === undefined ? { type: 'continued', by } : { type: 'paused', ...last });
  }

  /** Until a cause has passed, or somebody rings. */
  get changed(): Promise<void> {
    return this.#bell.rung;
  }

  ring(): void {
    this.#bell.ring();
    this.#bell = newBell();
  }
}

function newBell(): { readonly rung: Promise<void>; readonly ring: () => void } {
  let ring = () => {};
  const rung = new Promise<void>((resolve) => {
    ring = resolve;
  });
  return { rung, ring };
}
