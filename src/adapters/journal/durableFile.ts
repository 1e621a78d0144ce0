import { link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file as a whole: readers see all of it or nothing, and it is on the disk when this resolves. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
  await syncFolder(dirname(path));
}

/** Creates a file that did not exist, of which nobody sees a part. Rejects with EEXIST when it did. */
export async function createWhole(path: string, text: string): Promise<void> {
  // Of many that do so at once, in this process, too, each has a file of its own.
  const temporary = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  await writeFile(temporary, text);
  try {
    await link(temporary, path);
  } catch (thrown) {
    // Some disks know no links.
    if (codeOf(thrown) === 'EEXIST') throw thrown;
    await writeFile(path, text, { flag: 'wx' });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Makes a folder that did not exist, durably. Rejects with EEXIST when it did. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path);
  await syncFolder(dirname(path));
}

/** A name is on the disk only once its folder is. Windows cannot open folders, and needs it not. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The `code` of a system error such as ENOENT. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
}
