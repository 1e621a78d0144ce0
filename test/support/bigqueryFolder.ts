import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BigqueryWriter, type WriterOptions } from '../../src/adapters/bigquery/bigqueryWriter';
import { BigqueryClient } from '../../src/adapters/bigquery/client';
import type { ExecutionDeps } from '../../src/app/execution/executeBackfill';
import { BigqueryGate } from './bigqueryGate';
import { makeDataset, runBigquery } from './bigqueryTables';
import { type Emulator, emulator } from './emulator';
import { ExecutionFixture } from './execution';
import { useTemporaryFolder } from './temporaryFolder';

/** RAW has three rows a date from 2021-11-01 to 2021-11-08. V1 and V2 fill shares of one table, LONE one that is not partitioned, DAYS one that is. */
const PIPELINE = `seasons: [{ name: s, start: 2021-11-01, end: 2021-11-08 }]
calendars: { daily: { every: day } }
sources: [{ id: RAW, table: mart.raw, date_column: day }]
phases:
  - id: build
    processors:
      - { id: V1, table: mart.store, date_column: day, where: "version = 'v1'", key: k, needs: [RAW], run: { sql: sql/v1.sql } }
      - { id: V2, table: mart.store, date_column: day, where: "version = 'v2'", key: k, needs: [RAW], run: { sql: sql/v2.sql } }
      - { id: LONE, table: mart.lone, date_column: day, key: k, needs: [RAW], run: { sql: sql/rows.sql } }
      - { id: DAYS, table: mart.days, date_column: day, key: k, needs: [RAW], run: { sql: sql/rows.sql } }
`;

/** A pipeline on BigQuery in a folder of its own, with a gate before the emulator. */
export class BigqueryFolder {
  readonly fixture: ExecutionFixture;
  readonly gate: BigqueryGate;
  readonly server: Emulator;
  readonly project: string;

  private constructor(fixture: ExecutionFixture, gate: BigqueryGate, server: Emulator, project: string) {
    this.fixture = fixture;
    this.gate = gate;
    this.server = server;
    this.project = project;
  }

  static async make(folder: string, server: Emulator): Promise<BigqueryFolder> {
    const project = server.newProject();
    const gate = await BigqueryGate.open(server.endpoint);
    const made = new BigqueryFolder(new ExecutionFixture(folder), gate, server, project);
    await makeDataset(server.endpoint, project, 'mart');
    await made.run(
      'CREATE TABLE mart.raw (day DATE, k STRING) PARTITION BY day',
      'CREATE TABLE mart.store (day DATE, k STRING, version STRING) PARTITION BY day',
      'CREATE TABLE mart.lone (day DATE, k STRING)',
      'CREATE TABLE mart.days (day DATE, k STRING) PARTITION BY day',
      `INSERT INTO mart.raw SELECT day, k FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2021-11-01', DATE '2021-11-08')) AS day, UNNEST(['a', 'b', 'c']) AS k`,
    );
    const warehouse = `warehouse: { type: bigquery, project: ${project}, endpoint: "${gate.endpoint}" }`;
    await writeFile(made.fixture.manifest, `version: 1\nname: Test\n${warehouse}\n${PIPELINE}`);
    await mkdir(join(folder, 'sql'));
    const rows = (more: string) => `SELECT day, k${more} FROM mart.raw WHERE day = @date;\n`;
    await made.fixture.writeSql('rows.sql', rows(''));
    for (const version of ['v1', 'v2']) await made.fixture.writeSql(`${version}.sql`, rows(`, '${version}' AS version`));
    return made;
  }

  /** Runs statements past the gate. */
  async run(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await runBigquery(this.server.endpoint, this.project, statement);
  }

  /** Rows a date: `2021-11-01 3`. */
  async rows(table: string, where = 'TRUE'): Promise<readonly string[]> {
    const sql = `SELECT day, COUNT(*) AS n FROM ${table} WHERE ${where} GROUP BY day ORDER BY day`;
    return (await runBigquery(this.server.endpoint, this.project, sql)).map(({ day, n }) => `${String(day)} ${String(n)}`);
  }

  /** With a writer of these options. */
  deps(options: WriterOptions): ExecutionDeps {
    const client = new BigqueryClient(
      { type: 'bigquery', project: this.project, endpoint: this.gate.endpoint },
      { pause: async () => {} },
    );
    return this.fixture.deps({ openWriter: () => new BigqueryWriter(client, { pauseMs: 1, ...options }) });
  }
}

/** A pipeline on the emulator of its own for each test of the suite that calls it, which is skipped without one. */
export function useBigqueryFolder(): () => BigqueryFolder {
  const temporary = useTemporaryFolder();
  let server: Emulator;
  let folder: BigqueryFolder;
  before(async function () {
    server = await emulator(this, 'bqemulator');
  });
  beforeEach(async () => {
    folder = await BigqueryFolder.make(temporary(), server);
  });
  afterEach(() => folder.gate.close());
  return () => folder;
}
