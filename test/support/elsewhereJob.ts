import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** How a job's program lies in a folder, and how it is run there. */
export const JOB_SCRIPT = 'jobs/tdza_precompute_backfill.mjs';

export interface JobOptions {
  readonly job?: string;
  readonly start?: string;
  readonly end?: string;
  /** Where its checkpoints are; `checkpoints` of the folder by default. */
  readonly checkpoints?: string;
  /** What the job's command line stands behind, such as a shell; the job itself has to get its standard input. */
  readonly through?: (argv: readonly string[]) => readonly string[];
}

/** A job that somebody started in a shell: a real process that keeps a checkpoint, and ends each date when it is told to. */
export class ElsewhereProcess {
  readonly child: ChildProcess;
  readonly #lines: Interface;
  readonly #said = new Set<string>();

  private constructor(child: ChildProcess) {
    this.child = child;
    if (child.stdout === null) throw new Error('no output');
    this.#lines = createInterface({ input: child.stdout });
    this.#lines.on('line', (line) => this.#said.add(line));
  }

  /** Started, and its program loaded. */
  static async start(folder: string, options: JobOptions = {}): Promise<ElsewhereProcess> {
    const { job = 'tdza', start = '2021-11-01', end = '2021-11-06', checkpoints = join(folder, 'checkpoints') } = options;
    mkdirSync(dirname(join(folder, JOB_SCRIPT)), { recursive: true });
    copyFileSync('test/support/jobs/checkpointJob.mjs', join(folder, JOB_SCRIPT));
    const argv = [
      process.execPath,
      JOB_SCRIPT,
      '--checkpoints',
      checkpoints,
      '--job',
      job,
      '--start-date',
      start,
      '--end-date',
      end,
    ];
    const [program = '', ...args] = options.through?.(argv) ?? argv;
    const one = new ElsewhereProcess(spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] }));
    await one.#says('ready');
    return one;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends a date; resolves when the checkpoint holds it. */
  async end(outcome: 'successful' | 'failed' | 'skipped', date: string): Promise<void> {
    this.child.stdin?.write(`${outcome} ${date}\n`);
    await this.#says(`${outcome} ${date}`);
  }

  /** Kills it; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async #says(line: string): Promise<void> {
    while (!this.#said.has(line)) await once(this.#lines, 'line');
  }
}
