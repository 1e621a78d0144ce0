import { type FileHandle, open } from 'node:fs/promises';
import { JournalError } from '../../app/journal';
import { messageOf } from '../../base/logger';
import type { BackfillEvent, BackfillEventBody } from '../../core/backfill';
import { codeOf } from './durableFile';
import { eventToText, readEvent } from './journalText';

export interface EventReading {
  /** The same array as long as nothing was appended. */
  readonly events: readonly BackfillEvent[];
  readonly problems: readonly string[];
}

interface Writer {
  readonly handle: FileHandle;
  nextSeq: number;
  /** The file does not end with a line's end. */
  torn: boolean;
}

const NEWLINE = 0x0a;

/**
 * One `events.ndjson`: read by its appended bytes only, appended with one fsync a call. Lines that cannot be read are reported and
 * stay in the file; a torn last line is closed by the next append, which starts a line of its own.
 */
export class EventFile {
  readonly #path: string;
  #reading: EventReading = { events: [], problems: [] };
  /** Bytes of complete lines read so far, and their number. */
  #offset = 0;
  #lines = 0;
  #inode = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #writer: Writer | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(): Promise<EventReading> {
    return this.#next(() => this.#read());
  }

  append(bodies: readonly BackfillEventBody[], now: () => number): Promise<readonly BackfillEvent[]> {
    return this.#next(async () => {
      const writer = await this.#openWriter();
      const at = new Date(now()).toISOString();
      const events = bodies.map((body, index) => ({ seq: writer.nextSeq + index, at, ...body }));
      const lines = events.map((event) => `${eventToText(event)}\n`).join('');
      try {
        await writer.handle.appendFile(writer.torn ? `\n${lines}` : lines);
        await writer.handle.sync();
      } catch (thrown) {
        await this.#closeWriter();
        throw new JournalError(
          'unwritable',
          `The journal cannot be written (${messageOf(thrown)}): free the disk of ${this.#path}.`,
        );
      }
      writer.torn = false;
      writer.nextSeq += events.length;
      return events;
    });
  }

  close(): Promise<void> {
    return this.#next(() => this.#closeWriter());
  }

  async #read(): Promise<EventReading> {
    let handle: FileHandle;
    try {
      handle = await open(this.#path, 'r');
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return this.#reading;
      throw thrown;
    }
    try {
      const { size, ino } = await handle.stat();
      if (ino !== this.#inode || size < this.#offset) this.#forget(ino);
      if (size === this.#offset) return this.#reading;
      const bytes = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#offset);
      return this.#take(bytes.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  }

  #take(bytes: Buffer): EventReading {
    const events: BackfillEvent[] = [];
    const problems: string[] = [];
    let lastSeq = this.#reading.events.at(-1)?.seq ?? 0;
    const take = (line: string, torn: boolean) => {
      const event = readEvent(line);
      const where = `events.ndjson, line ${this.#lines + (torn ? 1 : 0)}`;
      if (typeof event === 'string') {
        problems.push(torn ? `${where} is incomplete: its writer was interrupted.` : `${where} is left out: ${event}.`);
        return;
      }
      if (event.seq !== lastSeq + 1)
        problems.push(`${where} has seq ${event.seq} after ${lastSeq}: lines are missing or double.`);
      lastSeq = event.seq;
      events.push(event);
    };

    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#lines += 1;
      const line = bytes.toString('utf8', start, end);
      if (line.trim() !== '') take(line, false);
      start = end + 1;
    }
    if (start > 0) {
      this.#offset += start;
      this.#reading = { events: [...this.#reading.events, ...events], problems: [...this.#reading.problems, ...problems] };
    }
    if (start === bytes.length) return this.#reading;
    events.length = 0;
    problems.length = 0;
    take(bytes.toString('utf8', start), true);
    // Not kept: the line may be complete at the next read.
    return { events: [...this.#reading.events, ...events], problems: [...this.#reading.problems, ...problems] };
  }

  async #openWriter(): Promise<Writer> {
    if (this.#writer !== undefined) return this.#writer;
    const { events } = await this.#read();
    const handle = await open(this.#path, 'a');
    const { size } = await handle.stat();
    this.#writer = { handle, nextSeq: events.reduce((max, event) => Math.max(max, event.seq), 0) + 1, torn: size > this.#offset };
    return this.#writer;
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.handle.close();
  }

  #forget(inode: number): void {
    this.#reading = { events: [], problems: [] };
    this.#offset = 0;
    this.#lines = 0;
    this.#inode = inode;
  }

  /** One at a time, in the order of the calls, whatever happened to those before. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
