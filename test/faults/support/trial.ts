import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { statFieldsOf } from '../../../src/adapters/process/processIdentity';
import type { BackfillRecord } from '../../../src/app/journal';
import { summaryLines } from '../../../src/cli/render/backfillSummary';
import type { Plan, PlanRequest } from '../../../src/core/backfill';
import { type BackfillProgress, progressOf } from '../../../src/core/progress';
import type { CommandLine, Ended, Running } from '../../support/commandLine';
import { ExecutionFixture } from '../../support/execution';

/** What preload.cjs does to an executor. */
export interface Fault {
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

  async launch(request: Partial<PlanRequest> = {}): Promise<Plan> {
    const plan = await this.fixture.launch(request);
    this.#id = plan.id;
    return plan;
  }

  /** The executor of the launched backfill, as `attach` starts it. */
  executor(fault: Fault = {}): Running {
    const env = {
      ...this.#env,
      NODE_OPTIONS: `--require ${resolve('test/faults/support/preload.cjs')}`,
      BACKFILL_FAULT: JSON.stringify({ report: this.#report, ...fault }),
    };
    return this.start(['execute', this.#id, '--manifest', join(this.folder, 'backfill.yaml')], env);
  }

  start(words: readonly string[], env: NodeJS.ProcessEnv = this.#env): Running {
    return this.#cli.start(this.folder, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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

  /**
   * Does what a person is told to do with a backfill that was interrupted, word by word.
   * @returns how the commands ended.
   */
  async goOn(): Promise<readonly Ended[]> {
    const { progress, words } = await this.look();
    if (progress.phase === 'planned') return [await this.run('attach', this.#id)];
    const commands = [...words.matchAll(/^ {2}backfill ((?:resume|run) .*)$/gm)].map(([, line = '']) => wordsOf(line));
    assert.ok(commands.length > 0, `it is said how to go on:\n${words}`);
    const ended: Ended[] = [];
    for (const command of commands) ended.push(await this.run(...command));
    return ended;
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
