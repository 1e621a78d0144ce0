import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readDuckdb, runDuckdb } from '../../support/duckdb';

export const METHODS = ['sql', 'date', 'range', 'list'] as const;
export type Method = (typeof METHODS)[number];

/** As the small backfill is planned: ranges and lists in two calls, which run at once as two dates do. */
export const SLOTS = 2;
const DATES: Readonly<Record<Method, readonly string[]>> = {
  sql: ['2021-11-01', '2021-11-02'],
  date: ['2021-11-01', '2021-11-02', '2021-11-03'],
  range: ['2021-11-01', '2021-11-02', '2021-11-03', '2021-11-04'],
  list: ['2021-11-01', '2021-11-02', '2021-11-03', '2021-11-04'],
};
const ROWS = 10;
const STAMPS = 400;

const HEAD = `version: 1
name: Small
seasons: [{ name: s, start: 2021-11-01, end: 2021-11-30 }]
calendars: { daily: { every: day } }
`;

/** A step of job.sh. */
export interface JobStep {
  readonly step: string;
  /** A date, or the span of the call for `over`. */
  readonly date: string;
  /** Of its call. */
  readonly pid: string;
}

/** One processor J over a table of a few dates that are missing: SQL on a DuckDB file, or job.sh over a folder of Parquet. */
export class SmallPipeline {
  readonly folder: string;
  readonly method: Method;
  readonly dates: readonly string[];

  private constructor(folder: string, method: Method) {
    this.folder = folder;
    this.method = method;
    this.dates = DATES[method];
  }

  /** @param run instead of that of the method: the entries of the processor's `run`, where `$JOB` stands for `sh job.sh` as argv. */
  static async make(folder: string, method: Method, run = RUN[method]): Promise<SmallPipeline> {
    const warehouse = method === 'sql' ? '{ type: duckdb, path: w.duckdb }' : '{ type: parquet, path: data }';
    const processor = `{ id: J, table: main.j, date_column: day, written_at: stamp, expect: { min_rows: ${ROWS} }, run: { ${run} } }`;
    await writeFile(
      join(folder, 'backfill.yaml'),
      `${HEAD}warehouse: ${warehouse}\nphases: [{ id: one, processors: [${processor.replace('$JOB', 'sh, job.sh')}] }]\n`,
    );
    if (method === 'sql') await cp(await sqlTemplate(), folder, { recursive: true });
    else {
      await mkdir(join(folder, 'data/main/j'), { recursive: true });
      await cp(resolve('test/faults/support/job.sh'), join(folder, 'job.sh'));
      await symlink(await stampedFiles(), join(folder, 'stamped'));
    }
    return new SmallPipeline(folder, method);
  }

  /** One that is there already, such as a copy. */
  static there(folder: string, method: Method): SmallPipeline {
    return new SmallPipeline(folder, method);
  }

  /** By date that has all of its rows: what changes whenever somebody makes them. */
  async built(): Promise<ReadonlyMap<string, string>> {
    if (this.method === 'sql') {
      const sql = `SELECT strftime(day, '%Y-%m-%d') AS day, max(stamp)::VARCHAR AS stamp FROM j GROUP BY 1 HAVING count(*) = ${ROWS}`;
      return new Map(
        (await readDuckdb(join(this.folder, 'w.duckdb'), sql)).map(({ day, stamp }) => [String(day), String(stamp)]),
      );
    }
    const built = new Map<string, string>();
    for (const name of await readdir(join(this.folder, 'data/main/j'))) {
      const bytes = await readFile(join(this.folder, 'data/main/j', name, 'rows.parquet')).catch(() => undefined);
      if (bytes !== undefined) built.set(name.replace('day=', ''), createHash('sha256').update(bytes).digest('hex'));
    }
    return built;
  }

  /** What job.sh did, in order; nothing for SQL. */
  async jobSteps(): Promise<readonly JobStep[]> {
    const text = await readFile(join(this.folder, 'calls'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const [step, date, pid] = line.split(' ');
      return step === undefined || date === undefined || pid === undefined ? [] : [{ step, date, pid }];
    });
  }
}

const RUN: Readonly<Record<Method, string>> = {
  sql: 'sql: sql/j.sql',
  date: 'each: date, command: [$JOB, j, "{date}"]',
  range: 'each: range, max_dates: 2, command: [$JOB, j, "{start}..{end}"]',
  list: 'each: list, max_dates: 2, command: [$JOB, j, "{dates}"]',
};

/** Made once a process: the files of all trials begin as copies of the same. */
const templates = new Map<string, Promise<string>>();

function template(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const known = templates.get(name);
  if (known !== undefined) return known;
  const made = mkdtemp(join(tmpdir(), `backfill-${name}-`)).then(async (folder) => {
    await make(folder);
    return folder;
  });
  templates.set(name, made);
  return made;
}

export async function removeTemplates(): Promise<void> {
  for (const folder of templates.values()) await rm(await folder, { recursive: true, force: true });
  templates.clear();
}

function sqlTemplate(): Promise<string> {
  return template('sql', async (folder) => {
    await mkdir(join(folder, 'sql'));
    await writeFile(join(folder, 'sql/j.sql'), 'SELECT day, k, now()::TIMESTAMP AS stamp FROM raw WHERE day = @date');
    await runDuckdb(
      join(folder, 'w.duckdb'),
      "CREATE TABLE raw AS SELECT d::DATE AS day, k FROM range(DATE '2021-11-01', DATE '2021-12-01', INTERVAL 1 DAY) days(d), range(10) rows(k)",
      'CREATE TABLE j (day DATE, k BIGINT, stamp TIMESTAMP)',
    );
  });
}

function stampedFiles(): Promise<string> {
  return template('stamped', async (folder) => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (let at = 0; at < STAMPS; at++) {
      const rows = `SELECT k, make_timestamp(${1_600_000_000 + at}::BIGINT * 1000000) AS stamp FROM range(${ROWS}) r(k)`;
      await connection.run(`COPY (${rows}) TO '${join(folder, `${at}.parquet`)}' (FORMAT parquet)`);
    }
    connection.closeSync();
    instance.closeSync();
  });
}
