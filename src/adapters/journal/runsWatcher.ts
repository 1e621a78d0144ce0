import { type FSWatcher, watch } from 'node:fs';

/** What a watcher asks of the journal: all runs, and a text that changes when a run's plan, events or owner do. */
export interface WatchedRuns {
  readonly folder: string;
  ids(): Promise<readonly string[]>;
  folderOf(id: string): string;
  /** Undefined for a run that will never change again. */
  stateOf(id: string): Promise<string | undefined>;
}

const BURST_MS = 40;

/**
 * Tells which runs change: by the system's notifications, and by a slow look at those that have not ended, because network disks notify
 * nothing and a process dies without touching a file. The first look tells of all runs: what happened since the caller read is in it.
 */
export function watchRuns(runs: WatchedRuns, pollMs: number, listener: (ids: readonly string[]) => void): () => void {
  const states = new Map<string, string | undefined>();
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let again = false;
  let stopped = false;

  const observe = (folder: string, concerns: (name: string | null) => boolean) => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => {
        if (concerns(name)) schedule(BURST_MS);
      });
      watchers.set(folder, watcher);
      // The folder went away, or the system has no watchers left: the slow look goes on.
      watcher.on('error', () => unwatch(folder));
    } catch {
      // As above; tried again at the next look.
    }
  };
  const unwatch = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const schedule = (ms: number) => {
    if (stopped) return;
    if (looking) again = true;
    else {
      clearTimeout(timer);
      timer = setTimeout(() => void look(), ms);
    }
  };

  const look = async () => {
    looking = true;
    again = false;
    try {
      observe(runs.folder, () => true);
      const changed: string[] = [];
      for (const id of await runs.ids()) {
        if (states.has(id) && states.get(id) === undefined) continue;
        const state = await runs.stateOf(id);
        if (stopped) return;
        if (state === undefined) unwatch(runs.folderOf(id));
        // The heartbeat also writes into the folder, and is no news.
        else observe(runs.folderOf(id), (name) => name === null || !name.startsWith('lease'));
        if (!states.has(id) || states.get(id) !== state) changed.push(id);
        states.set(id, state);
      }
      if (changed.length > 0) listener(changed);
    } catch {
      // An unreadable folder is found again at the next look.
    } finally {
      looking = false;
      schedule(again ? BURST_MS : pollMs);
    }
  };
  void look();

  return () => {
    stopped = true;
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
}
