import type { Clock, FailureReading, HistoryReading, RecordReader, WarehouseError } from '../../app/ports';
import type { DayRange } from '../../base/day';
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
import { dayOfValue, rowsOf } from './duckdbEngine';
import { queryError } from './duckdbErrors';
import type { DuckdbStore, OpenedStore } from './store';
import { Tables } from './tables';

/** Reads failure tables and run histories from DuckDB, wherever its tables are. */
export class DuckdbRecords implements RecordReader {
  readonly #store: DuckdbStore;
  readonly #clock: Clock;

  constructor(store: DuckdbStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  probe({ failures, history }: Pipeline): Promise<string> {
    return this.#store.probe([...failures, ...(history === undefined ? [] : [history])].map(({ table }) => table));
  }

  async failures(pipeline: Pipeline, days?: DayRange, signal?: AbortSignal): Promise<FailureReading> {
    const readAt = this.#clock.now();
    const errors = new Map<number, WarehouseError>();
    const { failures } = pipeline;
    if (failures.length === 0) return { readAt, records: [], truncated: false, errors };
    const names = failures.map(({ table }) => table);
    const rows = await this.#store.use(names, (opened) => this.#failureRows(opened, pipeline, days, errors, signal), signal);
    return { readAt, ...failureRecords(rows, dayOfValue, MOST_RECORDS), errors };
  }

  async history({ history }: Pipeline, days?: DayRange, signal?: AbortSignal): Promise<HistoryReading> {
    const readAt = this.#clock.now();
    if (history === undefined) return { readAt, rows: [], truncated: false };
    const subject = 'Run history';
    const found = await this.#store.use(
      [history.table],
      async (opened) => {
        if (opened.empty.has(history.table)) return [];
        const tables = await Tables.read(opened);
        tables.requireColumns(subject, history.table, historyColumns(history));
        return rowsOf(opened.connection, historyQuery(history, tables.dialect, days)).catch((error: unknown) => {
          throw queryError(subject, error);
        });
      },
      signal,
    );
    const { records, truncated } = historyRows(found, dayOfValue, MOST_RECORDS);
    return { readAt, rows: records, truncated };
  }

  /** One query for all tables that can be read; what cannot goes to `errors`. */
  async #failureRows(
    opened: OpenedStore,
    pipeline: Pipeline,
    days: DayRange | undefined,
    errors: Map<number, WarehouseError>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Record<string, unknown>[]> {
    const tables = await Tables.read(opened);
    const isReadable = ({ index, table }: FailureBranch): boolean => {
      const declared = pipeline.failures[index];
      if (declared === undefined || opened.empty.has(table)) return false;
      try {
        tables.requireColumns(subjectOf(pipeline, index), table, failureColumns(declared));
        return true;
      } catch (error) {
        errors.set(index, queryError(subjectOf(pipeline, index), error));
        return false;
      }
    };
    const branches = pipeline.failures
      .map((table, index) => failureBranch(table, index, tables.dialect, days))
      .filter(isReadable);
    if (branches.length === 0) return [];
    try {
      return await rowsOf(opened.connection, failuresQuery(branches));
    } catch {
      signal?.throwIfAborted();
    }
    // Something in the one query failed, and only running its parts alone tells what.
    const rows: Record<string, unknown>[] = [];
    for (const branch of branches) {
      try {
        rows.push(...(await rowsOf(opened.connection, failuresQuery([branch]))));
      } catch (error) {
        signal?.throwIfAborted();
        errors.set(branch.index, queryError(subjectOf(pipeline, branch.index), error));
      }
    }
    return rows;
  }
}

function subjectOf({ failures }: Pipeline, index: number): string {
  const table = failures[index];
  return `Failures${table === undefined ? '' : ` of ${failureTableName(table)}`}`;
}
