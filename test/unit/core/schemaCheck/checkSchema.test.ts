import assert from 'node:assert/strict';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import type { ColumnSchema, TableSchema } from '../../../../src/core/observation/tableSchema';
import { checkSchema } from '../../../../src/core/schemaCheck/checkSchema';
import { locateFindings } from '../../../../src/core/schemaCheck/locateFindings';
import { tableUses } from '../../../../src/core/schemaCheck/tableUses';
import { failureColumns, historyColumns } from '../../../../src/core/sql/records';
import { day } from '../../../support/builders';
import { assertProblems, unmark } from '../manifest/marked';

const TODAY = day('2026-11-26');

/** `game_date DATE, game_id STRING required`. */
function columns(text: string): readonly ColumnSchema[] {
  return text.split(', ').map((column) => {
    const [name = '', type = '', mode] = column.split(' ');
    return { name, type, nullable: mode !== 'required' };
  });
}

function table(name: string, columnsText: string, more: Partial<TableSchema> = {}): TableSchema {
  return { table: name, kind: 'table', columns: columns(columnsText), ...more };
}

const SCHEDULE = table('raw.schedule', 'game_date DATE, game_id VARCHAR');
const PGS = table('mart.pgs', 'game_date DATE, player VARCHAR, game_id VARCHAR required, points INTEGER, made_at TIMESTAMP');

/** A manifest on DuckDB with one processor and a calendar. */
function duckdb(processor: string, more = ''): string {
  return `version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
calendars: { games: { table: raw.schedule, date_column: game_date } }
phases:
  - id: p1
    processors:
      - { id: PGS, ${processor} }
${more}`;
}

const BIGQUERY_TABLE: Partial<TableSchema> = {
  project: 'my-project',
  location: 'us-west2',
  partitioning: { column: 'game_date', unit: 'day' },
};

function bigqueryTable(name: string, columnsText: string, more: Partial<TableSchema> = {}): TableSchema {
  return table(name, columnsText, { ...BIGQUERY_TABLE, ...more });
}

function bigquery(processor: string, { location = 'us-west2', season = '2026-10-20' } = {}): string {
  return `version: 1
name: test
warehouse: { type: bigquery, project: my-project, location: ${location} }
seasons: [{ name: s, start: ${season}, end: 2026-12-31 }]
phases:
  - id: p1
    processors:
      - { id: PDC, ${processor} }
`;
}

const PDC = 'cache_date DATE, player STRING, game_id STRING required, points INT64, features ARRAY<FLOAT64>';
const pdc = (more: Partial<TableSchema> = {}, text = PDC) =>
  bigqueryTable('nba.pdc', text, { partitioning: { column: 'cache_date', unit: 'day' }, ...more });

function finds(title: string, marked: string, schemas: readonly TableSchema[], ...expected: string[]): void {
  it(title, () => {
    const source = unmark(marked);
    const { pipeline, problems } = readManifest(source.text);
    assert.deepEqual(problems, []);
    assert.ok(pipeline);
    assertProblems(locateFindings(checkSchema(pipeline, schemas, TODAY), source.text), source, expected);
  });
}

