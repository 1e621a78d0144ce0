import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../base/logger';
import type { BackfillEvent, BackfillEventBody } from '../../core/backfill/backfill';
import { codeOf, syncFolder } from './durableFile';
import { eventToText, readEvent } from './journalText';

export interface EventReading {
  /** The same array as long as nothing was appended. */
  readonly events: readonly BackfillEvent[];
  readonly problems: readonly string[];
  /** Lines that are left out because they cannot be read; a torn last one is among them. */
  readonly unreadLines: number;
  /** Why the file as a whole cannot be read; what was read of it before stays. */
  readonly failure?: string;
  /** It was there before, and somebody has removed it. */
  readonly isGone?: boolean;
}

const NEWLINE = 0x0a;
const NOTHING: EventReading = { events: [], problems: [], unreadLines: 0 };

/**
 * One `events.ndjson`: read by its appended bytes only, appended with one fsync a call. Reading never rejects; lines that cannot be
 * read are reported and stay in the file; a torn last line is closed by the next append, which starts a line of its own.
 */
export class EventFile {
  readonly #path: string;
  #reading: EventReading = NOTHING;
  /** Bytes of complete lines read so far, and their number. */
  #offset = 0;
  #lines = 0;
  #inode = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  read(): Promise<EventReading> {
    return this.#next(async () => {
      try {
        return await this.#read();
      } catch (thrown) {
        const failure = `events.ndjson cannot be read (${messageOf(thrown)}): mend the file or its permissions.`;
        return { ...this.#reading, problems: [...this.#reading.problems, failure], failure };
      }
    });
  }

  append(bodies: readonly BackfillEventBody[], now: () => number): Promise<readonly BackfillEvent[]> {
    return this.#next(async () => {
      const known = await this.#read();
      const seq = known.events.reduce((last, event) => Math.max(last, event.seq), 0) + 1;
      const at = new Date(now()).toISOString();
      const events = bodies.map((body, index) => ({ seq: seq + index, at, ...body }));
      const lines = events.map((event) => `${eventToText(event)}\n`).join('');
      const handle = await open(this.#path, 'a');
      try {
        const { size } = await handle.stat();
        try {
          await handle.appendFile(size > this.#offset ? `\n${lines}` : lines);
          await handle.sync();
        } catch (thrown) {
          // What of it is there would be read as if it had been written, and be there twice when it is written again.
          await handle.truncate(size);
          throw thrown;
        }
        if (size === 0) await syncFolder(dirname(this.#path));
      } finally {
        await handle.close();
      }
      return events;
    });
  }

  async #read(): Promise<EventReading> {
    let handle: FileHandle;
    try {
      handle = await open(this.#path, 'r');
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return this.#offset > 0 ? { ...this.#reading, isGone: true } : this.#reading;
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
    let unreadLines = 0;
    let lastSeq = this.#reading.events.at(-1)?.seq ?? 0;
    const take = (line: string, torn: boolean) => {
      const event = readEvent(line);
      const where = `events.ndjson, line ${this.#lines + (torn ? 1 : 0)}`;
      if (typeof event === 'string') {
        unreadLines += 1;
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
      this.#reading = joined(this.#reading, { events, problems, unreadLines });
    }
    if (start === bytes.length) return this.#reading;
    events.length = 0;
    problems.length = 0;
    unreadLines = 0;
    take(bytes.toString('utf8', start), true);
    // Not kept: the line may be complete at the next read.
    return joined(this.#reading, { events, problems, unreadLines });
  }

  #forget(inode: number): void {
    this.#reading = NOTHING;
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

function joined(a: EventReading, b: EventReading): EventReading {
  return {
    events: [...a.events, ...b.events],
    problems: [...a.problems, ...b.problems],
    unreadLines: a.unreadLines + b.unreadLines,
  };
}
