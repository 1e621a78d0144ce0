import { formatCount } from '../../base/figures';
import { shownText } from './cleanText';

/** A line as it is shown. `offset` is where it begins in the log, in bytes. */
export interface ShownLine {
  readonly offset: number;
  readonly text: string;
}

/** Bytes of a line that are shown; editors become slow with more. */
export const LONGEST_SHOWN = 10_240;

const NEWLINE = 10;
const RETURN = 13;

/**
 * Makes of the bytes of a log what is shown of it, line by line: colours are gone, a progress bar is what it showed last, what cannot be
 * seen has a sign, long lines are cut. A line of the log is a line of what is shown, so a place in one is a place in the other by
 * its line. Takes chunks of any size; what it holds between them is bounded, and how bytes are cut into chunks makes no difference.
 */
export class LineProjector {
  readonly #decoder = new TextDecoder('utf-8');
  /** The line that has no end yet. */
  readonly #open = new OpenLine();
  #position: number;
  #lineStart: number;

  /** @param position of the first byte, which begins a line. */
  constructor(position = 0) {
    this.#position = position;
    this.#lineStart = position;
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
    for (let from = 0; from < bytes.length; ) {
      const found = bytes.indexOf(NEWLINE, from);
      const piece = bytes.subarray(from, found === -1 ? bytes.length : found);
      if (found === -1) {
        this.#open.add(piece);
        break;
      }
      take({ offset: this.#lineStart, text: this.#wholeLine(piece) });
      from = found + 1;
      this.#lineStart = this.#position + from;
    }
    this.#position += bytes.length;
  }

  /** The log has ended: its last line may have no end. */
  end(take: (line: ShownLine) => void): void {
    if (this.#position > this.#lineStart) take({ offset: this.#lineStart, text: this.pending });
    this.#open.clear();
    this.#lineStart = this.#position;
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
    const text = shownText(this.#decoder.decode(bytes));
    return length > bytes.length ? `${text} … ${formatCount(length - bytes.length)} more bytes` : text;
  }
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
