import type { BackfillEventBody, PauseCause } from '../core/backfill';

/**
 * Why nothing new starts, for as long as there is a reason: several may hold at once, and the journal tells of the one that came last. What holds
 * up a backfill does so at once; the promises are for whoever wants to know that it is on record.
 */
export class Pauses {
  readonly #append: (event: BackfillEventBody) => Promise<unknown>;
  readonly #causes = new Map<PauseCause, string>();
  #bell = newBell();

  constructor(append: (event: BackfillEventBody) => Promise<unknown>) {
    this.#append = append;
  }

  get isOn(): boolean {
    return this.#causes.size > 0;
  }

  has(cause: PauseCause): boolean {
    return this.#causes.has(cause);
  }

  /** @param message one or two sentences for people: what it is, and what to do. */
  async begin(cause: PauseCause, message: string): Promise<void> {
    if (this.#causes.get(cause) === message) return;
    this.#causes.delete(cause);
    this.#causes.set(cause, message);
    await this.#append({ type: 'paused', cause, message });
  }

  /** @param by who, or what having passed. */
  async end(causes: readonly PauseCause[], by: string): Promise<void> {
    const ended = causes.filter((cause) => this.#causes.delete(cause));
    if (ended.length === 0) return;
    this.ring();
    const [cause, message] = [...this.#causes].at(-1) ?? [];
    if (cause === undefined || message === undefined) await this.#append({ type: 'continued', by });
    else await this.#append({ type: 'paused', cause, message });
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
