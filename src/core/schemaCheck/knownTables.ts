import { nearest } from '../../base/nearest';
import type { TableSchema } from '../observation/tableSchema';
import type { WarehouseConfig } from '../pipeline';
import type { SqlLexis } from '../sql/lexis';

/** The tables of a warehouse under the names that a manifest gives them. */
export class KnownTables {
  readonly lexis: SqlLexis;
  readonly #project: string | undefined;
  readonly #byName = new Map<string, TableSchema>();
  readonly #names: readonly string[];

  constructor(schemas: readonly TableSchema[], warehouse: WarehouseConfig) {
    this.lexis = warehouse.type === 'bigquery' ? 'googlesql' : 'duckdb';
    this.#project = warehouse.type === 'bigquery' ? warehouse.project : undefined;
    for (const schema of schemas) {
      const path = withDataset(schema.table);
      if (schema.project !== undefined) this.#byName.set(this.#keyOf(`${schema.project}.${path}`), schema);
      if (this.#isAtHome(schema)) this.#byName.set(this.#keyOf(path), schema);
    }
    this.#names = schemas.map((schema) => this.#nameOf(schema));
  }

  find(table: string): TableSchema | undefined {
    return this.#byName.get(this.#keyOf(table));
  }

  /** The table that somebody most likely meant who wrote the name of one that is not there. */
  meantBy(table: string): string | undefined {
    const name = table.split('.').at(-1);
    const elsewhere = this.#names.filter((known) => known.split('.').at(-1) === name);
    return elsewhere.length === 1 ? elsewhere[0] : nearest(table, this.#names);
  }

  #isAtHome({ project }: TableSchema): boolean {
    return project === undefined || this.#project === undefined || project === this.#project;
  }

  #nameOf(schema: TableSchema): string {
    return this.#isAtHome(schema) ? withDataset(schema.table) : `${schema.project}.${schema.table}`;
  }

  /** Only BigQuery tells names by their case. */
  #keyOf(name: string): string {
    return this.lexis === 'googlesql' ? name : name.toLowerCase();
  }
}

/** DuckDB's `main` goes without saying in the warehouse, but not in a manifest. */
function withDataset(table: string): string {
  return table.includes('.') ? table : `main.${table}`;
}
