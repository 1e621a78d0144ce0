import { readFile, stat } from 'node:fs/promises';

/**
 * The text of a file; nothing where there is none, it cannot be read or is longer than `most` bytes. Only files are opened: a named pipe would
 * wait for ever for somebody who writes.
 */
export async function fileText(path: string, most = Number.POSITIVE_INFINITY): Promise<string> {
  try {
    const stats = await stat(path);
    return stats.isFile() && stats.size <= most ? await readFile(path, 'utf8') : '';
  } catch {
    return '';
  }
}
