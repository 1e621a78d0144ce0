import { LineProjector, type ShownLine } from '../../core/logs/shownLines';
import { newlineIn, unitOf } from '../../core/logs/textEncoding';
import type { LogBytes } from './byteSource';

/** How much of a log is shown. */
export const LIMITS = {
  /** Bytes that are shown at first, and what is added at a time. */
  page: 256 << 10,
  /** Bytes that are shown at most. */
  most: 8 << 20,
  mostLines: 100_000,
  /** Bytes before a window that are read for what they tell of its beginning. */
  before: 256 << 10,
} as const;
export type Limits = { readonly [K in keyof typeof LIMITS]: number };

const CHUNK = 1 << 20;

/** Takes the lines of a window as they are read. */
export interface LineTaker {
  /** A window begins. */
  begin(): void;
  /** @param index of the line in what is shown, from 0; negative for lines before it. */
  line(index: number, line: ShownLine): void;
}

/** What came of a look at a log. */
export type Growth =
  | { readonly kind: 'same' }
  | { readonly kind: 'appended'; readonly text: string }
  /** There is more than a window shows, or another file in its place: it has to be read anew. */
  | { readonly kind: 'outgrown' | 'replaced' };

/**
 * A part of a log as it is shown: begins and ends between two lines, and grows at its end as long as that is the end of the log. What it
 * holds is where each line begins, not the text.
 */
export class LogWindow {
  readonly #source: LogBytes;
  readonly #taker: LineTaker;
  readonly #limits: Limits;
  #projector = new LineProjector();
  /** By line that is shown: where it begins. */
  #offsets: number[] = [];
  #from = 0;
  /** The end of the log as it was seen last. */
  #size = 0;
  #identity = '';
  #atEnd = true;

  constructor(source: LogBytes, taker: LineTaker, limits: Limits = LIMITS) {
    this.#source = source;
    this.#taker = taker;
    this.#limits = limits;
  }

  /** Bytes before what is shown. */
  get earlier(): number {
    return this.#from;
  }

  /** Bytes after what is shown; 0 while it follows the log. */
  get later(): number {
    return this.#atEnd ? 0 : Math.max(0, this.#size - this.#projector.lineStart);
  }

  /** What is seen of a last line that has no end yet. */
  get pending(): string {
    return this.#atEnd ? this.#projector.pending : '';
  }

  get lineCount(): number {
    return this.#offsets.length;
  }

  offsetOf(line: number): number | undefined {
    return this.#offsets[line];
  }

