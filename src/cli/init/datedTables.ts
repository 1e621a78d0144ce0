import type { TableSchema } from '../../app/ports';

/** A table with a date column, as a draft observes it. */
export interface DatedTable {
  readonly id: string;
  /** `schema.table`. */
  readonly table: string;
  readonly dateColumn: string;
  /** Other DATE columns that it could be. */
  readonly otherDates: readonly string[];
  readonly writtenAt?: string;
  readonly isSource: boolean;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SOURCE_SCHEMA = /^(raw|sources?|staging|stg|landing|bronze|reference|seeds?|input)(_|$)|_(raw|source|staging|reference)$/i;
const WRITTEN = /^(processed|updated|written|loaded|inserted|created|modified)_(at|ts|time)$/i;
/** Dates about the row rather than of the partition. */
const ABOUT_THE_ROW = /^(created|updated|processed|loaded|inserted|modified|birth)/i;

/** Those that are partitioned by the dates of a column. */
export function partitionedTables(schemas: readonly TableSchema[]): readonly TableSchema[] {
  return schemas.filter(
    ({ kind, partitioning }) => kind === 'table' && partitioning?.column !== undefined && partitioning.unit !== 'range',
  );
}

/**
 * The tables that are partitioned by a column or have a DATE column, with ids made of their initials (`player_daily_cache`: PDC), by
 * name.
 */
export function datedTables(schemas: readonly TableSchema[]): readonly DatedTable[] {
  const found = schemas
    .filter(({ table }) => table.split('.').every((part) => IDENTIFIER.test(part)))
    .map((schema) => ({
      table: schema.table,
      dates: datesOf(schema),
      writtenAt: namesOf(schema, /^(TIMESTAMP|DATETIME)/i).find((name) => WRITTEN.test(name)),
    }))
    .filter(({ dates }) => dates.length > 0)
    .sort((a, b) => (a.table < b.table ? -1 : 1));
  const isSource = (table: string) => SOURCE_SCHEMA.test(schemaOf(table));
  const allAreSources = found.every(({ table }) => isSource(table));
  const ids = new Set<string>();
  return found.map(({ table, dates, writtenAt }) => {
    const [dateColumn = '', ...otherDates] = dates;
    return {
      id: idFor(table, ids),
      table,
      dateColumn,
      otherDates,
      ...(writtenAt === undefined ? {} : { writtenAt }),
      isSource: isSource(table) && !allAreSources,
    };
  });
}

/** The columns that can be the date, the likeliest first. */
function datesOf(schema: TableSchema): readonly string[] {
  const dates = namesOf(schema, /^DATE$/i).sort((a, b) => Number(ABOUT_THE_ROW.test(a)) - Number(ABOUT_THE_ROW.test(b)));
  const { column, unit } = schema.partitioning ?? {};
  if (column === undefined || unit === 'range' || !IDENTIFIER.test(column)) return dates;
  return [column, ...dates.filter((name) => name !== column)];
}

function namesOf({ columns }: TableSchema, type: RegExp): string[] {
  return columns.filter((column) => type.test(column.type) && IDENTIFIER.test(column.name)).map(({ name }) => name);
}

/** The schema or dataset of a table. */
export function schemaOf(table: string): string {
  return table.split('.').at(-2) ?? 'main';
}

/** An id of a name's initials that is not taken yet. */
export function idFor(table: string, taken: Set<string>): string {
  const words = (table.split('.').at(-1) ?? table).split('_').filter((word) => word !== '' && !/^v\d+$/i.test(word));
  const initials = words.length > 1 ? words.map((word) => word[0]).join('') : words.join('');
  return uniqueId(initials.toUpperCase() || 'T', taken);
}

/** The id, or with a number behind it where it is taken. */
export function uniqueId(wanted: string, taken: Set<string>): string {
  const base = wanted.slice(0, 60);
  let id = base;
  for (let count = 2; taken.has(id); count++) id = `${base}${count}`;
  taken.add(id);
  return id;
}