describe('the schema check', () => {
  finds(
    'finds nothing where manifest and tables agree, whatever the case of their names',
    duckdb(
      'table: Mart.PGS, date_column: GAME_DATE, entity: player, key: [game_id, player], written_at: made_at, where: "points >= 0", checks: [{ name: c, expression: "player <> \'\'" }], writes: { points: INT, player: { type: TEXT, nullable: true } }',
    ),
    [SCHEDULE, PGS],
  );

  describe('of tables', () => {
    finds(
      'names the nearest',
      duckdb('table: «mart.pgz», date_column: game_date'),
      [SCHEDULE, PGS],
      'missingTable: PGS: the warehouse has no table mart.pgz. Did you mean `mart.pgs`? => mart.pgs',
    );
    finds(
      'names the same one in another dataset, and one of several',
      duckdb('tables: [mart.pgs, "«features.daily_cache»"], date_column: game_date'),
      [SCHEDULE, PGS, table('precompute.daily_cache', 'game_date DATE')],
      'missingTable: PGS: the warehouse has no table features.daily_cache. Did you mean `precompute.daily_cache`? => precompute.daily_cache',
    );
    finds(
      'knows the schema that DuckDB leaves out, and names it',
      duckdb('tables: [main.pgs, test.mart.pgs, «main.pgx»], date_column: game_date'),
      [SCHEDULE, table('pgs', 'game_date DATE', { project: 'test' }), { ...PGS, project: 'test' }],
      'missingTable: PGS: the warehouse has no table main.pgx. Did you mean `main.pgs`? => main.pgs',
    );
    finds(
      'expects none of a SELECT before its first run',
      duckdb('table: mart.daily_totals, date_column: game_date, run: { sql: a.sql }'),
      [SCHEDULE, PGS],
    );
    finds(
      'doubts one that a SELECT would make beside one that is called alike',
      duckdb('table: «mart.pgz», date_column: game_date, run: { sql: a.sql }'),
      [SCHEDULE, PGS],
      'warning missingTable: PGS: there is no table mart.pgz, and its first run would make it. Did you mean `mart.pgs`? => mart.pgs',
    );
    finds(
      'tells which is there and cannot be read, and asks nothing of one without files',
      duckdb('tables: [«mart.torn», mart.empty], date_column: game_date'),
      [
        SCHEDULE,
        { table: 'mart.torn', kind: 'external', columns: [], unreadable: 'the file is torn.' },
        { table: 'mart.empty', kind: 'external', columns: [] },
      ],
      'unreadableTable: PGS: mart.torn cannot be read: the file is torn.',
    );
    finds(
      'knows that a view cannot be filled',
      duckdb('table: «mart.pgs», date_column: game_date, run: { sql: a.sql }'),
      [SCHEDULE, { ...PGS, kind: 'view' }],
      'isView: PGS: mart.pgs is a view, and its SQL can fill only a table.',
    );
    finds('has nothing against a view that is only read', duckdb('table: mart.pgs, date_column: game_date'), [
      SCHEDULE,
      { ...PGS, kind: 'view' },
    ]);
    finds(
      'looks in calendars, failure tables and run history',
      duckdb(
        'table: mart.pgs, date_column: game_date',
        `failures: [{ table: «ops.failure», processor: p, date: d, category: c }]
history: { table: «ops.run», processor: p, date: d, status: s }
`,
      ).replace('raw.schedule', '«raw.schedul»'),
      [SCHEDULE, PGS, table('ops.failures', 'p VARCHAR'), table('ops.runs', 'p VARCHAR')],
      'missingTable: Calendar games: the warehouse has no table raw.schedul. Did you mean `raw.schedule`? => raw.schedule',
      'missingTable: Failures: the warehouse has no table ops.failure. Did you mean `ops.failures`? => ops.failures',
      'missingTable: History: the warehouse has no table ops.run. Did you mean `ops.runs`? => ops.runs',
    );
  });

  describe('of columns', () => {
    finds(
      'underlines each mention, and mends it',
      duckdb(
        'table: mart.pgs, date_column: «game_dat», entity: [«playr», points], key: [game_id, "«playr»"], written_at: «wrote»',
      ),
      [SCHEDULE, PGS],
      'missingColumn: PGS: mart.pgs has no column game_dat. Did you mean `game_date`? => game_date',
      'missingColumn: PGS: mart.pgs has no column playr. Did you mean `player`? => player',
      'missingColumn: PGS: mart.pgs has no column playr. Did you mean `player`? => player',
      'missingColumn: PGS: mart.pgs has no column wrote.',
    );
    finds(
      'takes the partition column, or the only DATE, for the date column that somebody meant',
      bigquery('tables: [nba.pcf, nba.pdc, nba.two], date_column: «««analysis_date»»»'),
      [
        bigqueryTable('nba.pcf', 'day DATE, game_date DATE'),
        pdc(),
        bigqueryTable('nba.two', 'a DATE, b DATE', { partitioning: { unit: 'day' } }),
      ],
      'missingColumn: PDC: nba.pcf has no column analysis_date. Did you mean `game_date`? => game_date',
      'missingColumn: PDC: nba.pdc has no column analysis_date. Did you mean `cache_date`? => cache_date',
      'missingColumn: PDC: nba.two has no column analysis_date.',
    );
    finds(
      'looks into expressions where a name can only be a column',
      duckdb(
        'table: mart.pgs, date_column: game_date, where: "«point» > 0 AND length(player) > 1", checks: [{ name: point, expression: players = 1 AND upper(«plyer») = \'A\' }]'.replace(
          'players',
          '«players»',
        ),
      ),
      [SCHEDULE, PGS],
      'warning unknownName: PGS: `where` names point, and mart.pgs has no such column. Did you mean `points`? => points',
      'warning unknownName: PGS: check `point` names players, and mart.pgs has no such column. Did you mean `player`? => player',
      'warning unknownName: PGS: check `point` names plyer, and mart.pgs has no such column. Did you mean `player`? => player',
    );
    finds(
      'underlines an expression as a whole where the text has escapes, and edits nothing there',
      duckdb('table: mart.pgs, date_column: game_date, where: «"point > 0 AND player <> \\"x\\""»'),
      [SCHEDULE, { ...PGS, columns: [...PGS.columns, { name: 'x', type: 'VARCHAR', nullable: true }] }],
      'warning unknownName: PGS: `where` names point, and mart.pgs has no such column. Did you mean `points`?',
    );
    finds(
      'suggests only what a manifest can hold',
      duckdb('table: mart.odd, date_column: game_date, entity: «player_name»'),
      [
        SCHEDULE,
        {
          ...table('mart.odd', 'game_date DATE'),
          columns: [...SCHEDULE.columns, { name: 'player name', type: 'VARCHAR', nullable: true }],
        },
      ],
      'missingColumn: PGS: mart.odd has no column player_name.',
    );
    finds(
      'looks in calendars, failure tables and run history',
      duckdb(
        'table: mart.pgs, date_column: game_date',
        `failures: [{ table: ops.f, processor: proc, date: «dat», category: «kind», created: proc, resolved: «fixed», reprocessed: date }]
history: { table: ops.r, processor: proc, date: day, status: proc, seconds: «proc», rows: n, started: day, finished: «n», reason: «why», stages: { column: «detail», seconds: { extract: t } } }
`,
      )
        .replace('date_column: game_date } }', 'date_column: game_date, count: «game_ids», where: "«status» = 3" } }')
        .replace('created: proc', 'created: «proc»'),
      [SCHEDULE, PGS, table('ops.f', 'proc VARCHAR, date DATE'), table('ops.r', 'proc VARCHAR, day DATE, n BIGINT')],
      'missingColumn: Calendar games: raw.schedule has no column game_ids. Did you mean `game_id`? => game_id',
      'warning unknownName: Calendar games: `where` names status, and raw.schedule has no such column.',
      'missingColumn: Failures: ops.f has no column dat. Did you mean `date`? => date',
      'missingColumn: Failures: ops.f has no column kind.',
      'wrongType: Failures: ops.f.proc is VARCHAR, and `created` must name a time (TIMESTAMP).',
      'missingColumn: Failures: ops.f has no column fixed.',
      'wrongType: History: ops.r.proc is VARCHAR, and `seconds` must name a number.',
      'wrongType: History: ops.r.n is BIGINT, and `finished` must name a time (TIMESTAMP).',
      'missingColumn: History: ops.r has no column why.',
      'missingColumn: History: ops.r has no column detail.',
    );
  });

  describe('of types', () => {
    finds(
      'takes text for dates with a warning, and offers to cast it',
      duckdb('table: mart.text, date_column: «day»'),
      [SCHEDULE, table('mart.text', 'day VARCHAR')],
      'warning wrongType: PGS: mart.text.day is VARCHAR, a date column should be a DATE: text that is no date counts for nothing, and every read casts all rows. | ALTER TABLE "mart"."text" ALTER COLUMN "day" SET DATA TYPE DATE;',
    );
    finds(
      'takes no number for a date, and names the one column that is a date',
      duckdb('table: mart.n, date_column: «day», written_at: «name»'),
      [SCHEDULE, table('mart.n', 'day INTEGER, game_date DATE, name VARCHAR')],
      'wrongType: PGS: mart.n.day is INTEGER, a date column must be a DATE. Did you mean `game_date`? => game_date',
      'wrongType: PGS: mart.n.name is VARCHAR, and `written_at` must name a time (TIMESTAMP).',
    );
    finds('takes a time for its date', duckdb('table: mart.n, date_column: at, written_at: day'), [
      SCHEDULE,
      table('mart.n', 'at TIMESTAMP_NS, day DATE'),
    ]);
    finds(
      'says what a time means in BigQuery',
      bigquery('table: nba.pdc, date_column: «at»'),
      [pdc({ partitioning: { column: 'at', unit: 'day' } }, 'at TIMESTAMP')],
      'information wrongType: PDC: nba.pdc.at is TIMESTAMP: a row counts for its date in UTC, whatever zone the job means. A DATE leaves no doubt.',
    );
    finds(
      'makes a dated copy where BigQuery cannot cast in place',
      bigquery('table: nba.pdc, date_column: «day»'),
      [pdc({}, 'day STRING')],
      'warning wrongType: PDC: nba.pdc.day is STRING, a date column should be a DATE: text that is no date counts for nothing, and every read casts all rows. BigQuery makes no DATE of it in place: the statement makes a copy. | CREATE TABLE `my-project.nba.pdc_dated` PARTITION BY `day` AS\nSELECT * REPLACE (CAST(`day` AS DATE) AS `day`) FROM `my-project.nba.pdc`;',
    );
    finds(
      'says in words what no statement can do',
      bigquery('table: nba.pdc, date_column: «day»'),
      [pdc({}, 'day INT64')],
      'wrongType: PDC: nba.pdc.day is INT64, a date column must be a DATE. It cannot become DATE where it is: make the table anew with CREATE TABLE … AS SELECT and a CAST, or correct the manifest.',
    );
  });

  describe('of what jobs write', () => {
    finds(
      'adds columns, allows NULL and widens types',
      bigquery(
        'table: nba.pdc, date_column: cache_date, writes: { «scoring_tier»: STRING, «adjusted»: {}, «game_id»: { type: STRING, nullable: true }, player: { nullable: true }, «points»: numeric, features: "array<float>" }',
      ),
      [pdc()],
      'warning missingColumn: PDC: its job writes scoring_tier, and nba.pdc has no such column: a load fails, or loses it. Add it, or correct the name. | ALTER TABLE `my-project.nba.pdc` ADD COLUMN `scoring_tier` STRING;',
      'warning missingColumn: PDC: its job writes adjusted, and nba.pdc has no such column: a load fails, or loses it. Add it, or correct the name.',
      'requiredColumn: PDC: its job may write game_id as NULL, and nba.pdc requires a value: such rows are refused. | ALTER TABLE `my-project.nba.pdc` ALTER COLUMN `game_id` DROP NOT NULL;',
      'wrongType: PDC: its job writes points as numeric, and it is INT64 in nba.pdc. | ALTER TABLE `my-project.nba.pdc` ALTER COLUMN `points` SET DATA TYPE numeric;',
    );
    finds(
      'says in words what BigQuery cannot alter',
      bigquery('table: nba.pdc, date_column: cache_date, writes: { «points»: STRING }'),
      [pdc()],
      'wrongType: PDC: its job writes points as STRING, and it is INT64 in nba.pdc. It cannot become STRING where it is: make the table anew with CREATE TABLE … AS SELECT and a CAST, or correct the manifest.',
    );
    finds(
      'speaks DuckDB’s SQL to DuckDB, also where the manifest itself names the column',
      duckdb(
        'table: mart.pgs, date_column: game_date, entity: «team», writes: { «team»: VARCHAR, «game_id»: { nullable: true }, «points»: VARCHAR }',
      ),
      [SCHEDULE, PGS],
      'missingColumn: PGS: mart.pgs has no column team. | ALTER TABLE "mart"."pgs" ADD COLUMN "team" VARCHAR;',
      'warning missingColumn: PGS: its job writes team, and mart.pgs has no such column: a load fails, or loses it. Add it, or correct the name. | ALTER TABLE "mart"."pgs" ADD COLUMN "team" VARCHAR;',
      'requiredColumn: PGS: its job may write game_id as NULL, and mart.pgs requires a value: such rows are refused. | ALTER TABLE "mart"."pgs" ALTER COLUMN "game_id" DROP NOT NULL;',
      'wrongType: PGS: its job writes points as VARCHAR, and it is INTEGER in mart.pgs. | ALTER TABLE "mart"."pgs" ALTER COLUMN "points" SET DATA TYPE VARCHAR;',
    );
  });

  describe('of files', () => {
    finds(
      'offers no statement, for they are not altered',
      duckdb('table: mart.pgs, date_column: «day», writes: { «team»: VARCHAR }'),
      [SCHEDULE, { ...table('mart.pgs', 'day VARCHAR'), kind: 'external' }],
      'warning wrongType: PGS: mart.pgs.day is VARCHAR, a date column should be a DATE: text that is no date counts for nothing, and every read casts all rows.',
      'warning missingColumn: PGS: its job writes team, and mart.pgs has no such column: a load fails, or loses it. Add it, or correct the name.',
    );
  });

  describe('of partitions', () => {
    finds(
      'keeps those that seasons need, and lets others expire',
      bigquery('tables: [nba.pdc, nba.tdza], date_column: «cache_date»', { season: '2026-10-20' }),
      [
        pdc({ partitioning: { column: 'cache_date', unit: 'day', expirationDays: 30, requireFilter: true } }),
        bigqueryTable('nba.tdza', 'cache_date DATE', { partitioning: { column: 'cache_date', unit: 'day', expirationDays: 90 } }),
      ],
      'warning partitionsExpire: PDC: nba.pdc deletes partitions of dates that are over 30 days old, whatever is written there again, and the first season starts on 2026-10-20: older dates stay missing until that ends. | ALTER TABLE `my-project.nba.pdc` SET OPTIONS (partition_expiration_days = NULL);',
    );
    finds(
      'says what a table without them costs',
      bigquery('table: nba.pdc, date_column: «cache_date»'),
      [table('nba.pdc', PDC, { project: 'my-project', location: 'us-west2' })],
      'information notPartitioned: PDC: nba.pdc is not partitioned, so that every read of a date is paid for as a read of all dates.',
    );
    finds(
      'says what another partition column costs',
      bigquery('table: nba.pdc, date_column: «cache_date»'),
      [pdc({ partitioning: { unit: 'day', requireFilter: true } })],
      'information otherPartition: PDC: nba.pdc is partitioned by the time of loading, not by cache_date: every read of a date is paid for as a read of all dates.',
    );
    finds(
      'says what coarse ones cost',
      bigquery('table: nba.pdc, date_column: «cache_date»'),
      [pdc({ partitioning: { column: 'cache_date', unit: 'month' } })],
      'information otherPartition: PDC: nba.pdc is partitioned by month: every read of a date is paid for as a read of its month.',
    );
    finds(
      'says what a view costs',
      bigquery('table: «nba.pdc», date_column: cache_date'),
      [{ table: 'nba.pdc', kind: 'view', columns: columns(PDC), project: 'my-project', location: 'us-west2' }],
      'information isView: PDC: nba.pdc is a view: nobody tells when its rows change, so every refresh reads it whole.',
    );
  });

  describe('of places', () => {
    finds(
      'corrects a location where nothing is',
      bigquery('table: nba.pdc, date_column: cache_date', { location: '«US»' }),
      [pdc()],
      'warning wrongLocation: No table of this manifest is in US: they are in us-west2. => us-west2',
    );
    finds(
      'tells of those elsewhere, and of names by their case and project',
      bigquery('tables: [nba.pdc, «other-project.nba.pdc», «nba.PDC»], date_column: cache_date', { location: 'US-WEST2' }),
      [pdc(), pdc({ project: 'other-project', location: 'EU' })],
      'information otherLocation: PDC: other-project.nba.pdc is in EU, others are in US-WEST2: it is read by a query of its own, and no SQL can join the two.',
      'missingTable: PDC: the warehouse has no table nba.PDC. Did you mean `nba.pdc`? => nba.pdc',
    );
  });
});

