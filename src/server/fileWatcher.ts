import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const SETTLE_MS = 60;

/**
 * Tells when files change, come or go. The system's events only say where to look: whether a file changed is decided by its metadata,
 * so that atomic renames, folders that come later and network disks (by `check`) are covered by the same code.
 */
export class FileWatcher {
  readonly #paths: readonly string[];
  readonly #changed: (path: string) => void;
  readonly #seen = new Map<string, string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(paths: readonly string[], changed: (path: string) => void) {
    this.#paths = paths;
    this.#changed = changed;
  }

  /** From now on changes are told. */
  async start(): Promise<void> {
    for (const path of this.#paths) this.#seen.set(path, await signatureOf(path));
    this.#watch();
  }

  /** Looks now: for those who cannot rely on the system's events. */
  async check(): Promise<void> {
    for (const path of this.#paths) {
      const signature = await signatureOf(path);
      if (this.#ended || signature === this.#seen.get(path)) continue;
      this.#seen.set(path, signature);
      this.#changed(path);
    }
    this.#watch();
  }

  dispose(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Folders are watched, not files: editors replace files. A folder that does not exist yet is tried again at the next check. */
  #watch(): void {
    if (this.#ended) return;
    for (const folder of new Set(this.#paths.map((path) => dirname(path)))) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#settle());
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.delete(folder);
        });
        this.#watchers.set(folder, watcher);
      } catch {
        // Not there, or no more watches: `check` still finds changes.
      }
    }
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), SETTLE_MS);
  }
}

async function signatureOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'absent';
  }
}
