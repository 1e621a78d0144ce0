import type { Journal } from '../app/journal';
import { type BackfillView, isActive, viewOf } from './backfillViews';
import type { CallLogs } from './callLogs';

/** Older backfills stay in the journal; the command line lists them all. */
const MOST = 50;

/** The newest backfills of the journal, read again where it says that they changed. */
export class BackfillList {
  readonly #journal: Journal;
  readonly #logs: CallLogs;
  readonly #views = new Map<string, BackfillView>();
  #order: readonly string[] = [];

  constructor(journal: Journal, logs: CallLogs) {
    this.#journal = journal;
    this.#logs = logs;
  }

  /** Newest first. */
  get views(): readonly BackfillView[] {
    return this.#order.flatMap((id) => {
      const view = this.#views.get(id);
      const calls = this.#logs.of(id);
      return view === undefined ? [] : calls.length === 0 ? view : { ...view, calls };
    });
  }

  get active(): readonly BackfillView[] {
    return this.views.filter(isActive);
  }

  /** Reads those with the ids, and those that are new. */
  async refresh(ids: readonly string[]): Promise<void> {
    this.#order = (await this.#journal.list()).slice(0, MOST);
    const outdated = this.#order.filter((id) => ids.includes(id) || !this.#views.has(id));
    await Promise.all(outdated.map((id) => this.#read(id)));
    for (const id of this.#views.keys()) if (!this.#order.includes(id)) this.#views.delete(id);
  }

  /** Looks what the logs of running calls say. Never rejects; whether they say anything new. */
  async followLogs(): Promise<boolean> {
    return this.#logs.look(this.active);
  }

  async #read(id: string): Promise<void> {
    const record = await this.#journal.read(id);
    if (record === undefined) this.#views.delete(id);
    else this.#views.set(id, viewOf(record));
  }
}