describe('where findings stand', () => {
  const text = duckdb('table: mart.pgs, date_column: game_dat, entity: player');
  const { pipeline } = readManifest(text);
  assert.ok(pipeline);
  const findings = checkSchema(pipeline, [SCHEDULE, PGS], TODAY);

  it('follows the text while it is edited, and leaves with what it is about', () => {
    const [before] = locateFindings(findings, text);
    const [after] = locateFindings(findings, text.replace('name: test', 'name: test\n\n'));
    assert.equal(after?.range.start.line, (before?.range.start.line ?? 0) + 2);
    assert.deepEqual(locateFindings(findings, text.replace('game_dat,', 'game_date,')), []);
    assert.deepEqual(locateFindings(findings, text.replace('PGS', 'PGX')), []);
    assert.deepEqual(locateFindings(findings, 'phases: ['), []);
    assert.deepEqual(locateFindings(findings, ''), []);
  });

  it('is the line of `extends` for what a preset brought, where nothing can be edited', () => {
    const presets = new Map([['demo', text]]);
    const own = unmark('version: 1\nname: mine\n«extends: preset:demo»\n');
    assertProblems(locateFindings(findings, own.text, presets), own, [
      'missingColumn: PGS: mart.pgs has no column game_dat. Did you mean `game_date`?',
    ]);
    const overridden = unmark(`${own.text}phases: [{ id: p1, processors: [{ id: PGS, date_column: «game_dat» }] }]\n`);
    assertProblems(locateFindings(findings, overridden.text, presets), overridden, [
      'missingColumn: PGS: mart.pgs has no column game_dat. Did you mean `game_date`? => game_date',
    ]);
  });

  it('is found through aliases', () => {
    const aliased = unmark(
      duckdb('table: mart.pgs, date_column: game_date')
        .replace('date_column: game_date }', 'date_column: &d «game_dat» }')
        .replace('mart.pgs, date_column: game_date', 'mart.pgs, date_column: *d'),
    );
    const read = readManifest(aliased.text);
    assert.ok(read.pipeline);
    const found = locateFindings(checkSchema(read.pipeline, [SCHEDULE, PGS], TODAY), aliased.text);
    const place = aliased.ranges[0]?.split('-')[0];
    assert.deepEqual(
      found.map(({ message, fix }) => [message, `${(fix?.range.start.line ?? 0) + 1}:${(fix?.range.start.column ?? 0) + 1}`]),
      [
        ['Calendar games: raw.schedule has no column game_dat. Did you mean `game_date`?', place],
        ['PGS: mart.pgs has no column game_dat. Did you mean `game_date`?', place],
      ],
    );
  });
});

describe('the columns that are checked', () => {
  it('are all that failure tables and run histories are read with', () => {
    const { pipeline } = readManifest('version: 1\nname: NBA\nextends: preset:nba-stats-scraper\n');
    assert.ok(pipeline?.history);
    const checked = tableUses(pipeline).map(
      ({ table, columns: all }) =>
        `${table}: ${all
          .map(({ column }) => column)
          .sort()
          .join()}`,
    );
    const tables = [...pipeline.failures, pipeline.history].map(({ table }) => table);
    const read = [...pipeline.failures.map(failureColumns), historyColumns(pipeline.history)];
    for (const [index, all] of read.entries()) {
      const line = `${tables[index]}: ${all
        .map(({ name }) => name)
        .sort()
        .join()}`;
      assert.ok(checked.includes(line), line);
    }
  });
});
