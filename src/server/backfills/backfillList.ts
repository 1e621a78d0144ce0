import { toldRuns } from '../../app/backfillRuns';
import type { Journal } from '../../app/journal';
import type { CallLogs } from '../../app/logs/callLogs';
import type { Clock } from '../../app/ports';
import { forecastOf } from '../../core/backfill/forecast';
import { type BackfillView, isActive, viewOf } from './backfillViews';

/** Older backfills stay in the journal; the command line lists them all. */
const MOST = 50;

/** For how long a forecast of what runs is good enough, in milliseconds. */
const FORECAST_MS = 1_000;

/** The newest backfills of the journal, read again where it says that they changed. */
export class BackfillList {
  readonly #journal: Journal;
  readonly #logs: CallLogs;
  readonly #clock: Clock;
  readonly #views = new Map<string, BackfillView>();
  /** By backfill: attempts of jobs that may hang, and that somebody has said to wait for. */
  readonly #waitedFor = new Map<string, Set<string>>();
  /** When the forecast of each was made. */
  readonly #forecastAt = new Map<string, number>();
  #order: readonly string[] = [];

  constructor(journal: Journal, logs: CallLogs, clock: Clock) {
    this.#journal = journal;
    this.#logs = logs;
    this.#clock = clock;
  }

  /** Newest first. */
  get views(): readonly BackfillView[] {
    return this.#order.flatMap((id) => {
      const view = this.#current(id);
      const calls = this.#logs.of(id);
      const waitedFor = this.#waitedFor.get(id);
      if (view === undefined) return [];
      return { ...view, ...(calls.length > 0 && { calls }), ...(waitedFor !== undefined && { waitedFor }) };
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
    for (const id of this.#views.keys()) {
      if (this.#order.includes(id)) continue;
      this.#views.delete(id);
      this.#forecastAt.delete(id);
    }
  }

  /** A job that may hang is not called so until it has been heard again. */
  keepWaiting(id: string, attempt: string): void {
    const attempts = this.#waitedFor.get(id) ?? new Set();
    this.#waitedFor.set(id, attempts.add(attempt));
  }

  /** Looks what the logs of running calls say. Never rejects; whether they say anything new. */
  async followLogs(): Promise<boolean> {
    return this.#logs.look(this.active);
  }

  async #read(id: string): Promise<void> {
    const record = await this.#journal.read(id);
    if (record === undefined) this.#views.delete(id);
    else this.#keep(viewOf(record, this.#clock.now()));
  }

  /** How long is left of what runs changes without an event. */
  #current(id: string): BackfillView | undefined {
    const view = this.#views.get(id);
    const now = this.#clock.now();
    const isFresh = Math.abs(now - (this.#forecastAt.get(id) ?? 0)) < FORECAST_MS;
    if (view === undefined || isFresh || !isActive(view)) return view;
    const told = toldRuns({ record: view.record, calls: this.#logs.of(id) }, now);
    return this.#keep({ ...view, forecast: forecastOf(view.record, view.progress, now, told) });
  }

  #keep(view: BackfillView): BackfillView {
    const { id, silent } = view.progress;
    const waitedFor = [...(this.#waitedFor.get(id) ?? [])].filter((attempt) => silent.some((job) => job.attempt === attempt));
    if (waitedFor.length === 0) this.#waitedFor.delete(id);
    else this.#waitedFor.set(id, new Set(waitedFor));
    this.#views.set(id, view);
    this.#forecastAt.set(id, this.#clock.now());
    return view;
  }
}
