import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { WarehouseError } from '../../app/ports';
import { openLocked } from './duckdbEngine';
import { isHeld, missingWarehouse, openError } from './duckdbErrors';

export type Access = 'read' | 'write';

export interface OpenOptions {
  /** How long to try again while another process holds the file. */
  readonly patienceMs?: number;
  /** Called each time the file is really opened. */
  readonly onOpen?: (access: Access) => void;
}

/** A share in the one open instance of a file. */
export interface DatabaseLease {
  readonly instance: DuckDBInstance;
  /** Whether the file at the path is still the one that is open: one that was moved away goes on taking what nobody will ever read. */
  isCurrent(): boolean;
  /** Ends the share; settles when the file is closed, that is when nobody else in this process uses it either. */
  release(): Promise<void>;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 200;
const DEFAULT_PATIENCE_MS = 5_000;

/**
 * At most one instance of a database file in this process: closing a second one would silently drop the first one's lock, and another
 * process could write under it. So everything that opens a file goes through here, and shares what is open.
 */
const files = new Map<string, DatabaseFile>();

export async function openDatabase(
  path: string,
  access: Access,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<DatabaseLease> {
  const real = realPath(path);
  const file = files.get(real) ?? new DatabaseFile(real);
  files.set(real, file);
  return file.lease(access, options, signal);
}

function realPath(path: string): string {
  try {
    if (statSync(path).isDirectory())
      throw new WarehouseError(
        'unsupported',
        `${path} is a folder: name the DuckDB file, or use \`type: parquet\` in the manifest.`,
      );
    return realpathSync(resolve(path));
  } catch (error) {
    if (error instanceof WarehouseError) throw error;
    // Opening for writing would create the file, and a misspelt path would look like an empty warehouse.
    throw missingWarehouse(path);
  }
}

/** Device and inode; empty where nothing is there. */
function identityOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  return file === undefined ? '' : `${file.dev} ${file.ino}`;
}

class DatabaseFile {
  readonly #path: string;
  #instance: DuckDBInstance | undefined;
  /** Which file that is. */
  #identity = '';
  #access: Access = 'read';
  #users = 0;
  #writers = 0;
  /** Nobody may join any more: the instance closes when its last user leaves. */
  #leaving = false;
  #closed: Promise<void> = Promise.resolve();
  #close: () => void = () => {};
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** One after the other, so that nobody opens the file while somebody else does. */
  lease(access: Access, options: OpenOptions, signal: AbortSignal | undefined): Promise<DatabaseLease> {
    const leased = this.#turn.then(() => this.#join(access, options, signal));
    this.#turn = leased.catch(() => {});
    return leased;
  }

  async #join(access: Access, options: OpenOptions, signal: AbortSignal | undefined): Promise<DatabaseLease> {
    signal?.throwIfAborted();
    const isOther = this.#instance !== undefined && identityOf(this.#path) !== this.#identity;
    if (this.#instance !== undefined && (this.#leaving || isOther || (access === 'write' && this.#access === 'read'))) {
      this.#leaving = true;
      await this.#closed;
    }
    if (this.#instance === undefined) {
      // Before it is opened: a file that takes its place meanwhile is found to be another one.
      this.#identity = identityOf(this.#path);
      this.#instance = await openPatiently(this.#path, access, options, signal);
      this.#access = access;
      this.#leaving = false;
      this.#closed = new Promise((resolve) => {
        this.#close = resolve;
      });
    }
    const instance = this.#instance;
    const identity = this.#identity;
    this.#users++;
    if (access === 'write') this.#writers++;
    let released: Promise<void> | undefined;
    return {
      instance,
      isCurrent: () => identityOf(this.#path) === identity,
      release: () => {
        released ??= this.#leave(instance, access);
        return released;
      },
    };
  }

  #leave(instance: DuckDBInstance, access: Access): Promise<void> {
    this.#users--;
    if (access === 'write') this.#writers--;
    // Readers that keep joining each other would hold the lock for ever: once one has left, nobody joins.
    if (this.#writers === 0) this.#leaving = true;
    if (this.#users === 0) {
      this.#instance = undefined;
      instance.closeSync();
      this.#close();
    }
    return this.#closed;
  }
}

async function openPatiently(path: string, access: Access, options: OpenOptions, signal?: AbortSignal): Promise<DuckDBInstance> {
  const giveUpAt = performance.now() + (options.patienceMs ?? DEFAULT_PATIENCE_MS);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    try {
      options.onOpen?.(access);
      return await openLocked(path, { access_mode: access === 'read' ? 'READ_ONLY' : 'READ_WRITE' });
    } catch (error) {
      if (!isHeld(error) || performance.now() + pause > giveUpAt) throw openError(path, error, access);
    }
    await delay(pause, undefined, signal === undefined ? {} : { signal });
  }
}
