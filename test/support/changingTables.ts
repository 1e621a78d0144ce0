import { type Day, formatDay } from '../../src/base/day';
import type { BigqueryProxy, SeenRequest } from './bigqueryProxy';
import { makeDataset, runBigquery } from './bigqueryTables';
import type { Emulator } from './emulator';

interface KnownTable {
  rows: number;
  modified: number;
  readonly partitions: Map<string, { rows: number; modified: number }>;
}

/**
 * Tables that are changed by statements, with metadata as BigQuery keeps them: bqemulator moves no time for DML, so the proxy tells the
 * times and counts of what was done here. A deletion moves the time of no partition and of no table.
 */
export class ChangingTables {
  readonly #emulator: Emulator;
  readonly #project: string;
  readonly #tables = new Map<string, KnownTable>();
  #now = Date.UTC(2021, 11, 1);

  constructor(proxy: BigqueryProxy, emulator: Emulator, project: string) {
    this.#emulator = emulator;
    this.#project = project;
    proxy.amend = (request, answer) => this.#amend(request, answer);
  }

  /** Makes a table `dataset.table` with the columns `day`, `entity` and `value`. */
  async make(table: string, partition: 'DAY' | 'MONTH' | 'none' = 'DAY'): Promise<void> {
    await makeDataset(this.#emulator.endpoint, this.#project, table.split('.')[0] ?? '');
    await this.#emulator.createTable(this.#project, table, {
      columns: ['day DATE', 'entity STRING', 'value INT64'],
      ...(partition !== 'none' && { partition: { type: partition, field: 'day' } }),
    });
    this.#tables.set(table, { rows: 0, modified: this.#now, partitions: new Map() });
  }

  get project(): string {
    return this.#project;
  }

  /** `project.dataset.table` */
  pathOf(table: string): string {
    return `${this.#project}.${table}`;
  }

  insert(table: string, day: Day, entity: string, value: number): Promise<void> {
    return this.#change(table, day, (path, date) => `INSERT INTO ${path} VALUES (${date}, '${entity}', ${value})`, true);
  }

  update(table: string, day: Day, value: number): Promise<void> {
    return this.#change(table, day, (path, date) => `UPDATE ${path} SET value = ${value} WHERE day = ${date}`, true);
  }

  delete(table: string, day: Day): Promise<void> {
    return this.#change(table, day, (path, date) => `DELETE FROM ${path} WHERE day = ${date}`, false);
  }

  async #change(table: string, day: Day, sql: (path: string, date: string) => string, movesTime: boolean): Promise<void> {
    const path = `\`${this.#project}.${table}\``;
    await this.#run(sql(path, `DATE '${formatDay(day)}'`));
    const known = this.#tables.get(table);
    if (known === undefined) throw new Error(`no table ${table}`);
    const counts = await this.#run(`SELECT CAST(day AS STRING) AS day, COUNT(*) AS n FROM ${path} GROUP BY 1`);
    this.#now += 1000;
    const before = new Map(known.partitions);
    known.partitions.clear();
    known.rows = 0;
    for (const { day: date, n } of counts) {
      const id = String(date).replaceAll('-', '');
      const isMoved = movesTime && date === formatDay(day);
      known.partitions.set(id, { rows: Number(n), modified: isMoved ? this.#now : (before.get(id)?.modified ?? this.#now) });
      known.rows += Number(n);
    }
    if (movesTime) known.modified = this.#now;
  }

  #run(sql: string): Promise<Record<string, unknown>[]> {
    return runBigquery(this.#emulator.endpoint, this.#project, sql);
  }

  #amend({ method, path, sql }: SeenRequest, answer: Record<string, unknown>): object | undefined {
    const [, dataset, name] = /\/datasets\/([^/]+)\/tables\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
    const table = this.#tables.get(`${dataset}.${name}`);
    if (table !== undefined)
      return {
        ...answer,
        numRows: String(table.rows),
        numBytes: String(table.rows * 24),
        lastModifiedTime: String(table.modified),
      };
    if (method !== 'GET' || sql?.includes('INFORMATION_SCHEMA') !== true) return undefined;
    const asked = /`[^.]+\.([^.]+)\.INFORMATION_SCHEMA/.exec(sql)?.[1] ?? '';
    const { schema, rows } = answer as unknown as QueryAnswer;
    const at = (column: string) => schema.fields.findIndex((field) => field.name === column);
    const [tables, ids, counts, bytes, times] = ['table_name', 'partition_id', 'row_count', 'byte_count', 'modified_ms'].map(at);
    for (const { f } of rows ?? []) {
      const cell = (index: number | undefined) => f[index ?? 0] ?? { v: null };
      const known = this.#tables.get(`${asked}.${String(cell(tables).v)}`)?.partitions;
      // A month is as its days are.
      const days = [...(known ?? [])].filter(([id]) => id.startsWith(String(cell(ids).v))).map(([, partition]) => partition);
      if (days.length === 0) continue;
      cell(bytes).v = String(24 * Number(cell(counts).v));
      cell(times).v = String(Math.max(...days.map(({ modified }) => modified)));
    }
    return answer;
  }
}

interface QueryAnswer {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly rows?: readonly { readonly f: { v: unknown }[] }[];
}
