import type { Terminal } from './terminal';
import { textWidth } from './textWidth';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** The whole line, before it is written: where only its rest is erased, tmux still counts it as long and wraps it after a resize. */
const CLEAR_LINE = '\u001b[2K';
const CLEAR_BELOW = '\u001b[J';

/**
 * Lines at the bottom of the terminal that are drawn over in place, each frame in one write, so that nothing flickers.
 * The lines must fit the terminal's width and height: a line that wraps cannot be found again.
 */
export class LiveArea {
  readonly #terminal: Terminal;
  #drawn: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /**
   * Draws the lines over those of the frame before.
   * @param above lines that stay, above the frame; they may be longer than the terminal is wide.
   */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    const same = lines.length === this.#drawn.length && lines.every((line, index) => line === this.#drawn[index]);
    if (same && above.length === 0) return;
    const start = this.#drawn.length === 0 ? HIDE_CURSOR : this.#toTop();
    // Lines above may wrap onto rows of the old frame that are not drawn over: these are cleared first.
    const kept = above.length === 0 ? '' : `${CLEAR_BELOW}${above.map((line) => `${line}\n`).join('')}`;
    this.#terminal.write(`${start}${kept}${lines.map((line) => `${CLEAR_LINE}${line}\n`).join('')}${CLEAR_BELOW}`);
    this.#drawn = lines;
  }

  /** Takes the frame away and gives the cursor back. */
  clear(): void {
    if (this.#drawn.length === 0) return;
    this.#terminal.write(`${this.#toTop()}${CLEAR_BELOW}${SHOW_CURSOR}`);
    this.#drawn = [];
  }

  /** After a resize the terminal has wrapped the old lines anew: they take as many rows as they need now. */
  #toTop(): string {
    const width = Math.max(1, this.#terminal.width);
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / width)), 0);
    return `\u001b[${rows}A\r`;
  }
}
