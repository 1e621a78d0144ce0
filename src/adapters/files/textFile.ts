import { readFile } from 'node:fs/promises';
import { codeOf } from '../journal/durableFile';

/** The text of a file, undefined when there is none. Rejects when there is one that cannot be read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
