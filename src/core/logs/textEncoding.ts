/** How the bytes of a log are text. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Bytes at the beginning of a file that tell its encoding. */
export const MARK_BYTES = 2;

/** By the mark that what PowerShell redirects begins with; UTF-8 where there is none. */
export function encodingOf(head: Uint8Array): TextEncoding {
  const mark = (head[0] ?? 0) * 256 + (head[1] ?? 0);
  return mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
}

/** Bytes that a character has at least: characters begin at multiples of it. */
export function unitOf(encoding: TextEncoding): 1 | 2 {
  return encoding === 'utf-8' ? 1 : 2;
}

const NEWLINE = 10;

/** Where the next end of a line is; -1 where there is none. `from` begins a character. */
export function newlineIn(bytes: Uint8Array, from: number, encoding: TextEncoding): number {
  if (encoding === 'utf-8') return bytes.indexOf(NEWLINE, from);
  const low = encoding === 'utf-16le' ? 0 : 1;
  for (let at = bytes.indexOf(NEWLINE, from); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    const unit = at - low;
    if (unit >= from && (unit - from) % 2 === 0 && bytes[unit + 1 - low] === 0 && unit + 1 < bytes.length) return unit;
  }
  return -1;
}

/** Where the last line ends, after its end; -1 where none does. The bytes begin a character. */
export function lastLineEnd(bytes: Uint8Array, encoding: TextEncoding): number {
  if (encoding === 'utf-8') return bytes.lastIndexOf(NEWLINE) + 1 || -1;
  let last = -1;
  for (let at = newlineIn(bytes, 0, encoding); at !== -1; at = newlineIn(bytes, at + 2, encoding)) last = at + 2;
  return last;
}

/** A text in an encoding, without a mark. */
export function encoded(text: string, encoding: TextEncoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}
