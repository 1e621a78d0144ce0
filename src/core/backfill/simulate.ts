/** A processor's calls, as far as time is concerned. */
export interface PoolJob {
  readonly processor: string;
  /** How many of its calls at once. */
  readonly slots: number;
  /** Of all jobs with the same lane one call at a time. */
  readonly lane?: string;
  /** The most dates of one call; 1 where each date is a call of its own, Infinity without a limit. */
  readonly datesPerCall: number;
  /** Other processors: a date begins when theirs of the same date is over, as far as the pool has it. */
  readonly after: readonly string[];
  /** What is to begin, in this order, with the seconds that each takes. */
  readonly dates: readonly PoolDate[];
  /** Calls that run already. */
  readonly running?: readonly { readonly dates: readonly string[]; readonly secondsLeft: number }[];
}

export interface PoolDate {
  readonly date: string;
  readonly seconds: number;
}

interface Queue extends PoolJob {
  /** Indexes into `dates` of those that nothing keeps from beginning, ascending. */
  readonly ready: number[];
  waiting: number;
  busy: number;
}

interface Call {
  readonly queue: Queue;
  readonly dates: readonly string[];
  readonly endsAt: number;
}

/**
 * How many seconds a sliding pool takes for all of its dates: whatever is ready and has a slot runs, jobs in their order first, and calls of
 * many dates wait to be full as long as something else runs. This is how an executor works, without what only the warehouse decides.
 * @param slots how many calls at once, over all jobs.
 */
export function simulatePool(jobs: readonly PoolJob[], slots: number): number {
  const pool = new Pool(jobs, Math.max(1, slots));
  return pool.run();
}

class Pool {
  readonly #queues: readonly Queue[];
  readonly #slots: number;
  readonly #running: Call[] = [];
  /** By date and processor: how many dates of others it waits for. */
  readonly #open = new Map<string, number>();
  /** By date and processor: who waits for it. */
  readonly #waiters = new Map<string, { readonly queue: Queue; readonly index: number }[]>();
  #now = 0;

  constructor(jobs: readonly PoolJob[], slots: number) {
    this.#slots = slots;
    this.#queues = jobs.map((job) => ({ ...job, ready: [], waiting: job.dates.length, busy: 0 }));
    for (const queue of this.#queues) {
      for (const { dates, secondsLeft } of queue.running ?? []) this.#begin(queue, dates, secondsLeft);
    }
    const inPool = new Set<string>();
    for (const { processor, dates, running = [] } of this.#queues) {
      for (const { date } of dates) inPool.add(`${processor} ${date}`);
      for (const call of running) for (const date of call.dates) inPool.add(`${processor} ${date}`);
    }
    for (const queue of this.#queues) {
      for (const [index, { date }] of queue.dates.entries()) {
        const before = queue.after.filter((other) => other !== queue.processor && inPool.has(`${other} ${date}`));
        if (before.length === 0) queue.ready.push(index);
        else this.#open.set(`${queue.processor} ${date}`, before.length);
        for (const other of before) {
          const key = `${other} ${date}`;
          const known = this.#waiters.get(key);
          if (known === undefined) this.#waiters.set(key, [{ queue, index }]);
          else known.push({ queue, index });
        }
      }
    }
  }

  run(): number {
    for (;;) {
      this.#startAll();
      const next = this.#running.reduce<Call | undefined>(
        (first, call) => (first === undefined || call.endsAt < first.endsAt ? call : first),
        undefined,
      );
      if (next === undefined) return this.#now;
      this.#now = Math.max(this.#now, next.endsAt);
      this.#end(next);
    }
  }

  #startAll(): void {
    for (const patient of [true, false]) {
      for (const queue of this.#queues) while (this.#startOne(queue, patient));
      if (this.#running.length > 0) return;
    }
  }

  #startOne(queue: Queue, patient: boolean): boolean {
    const { ready, lane, datesPerCall, slots, dates } = queue;
    if (ready.length === 0 || this.#running.length >= this.#slots || queue.busy >= Math.max(1, slots)) return false;
    if (lane !== undefined && this.#running.some((call) => call.queue.lane === lane)) return false;
    const most = Math.max(1, datesPerCall);
    if (most > 1 && patient && ready.length < Math.min(most, queue.waiting)) return false;
    const taken = ready.splice(0, most).flatMap((index) => dates[index] ?? []);
    queue.waiting -= taken.length;
    const seconds = taken.reduce((sum, one) => sum + one.seconds, 0);
    this.#begin(
      queue,
      taken.map(({ date }) => date),
      seconds,
    );
    return true;
  }

  #begin(queue: Queue, dates: readonly string[], seconds: number): void {
    queue.busy += 1;
    this.#running.push({ queue, dates, endsAt: this.#now + Math.max(0, seconds) });
  }

  #end(call: Call): void {
    this.#running.splice(this.#running.indexOf(call), 1);
    call.queue.busy -= 1;
    for (const date of call.dates) {
      for (const { queue, index } of this.#waiters.get(`${call.queue.processor} ${date}`) ?? []) {
        const key = `${queue.processor} ${date}`;
        const open = (this.#open.get(key) ?? 1) - 1;
        this.#open.set(key, open);
        if (open === 0) insert(queue.ready, index);
      }
    }
  }
}

/** Into ascending numbers. */
function insert(ascending: number[], value: number): void {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  ascending.splice(low, 0, value);
}
