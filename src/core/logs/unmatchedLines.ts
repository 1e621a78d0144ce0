import type { LogDigest } from './logDigest';

type Sample = LogDigest['unmatched']['samples'][number];

const MOST = 50;
const LONGEST = 200;

/** Counts the lines that say nothing that is known. Of a warning or an error all lines are known when one is: what follows belongs to it. */
export class UnmatchedLines {
  #lines = 0;
  readonly #samples: Sample[] = [];
  /** Of the record that is being read. */
  #pending: { count: number; samples: Sample[] } = { count: 0, samples: [] };
  #known = false;

  nextRecord(): void {
    this.#lines += this.#pending.count;
    this.#samples.push(...this.#pending.samples.slice(0, MOST - this.#samples.length));
    this.#pending = { count: 0, samples: [] };
    this.#known = false;
  }

  /** @param asOne the record is known as a whole when one of its lines is. */
  note(line: number, text: string, known: boolean, asOne: boolean): void {
    if (known && asOne) {
      this.#known = true;
      this.#pending = { count: 0, samples: [] };
    }
    if (known || this.#known) return;
    this.#pending.count += 1;
    if (this.#pending.samples.length < MOST) this.#pending.samples.push({ line, text: text.slice(0, LONGEST) });
  }

  told(): LogDigest['unmatched'] {
    return {
      lines: this.#lines + this.#pending.count,
      samples: [...this.#samples, ...this.#pending.samples].slice(0, MOST),
    };
  }
}
