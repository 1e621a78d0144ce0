import type { ByteSource } from './byteSource';

/** What is read of an index at once: some minutes of a log that never rests. */
const CHUNK = 1 << 16;
const NEWLINE = 10;

/**
 * When lines arrived, from the index that is kept beside a log: `offset epochMilliseconds` a line, where what lies before the offset had
 * arrived by then. Reads only the part of the index that is about them.
 * @param offsets where the lines begin, ascending.
 * @returns epoch milliseconds; undefined for what the index does not tell.
 */
export async function arrivalsOf(index: ByteSource, offsets: readonly number[]): Promise<(number | undefined)[]> {
  const [first] = offsets;
  const found = await index.look();
  if (first === undefined || found === undefined) return offsets.map(() => undefined);
  const times: (number | undefined)[] = [];
  let at = await placeOf(index, first, found.size);
  let rest = '';
  while (times.length < offsets.length && at < found.size) {
    const bytes = await index.read(at, CHUNK);
    if (bytes.length === 0) break;
    at += bytes.length;
    const lines = (rest + new TextDecoder().decode(bytes)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [end, time] = entryOf(line);
      if (end === undefined || time === undefined) continue;
      while (times.length < offsets.length && (offsets[times.length] ?? 0) < end) times.push(time);
    }
  }
  return offsets.map((_, line) => times[line]);
}

/** A place in the index before which nothing is about the byte, at the beginning of a line and not far from what is. */
async function placeOf(index: ByteSource, offset: number, size: number): Promise<number> {
  let low = 0;
  let high = size;
  while (high - low > CHUNK / 2) {
    const middle = Math.floor((low + high) / 2);
    const bytes = await index.read(middle, 256);
    const start = bytes.indexOf(NEWLINE) + 1;
    const [end] = entryOf(new TextDecoder().decode(bytes.subarray(start)).split('\n', 1)[0] ?? '');
    if (start === 0 || end === undefined) return low;
    if (end <= offset) low = middle + start;
    else high = middle;
  }
  return low;
}

function entryOf(line: string): readonly [number | undefined, number | undefined] {
  const match = /^(\d+) (\d+)$/.exec(line);
  return match === null ? [undefined, undefined] : [Number(match[1]), Number(match[2])];
}
