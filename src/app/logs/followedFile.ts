import { encodingOf, MARK_BYTES, type TextEncoding } from '../../core/logs/textEncoding';
import type { ByteSource, LogBytes } from './byteSource';

/** Bytes at the end of what was seen that are compared with what is there later. */
const SEAM = 64;
const NOTHING = new Uint8Array(0);

/**
 * A log that others write. Knows its encoding, and sees when other bytes have taken the place of those that were seen: another file of that
 * name, a shorter one, and also one that was emptied and has grown beyond its old size since.
 */
export class FollowedFile implements LogBytes {
  readonly #source: ByteSource;
  #size = 0;
  #file = '';
  #seam: Uint8Array = NOTHING;
  #generation = 0;
  #encoding: TextEncoding | undefined;
  #obstacle: string | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Why it cannot be read, although it is there. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  /** What cannot be read is as if it were not there: what was read of it before stays as it is. */
  async look(): Promise<{ readonly size: number; readonly identity: string } | undefined> {
    const found = await this.#source.look();
    this.#obstacle = this.#source.obstacle;
    if (found === undefined || this.#obstacle !== undefined) return undefined;
    const { size, identity } = found;
    const isSame = identity === this.#file && size >= this.#size && (size === this.#size || (await this.#continues()));
    if (!isSame || size !== this.#size) {
      const from = Math.max(0, size - SEAM);
      const seam = await this.read(from, size - from);
      this.#obstacle = seam.length === 0 ? this.#source.obstacle : undefined;
      if (this.#obstacle !== undefined) return undefined;
      if (!isSame) {
        this.#generation++;
        this.#encoding = undefined;
      }
      this.#file = identity;
      this.#size = size;
      this.#seam = seam;
    }
    if (this.#encoding === undefined && size >= MARK_BYTES) this.#encoding = encodingOf(await this.read(0, MARK_BYTES));
    return { size, identity: `${identity} ${this.#generation}` };
  }

  read(from: number, length: number): Promise<Uint8Array> {
    return this.#source.read(from, length);
  }

  textAt(): { readonly encoding: TextEncoding; readonly origin: number } {
    return { encoding: this.#encoding ?? 'utf-8', origin: 0 };
  }

  async #continues(): Promise<boolean> {
    const there = await this.read(this.#size - this.#seam.length, this.#seam.length);
    return Buffer.compare(there, this.#seam) === 0;
  }
}
