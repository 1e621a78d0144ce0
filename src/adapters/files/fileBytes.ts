import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteSource } from '../../app/logs/byteSource';

const NOTHING = new Uint8Array(0);

/** A file that others write, take away and replace: it is opened for each read, so that it is never kept from them. */
export function fileBytes(path: string): ByteSource {
  return {
    async look() {
      try {
        const { size, ino, dev } = await stat(path);
        return { size, identity: `${dev} ${ino}` };
      } catch {
        return undefined;
      }
    },
    async read(from, length) {
      let file: FileHandle;
      try {
        file = await open(path, 'r');
      } catch {
        return NOTHING;
      }
      try {
        const buffer = new Uint8Array(length);
        const { bytesRead } = await file.read(buffer, 0, length, from);
        return buffer.subarray(0, bytesRead);
      } catch {
        return NOTHING;
      } finally {
        await file.close();
      }
    },
  };
}
