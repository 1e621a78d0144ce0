import type { DuckDBConnection } from '@duckdb/node-api';
import { type TableSchema, WarehouseError } from '../../app/ports';
import { missingTable, requireColumn } from '../../app/session/tableErrors';
import { groupBy } from '../../base/groupBy';
import type { PipelineNode } from '../../core/pipeline';
import type { TableCalendar } from '../../core/sql/coverage';
import { duckdbDialect, type SqlDialect } from '../../core/sql/dialect';
import { calendarExpressions, expressionsOf } from '../../core/sql/expressions';
import type { RecordColumn } from '../../core/sql/records';
import { rowsOf } from './duckdbEngine';
import { requireExpression } from './sqlGuard';
import type { OpenedStore } from './store';

const DATES = /^(DATE|TIMESTAMP|VARCHAR)/;
const STAMPS = /^(DATE|TIMESTAMP)/;

interface Table {
  /** Quoted, from the catalog down: unambiguous also where a schema is called like the file. */
  readonly path: string;
  readonly schema: TableSchema;
}

/** The tables and views that a connection sees, by the names that the manifest uses. */
export class Tables {
  readonly #byName = new Map<string, Table>();
  readonly schemas: readonly TableSchema[];
  /** Plain names are resolved to whole paths. */
  readonly dialect: SqlDialect;

  readonly #unreadable: ReadonlyMap<string, string>;

  private constructor(rows: readonly Record<string, unknown>[], { empty, unreadable, views }: OpenedStore) {
    this.#unreadable = unreadable;
    const quote = duckdbDialect().name;
    const schemas: TableSchema[] = [];
    const wordsOf = (row: Record<string, unknown> | undefined) =>
      [row?.['database_name'], row?.['schema_name'], row?.['table_name']].map(String);
    for (const columns of groupBy(rows, (row) => JSON.stringify(wordsOf(row))).values()) {
      const [database, schema, name] = wordsOf(columns[0]);
      const table: Table = {
        path: wordsOf(columns[0]).map(quote).join('.'),
        schema: {
          table: schema === 'main' ? `${name}` : `${schema}.${name}`,
          ...(views === 'view' && { project: `${database}` }),
          kind: columns[0]?.['is_view'] === true ? views : 'table',
          columns: columns.map((row) => ({
            name: String(row['column_name']),
            type: String(row['data_type']),
            nullable: row['is_nullable'] === true,
          })),
        },
      };
      schemas.push(table.schema);
      for (const known of [`${schema}.${name}`, `${database}.${schema}.${name}`]) this.#byName.set(known.toLowerCase(), table);
      if (schema === 'main') this.#byName.set(`${name}`.toLowerCase(), table);
    }
    for (const table of empty) schemas.push({ table, kind: views, columns: [] });
    for (const [table, reason] of unreadable) schemas.push({ table, kind: views, columns: [], unreadable: reason });
    this.schemas = schemas;
    const plain = duckdbDialect();
    this.dialect = duckdbDialect((table) => this.#byName.get(table.toLowerCase())?.path ?? plain.from(table));
  }

  /** One query, whatever the number of tables. */
  static async read(opened: OpenedStore): Promise<Tables> {
    const rows = await rowsOf(
      opened.connection,
      `SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable,
         table_oid IN (SELECT view_oid FROM duckdb_views()) AS is_view
       FROM duckdb_columns()
       WHERE NOT internal AND database_name = current_database()
       ORDER BY schema_name, table_name, column_index`,
    );
    return new Tables(rows, opened);
  }

  /** Undefined when there is no such table. */
  schemaOf(table: string): TableSchema | undefined {
    return this.#byName.get(table.toLowerCase())?.schema;
  }

  /** Throws unless every table and column that a node names exists, with types that can be used, and its expressions are expressions. */
  async requireNode(connection: DuckDBConnection, node: PipelineNode): Promise<void> {
    for (const table of node.tables) {
      this.#requireColumn(node.id, table, node.dateColumn, 'a date', DATES);
      for (const column of [...node.entity, ...node.key]) this.#requireColumn(node.id, table, column);
      if (node.writtenAt !== undefined) this.#requireColumn(node.id, table, node.writtenAt, 'a date or a timestamp', STAMPS);
    }
    for (const { subject, expression } of expressionsOf(node)) await requireExpression(connection, subject, expression);
  }

  async requireCalendar(connection: DuckDBConnection, calendar: TableCalendar): Promise<void> {
    const subject = `Calendar ${calendar.name}`;
    this.#requireColumn(subject, calendar.table, calendar.dateColumn, 'a date', DATES);
    if (calendar.count !== undefined) this.#requireColumn(subject, calendar.table, calendar.count);
    for (const { subject, expression } of calendarExpressions(calendar)) await requireExpression(connection, subject, expression);
  }

  /** Throws unless a table has these columns, with types that can be used. */
  requireColumns(subject: string, table: string, columns: readonly RecordColumn[]): void {
    for (const { name, kind } of columns) {
      if (kind === 'date') this.#requireColumn(subject, table, name, 'a date', DATES);
      else if (kind === 'instant') this.#requireColumn(subject, table, name, 'a date or a timestamp', STAMPS);
      else this.#requireColumn(subject, table, name);
    }
  }

  #requireColumn(subject: string, table: string, column: string, kind?: string, types?: RegExp): void {
    const found = this.#byName.get(table.toLowerCase());
    if (found === undefined) {
      const reason = this.#unreadable.get(table);
      if (reason !== undefined) throw new WarehouseError('unreachable', `${subject}: table ${table} cannot be read: ${reason}`);
      const names = this.schemas.map((schema) => schema.table);
      throw missingTable(subject, table, names);
    }
    requireColumn({ subject, table, columns: found.schema.columns }, column, kind, types);
  }
}
