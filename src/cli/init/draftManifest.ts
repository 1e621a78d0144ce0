import { type DayRange, formatDay } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { WarehouseConfig } from '../../core/pipeline';
import { plain } from '../textWidth';
import { type DatedTable, idFor, schemaOf, uniqueId } from './datedTables';
import { envOf, runsOf } from './draftRuns';
import type { Job } from './findJobs';
import { matchJobs } from './matchJobs';
import { quoted } from './yamlText';

/** What a manifest is drafted from. */
export interface Draft {
  readonly name: string;
  readonly warehouse: WarehouseConfig;
  /** Empty when there is no warehouse to look into yet: the draft then shows an example. */
  readonly tables: readonly DatedTable[];
  /** From the first to the last date with data; undefined where looking would cost something. */
  readonly season: DayRange | undefined;
  readonly jobs: readonly Job[];
  /** The interpreter of its virtual environment, relative to the folder. */
  readonly python?: string;
}

const EXAMPLE: readonly DatedTable[] = [
  { id: 'RAW', table: 'raw.events', dateColumn: 'event_date', otherDates: [], isSource: true },
  { id: 'DAILY', table: 'analytics.daily_summary', dateColumn: 'summary_date', otherDates: [], isSource: false },
];
const SCHEDULE = /schedule|calendar/i;
/** More commented jobs would hide the rest. */
const MOST_LOOSE_JOBS = 50;

/** Which jobs fill which tables of a draft, by name, and the jobs that are left. */
export function jobsOf({ tables, jobs }: Draft): {
  readonly matched: ReadonlyMap<string, Job>;
  readonly loose: readonly Job[];
} {
  const matched = matchJobs(
    tables.filter(({ isSource }) => !isSource).map(({ table }) => table),
    jobs,
  );
  const taken = new Set(matched.values());
  return { matched, loose: jobs.filter((job) => !taken.has(job)) };
}

/**
 * A commented manifest that `backfill check` accepts.
 * @param notes sentences to keep at its top.
 */
export function draftManifest(draft: Draft, notes: readonly string[] = []): string {
  const tables = draft.tables.length > 0 ? draft.tables : EXAMPLE;
  const sources = tables.filter(({ isSource }) => isSource);
  const processors = tables.filter(({ isSource }) => !isSource);
  const schedule = sources.find(({ table }) => SCHEDULE.test(table)) ?? sources[0];
  const { matched, loose } = jobsOf(draft);
  const ids = new Set(tables.map(({ id }) => id));
  return `${[
    "# What this pipeline should cover. 'backfill check' checks this file, 'backfill coverage' shows what is there.",
    ...notes.map((note) => `# ${plain(note)}`),
    'version: 1',
    `name: ${quoted(plain(draft.name) || 'pipeline')}`,
    `warehouse: { ${warehouseText(draft.warehouse)} }`,
    ...seasonLines(draft.season),
    '',
    '# Which dates are expected to have data; the first is the default. `every: day` for all of them.',
    'calendars:',
    schedule === undefined
      ? '  daily: { every: day }'
      : `  schedule: { table: ${schedule.table}, date_column: ${quoted(schedule.dateColumn)} }`,
    ...programLines(draft),
    ...sourceLines(sources),
    ...phaseLines(processors, sources[0], matched),
    ...looseLines(loose, ids),
  ].join('\n')}\n`;
}

function warehouseText(warehouse: WarehouseConfig): string {
  if (warehouse.type !== 'bigquery') return `type: ${warehouse.type}, path: ${quoted(warehouse.path)}`;
  const { project, location, endpoint } = warehouse;
  const fields = Object.entries({ type: 'bigquery', project, location, endpoint });
  return fields.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${quoted(value)}`])).join(', ');
}

function seasonLines(season: DayRange | undefined): string[] {
  if (season === undefined)
    return [
      '',
      '# Without seasons one lasts from the first to the last date with data. Name yours to miss what comes before and after:',
    ].concat('# seasons:', '#   - { name: all, start: 2024-01-01, end: 2024-12-31 }');
  return [
    '',
    '# Nothing is expected outside of the seasons: lengthen them as data is to come.',
    'seasons:',
    `  - { name: all, start: ${formatDay(season.from)}, end: ${formatDay(season.to)} }`,
  ];
}

function programLines({ jobs, python }: Draft): string[] {
  if (!jobs.some(({ language }) => language === 'python')) return [];
  const why = python === undefined ? 'no virtual environment was found in this folder' : 'the virtual environment of this folder';
  return ['', `# What commands mean by python: ${why}.`, `programs: { python: ${quoted(python ?? 'python3')} }`];
}

function sourceLines(sources: readonly DatedTable[]): string[] {
  if (sources.length === 0) return [];
  return ['', '# Observed, never run: a hole here is a cause to mend elsewhere.', 'sources:'].concat(
    sources.map(({ id, table, dateColumn }) => `  - { id: ${quoted(id)}, table: ${table}, date_column: ${quoted(dateColumn)} }`),
  );
}

function phaseLines(
  processors: readonly DatedTable[],
  source: DatedTable | undefined,
  matched: ReadonlyMap<string, Job>,
): string[] {
  const lines = ['', '# In the order in which they run.', 'phases:'];
  const ids = new Set<string>();
  for (const [schema, members] of groupBy(processors, ({ table }) => schemaOf(table))) {
    const id = uniqueId(schema.replace(/^_+/, '') || 'main', ids);
    lines.push(`  - id: ${quoted(id)}`, `    name: ${quoted(schema)}`, '    processors:');
    for (const processor of members) {
      const job = matched.get(processor.table);
      lines.push(...processorLines(processor));
      if (processor === processors[0]) lines.push(...hints(processor, source, job !== undefined));
      if (job !== undefined)
        lines.push(
          `        # By its name this is the job that fills it: make sure.`,
          ...runsOf(job, '        '),
          ...envOf(job, '        '),
        );
    }
  }
  return lines;
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

function hints({ table }: DatedTable, source: DatedTable | undefined, hasJob: boolean): string[] {
  const name = table.split('.').at(-1);
  return [
    '        # The columns that name an entity, and those that must be unique:',
    '        # entity: player_id',
    '        # key: [game_id, player_id]',
    '        # What must be there before a date can run; numbers make it stricter:',
    `        # needs: [{ source: ${source?.id ?? 'ID'} }, { processor: ID, min_rows: 100 }]`,
    ...(hasJob
      ? []
      : [
          '        # How a date is made: one SELECT of its rows with the parameter @date, or a command:',
          `        # run: { sql: sql/${name}.sql }`,
          `        # run: { command: [python, jobs/${name}.py, --date, "{date}"], each: date }`,
        ]),
  ];
}

function looseLines(jobs: readonly Job[], ids: Set<string>): string[] {
  if (jobs.length === 0) return [];
  const shown = jobs.slice(0, MOST_LOOSE_JOBS);
  const more = jobs.length - shown.length;
  return [
    '',
    '# These jobs take dates, too, and resemble no table by name. Give each its table, and move it into a phase:',
    ...shown.flatMap((job) => {
      const id = idFor((job.path.split('/').at(-1) ?? '').replace(/\.\w+$/, '').replace(/[^A-Za-z0-9]+/g, '_'), ids);
      return [
        `      - id: ${quoted(id)}`,
        '        table: DATASET.TABLE',
        '        date_column: COLUMN',
        ...runsOf(job, '        '),
      ].map((line) => `# ${line}`);
    }),
    ...(more > 0 ? [`# … and ${more} more.`] : []),
  ];
}
