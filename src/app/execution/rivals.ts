import type { Plan } from '../../core/backfill/backfill';
import type { AttemptLedger, PartitionKey } from '../../core/coverage/coverage';
import type { Journal } from '../journal';

/** What other backfills did to a plan's partitions since it was made. Only the journals of those that may still write are read again. */
export class Rivals {
  readonly #plan: Plan;
  readonly #journal: Pick<Journal, 'list' | 'read'>;
  readonly #done = new Map<PartitionKey, string>();
  /** How many events of each were seen; ended ones are never read again. */
  readonly #seen = new Map<string, number>();
  readonly #ended = new Set<string>();

  /** @param ledger as of now: it stands for all that had ended by then. */
  constructor(plan: Plan, journal: Pick<Journal, 'list' | 'read'>, ledger: AttemptLedger) {
    this.#plan = plan;
    this.#journal = journal;
    const since = Date.parse(plan.createdAt);
    for (const [key, { backfill, outcome, endedAt }] of ledger.last) {
      if (backfill !== plan.id && outcome === 'done' && endedAt > since) this.#done.set(key, backfill);
    }
  }

  /** Which other backfill has built each partition since the plan was made. */
  async doneSince(): Promise<ReadonlyMap<PartitionKey, string>> {
    const since = Date.parse(this.#plan.createdAt);
    for (const id of await this.#journal.list()) {
      if (id === this.#plan.id || this.#ended.has(id)) continue;
      const { events = [] } = (await this.#journal.read(id)) ?? {};
      for (const event of events.slice(this.#seen.get(id) ?? 0)) {
        if (event.type !== 'attemptEnded' || Date.parse(event.at) <= since) continue;
        if (event.outcome === 'done') this.#done.set(`${event.processor} ${event.date}`, id);
      }
      this.#seen.set(id, events.length);
      if (events.at(-1)?.type === 'ended') this.#ended.add(id);
    }
    return this.#done;
  }
}
