import { setTimeout as delay } from 'node:timers/promises';

/** A lease this old belongs to a dead owner, where nobody can look for the process itself. */
const LEASE_MS = 120_000;
const LOOKS = 8;

/**
 * Judges leases of owners that nobody here can look for. Only the first look goes by the wall clock, which may have jumped on either side;
 * from then on a lease is fresh for two minutes of a monotonic clock after each change of it.
 */
export class LeaseWatch {
  /** By folder: what was seen last, and until when it counts, on the monotonic clock. */
  readonly #seen = new Map<string, { readonly text: string; readonly until: number }>();
  readonly #monotonic: () => number;
  readonly #wall: () => number;

  constructor(monotonic = () => performance.now(), wall = () => Date.now()) {
    this.#monotonic = monotonic;
    this.#wall = wall;
  }

  /**
   * @param writtenAt by the clock of whoever wrote it, epoch milliseconds.
   * @param suspect whether it counts only once it is seen to change, such as after a reboot of its host.
   */
  isFresh(folder: string, text: string, writtenAt: number, suspect: boolean): boolean {
    const now = this.#monotonic();
    const known = this.#seen.get(folder);
    if (known?.text === text) return now < known.until;
    const age = Math.abs(this.#wall() - writtenAt);
    const isFirst = known === undefined;
    const left = !isFirst ? LEASE_MS : suspect || !(age < LEASE_MS) ? 0 : LEASE_MS - age;
    this.#seen.set(folder, { text, until: now + left });
    return left > 0;
  }

  /** Whether nothing is seen to beat for so long. */
  async staysStill(ms: number, beats: () => Promise<boolean>): Promise<boolean> {
    for (const until = this.#monotonic() + ms; this.#monotonic() < until; ) {
      await delay(ms / LOOKS);
      if (await beats()) return false;
    }
    return true;
  }
}
