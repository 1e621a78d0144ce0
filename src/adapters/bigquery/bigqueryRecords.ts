import { type Clock, type FailureReading, type HistoryReading, type RecordReader, WarehouseError } from '../../app/ports';
import type { DayRange } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { Pipeline } from '../../core/pipeline';
import { failureTableName } from '../../core/records/records';
import { failureRecords, historyRows } from '../../core/sql/recordRows';
import {
  type FailureBranch,
  failureBranch,
  failureColumns,
  failuresQuery,
  historyColumns,
  historyQuery,
  MOST_RECORDS,
} from '../../core/sql/records';
import { BigqueryTables } from './bigqueryTables';
import { type BigqueryClient, MIN_BYTES_PER_TABLE } from './client';
import { dayOfText, type Row } from './decodeRows';

const HISTORY = 'Run history';

/**
 * Reads failure tables and run histories from BigQuery: one query for the failures of each location (or as few as a cap on bytes allows),
 * one for the history.
 */
export class BigqueryRecords implements RecordReader {
  readonly #client: BigqueryClient;
  readonly #clock: Clock;

  constructor(client: BigqueryClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async probe({ failures, history }: Pipeline): Promise<string> {
    const noted = [...failures, ...(history === undefined ? [] : [history])].map(({ table }) => table);
    const tables = await BigqueryTables.read(this.#client, noted, this.#clock.now());
    return (await tables.comparable()).fingerprint();
  }

  async failures({ failures }: Pipeline, days?: DayRange, signal?: AbortSignal): Promise<FailureReading> {
    const errors = new Map<number, WarehouseError>();
    const names = failures.map(({ table }) => table);
    const tables = await BigqueryTables.read(this.#client, names, this.#clock.now(), signal);
    const branches: FailureBranch[] = [];
    for (const [index, table] of failures.entries()) {
      try {
        await tables.requireColumns(subjectOf(failures, index), table.table, failureColumns(table));
        branches.push(failureBranch(table, index, tables.dialectFor(table.date), days));
      } catch (error) {
        if (!(error instanceof WarehouseError)) throw error;
        errors.set(index, error);
      }
    }
    const failed = (index: number, error: WarehouseError): void => {
      errors.set(index, new WarehouseError(error.kind, `${subjectOf(failures, index)}: ${error.message}`));
    };
    const rows = await Promise.all(
      [...groupBy(branches, ({ table }) => tables.locationOf(table))].flatMap(([location, parts]) =>
        this.#payable(parts).map((some) => this.#failureRows(some, location, failed, signal)),
      ),
    );
    const [trouble] = [...errors.values()].filter((error) => !error.isOfOneNode);
    if (trouble !== undefined && errors.size === failures.length) throw trouble;
    return { readAt: tables.readAt, ...failureRecords(rows.flat(), dayOfText, MOST_RECORDS), errors };
  }

  async history({ history }: Pipeline, days?: DayRange, signal?: AbortSignal): Promise<HistoryReading> {
    if (history === undefined) return { readAt: this.#clock.now(), rows: [], truncated: false };
    const { table } = history;
    const tables = await BigqueryTables.read(this.#client, [table], this.#clock.now(), signal);
    await tables.requireColumns(HISTORY, table, historyColumns(history));
    const found = await this.#query(
      historyQuery(history, tables.dialectFor(history.date), days),
      [table],
      tables.locationOf(table),
      signal,
    );
    const { records, truncated } = historyRows(found, dayOfText, MOST_RECORDS);
    return { readAt: tables.readAt, rows: records, truncated };
  }

  /** As many tables a query as the cap on its bytes allows. */
  #payable(branches: readonly FailureBranch[]): FailureBranch[][] {
    const { maxBytesBilled = Number.POSITIVE_INFINITY } = this.#client.config;
    const most = Math.max(1, Math.floor(maxBytesBilled / MIN_BYTES_PER_TABLE));
    return [...groupBy(branches.entries(), ([place]) => Math.floor(place / most)).values()].map((some) =>
      some.map(([, one]) => one),
    );
  }

  /** One query; only where something of one table makes it fail, one a table, which tells whose fault it is. */
  async #failureRows(
    branches: readonly FailureBranch[],
    location: string,
    failed: (index: number, error: WarehouseError) => void,
    signal: AbortSignal | undefined,
  ): Promise<readonly Row[]> {
    try {
      return await this.#query(
        failuresQuery(branches),
        branches.map(({ table }) => table),
        location,
        signal,
      );
    } catch (error) {
      if (!(error instanceof WarehouseError)) throw error;
      if (branches.length > 1 && error.isOfOneNode) {
        return (await Promise.all(branches.map((branch) => this.#failureRows([branch], location, failed, signal)))).flat();
      }
      for (const { index } of branches) failed(index, error);
      return [];
    }
  }

  #query(sql: string, tables: readonly string[], location: string, signal: AbortSignal | undefined): Promise<readonly Row[]> {
    return this.#client.query(sql, { purpose: 'records', tables, location: location || undefined, signal });
  }
}

function subjectOf(failures: Pipeline['failures'], index: number): string {
  const table = failures[index];
  return `Failures${table === undefined ? '' : ` of ${failureTableName(table)}`}`;
}
