import type { Day } from '../../base/day';

/** A partition that a plan runs, and what it must not overtake. */
export interface WorkItem {
  readonly key: string;
  readonly processor: string;
  readonly day: Day;
  /** Keys; those that are not in the set count as settled. */
  readonly after: readonly string[];
}

/**
 * The partitions of a plan while it is executed: a set with a state each, never a cursor. One waits until all that it comes after is
 * settled, however that ended; whether its needs are then met is for others to say.
 */
export class WorkSet {
  readonly #items = new Map<string, WorkItem>();
  /** By processor, in the order of the plan. */
  readonly #waiting = new Map<string, Map<string, WorkItem>>();
  readonly #unsettled = new Set<string>();
  readonly #deferred = new Set<string>();

  constructor(items: readonly WorkItem[]) {
    for (const item of items) {
      this.#items.set(item.key, item);
      this.#unsettled.add(item.key);
      this.#queueOf(item.processor).set(item.key, item);
    }
  }

  /** How many wait. */
  get waiting(): number {
    let count = 0;
    for (const queue of this.#waiting.values()) count += queue.size;
    return count;
  }

  waitingOf(processor: string): number {
    return this.#waiting.get(processor)?.size ?? 0;
  }

  /**
   * What of a processor could start now, in the order of the plan.
   * @param together all of it, and dates that wait only for each other, too, because one call can do them; else the first.
   */
  ready(processor: string, together: boolean): WorkItem[] {
    const waiting = this.#waiting.get(processor) ?? new Map<string, WorkItem>();
    if (this.#deferred.size === 0) return this.#free(waiting.values(), together);
    const others = this.#free(
      [...waiting.values()].filter(({ key }) => !this.#deferred.has(key)),
      together,
    );
    return others.length > 0 ? others : this.#free(waiting.values(), together);
  }

  #free(waiting: Iterable<WorkItem>, together: boolean): WorkItem[] {
    const found = new Set<string>();
    const items: WorkItem[] = [];
    for (const item of waiting) {
      const free = item.after.every((key) => !this.#unsettled.has(key) || (together && found.has(key)));
      if (!free) continue;
      found.add(item.key);
      items.push(item);
      if (!together) break;
    }
    return items;
  }

  /** Lets others of its processor come first, until `undefer`. */
  defer({ key }: WorkItem): void {
    this.#deferred.add(key);
  }

  /** Everything has its place in the order of the plan again. */
  undefer(): void {
    this.#deferred.clear();
  }

  /** Takes items out of those that wait. */
  start(items: readonly WorkItem[]): void {
    for (const { processor, key } of items) this.#waiting.get(processor)?.delete(key);
  }

  /** Nothing more will be done about an item. */
  settle(item: WorkItem): void {
    this.#waiting.get(item.processor)?.delete(item.key);
    this.#unsettled.delete(item.key);
  }

  /** Puts started items back to where they were in the plan. */
  putBack(items: readonly WorkItem[]): void {
    const back = new Set(items.map(({ key }) => key));
    for (const processor of new Set(items.map((item) => item.processor))) {
      const waiting = this.#queueOf(processor);
      const keys = new Set([...waiting.keys(), ...back]);
      const queue = new Map([...this.#items].filter(([key, item]) => item.processor === processor && keys.has(key)));
      this.#waiting.set(processor, queue);
    }
  }

  #queueOf(processor: string): Map<string, WorkItem> {
    const known = this.#waiting.get(processor);
    if (known !== undefined) return known;
    const queue = new Map<string, WorkItem>();
    this.#waiting.set(processor, queue);
    return queue;
  }
}
