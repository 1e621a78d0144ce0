import type { TableSchema } from '../app/ports';
import { type DayRange, formatDay } from '../base/day';
import { groupBy } from '../base/groupBy';
import type { WarehouseConfig } from '../core/pipeline';
import { plain } from './textWidth';

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
const SCHEDULE = /schedule|calendar/i;

/** The tables with a DATE column, with ids made of their initials (`player_daily_cache`: PDC). */
export function datedTables(schemas: readonly TableSchema[]): readonly DatedTable[] {
  const found = schemas
    .filter(({ table }) => table.split('.').every((part) => IDENTIFIER.test(part)))
    .map(({ table, columns }) => {
      const names = (type: RegExp) =>
        columns.filter((column) => type.test(column.type) && IDENTIFIER.test(column.name)).map(({ name }) => name);
      const dates = names(/^DATE$/i).sort((a, b) => Number(ABOUT_THE_ROW.test(a)) - Number(ABOUT_THE_ROW.test(b)));
      return { table, dates, writtenAt: names(/^(TIMESTAMP|DATETIME)/i).find((name) => WRITTEN.test(name)) };
    })
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

function schemaOf(table: string): string {
  return table.split('.').at(-2) ?? 'main';
}

function idFor(table: string, taken: Set<string>): string {
  const words = (table.split('.').at(-1) ?? table).split('_').filter((word) => word !== '' && !/^v\d+$/i.test(word));
  const initials = words.length > 1 ? words.map((word) => word[0]).join('') : words.join('');
  return uniqueId(initials.toUpperCase() || 'T', taken);
}

function uniqueId(wanted: string, taken: Set<string>): string {
  const base = wanted.slice(0, 60);
  let id = base;
  for (let count = 2; taken.has(id); count++) id = `${base}${count}`;
  taken.add(id);
  return id;
}

export interface Draft {
  readonly name: string;
  readonly warehouse: WarehouseConfig & { readonly path: string };
  /** Empty when there is no warehouse to look into yet: the draft then shows an example. */
  readonly tables: readonly DatedTable[];
  /** From the first to the last date with data. */
  readonly season: DayRange;
}

const EXAMPLE: readonly DatedTable[] = [
  { id: 'RAW', table: 'raw.events', dateColumn: 'event_date', otherDates: [], isSource: true },
  { id: 'DAILY', table: 'analytics.daily_summary', dateColumn: 'summary_date', otherDates: [], isSource: false },
];

/** A commented manifest that `backfill check` accepts. */
export function draftManifest(draft: Draft): string {
  const tables = draft.tables.length > 0 ? draft.tables : EXAMPLE;
  const sources = tables.filter(({ isSource }) => isSource);
  const processors = tables.filter(({ isSource }) => !isSource);
  const schedule = sources.find(({ table }) => SCHEDULE.test(table)) ?? sources[0];
  const { season, warehouse } = draft;
  const lines = [
    "# What this pipeline should cover. 'backfill check' checks this file, 'backfill coverage' shows what is there.",
    'version: 1',
    `name: ${quoted(plain(draft.name) || 'pipeline')}`,
    `warehouse: { type: ${warehouse.type}, path: ${quoted(warehouse.path)} }`,
    '',
    '# Nothing is expected outside of the seasons: lengthen them as data is to come.',
    'seasons:',
    `  - { name: all, start: ${formatDay(season.from)}, end: ${formatDay(season.to)} }`,
    '',
    '# Which dates are expected to have data; the first is the default. `every: day` for all of them.',
    'calendars:',
    schedule === undefined
      ? '  daily: { every: day }'
      : `  schedule: { table: ${schedule.table}, date_column: ${quoted(schedule.dateColumn)} }`,
  ];
  if (sources.length > 0) {
    lines.push('', '# Observed, never run: a hole here is a cause to mend elsewhere.', 'sources:');
    for (const { id, table, dateColumn } of sources)
      lines.push(`  - { id: ${quoted(id)}, table: ${table}, date_column: ${quoted(dateColumn)} }`);
  }
  lines.push('', '# In the order in which they run.', 'phases:');
  let explained = false;
  const ids = new Set<string>();
  for (const [schema, members] of groupBy(processors, ({ table }) => schemaOf(table))) {
    const id = uniqueId(schema.replace(/^_+/, '') || 'main', ids);
    lines.push(`  - id: ${quoted(id)}`, `    name: ${quoted(schema)}`, '    processors:');
    for (const processor of members) {
      lines.push(...processorLines(processor));
      if (!explained) lines.push(...hints(processor, sources[0]));
      explained = true;
    }
  }
  return `${lines.join('\n')}\n`;
}

function processorLines({ id, table, dateColumn, otherDates, writtenAt }: DatedTable): string[] {
  const others = otherDates.length === 0 ? '' : ` # or ${otherDates.join(', ')}`;
  return [
    `      - id: ${quoted(id)}`,
    `        table: ${table}`,
    `        date_column: ${quoted(dateColumn)}${others}`,
    ...(writtenAt === undefined ? [] : [`        written_at: ${writtenAt}`]),
  ];
}

function hints({ table }: DatedTable, source: DatedTable | undefined): string[] {
  const name = table.split('.').at(-1);
  return [
    '        # The columns that name an entity, and those that must be unique:',
    '        # entity: player_id',
    '        # key: [game_id, player_id]',
    '        # What must be there before a date can run; numbers make it stricter:',
    `        # needs: [{ source: ${source?.id ?? 'ID'} }, { processor: ID, min_rows: 100 }]`,
    '        # How a date is made: one SELECT of its rows with the parameter @date, or a command:',
    `        # run: { sql: sql/${name}.sql }`,
    `        # run: { command: [python, jobs/${name}.py, --date, "{date}"], each: date }`,
  ];
}

/** As a plain YAML scalar where that is safe, else in double quotes. */
function quoted(text: string): string {
  const safe = /^[A-Za-z][\w./-]*( [\w./-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return safe ? text : JSON.stringify(text);
}
