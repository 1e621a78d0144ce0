import { withoutControls } from './cleanText';
import { readPrefix } from './logPrefix';

/** A line of a log as a person saw it: without colours, control characters, and what a progress bar wrote over. */
export interface LogLine {
  /** Counts from 1. */
  readonly number: number;
  /** Without the level, logger and time before it. */
  readonly message: string;
  /** It belongs to the record of the line before: the message has several lines, or a traceback follows it. */
  readonly continues: boolean;
  /** In upper case, such as `ERROR`. */
  readonly level?: string;
  /** When the record was written, ISO without a zone unless one was told. */
  readonly at?: string;
}

/** What is longer is cut: nothing that is looked for is. */
const LONGEST = 8192;

/**
 * Splits the text of a log into lines and tells which belong together. Takes chunks of any size; what it holds between them is bounded, and
 * how a text is cut into chunks makes no difference.
 */
export class LineSplitter {
  readonly #take: (line: LogLine) => void;
  /** What of the current line is seen: since the last carriage return, and before it. */
  #shown = '';
  #before = '';
  #returned = false;
  #number = 0;
  /** Some line had a prefix: then lines without one continue the record before. */
  #prefixed = false;
  #traceback = false;

  constructor(take: (line: LogLine) => void) {
    this.#take = take;
  }

  feed(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#add(text.slice(from, end));
      this.#endLine();
      from = end + 1;
    }
    if (from < text.length) this.#add(text.slice(from));
  }

  /** The text has ended: its last line may have no end. */
  end(): void {
    if (this.#shown !== '' || this.#before !== '') this.#endLine();
  }

  /** A carriage return takes back what stands before it as soon as something is written over it. */
  #add(piece: string): void {
    if (!piece.includes('\r')) {
      this.#write(piece);
      return;
    }
    for (const [index, part] of piece.split('\r').entries()) {
      if (index > 0) this.#returned = true;
      this.#write(part);
    }
  }

  #write(part: string): void {
    if (part === '') return;
    if (this.#returned) {
      if (this.#shown.trim() !== '') this.#before = this.#shown;
      this.#shown = '';
      this.#returned = false;
    }
    if (this.#shown.length < LONGEST) this.#shown = (this.#shown + part).slice(0, LONGEST);
  }

  #endLine(): void {
    const text = this.#shown.trim() === '' ? this.#before : this.#shown;
    this.#shown = '';
    this.#before = '';
    this.#returned = false;
    this.#number += 1;
    this.#take(this.#lineOf(withoutControls(text)));
  }

  #lineOf(text: string): LogLine {
    const prefix = readPrefix(text);
    if (prefix !== undefined) {
      this.#prefixed = true;
      this.#traceback = false;
      return { number: this.#number, continues: false, ...prefix };
    }
    const opens = text.startsWith('Traceback (most recent call last)');
    const continues = this.#number > 1 && (this.#prefixed || this.#traceback);
    // Without prefixes a traceback is told by its frames; the line that is not indented is its exception, and ends it.
    this.#traceback = opens || (this.#traceback && (text.startsWith(' ') || text === ''));
    return { number: this.#number, continues: continues && !(opens && !this.#prefixed), message: text };
  }
}
