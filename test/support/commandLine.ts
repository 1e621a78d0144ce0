import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { ExecutionFixture } from './execution';
import { useTemporaryFolder } from './temporaryFolder';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a real process, from a bundle that is made as the product's is. */
export class CommandLine {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async build(): Promise<CommandLine> {
    const outdir = resolve(join('out', `cli-${process.pid}`));
    process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
    await esbuild.build({
      entryPoints: { cli: 'src/cli/main.ts', logSearchWorker: 'src/adapters/files/logSearchWorker.ts' },
      outdir,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['@duckdb/node-bindings'],
      logLevel: 'warning',
    });
    return new CommandLine(join(outdir, 'cli.js'));
  }

  /** Runs a command to its end. */
  async run(cwd: string, ...words: readonly string[]): Promise<Ended> {
    return this.start(cwd, words).ended;
  }

  start(cwd: string, words: readonly string[], options: SpawnOptions = {}): Running {
    return new Running(spawn(process.execPath, [this.path, ...words], { cwd, ...options, env: environment(options.env) }));
  }

  /** The same on a terminal of 80 columns, which `script` of util-linux makes. */
  startOnTerminal(cwd: string, words: readonly string[]): Running {
    const command = [process.execPath, this.path, ...words].map((word) => `'${word}'`).join(' ');
    const args = ['--quiet', '--return', '--flush', '--command', `stty rows 24 cols 80; exec ${command}`, '/dev/null'];
    return new Running(spawn('script', args, { cwd, env: environment({ NO_COLOR: '1', TERM: 'xterm' }) }));
  }
}

/** Nothing of what this machine is signed in to. */
const NO_GOOGLE = Object.fromEntries(
  ['GCP_PROJECT_ID', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT', 'BQ_PROJECT'].map((name) => [name, '']),
);

function environment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, ...own } = process.env;
  return { ...own, TZ: 'UTC', ...NO_GOOGLE, CLOUDSDK_CONFIG: join(tmpdir(), 'no-gcloud'), ...added };
}

/** A command that has been started. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #out = '';
  #err = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on('data', (data) => {
      this.#out += String(data);
    });
    child.stderr?.on('data', (data) => {
      this.#err += String(data);
    });
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal, out: this.#out, err: this.#err }));
  }

  /** Resolves with the match when the output so far matches; rejects with all of it when the command ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#out);
      if (match !== null) return match;
      const next = this.child.stdout === null ? Promise.resolve('end') : once(this.child.stdout, 'data').then(() => 'more');
      if ((await Promise.race([next, this.ended.then(() => 'end')])) === 'end' && !pattern.test(this.#out)) {
        throw new Error(`ended without ${pattern}:\n${this.#out}\n${this.#err}`);
      }
    }
  }

  type(keys: string): void {
    this.child.stdin?.write(keys);
  }
}

/** The command line in a pipeline's folder. */
export interface CliPipeline {
  readonly cli: CommandLine;
  readonly fixture: ExecutionFixture;
  /** Runs a command there to its end. */
  readonly backfill: (...words: readonly string[]) => Promise<Ended>;
}

/** The command line, and a folder for a pipeline of its own for each test of the suite that calls it. */
export function useCliPipeline(): CliPipeline {
  const temporary = useTemporaryFolder();
  let cli: CommandLine;
  let fixture: ExecutionFixture;
  before(async () => {
    cli = await CommandLine.build();
  });
  beforeEach(() => {
    fixture = new ExecutionFixture(temporary());
  });
  return {
    get cli() {
      return cli;
    },
    get fixture() {
      return fixture;
    },
    backfill: (...words) => cli.run(fixture.folder, ...words),
  };
}
