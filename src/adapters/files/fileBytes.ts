import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteSource } from '../../app/logs/byteSource';

const NOTHING = new Uint8Array(0);

const OBSTACLES: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EISDIR: 'it is a folder',
  EIO: 'its disk cannot be read',
  ESTALE: 'its disk is gone',
  EMFILE: 'too many files are open',
};

/** A file that others write, take away and replace: it is opened for each read, so that it is never kept from them. */
export function fileBytes(path: string): ByteSource {
  let obstacle: string | undefined;
  const failed = (error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    // What has gone meanwhile is no obstacle.
    obstacle = code === 'ENOENT' || code === 'ENOTDIR' ? undefined : (OBSTACLES[code] ?? `it cannot be opened (${code})`);
    return NOTHING;
  };
  return {
    get obstacle() {
      return obstacle;
    },
    async look() {
      try {
        const found = await stat(path);
        // Opening a pipe would wait for who writes it.
        obstacle = found.isFile() ? undefined : found.isDirectory() ? 'it is a folder' : 'it is no file';
        return { size: found.size, identity: `${found.dev} ${found.ino}` };
      } catch (error) {
        failed(error);
        return undefined;
      }
    },
    async read(from, length) {
      let file: FileHandle;
      try {
        file = await open(path, 'r');
      } catch (error) {
        return failed(error);
      }
      try {
        const buffer = new Uint8Array(length);
        const { bytesRead } = await file.read(buffer, 0, length, from);
        obstacle = undefined;
        return buffer.subarray(0, bytesRead);
      } catch (error) {
        return failed(error);
      } finally {
        await file.close();
      }
    },
  };
}
