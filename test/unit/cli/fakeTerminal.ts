import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../../../src/cli/terminal';

/** A terminal that keeps what is written and can be resized, closed and answered. */
export class FakeTerminal implements Terminal {
  isTty = false;
  canAsk = false;
  color = false;
  width = 80;
  height = 24;
  out = '';
  err = '';
  answers: (string | undefined)[] = [];
  questions: string[] = [];
  readonly #closed = new Set<() => void>();
  readonly #resized = new Set<() => void>();
  readonly #interrupted = new Set<() => void>();
  readonly #keys = new Set<(keys: string) => void>();

  print(text: string): void {
    this.out += `${text}\n`;
  }

  warn(text: string): void {
    this.err += `${text}\n`;
  }

  write(text: string | Uint8Array): void {
    this.out += typeof text === 'string' ? text : Buffer.from(text).toString();
  }

  onClosed(listener: () => void): () => void {
    this.#closed.add(listener);
    return () => this.#closed.delete(listener);
  }

  onResize(listener: () => void): () => void {
    this.#resized.add(listener);
    return () => this.#resized.delete(listener);
  }

  onInterrupt(listener: () => void): () => void {
    this.#interrupted.add(listener);
    return () => this.#interrupted.delete(listener);
  }

  readKeys(listener: (keys: string) => void): () => void {
    this.#keys.add(listener);
    return () => this.#keys.delete(listener);
  }

  async ask(question: string): Promise<string | undefined> {
    this.questions.push(question);
    return this.answers.shift();
  }

  interrupt(): void {
    for (const listener of this.#interrupted) listener();
  }

  type(keys: string): void {
    for (const listener of this.#keys) listener(keys);
  }

  close(): void {
    for (const listener of this.#closed) listener();
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    for (const listener of this.#resized) listener();
  }
}

/** As much of a terminal as a live area uses: rows that wrap, the cursor, and erasing. Wider than what is tested, it never scrolls. */
export class Screen {
  rows: string[] = [''];
  row = 0;
  column = 0;
  cursorShown = true;
  width: number;

  constructor(width: number) {
    this.width = width;
  }

  write(text: string): void {
    for (const token of text.match(/\p{Cc}\[\??[\d;]*[A-Za-z]|[\s\S]/gu) ?? []) this.#take(token);
  }

  /** Wraps what is on the screen at another width, as terminals do; the cursor stays on its text. */
  reflow(width: number): void {
    const before = this.rows.slice(0, this.row);
    const rewrapped = (rows: string[]) =>
      rows.flatMap((row) => (row === '' ? [''] : (row.match(new RegExp(`[\\s\\S]{1,${width}}`, 'gu')) ?? [''])));
    const moved = rewrapped(before);
    this.rows = [...moved, ...rewrapped(this.rows.slice(this.row))];
    this.row = moved.length;
    this.width = width;
  }

  text(): string {
    return this.rows
      .map((row) => row.trimEnd())
      .join('\n')
      .replace(/\n+$/, '');
  }

  #take(token: string): void {
    if (token === '\n') {
      this.row += 1;
      this.column = 0;
      while (this.rows.length <= this.row) this.rows.push('');
    } else if (token === '\r') this.column = 0;
    else if (token.startsWith('\u001b[')) this.#control(token);
    else {
      const line = (this.rows[this.row] ?? '').padEnd(this.column);
      this.rows[this.row] = line.slice(0, this.column) + token + line.slice(this.column + 1);
      this.column += 1;
      if (this.column > this.width) throw new Error(`a line of the frame is wider than ${this.width}: ${this.rows[this.row]}`);
    }
  }

  #control(token: string): void {
    if (token === '\u001b[2K') this.rows[this.row] = '';
    else if (token === '\u001b[J') {
      this.rows[this.row] = (this.rows[this.row] ?? '').slice(0, this.column);
      this.rows.length = this.row + 1;
    } else if (token.endsWith('A')) this.row = Math.max(0, this.row - Number(token.slice(2, -1)));
    else if (token === '\u001b[?25l') this.cursorShown = false;
    else if (token === '\u001b[?25h') this.cursorShown = true;
    else if (stripVTControlCharacters(token) !== '') throw new Error(`unknown control sequence ${JSON.stringify(token)}`);
  }
}
