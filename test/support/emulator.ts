import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'mocha';
import type { BigqueryConfig } from '../../src/adapters/bigquery/client';
import { skipBecause, skipUnlessInstalled } from './skip';

const MAX_PROJECTS = 200;

function projectId(at: number): string {
  return `test-${process.pid}-${at}`;
}

export type EmulatorName = 'bqemulator' | 'goccy';

/** A table as a test makes it. */
export interface NewTable {
  /** `name TYPE`, `name TYPE NOT NULL` or `name ARRAY<TYPE>`, in GoogleSQL's types. */
  readonly columns: readonly string[];
  readonly partition?: { readonly type?: 'DAY' | 'HOUR' | 'MONTH' | 'YEAR'; readonly field?: string };
  /** Anything else of the REST resource, such as `requirePartitionFilter` or `view`. */
  readonly also?: object;
}

/** A process of an emulator, shared by all tests of one process; each test takes a project of its own. */
export class Emulator {
  readonly name: EmulatorName;
  /** Such as `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  #projects = 0;

  constructor(name: EmulatorName, endpoint: string) {
    this.name = name;
    this.endpoint = endpoint;
  }

  /** An id that no other test uses. */
  newProject(): string {
    this.#projects++;
    if (this.#projects >= MAX_PROJECTS) throw new Error('raise MAX_PROJECTS');
    return projectId(this.#projects);
  }

  /** The `warehouse` of a manifest. */
  config(project: string): BigqueryConfig {
    return { type: 'bigquery', project, endpoint: this.endpoint };
  }

  async createDataset(project: string, dataset: string, location = 'us-west2'): Promise<void> {
    await this.rest('POST', project, 'datasets', { datasetReference: { projectId: project, datasetId: dataset }, location });
  }

  /** @param table `dataset.table` */
  async createTable(project: string, table: string, { columns, partition, also }: NewTable): Promise<void> {
    const [datasetId = '', tableId = ''] = table.split('.');
    await this.rest('POST', project, `datasets/${datasetId}/tables`, {
      tableReference: { projectId: project, datasetId, tableId },
      schema: { fields: columns.map(fieldOf) },
      ...(partition === undefined ? {} : { timePartitioning: { type: 'DAY', ...partition } }),
      ...also,
    });
  }

  /** Runs one statement; rejects with what the emulator says. */
  async run(project: string, sql: string): Promise<void> {
    const answer = await this.rest('POST', project, 'queries', { query: sql, useLegacySql: false, timeoutMs: 60_000 });
    const { errors } = answer as { readonly errors?: unknown };
    if (errors !== undefined && Array.isArray(errors) && errors.length > 0) throw new Error(JSON.stringify(errors));
  }

  /**
   * Adds rows by INSERT statements.
   * @param rows GoogleSQL literals, one text a row without its parentheses: `DATE '2021-11-01', 5`.
   */
  async insert(project: string, table: string, rows: readonly string[]): Promise<void> {
    const path = `\`${project}.${table}\``;
    for (let from = 0; from < rows.length; from += 2000) {
      const values = rows.slice(from, from + 2000).map((row) => `(${row})`);
      await this.run(project, `INSERT INTO ${path} VALUES ${values.join(', ')}`);
    }
  }

  /** One request of the REST API, as it is. */
  async rest(method: string, project: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.endpoint}/bigquery/v2/projects/${project}/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function fieldOf(column: string): object {
  const [name = '', ...words] = column.split(' ');
  const type = words.join(' ');
  const element = /^ARRAY<(.*)>$/.exec(type)?.[1];
  if (element !== undefined) return { name, type: element, mode: 'REPEATED' };
  const required = type.endsWith(' NOT NULL');
  return { name, type: required ? type.slice(0, -' NOT NULL'.length) : type, mode: required ? 'REQUIRED' : 'NULLABLE' };
}

type Shared = Partial<Record<EmulatorName, Promise<Emulator>>>;

/** Test files are bundles of their own: only the process is one for all of them. */
function shared(): Shared {
  const world = globalThis as { backfillEmulators?: Shared };
  world.backfillEmulators ??= {};
  return world.backfillEmulators;
}

/** The emulator of this process, started at the first call; the running test (or its suite) is skipped where it is not installed. */
export async function emulator(context: Context, name: EmulatorName): Promise<Emulator> {
  const program = await programOf(name);
  if (program === undefined) {
    // goccy's takes minutes to build: CI does without where nobody has built it before.
    const skip = name === 'goccy' ? skipUnlessInstalled : skipBecause;
    return skip(context, `${name} is not installed: \`npm run emulators ${name}\` does it, or says why not`);
  }
  context.timeout(60_000);
  const started = shared();
  started[name] ??= start(name, program);
  return started[name];
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function programOf(name: EmulatorName): Promise<Program | undefined> {
  const installed = (await import(
    pathToFileURL(resolve('scripts/emulators.mjs')).href
  )) as typeof import('../../scripts/emulators.mjs');
  if (name === 'bqemulator') return installed.bqemulator();
  const command = installed.goccy();
  return command === undefined ? undefined : { command, args: [], env: {} };
}

async function start(name: EmulatorName, { command, args, env }: Program): Promise<Emulator> {
  const [rest, grpc] = [await freePort(), await freePort()];
  mkdirSync('out', { recursive: true });
  const projects = join('out', `projects-${process.pid}.yaml`);
  // goccy's knows the projects that it starts with, and no others.
  writeFileSync(
    projects,
    `projects:\n${[...Array(MAX_PROJECTS).keys()].map((at) => `- { id: ${projectId(at)}, datasets: [] }\n`).join('')}`,
  );
  const options = {
    bqemulator: ['start', '--rest-port', `${rest}`, '--grpc-port', `${grpc}`, '--ephemeral', '--log-level', 'warning'],
    goccy: [
      '--host',
      '127.0.0.1',
      '--port',
      `${rest}`,
      '--grpc-port',
      `${grpc}`,
      '--project',
      projectId(0),
      '--data-from-yaml',
      projects,
    ],
  }[name];
  const log = join('out', `${name}-${process.pid}.log`);
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, ['scripts/vscode/withParent.mjs', command, ...args, ...options], {
    env: { ...process.env, ...env },
    stdio: ['pipe', output, output],
    detached: true,
  });
  // The tests end when they are done, and the emulator with them.
  child.unref();
  (child.stdin as Socket).unref();
  const endpoint = `http://127.0.0.1:${rest}`;
  await answers(child, `${endpoint}/bigquery/v2/projects/${projectId(0)}/datasets`, log);
  return new Emulator(name, endpoint);
}

async function answers(child: ChildProcess, url: string, log: string): Promise<void> {
  const give = performance.now() + 50_000;
  while (child.exitCode === null && performance.now() < give) {
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`The emulator does not answer; see ${log}.`);
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
