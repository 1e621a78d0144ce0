import { formatCount } from '../../base/figures';
import { shownText } from './cleanText';
import { newlineIn, type TextEncoding, unitOf } from './textEncoding';

/** A line as it is shown. `offset` is where it begins in the log, in bytes. */
export interface ShownLine {
  readonly offset: number;
  readonly text: string;
}

/** Bytes of a line that are shown; editors become slow with more. */
export const LONGEST_SHOWN = 10_240;

const RETURN = 13;
const NOT_HELD = new Uint8Array(0);

/**
 * Makes of the bytes of a log what is shown of it, line by line: colours are gone, a progress bar is what it showed last, what cannot be
 * seen has a sign, long lines are cut. A line of the log is a line of what is shown, so a place in one is a place in the other by
 * its line. Takes chunks of any size; what it holds between them is bounded, and how bytes are cut into chunks makes no difference.
 */
export class LineProjector {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #encodingAt: (offset: number) => TextEncoding;
  /** The line that has no end yet. */
  readonly #open = new OpenLine();
  #position: number;
  #lineStart: number;
  #encoding: TextEncoding;
  /** Of a line in UTF-16: makes text of it, piece by piece. */
  #wide: InstanceType<typeof TextDecoder> | undefined;
  /** Half a character of UTF-16. */
  #held = NOT_HELD;

  /**
   * @param position of the first byte, which begins a line.
   * @param encodingAt asked for where each line begins.
   */
  constructor(position = 0, encodingAt: (offset: number) => TextEncoding = () => 'utf-8') {
    this.#position = position;
    this.#lineStart = position;
    this.#encodingAt = encodingAt;
    this.#encoding = encodingAt(position);
  }

  /** Where the line begins that has no end yet. */
  get lineStart(): number {
    return this.#lineStart;
  }

  /** Where the next byte is in the log. */
  get position(): number {
    return this.#position;
  }

  /** What is seen of the line that has no end yet. */
  get pending(): string {
    return this.#show(this.#open.part());
  }

  feed(bytes: Uint8Array, take: (line: ShownLine) => void): void {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const start = this.#position - this.#held.length;
    this.#held = NOT_HELD;
    for (let from = 0; from < all.length; ) {
      const unit = unitOf(this.#encoding);
      const found = newlineIn(all, from, this.#encoding);
      if (found === -1) {
        const end = all.length - ((all.length - from) % unit);
        this.#open.add(this.#utf8(all.subarray(from, end), true));
        this.#held = all.slice(end);
        break;
      }
      take({ offset: this.#lineStart, text: this.#wholeLine(this.#utf8(all.subarray(from, found), false)) });
      from = found + unit;
      this.#beginLine(start + from);
    }
    this.#position += bytes.length;
  }

  /** The log has ended: its last line may have no end. */
  end(take: (line: ShownLine) => void): void {
    if (this.#position > this.#lineStart) take({ offset: this.#lineStart, text: this.pending });
    this.#open.clear();
    this.#held = NOT_HELD;
    this.#beginLine(this.#position);
  }

  #beginLine(offset: number): void {
    this.#lineStart = offset;
    this.#wide = undefined;
    this.#encoding = this.#encodingAt(offset);
  }

  /** @param goesOn more of the line follows. */
  #utf8(piece: Uint8Array, goesOn: boolean): Uint8Array {
    if (this.#encoding === 'utf-8') return piece;
    this.#wide ??= new TextDecoder(this.#encoding);
    return new TextEncoder().encode(this.#wide.decode(piece, { stream: goesOn }));
  }

  /** @param piece the end of the line, or all of it. */
  #wholeLine(piece: Uint8Array): string {
    if (this.#open.isEmpty && !piece.includes(RETURN)) {
      return this.#show({ bytes: piece.subarray(0, LONGEST_SHOWN), length: piece.length });
    }
    this.#open.add(piece);
    const text = this.pending;
    this.#open.clear();
    return text;
  }

  #show({ bytes, length }: Pick<Part, 'bytes' | 'length'>): string {
    if (length <= bytes.length) return shownText(this.#decoder.decode(bytes));
    const whole = wholeCharacters(bytes);
    return `${shownText(this.#decoder.decode(whole))} … ${formatCount(length - whole.length)} more bytes`;
  }
}

/** Without the beginning of a character that was cut off. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** What stands between two carriage returns. */
interface Part {
  /** The first of them. */
  readonly bytes: Uint8Array;
  /** Of all of them. */
  readonly length: number;
  readonly blank: boolean;
}

const NOTHING: Part = { bytes: new Uint8Array(0), length: 0, blank: true };

/** A line that is still being written: a carriage return takes back what stands before it as soon as something is written over it. */
class OpenLine {
  #seen = NOTHING;
  #part = NOTHING;

  get isEmpty(): boolean {
    return this.#part.length === 0 && this.#seen.length === 0;
  }

  /** What a person sees. */
  part(): Part {
    return this.#part.blank && !this.#seen.blank ? this.#seen : this.#part;
  }

  add(bytes: Uint8Array): void {
    // Of many parts only the last ones can be seen.
    for (let from = 0; from <= bytes.length; ) {
      const found = bytes.indexOf(RETURN, from);
      const end = found === -1 ? bytes.length : found;
      if (end > from) this.#part = extended(this.#part, bytes.subarray(from, end));
      if (found === -1) break;
      if (!this.#part.blank) this.#seen = this.#part;
      this.#part = NOTHING;
      from = end + 1;
    }
  }

  clear(): void {
    this.#seen = NOTHING;
    this.#part = NOTHING;
  }
}

function extended({ bytes, length, blank }: Part, more: Uint8Array): Part {
  const room = LONGEST_SHOWN - bytes.length;
  return {
    bytes: room <= 0 ? bytes : Buffer.concat([bytes, more.subarray(0, room)]),
    length: length + more.length,
    blank: blank && more.every((byte) => byte === 32 || byte === 9),
  };
}
