import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SKIPPED = /^(\.|node_modules$|__pycache__$|site-packages$|venv$|env$|dist$|build$)/;
const DEPTH = 6;
const MOST_ENTRIES = 10_000;
/** Of one folder: what holds more is data, and must not keep the walk from the folders beside it. */
const MOST_OF_A_FOLDER = 500;

/** A file or folder that was met. */
export interface Entry {
  readonly name: string;
  readonly path: string;
  /** The folder that it is in. */
  readonly parent: string;
  /** 0 in the folder where the walk began. */
  readonly depth: number;
  readonly isFolder: boolean;
}

/**
 * Goes through a folder, nearest first and by name, a few levels deep and up to so many entries; hidden folders and those that tools make
 * are left out.
 * @param visit sees each entry; `false` leaves a folder closed.
 */
export async function walk(folder: string, visit: (entry: Entry) => Promise<boolean>): Promise<void> {
  let looked = 0;
  let level = [folder];
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const parent of level) {
      if (looked >= MOST_ENTRIES) return;
      const entries = (await entriesOf(parent)).slice(0, Math.min(MOST_OF_A_FOLDER, MOST_ENTRIES - looked));
      looked += entries.length;
      for (const entry of entries) {
        const path = join(parent, entry.name);
        const isFolder = entry.isDirectory();
        if (isFolder && SKIPPED.test(entry.name)) continue;
        if ((await visit({ name: entry.name, path, parent, depth, isFolder })) && isFolder) next.push(path);
      }
    }
    level = next;
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
