/** A text as UTF-8 that grows at its end: adding to it does not copy what is there each time. */
export class GrowingBytes {
  #buffer: Buffer;
  #length: number;

  constructor(text: string) {
    this.#buffer = Buffer.from(text);
    this.#length = this.#buffer.length;
  }

  get length(): number {
    return this.#length;
  }

  /** Stays as it is when more is added. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  add(text: string): void {
    const size = Buffer.byteLength(text);
    if (this.#length + size > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 1.5, this.#length + size) | 0);
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.write(text, this.#length);
    this.#length += size;
  }
}
