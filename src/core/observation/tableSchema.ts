/** A column as the warehouse has it. */
export interface ColumnSchema {
  readonly name: string;
  /** As its SQL writes it, such as `ARRAY<STRING>` for what BigQuery's metadata call a repeated STRING. */
  readonly type: string;
  /** False where every row must have a value (BigQuery's mode REQUIRED, `NOT NULL` elsewhere). */
  readonly nullable: boolean;
}

/** How a table is cut into partitions. */
export interface TablePartitioning {
  /** Absent when rows are partitioned by when they came. */
  readonly column?: string;
  readonly unit: 'hour' | 'day' | 'month' | 'year' | 'range';
  /** Partitions of a date so many days ago are deleted, however new their rows are. */
  readonly expirationDays?: number;
  /** Queries must filter by the partition column. */
  readonly requireFilter?: boolean;
}

/** A table as the warehouse describes it. */
export interface TableSchema {
  /** `dataset.table` (`table` alone in the schema that needs no name), without the project. */
  readonly table: string;
  /** The project, or in DuckDB the database, that holds it. */
  readonly project?: string;
  readonly kind: 'table' | 'view' | 'materializedView' | 'external' | 'snapshot';
  /** In the table's order. Empty where a warehouse only lists what nobody asked for, and where it cannot be read. */
  readonly columns: readonly ColumnSchema[];
  readonly partitioning?: TablePartitioning;
  /** The columns that rows are kept together by, in their order. */
  readonly clustering?: readonly string[];
  /** Where its rows are, such as `us-west2`. */
  readonly location?: string;
  /** Why it cannot be read although it is there: one sentence for people. */
  readonly unreadable?: string;
}
