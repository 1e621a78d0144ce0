/** How often things are looked at, in milliseconds. */
export interface Pace {
  /** While something is on screen. */
  readonly poll: number;
  /** Events of an executor come in bursts: how long they are gathered. */
  readonly settle: number;
  /** How long to wait before a busy warehouse is asked again; the last one repeats. */
  readonly retry: readonly number[];
  /** The coverage depends on the clock by what is due. */
  readonly clock: number;
  /** How long is left of what runs gets shorter without an event. */
  readonly progress: number;
  /** How long an explanation waits for what jobs noted. */
  readonly patience: number;
  /** While nothing is on screen and a job runs that was started elsewhere. */
  readonly elsewhere: number;
}

export const PACE: Pace = {
  poll: 5_000,
  settle: 150,
  retry: [500, 1_000, 2_000, 5_000],
  clock: 600_000,
  progress: 10_000,
  patience: 700,
  elsewhere: 30_000,
};
