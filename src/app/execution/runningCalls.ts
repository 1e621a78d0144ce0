/** A call that runs, which somebody can end by any of its attempts. */
export interface RunningCall {
  /** Ends the call: because somebody asked for it, or with everything else. */
  readonly signal: AbortSignal;
  /** Who ended it, where it was ended by itself. */
  readonly endedBy: () => string | undefined;
  readonly over: () => void;
}

/** What runs, by attempt. */
export class RunningCalls {
  readonly #ends = new Map<string, (by: string) => void>();

  /** @param signal ends all calls. */
  begin(attempts: readonly string[], signal: AbortSignal): RunningCall {
    const asked = new AbortController();
    let endedBy: string | undefined;
    const end = (by: string) => {
      if (!signal.aborted) endedBy ??= by;
      asked.abort();
    };
    for (const attempt of attempts) this.#ends.set(attempt, end);
    return {
      signal: AbortSignal.any([signal, asked.signal]),
      endedBy: () => endedBy,
      over: () => {
        for (const attempt of attempts) this.#ends.delete(attempt);
      },
    };
  }

  /** Whether there was something to end. */
  end(attempt: string, by: string): boolean {
    const end = this.#ends.get(attempt);
    end?.(by);
    return end !== undefined;
  }
}