  /** The line that holds a byte, from 0; undefined where it is not shown. */
  lineAt(offset: number): number | undefined {
    const end = this.#projector.lineStart;
    if (offset < this.#from || offset >= end || this.#offsets.length === 0) return undefined;
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Shows the end of the log. */
  async openEnd(): Promise<string> {
    const size = await this.#look();
    const text = await this.#show(size - this.#limits.page, size, true);
    // Where lines are very short, there is room for more of them, too.
    const first = this.#offsets[this.#offsets.length - Math.floor(this.#limits.mostLines / 2)];
    return first === undefined || first === this.#from ? text : this.#show(first, size, true);
  }

  /** Shows what is around a byte, and all up to the end where that is near. */
  async openAt(offset: number): Promise<string> {
    const size = await this.#look();
    const from = Math.min(offset, size) - this.#limits.page / 2;
    return this.#show(from, Math.max(0, from) + this.#limits.page, false);
  }

  /** Shows what is shown, read again. */
  async reread(): Promise<string> {
    return this.#show(this.#from, this.#projector.position, this.#atEnd);
  }

  /** Shows a page more before what is shown; where that would be too much, less after it. */
  async extendEarlier(): Promise<string> {
    const from = Math.max(0, this.#from - this.#limits.page * 4);
    const to = this.#projector.position;
    const isTooMuch = to - from > this.#limits.most;
    return this.#show(from, isTooMuch ? from + this.#limits.most : to, this.#atEnd && !isTooMuch);
  }

  /** Shows a page more after what is shown; where that would be too much, less before it. */
  async extendLater(): Promise<string> {
    const size = await this.#look();
    const to = Math.min(size, this.#projector.lineStart + this.#limits.page * 4);
    // Where lines are short, what is left of them makes room for as many.
    const kept = this.#offsets[Math.max(0, this.#offsets.length - this.#limits.mostLines / 2)] ?? this.#from;
    return this.#show(Math.max(kept, to - this.#limits.most), to, to === size);
  }

  /** What the log has got since the last look. */
  async grow(): Promise<Growth> {
    const found = await this.#source.look();
    if (found === undefined) return { kind: 'same' };
    const { size, identity } = found;
    if (this.#identity === '' || identity !== this.#identity || size < this.#size) return { kind: 'replaced' };
    this.#size = size;
    const from = this.#projector.position;
    if (!this.#atEnd || size === from) return { kind: 'same' };
    if (size - this.#from > this.#limits.most || this.#offsets.length > this.#limits.mostLines) return { kind: 'outgrown' };
    const text = await this.#take(from, Math.min(size, from + CHUNK));
    return { kind: 'appended', text };
  }

  /** Goes on growing no more, because what is shown is enough. */
  stop(): void {
    this.#atEnd = false;
  }

  /** Nothing more is written: a last line without an end is a line. */
  finish(): string {
    const lines: string[] = [];
    if (this.#atEnd) this.#projector.end((line) => lines.push(this.#add(line)));
    return lines.join('');
  }

  async #look(): Promise<number> {
    const found = await this.#source.look();
    this.#size = found?.size ?? 0;
    this.#identity = found?.identity ?? '';
    return this.#size;
  }

  async #show(wanted: number, to: number, atEnd: boolean): Promise<string> {
    const from = await this.#lineStart(Math.max(0, wanted));
    this.#taker.begin();
    await this.#readBefore(from);
    this.#from = from;
    this.#offsets = [];
    this.#projector = this.#projectorAt(from);
    this.#atEnd = atEnd || to >= this.#size;
    const parts: string[] = [];
    for (let at = from; at < to; at = this.#projector.position) {
      const text = await this.#take(at, Math.min(to, at + CHUNK));
      parts.push(text);
      // A file that became shorter meanwhile.
      if (this.#projector.position === at) break;
      if (this.#offsets.length < this.#limits.mostLines || this.#projector.position >= to) continue;
      this.#atEnd = false;
      break;
    }
    // A place within a line that is longer than a window: as much of it is shown as of any long line.
    if (!this.#atEnd && this.#offsets.length === 0) this.#projector.end((line) => parts.push(this.#add(line)));
    return parts.join('');
  }

  async #take(from: number, to: number): Promise<string> {
    const bytes = await this.#source.read(from, to - from);
    const lines: string[] = [];
    this.#projector.feed(bytes, (line) => lines.push(this.#add(line)));
    return lines.join('');
  }

  #add(line: ShownLine): string {
    this.#taker.line(this.#offsets.length, line);
    this.#offsets.push(line.offset);
    return `${line.text}\n`;
  }

  /** The first place from `wanted` on at which a line begins; `wanted` itself where none does for a page. */
  async #lineStart(wanted: number): Promise<number> {
    if (wanted === 0) return 0;
    const { encoding, origin } = this.#source.textAt(wanted - 1);
    const unit = unitOf(encoding);
    const start = wanted - unit - ((wanted - origin) % unit);
    if (start < 0) return 0;
    const bytes = await this.#source.read(start, this.#limits.page / 2);
    const found = newlineIn(bytes, 0, encoding);
    return start + (found === -1 ? unit : found + unit);
  }

  #projectorAt(offset: number): LineProjector {
    return new LineProjector(offset, (at) => this.#source.textAt(at).encoding);
  }

  async #readBefore(from: number): Promise<void> {
    const start = await this.#lineStart(Math.max(0, from - this.#limits.before));
    if (start >= from) return;
    const lines: ShownLine[] = [];
    this.#projectorAt(start).feed(await this.#source.read(start, from - start), (line) => lines.push(line));
    for (const [index, line] of lines.entries()) this.#taker.line(index - lines.length, line);
  }
}
