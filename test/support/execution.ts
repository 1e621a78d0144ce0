import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readLogText } from '../../src/adapters/files/logText';
import { FileJournal } from '../../src/adapters/journal/fileJournal';
import { openWarehouse, openWriter } from '../../src/adapters/openWarehouse';
import { ChildProcesses } from '../../src/adapters/process/childProcesses';
import type { ExecutionDeps, SessionRequest } from '../../src/app/execution/executeBackfill';
import { executeBackfill } from '../../src/app/execution/executeBackfill';
import type { ExecutionResult } from '../../src/app/execution/execution';
import { launchPlan, preparePlan } from '../../src/app/planning/preparePlan';
import type { BackfillEvent, Plan } from '../../src/core/backfill/backfill';
import { type BackfillProgress, progressOf } from '../../src/core/backfill/progress';
import { classify } from '../../src/core/coverage/classify';
import type { CoverageInput } from '../../src/core/coverage/coverage';
import { explain } from '../../src/core/coverage/explain';
import { readManifest } from '../../src/core/manifest/readManifest';
import { day } from './builders';
import { runDuckdb } from './duckdb';
import { planRequest, type RequestParts } from './requests';

/** The repository's: tests are run from there, wherever they were bundled to. */
export const JOB = resolve('test/support/jobs/partitionJob.mjs');

export interface Executed {
  readonly result: ExecutionResult;
  readonly plan: Plan;
  readonly events: readonly BackfillEvent[];
  readonly progress: BackfillProgress;
}

/** A pipeline in a folder: a manifest, a DuckDB file with the tables of its nodes (day, k, stamp), and its journal. */
export class ExecutionFixture {
  readonly folder: string;
  readonly manifest: string;
  readonly database: string;
  readonly journal: FileJournal;

  constructor(folder: string) {
    this.folder = folder;
    this.manifest = join(folder, 'backfill.yaml');
    this.database = join(folder, 'w.duckdb');
    this.journal = new FileJournal(join(folder, '.backfill'), { heartbeatMs: 100 });
  }

  /**
   * @param phases the manifest's `sources:` and `phases:`, where `$JOB` stands for the argv of the test's job on this warehouse, to be
   * followed by table, behaviour and dates.
   * @param tables to make, with the rows that dates have.
   * @param end of the season that begins on 2021-11-01.
   */
  async write(
    phases: string,
    tables: Readonly<Record<string, Readonly<Record<string, number>>>>,
    end = '2021-11-30',
  ): Promise<void> {
    const job = `${JSON.stringify(process.execPath)}, ${JSON.stringify(JOB)}, ${JSON.stringify(this.database)}`;
    const head = [
      'version: 1',
      'name: Test',
      'warehouse: { type: duckdb, path: w.duckdb }',
      `seasons: [{ name: s, start: 2021-11-01, end: ${end} }]`,
      'calendars: { daily: { every: day } }',
    ];
    await writeFile(this.manifest, `${head.join('\n')}\n${phases.replaceAll('$JOB', job)}\n`);
    await mkdir(join(this.folder, 'sql'), { recursive: true });
    const schemas = new Set(Object.keys(tables).flatMap((table) => table.split('.').slice(0, -1)));
    const creates = [...schemas].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${schema}`);
    const statements = Object.entries(tables).flatMap(([table, dates]) => [
      `CREATE TABLE ${table} (day DATE, k BIGINT, stamp BIGINT)`,
      ...Object.entries(dates).map(([date, rows]) => `INSERT INTO ${table} SELECT DATE '${date}', i, 0 FROM range(${rows}) r(i)`),
    ]);
    await runDuckdb(this.database, ...creates, ...statements);
  }

  async writeSql(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, 'sql', name), text);
  }

  async input(): Promise<CoverageInput> {
    const { pipeline, problems } = readManifest(await readFile(this.manifest, 'utf8'));
    if (pipeline === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
    const reading = await openWarehouse(pipeline.warehouse, this.folder, Date).observe(pipeline);
    const errors = [...reading.errors.values()];
    if (errors[0] !== undefined) throw errors[0];
    return {
      pipeline,
      observations: { ...reading, unavailableNodes: new Map(), unavailableCalendars: new Map() },
      mode: 'backfill',
      now: Date.now(),
      attempts: await this.journal.ledger(),
      waivers: [],
    };
  }

  async plan(request: RequestParts = {}): Promise<Plan> {
    const input = await this.input();
    return preparePlan({ input, grid: classify(input) }, planRequest({ slots: 2, ...request }), {
      manifest: this.manifest,
      readText: (path) => readFile(path, 'utf8'),
    });
  }

  async launch(request: RequestParts = {}): Promise<Plan> {
    const plan = await this.plan(request);
    await launchPlan(plan, this.journal, (path) => readFile(path, 'utf8'));
    return plan;
  }

  deps(more: Partial<ExecutionDeps> = {}): ExecutionDeps {
    return {
      journal: this.journal,
      children: new ChildProcesses({ graceMs: 300 }),
      leftJobs: new ChildProcesses({ graceMs: 300 }),
      clock: Date,
      readText: (path) => readFile(path, 'utf8'),
      readLogText,
      appendText: async (path, text) => {
        await mkdir(dirname(path), { recursive: true });
        await appendFile(path, text);
      },
      openWarehouse: (config, folder) => openWarehouse(config, folder, Date, { patienceMs: 100 }),
      openWriter: (config, folder) => openWriter(config, folder, { patienceMs: 100 }),
      ...more,
    };
  }

  async execute(
    plan: Plan,
    signal = new AbortController().signal,
    deps = this.deps(),
    request: SessionRequest = {},
  ): Promise<Executed> {
    const result = await executeBackfill(plan.id, deps, signal, request);
    const { events = [] } = (await this.journal.read(plan.id)) ?? {};
    return { result, plan, events, progress: progressOf(plan, events, false) };
  }

  async run(request: RequestParts = {}): Promise<Executed> {
    return this.execute(await this.launch(request));
  }

  /** Status and first reason of a partition, as any view would see it now. */
  async statusOf(node: string, date: string): Promise<string> {
    const input = await this.input();
    const index = input.pipeline.nodes.find(({ id }) => id === node)?.index ?? -1;
    const { status, reasons } = explain(input, classify(input), index, day(date));
    return [status, ...reasons.slice(0, 1).map(({ kind }) => kind)].join(' ');
  }

  /** What the test's job was called with, in order. */
  async calls(): Promise<
    { readonly table: string; readonly span: string; readonly cwd: string; readonly env: NodeJS.ProcessEnv }[]
  > {
    const text = await readFile(`${this.database}.calls`, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  async rows(table: string): Promise<Record<string, number>> {
    const found = await runDuckdb(
      this.database,
      `SELECT strftime(day, '%Y-%m-%d') AS day, count(*)::INTEGER AS rows FROM ${table} GROUP BY 1 ORDER BY 1`,
    );
    return Object.fromEntries(found.map(({ day: date, rows }) => [String(date), Number(rows)]));
  }
}
