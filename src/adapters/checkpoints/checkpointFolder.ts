import { type FSWatcher, statSync, watch } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CheckpointStore, CheckpointText } from '../../app/elsewhereJobs';
import { messageOf } from '../../base/logger';
import { type PathTemplate, pathTemplate } from '../../core/checkpoints/pathTemplate';
import { codeOf } from '../journal/durableFile';

/** The newest of a folder that nobody ever empties. */
const MOST_FILES = 500;
/** A checkpoint of a date a line would hold a century of them. */
const MOST_BYTES = 4_000_000;
/** Where the path has placeholders in the names of folders. */
const MOST_FOLDERS = 200;
/** A job writes, syncs and renames: one change, many events. */
const SETTLE_MS = 60;

/** Checkpoints as files, in a folder that jobs write and nobody else owns. Reads only. */
export class CheckpointFolder implements CheckpointStore {
  readonly #base: string;
  readonly #renewMs: number;
  readonly #known = new Map<string, { readonly signature: string; readonly file: CheckpointText }>();

  /**
   * @param base what relative paths are relative to.
   * @param options.renewMs how often a watched folder is looked for anew, because it may come, go or be replaced.
   */
  constructor(base: string, { renewMs = 5_000 }: { readonly renewMs?: number } = {}) {
    this.#base = base;
    this.#renewMs = renewMs;
  }

  async read(path: string): Promise<readonly CheckpointText[]> {
    const template = pathTemplate(path);
    const folder = this.#folderOf(template);
    const found: { readonly path: string; readonly writtenAt: number; readonly signature: string; readonly relative: string }[] =
      [];
    for (const relative of await namesBelow(folder, template.depth)) {
      if (template.match(relative) === undefined) continue;
      const full = join(folder, relative);
      const stats = await stat(full).catch(() => undefined);
      if (stats?.isFile() !== true) continue;
      // Every write makes another file.
      found.push({ path: full, writtenAt: stats.mtimeMs, signature: `${stats.mtimeMs} ${stats.size} ${stats.ino}`, relative });
    }
    found.sort((a, b) => b.writtenAt - a.writtenAt);
    const files: CheckpointText[] = [];
    for (const { path: full, signature, relative } of found.slice(0, MOST_FILES)) {
      const known = this.#known.get(full);
      const file = known?.signature === signature ? known.file : await readOne(full, template.match(relative) ?? {});
      if (file === undefined) continue;
      this.#known.set(full, { signature, file });
      files.push(file);
    }
    for (const known of this.#known.keys()) if (!files.some((file) => file.path === known)) this.#known.delete(known);
    return files;
  }

  watch(path: string, changed: () => void): () => void {
    const template = pathTemplate(path);
    const folder = this.#folderOf(template);
    let watcher: FSWatcher | undefined;
    let watched = '';
    let settle: NodeJS.Timeout | undefined;
    const unwatch = () => {
      watcher?.close();
      watcher = undefined;
      watched = '';
    };
    // A folder that was removed and made again is another one, and the old watcher says nothing of it.
    const renew = () => {
      const now = identityOf(folder);
      if (now === watched) return;
      unwatch();
      if (now === '') return;
      try {
        watcher = watch(folder, { persistent: false, recursive: template.depth > 1 }, (_, name) => {
          if (template.depth === 1 && name !== null && template.match(name) === undefined) return;
          settle ??= setTimeout(() => {
            settle = undefined;
            changed();
          }, SETTLE_MS);
        });
        watched = now;
        watcher.on('error', unwatch);
      } catch {
        // No watches left: whoever looks from time to time still finds what changed.
      }
    };
    renew();
    const again = setInterval(() => {
      const before = watched;
      renew();
      if (watched !== before) changed();
    }, this.#renewMs);
    again.unref();
    return () => {
      clearInterval(again);
      clearTimeout(settle);
      unwatch();
    };
  }

  #folderOf({ folder }: PathTemplate): string {
    return resolve(this.#base, folder.replace(/^~(?=\/|$)/, homedir()));
  }
}

/** Paths of files, as many names deep as asked for. */
async function namesBelow(folder: string, depth: number): Promise<readonly string[]> {
  let parents = [''];
  for (let level = 1; ; level++) {
    const names: string[] = [];
    const folders: string[] = [];
    for (const parent of parents.slice(0, MOST_FOLDERS)) {
      const entries = await readdir(join(folder, parent), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const name = parent === '' ? entry.name : `${parent}/${entry.name}`;
        if (entry.isDirectory()) folders.push(name);
        else if (entry.isFile() || entry.isSymbolicLink()) names.push(name);
      }
    }
    if (level >= depth) return names;
    parents = folders;
  }
}

/** What is read and when it was written are of the same file, although the job may replace it meanwhile. */
async function readOne(path: string, name: CheckpointText['name']): Promise<CheckpointText | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { mtimeMs, size } = await handle.stat();
      const content =
        size > MOST_BYTES ? `It is too large for a checkpoint (${size} bytes).` : { text: await handle.readFile('utf8') };
      return { path, name, writtenAt: mtimeMs, content };
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    // Removed since it was listed.
    if (codeOf(thrown) === 'ENOENT') return undefined;
    const writtenAt = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    return { path, name, writtenAt, content: `${messageOf(thrown)}: make it a file that you may read.` };
  }
}

function identityOf(folder: string): string {
  try {
    const { dev, ino, birthtimeMs } = statSync(folder);
    return `${dev} ${ino} ${birthtimeMs}`;
  } catch {
    return '';
  }
}
