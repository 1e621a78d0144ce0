import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

const LOCK_PATIENCE_MS = 20_000;

/**
 * Runs statements on a database file, which is made where it is missing, and closes it. Waits for others that have it open, such as a window
 * that looks at it. Returns the rows of the last one.
 */
export async function runDuckdb(path: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const instance = await openToWrite(path);
  const connection = await instance.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowObjects();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function openToWrite(path: string): Promise<DuckDBInstance> {
  const end = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return await DuckDBInstance.create(path);
    } catch (error) {
      if (!/Could not set lock/.test(String(error)) || performance.now() > end) throw error;
      await new Promise((next) => setTimeout(next, 20));
    }
  }
}

/** Rows of a query on a database file that others may be reading, such as a window that shows it. */
export async function readDuckdb(path: string, query: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(query)).getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A real other process that has a DuckDB file open. */
export class Holder {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when it holds the file; rejects with what it said when it cannot. */
  static async open(path: string, access: 'read' | 'write' = 'write'): Promise<Holder> {
    const child = spawn(process.execPath, ['test/support/holdDuckdb.mjs', path, access]);
    let complaint = '';
    child.stderr.on('data', (data) => {
      complaint += String(data);
    });
    const holder = new Holder(child);
    const { value } = await holder.#lines.next();
    if (value !== 'open') throw new Error(complaint);
    return holder;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async run(statement: string): Promise<void> {
    this.#child.stdin.write(`${statement}\n`);
    await this.#lines.next();
  }

  /** Closes the file as a process should. */
  async release(): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
  }

  /** Ends it without a chance to close the file. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
