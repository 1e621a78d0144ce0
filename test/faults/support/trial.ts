import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { statFieldsOf } from '../../../src/adapters/process/processIdentity';
import type { BackfillRecord } from '../../../src/app/journal';
import { summaryLines } from '../../../src/cli/render/backfillSummary';
import type { Plan } from '../../../src/core/backfill/backfill';
import { type BackfillProgress, progressOf } from '../../../src/core/backfill/progress';
import { type CommandLine, type Ended, Running } from '../../support/commandLine';
import { ExecutionFixture } from '../../support/execution';
import type { RequestParts } from '../../support/requests';

/** What preload.cjs does to an executor. */
export interface Fault {
  /** To the process of this command instead. */
  readonly command?: 'run';
  readonly kill?: { readonly at: number; readonly who: 'executor' | 'children' | 'both'; readonly afterMs?: number };
  readonly clock?: { readonly at: number; readonly shiftMs: number };
}

/** What a person is told of a backfill, and what it rests on. */
export interface Sight {
  readonly record: BackfillRecord;
  readonly progress: BackfillProgress;
  /** As `backfill attach` sums it up. */
  readonly words: string;
}

const WIDE = { width: 10_000, color: false };
const GONE_MS = 30_000;

/** A backfill to which something is done: real processes that carry its mark, so that none that is left behind stays unseen. */
export class Trial {
  readonly folder: string;
  readonly fixture: ExecutionFixture;
  readonly #cli: CommandLine;
  readonly #mark = randomUUID();
  readonly #env: NodeJS.ProcessEnv;
  #id = '';

  private constructor(folder: string, cli: CommandLine, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.fixture = new ExecutionFixture(folder);
    this.#cli = cli;
    this.#env = { ...env, FAULT_TRIAL: this.#mark };
  }

  /** @param env what executors and their jobs get beside this process's own. */
  static async in(cli: CommandLine, env: NodeJS.ProcessEnv = {}): Promise<Trial> {
    return new Trial(await mkdtemp(join(tmpdir(), 'backfill-fault-')), cli, env);
  }

  get id(): string {
    return this.#id;
  }

  /** From here on the trial is about this backfill. */
  take(id: string): void {
    this.#id = id;
  }

  async launch(request: RequestParts = {}): Promise<Plan> {
    const plan = await this.fixture.launch(request);
    this.#id = plan.id;
    return plan;
  }

  /** The executor of the launched backfill, as `attach` starts it. */
  executor(fault: Fault = {}): Running {
    return this.start(['execute', this.#id, '--manifest', join(this.folder, 'backfill.yaml')], fault);
  }

  /** @param fault what happens to the executor, be it this process or one that it starts. */
  start(words: readonly string[], fault?: Fault): Running {
    return this.#cli.start(this.folder, words, { env: this.#environment(fault), stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** @param words to put before the command, such as `unshare --pid --fork`. */
  startIn(wrapper: readonly string[], words: readonly string[], fault?: Fault): Running {
    const [program = '', ...args] = [...wrapper, process.execPath, this.#cli.path, ...words];
    const env = { ...process.env, TZ: 'UTC', ...this.#environment(fault) };
    return new Running(spawn(program, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  #environment(fault?: Fault): NodeJS.ProcessEnv {
    return {
      ...this.#env,
      NODE_OPTIONS: `--require ${resolve('test/faults/support/preload.cjs')}`,
      ...(fault !== undefined && { BACKFILL_FAULT: JSON.stringify({ report: this.#report, ...fault }) }),
    };
  }

  run(...words: readonly string[]): Promise<Ended> {
    return this.start(words).ended;
  }

  /** The steps that executors came to, and `killed …`. */
  steps(): readonly string[] {
    return existsSync(this.#report) ? readFileSync(this.#report, 'utf8').trim().split('\n') : [];
  }

  get #report(): string {
    return join(this.folder, 'steps');
  }

  /** Processes of this trial: executors, jobs and what those started. */
  processes(): readonly { readonly pid: number; readonly command: string }[] {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      const environment = textOf(`/proc/${name}/environ`);
      if (!environment.includes(this.#mark) || statFieldsOf(Number(name))?.[0] === 'Z') return [];
      return [{ pid: Number(name), command: textOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }];
    });
  }

  /** Resolves when no process of this trial is left. */
  async quiet(): Promise<void> {
    await until(
      () => this.processes().length === 0,
      () => `still there: ${JSON.stringify(this.processes())}`,
      GONE_MS,
    );
  }

  async look(): Promise<Sight> {
    const record = await this.fixture.journal.read(this.#id);
    assert.ok(record !== undefined, 'the backfill can be read');
    const progress = progressOf(record.plan, record.events, record.ownerAlive);
    return { record, progress, words: summaryLines(record.plan, record.events, progress, WIDE).join('\n') };
  }

  /** The command by which a person is told to go on with it. */
  async wayOn(): Promise<readonly string[]> {
    const { progress, words } = await this.look();
    if (progress.phase === 'planned') return ['attach', this.#id];
    const [command] = [...words.matchAll(/^ {2}backfill (resume .*)$/gm)].map(([, line = '']) => wordsOf(line));
    assert.ok(command !== undefined, `it is said how to go on with what is ${progress.phase}:\n${words}`);
    return command;
  }

  /** Does what a person is told to do, word by word. */
  async goOn(): Promise<Ended> {
    return this.run(...(await this.wayOn()));
  }

  /** A backfill that ended well, of which nothing is left: no process, no claim, and no line missing in its journal. */
  async isOver(): Promise<void> {
    await this.quiet();
    const { progress, record, words } = await this.look();
    assert.equal(progress.phase, 'done', words);
    for (const [index, event] of record.events.entries()) assert.equal(event.seq, index + 1);
    for (const problem of record.problems) assert.match(problem, /is left out|is incomplete/);
    assert.deepEqual(await this.claims(), [], 'no claim is left');
  }

  /** Names of files by which partitions are claimed now. */
  async claims(): Promise<readonly string[]> {
    return readdir(join(this.folder, '.backfill/claims')).catch(() => []);
  }

  async eventsText(): Promise<string> {
    return readFile(join(this.folder, '.backfill/runs', this.#id, 'events.ndjson'), 'utf8').catch(() => '');
  }

  /** Ends what is left, and removes the folder. */
  async dispose(): Promise<void> {
    for (const { pid } of this.processes()) kill(pid, 'SIGKILL');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits for a condition, a look every few milliseconds. */
export async function until(isSo: () => boolean | Promise<boolean>, otherwise: () => string, withinMs: number): Promise<void> {
  for (const end = performance.now() + withinMs; !(await isSo()); await new Promise((next) => setTimeout(next, 10))) {
    if (performance.now() > end) throw new Error(otherwise());
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** As a shell takes a line apart that the product printed: words and 'quoted words'. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
