import { type FileHandle, open } from 'node:fs/promises';
import { MOST_OF_A_LOG } from '../../app/logs/readLog';
import { encodingOf, MARK_BYTES, unitOf } from '../../core/logs/textEncoding';

const CHUNK = 1 << 16;

/**
 * The text of a log in chunks, as UTF-8, or as UTF-16 where it begins with the mark of that, as what PowerShell redirects does; of one that is
 * longer than `most` bytes its end. Bytes that are no text become U+FFFD. Nothing
 * where there is no such file or it cannot be read; what cannot be read any more ends it.
 */
export async function* readLogText(path: string, most: number = MOST_OF_A_LOG): AsyncGenerator<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return;
  }
  try {
    const { size } = await file.stat();
    const head = await file.read(new Uint8Array(MARK_BYTES), 0, MARK_BYTES, 0);
    const encoding = encodingOf(head.buffer);
    const from = Math.max(0, size - most);
    yield* chunksOf(file, from - (from % unitOf(encoding)), encoding);
  } catch {
    // A folder, or a disk that is gone: what was read until here is what there is.
  } finally {
    await file.close();
  }
}

async function* chunksOf(file: FileHandle, from: number, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const buffer = new Uint8Array(CHUNK);
  for (let position = from; ; ) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    yield decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
  }
  yield decoder.decode();
}

/** What has come to a log since it was read up to `from`, at most `most` bytes of it; undefined where there is no such file. */
export async function readLogBytes(path: string, from: number, most: number): Promise<Uint8Array | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.min(most, Math.max(0, size - from)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
