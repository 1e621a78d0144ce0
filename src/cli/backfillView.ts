import type { Clock } from '../app/ports';
import { formatSeconds } from '../base/figures';
import type { BackfillEvent } from '../core/backfill/backfill';
import { isSuccess } from '../core/backfill/progress';
import type { Sight } from './followBackfill';
import { LiveArea } from './liveArea';
import { endedLine, skippedLine } from './render/backfillSummary';
import { progressFrame } from './render/progressFrame';
import { type Terminal, toned } from './terminal';
import { plain } from './textWidth';

/** Shows a backfill while it is followed. */
export interface BackfillView {
  /** What the keys do. */
  hint: string;
  show(sight: Sight): void;
  /** Takes away what is not to stay on the screen. */
  end(): void;
}

/** A live table on a terminal, with a line above it for each partition that failed. */
export class LiveView implements BackfillView {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #area: LiveArea;
  readonly #lines = new EventLines();
  #hint = '';
  #last: Sight | undefined;

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#area = new LiveArea(terminal);
  }

  get hint(): string {
    return this.#hint;
  }

  set hint(text: string) {
    this.#hint = text;
    this.redraw();
  }

  show(sight: Sight): void {
    this.#last = sight;
    const failed = this.#lines.take(sight).filter(({ event }) => event.type === 'attemptEnded' && !isSuccess(event.outcome));
    this.#draw(failed.map(({ line }) => toned(this.#terminal, 'bad', line)));
  }

  /** After a resize. */
  redraw(): void {
    this.#draw([]);
  }

  end(): void {
    this.#last = undefined;
    this.#area.clear();
  }

  #draw(above: readonly string[]): void {
    if (this.#last === undefined) return;
    const { record, progress, forecast, growth } = this.#last;
    const input = {
      plan: record.plan,
      events: record.events,
      progress,
      forecast,
      growth,
      now: this.#clock.now(),
      hint: this.#hint,
    };
    this.#area.draw(progressFrame(input, this.#terminal), above);
  }
}

/** One line an event, for logs and pipes. */
export class PlainView implements BackfillView {
  hint = '';
  readonly #terminal: Terminal;
  readonly #lines = new EventLines();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(sight: Sight): void {
    for (const { line } of this.#lines.take(sight)) this.#terminal.print(line);
  }

  end(): void {}
}

/** The lines of events that were not taken before. */
class EventLines {
  #seen = 0;
  readonly #ended = new Set<string>();

  take({ record: { events }, progress: { total } }: Sight): readonly { readonly event: BackfillEvent; readonly line: string }[] {
    const fresh = events.slice(this.#seen);
    this.#seen = events.length;
    return fresh.flatMap((event) => {
      const line = this.#lineOf(event, total);
      return line === undefined ? [] : [{ event, line }];
    });
  }

  #lineOf(event: BackfillEvent, total: number): string | undefined {
    switch (event.type) {
      case 'attemptEnded':
        return endedLine(event, this.#count(event), total);
      case 'skipped':
        return skippedLine(event, this.#count(event), total);
      case 'notAttempted':
        return plain(`${event.processor} ${event.date} waits again: ${event.why}`);
      case 'waitsAgain':
        return plain(`${event.processor} ${event.date} waits again: ${event.why}`);
      case 'emptied':
        return plain(`${event.processor} ${event.date}: ${event.message}`);
      case 'note':
        return plain(event.message);
      case 'cancelRequested':
        return plain(`Cancel requested by ${event.by}: what runs is being ended.`);
      case 'paused':
        return plain(`Paused: ${event.message}`);
      case 'continued':
        return plain(`Goes on: ${event.by}`);
      case 'silent':
        return plain(
          `${event.processor} ${event.date} may hang: it has said nothing for ${formatSeconds(event.seconds)}; ${event.basis}`,
        );
      case 'heard':
        return plain(`${event.processor} ${event.date} is heard again.`);
      case 'started':
      case 'attemptStarted':
      case 'requested':
      case 'remoteJob':
      case 'ended':
        return undefined;
    }
  }

  #count({ processor, date }: { readonly processor: string; readonly date: string }): number {
    return this.#ended.add(`${processor} ${date}`).size;
  }
}
