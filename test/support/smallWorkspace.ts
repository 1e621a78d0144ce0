import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { temporaryFolder } from '../../scripts/vscode/server.mjs';
import type { BackfillEvent, Plan } from '../../src/core/backfill/backfill';
import { readDuckdb, runDuckdb } from './duckdb';

/** Dates of the small pipelines; every date expects ten rows of everything. */
export const DATES = ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-06'] as const;
const ROWS = 10;

export interface SmallProcessor {
  readonly id: string;
  /** `sql`, or the body of a job in JavaScript that is called once a date: `run(sql)`, `date` and `print` are in scope. */
  readonly job: string;
  /** Rows that the table already holds, by date; dates that are left out are full. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * A workspace folder with a DuckDB warehouse, one source `RAW` that is whole, and processors that need it. It is gone
 * when the test process ends.
 */
export class SmallWorkspace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A workspace that somebody else made, for its journal. */
  static at(folder: string): SmallWorkspace {
    return new SmallWorkspace(folder);
  }

  static async make(processors: readonly SmallProcessor[]): Promise<SmallWorkspace> {
    const workspace = new SmallWorkspace(temporaryFolder());
    mkdirSync(join(workspace.folder, 'sql'));
    mkdirSync(join(workspace.folder, 'jobs'));
    workspace.write('backfill.yaml', manifestOf(processors));
    for (const { id, job } of processors) {
      if (job === 'sql') workspace.write(`sql/${id}.sql`, 'SELECT day, n, n * 2 AS value FROM raw.events WHERE day = @date\n');
      else workspace.write(`jobs/${id}.mjs`, jobOf(job));
    }
    await runDuckdb(
      workspace.warehouse,
      'CREATE SCHEMA raw',
      'CREATE SCHEMA made',
      'CREATE TABLE raw.events (day DATE, n INTEGER)',
    );
    await runDuckdb(
      workspace.warehouse,
      ...DATES.map((date) => `INSERT INTO raw.events SELECT DATE '${date}', range FROM range(${ROWS})`),
    );
    for (const { id, rows } of processors) {
      const table = `made.${id.toLowerCase()}`;
      await runDuckdb(workspace.warehouse, `CREATE TABLE ${table} (day DATE, n INTEGER, value INTEGER)`);
      const fill = (date: string) =>
        `INSERT INTO ${table} SELECT DATE '${date}', range, range * 2 FROM range(${rows[date] ?? ROWS})`;
      await runDuckdb(workspace.warehouse, ...DATES.map(fill));
    }
    return workspace;
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  manifest(): string {
    return readFileSync(join(this.folder, 'backfill.yaml'), 'utf8');
  }

  get warehouse(): string {
    return join(this.folder, 'warehouse.duckdb');
  }

  /** The rows that a processor's table holds for a date, from the file itself, when nobody writes it. */
  async rows(processor: string, date: string): Promise<number> {
    const table = `made.${processor.toLowerCase()}`;
    const count = `SELECT count(*)::INTEGER AS n FROM ${table} WHERE day = DATE '${date}'`;
    const [row] = await readDuckdb(this.warehouse, count);
    return Number(row?.['n']);
  }

  /** The backfills that the journal holds, oldest first. */
  backfills(): readonly string[] {
    try {
      return readdirSync(this.runs()).sort();
    } catch {
      return [];
    }
  }

  plan(backfill: string): Plan {
    return JSON.parse(readFileSync(join(this.runs(), backfill, 'plan.json'), 'utf8'));
  }

  /** The journal's events so far; a line that is still being written is left out. */
  events(backfill: string): readonly BackfillEvent[] {
    let text: string;
    try {
      text = readFileSync(join(this.runs(), backfill, 'events.ndjson'), 'utf8');
    } catch {
      return [];
    }
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** What a job has said so far. @param log as an event names it. */
  log(backfill: string, log: string): string {
    try {
      return readFileSync(join(this.runs(), backfill, log), 'utf8');
    } catch {
      return '';
    }
  }

  private runs(): string {
    return join(this.folder, '.backfill/runs');
  }
}

function manifestOf(processors: readonly SmallProcessor[]): string {
  const run = ({ id, job }: SmallProcessor) =>
    job === 'sql'
      ? `{ sql: sql/${id}.sql }`
      : `{ each: date, command: [${JSON.stringify(process.execPath)}, jobs/${id}.mjs, --date, "{date}"] }`;
  const lines = processors.flatMap((processor) => [
    `      - id: ${processor.id}`,
    `        name: Processor ${processor.id.toLowerCase()}`,
    `        table: made.${processor.id.toLowerCase()}`,
    '        date_column: day',
    `        expect: { min_rows: ${ROWS} }`,
    '        needs: [{ source: RAW }]',
    `        run: ${run(processor)}`,
  ]);
  return [
    'version: 1',
    'name: Small pipeline',
    'warehouse: { type: duckdb, path: warehouse.duckdb }',
    `seasons: [{ name: "2024", start: ${DATES[0]}, end: ${DATES[DATES.length - 1]} }]`,
    'calendars: { daily: { every: day } }',
    'due: { after_days: 1, zone: UTC }',
    'sources: [{ id: RAW, table: raw.events, date_column: day }]',
    'phases:',
    '  - id: build',
    '    name: Build',
    '    processors:',
    ...lines,
    '',
  ].join('\n');
}

function jobOf(body: string): string {
  const duckdb = createRequire(import.meta.url).resolve('@duckdb/node-api');
  return `import { createRequire } from 'node:module';
const { DuckDBInstance } = createRequire(import.meta.url)(${JSON.stringify(duckdb)});
const date = process.argv[process.argv.indexOf('--date') + 1];
const print = (text) => console.log(text);
async function run(sql) {
  const instance = await DuckDBInstance.create(new URL('../warehouse.duckdb', import.meta.url).pathname);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
${body}
`;
}
