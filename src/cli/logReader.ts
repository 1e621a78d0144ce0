import { open } from 'node:fs/promises';
import type { BackfillRecord, Journal } from '../app/journal';
import { encodingOf } from '../core/logs/textEncoding';
import type { Terminal } from './terminal';

const CHUNK = 65_536;

export interface LogChoice {
  readonly id: string;
  readonly processor: string | undefined;
  readonly date: string | undefined;
}

/** Prints the logs of a backfill's attempts, each byte once. Attempts that share a log, as those of one call do, show it once. */
export class LogReader {
  readonly #terminal: Terminal;
  readonly #journal: Pick<Journal, 'logPath'>;
  readonly #choice: LogChoice;
  /** By log: bytes printed. */
  readonly #printed = new Map<string, number>();
  /** By log in UTF-16: makes what a terminal can show of it. */
  readonly #decoders = new Map<string, InstanceType<typeof TextDecoder>>();
  #current: string | undefined;

  constructor(terminal: Terminal, journal: Pick<Journal, 'logPath'>, choice: LogChoice) {
    this.#terminal = terminal;
    this.#journal = journal;
    this.#choice = choice;
  }

  /** Some attempt that was asked for has a log. */
  get foundAny(): boolean {
    return this.#printed.size > 0;
  }

  /** Prints what the logs have got since the last time, in the order in which their attempts began. */
  async print({ events }: Pick<BackfillRecord, 'events'>, signal: AbortSignal): Promise<void> {
    const { processor, date } = this.#choice;
    const logs = new Map<string, string>();
    for (const event of events) {
      if (event.type !== 'attemptStarted') continue;
      if (processor !== undefined && event.processor !== processor) continue;
      if (date !== undefined && event.date !== date) continue;
      if (!logs.has(event.log)) logs.set(event.log, `${event.processor} ${event.date}`);
    }
    for (const [log, title] of logs) await this.#printNew(log, title, signal);
  }

  async #printNew(log: string, title: string, signal: AbortSignal): Promise<void> {
    const file = await open(this.#journal.logPath(this.#choice.id, log)).catch(() => undefined);
    // A job that has written nothing yet may have no log yet.
    if (file === undefined) return;
    try {
      const buffer = new Uint8Array(CHUNK);
      let position = this.#printed.get(log) ?? 0;
      // One that was emptied begins again.
      if ((await file.stat()).size < position) position = 0;
      this.#printed.set(log, position);
      while (!signal.aborted) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK, position);
        if (bytesRead === 0) break;
        this.#head(log, title);
        this.#write(log, buffer.slice(0, bytesRead), position);
        position += bytesRead;
        this.#printed.set(log, position);
      }
    } finally {
      await file.close();
    }
  }

  #write(log: string, bytes: Uint8Array, position: number): void {
    if (position === 0 && encodingOf(bytes) !== 'utf-8') this.#decoders.set(log, new TextDecoder(encodingOf(bytes)));
    this.#terminal.write(this.#decoders.get(log)?.decode(bytes, { stream: true }) ?? bytes);
  }

  /** A line between logs, as `tail` writes it; none before the only one. */
  #head(log: string, title: string): void {
    if (this.#current === log) return;
    if (this.#current !== undefined) this.#terminal.write(`\n==> ${title} <==\n`);
    this.#current = log;
  }
}
