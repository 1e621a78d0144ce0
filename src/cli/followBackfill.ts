import { growthOf, toldRuns } from '../app/backfillRuns';
import type { BackfillRecord, Journal } from '../app/journal';
import type { CallLog, CallLogs } from '../app/logs/callLogs';
import type { Clock } from '../app/ports';
import { isActivePhase } from '../core/backfill/backfill';
import { type Forecast, forecastOf } from '../core/backfill/forecast';
import { type BackfillProgress, progressOf } from '../core/backfill/progress';

/** A backfill as it was last seen. */
export interface Sight {
  readonly record: BackfillRecord;
  readonly progress: BackfillProgress;
  readonly forecast: Forecast;
  /** What takes longer from date to date of one that runs, a sentence a processor. */
  readonly growth: readonly string[];
}

/**
 * @param now epoch milliseconds.
 * @param calls what the logs of calls for many dates say that run.
 */
export function sightOf(record: BackfillRecord, now: number, calls: readonly CallLog[] = []): Sight {
  const progress = progressOf(record.plan, record.events, record.ownerAlive, record.jobsLeft);
  const growth = isActivePhase(progress.phase) ? growthOf({ record, progress, calls }, now) : [];
  return { record, progress, forecast: forecastOf(record, progress, now, toldRuns({ record, calls }, now)), growth };
}

export interface FollowOptions {
  readonly journal: Pick<Journal, 'read' | 'watch'>;
  readonly clock: Clock;
  /** Called at first, after changes (at most ten times a second), and once a second. */
  readonly onSight: (sight: Sight) => void;
  /** Ends the following; the backfill goes on. */
  readonly signal: AbortSignal;
  /** The logs of calls for many dates: the journal tells of their dates only when they have ended. */
  readonly logs?: CallLogs;
  /** Whether an executor is about to go on with an interrupted backfill: it may first have to look whether another still lives. */
  readonly isResuming?: () => boolean;
  readonly tickMs?: number;
  readonly frameMs?: number;
}

/** How long an executor may take from its claim to its first event. */
const START_MS = 10_000;

/**
 * Follows the journal of a backfill until it is over, its executor is gone, or the signal aborts. Resolves with the last sight;
 * undefined when there is no such backfill.
 */
export async function followBackfill(id: string, options: FollowOptions): Promise<Sight | undefined> {
  const { journal, clock, onSight, signal, isResuming = () => false, tickMs = 1000, frameMs = 100 } = options;
  const begun = clock.now();
  const alarm = new Alarm(signal);
  const unwatch = journal.watch((ids) => {
    if (ids.includes(id)) alarm.ring();
  });
  try {
    for (;;) {
      const looked = clock.now();
      // Whoever leaves is told what is so then, not what was so before.
      const isLast = signal.aborted;
      const record = await journal.read(id);
      if (record === undefined) return undefined;
      await options.logs?.look([{ record }]);
      const sight = sightOf(record, clock.now(), options.logs?.of(id));
      onSight(sight);
      const { phase } = sight.progress;
      const starting = phase === 'planned' ? clock.now() - begun < START_MS : phase === 'interrupted' && isResuming();
      const active = isActivePhase(phase) || starting;
      if (!active || isLast) return sight;
      // A long journal takes long to read: following it takes a fifth of a core at most.
      await alarm.pause(Math.max(frameMs, 4 * (clock.now() - looked)));
      await alarm.wait(tickMs);
    }
  } finally {
    unwatch();
  }
}

/** A bell that is heard also when it rang while nobody waited. */
class Alarm {
  #rung = false;
  #wake: (() => void) | undefined;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Until the bell rings, the time is over, or the signal aborts. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) await this.#sleep(ms);
    this.#rung = false;
  }

  /** Until the time is over or the signal aborts; the bell is heard afterwards. */
  async pause(ms: number): Promise<void> {
    const until = Date.now() + ms;
    for (let left = ms; left > 0 && !this.#signal.aborted; left = until - Date.now()) await this.#sleep(left);
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
