import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TableSchema } from '../../../../src/app/ports';
import { dayOf } from '../../../../src/base/day';
import { datedTables, partitionedTables } from '../../../../src/cli/init/datedTables';
import { draftManifest } from '../../../../src/cli/init/draftManifest';
import type { Job } from '../../../../src/cli/init/findJobs';
import { readManifest } from '../../../../src/core/manifest/readManifest';

const column = (name: string, type: string) => ({ name, type, nullable: true });
const season = { from: dayOf(2021, 10, 19), to: dayOf(2022, 6, 16) };
const warehouse = { type: 'duckdb', path: 'warehouse.duckdb' } as const;

const SCHEMAS: readonly TableSchema[] = [
  { table: 'raw.schedule', kind: 'table', columns: [column('game_date', 'DATE'), column('game_id', 'VARCHAR')] },
  { table: 'raw.box_scores', kind: 'table', columns: [column('game_date', 'DATE'), column('points', 'INTEGER')] },
  { table: 'raw.players', kind: 'table', columns: [column('player', 'VARCHAR')] },
  {
    table: 'nba_precompute.player_daily_cache',
    kind: 'table',
    columns: [column('created_date', 'DATE'), column('cache_date', 'DATE'), column('processed_at', 'TIMESTAMP WITH TIME ZONE')],
  },
  { table: 'nba_predictions.ml_feature_store_v2', kind: 'table', columns: [column('game_date', 'DATE')] },
  { table: 'nba_predictions.my feature', kind: 'table', columns: [column('game_date', 'DATE')] },
];

const job = (path: string, flags: Job['flags'], language: Job['language'] = 'python'): Job => ({ path, language, flags });
const RANGE = { start: '--start-date', end: '--end-date' };

describe('a drafted manifest', () => {
  it('observes every table that has a date column', () => {
    assert.equal(
      draftManifest({ name: 'nba', warehouse, tables: datedTables(SCHEMAS), season, jobs: [] }),
      `# What this pipeline should cover. 'backfill check' checks this file, 'backfill coverage' shows what is there.
version: 1
name: nba
warehouse: { type: duckdb, path: warehouse.duckdb }

# Nothing is expected outside of the seasons: lengthen them as data is to come.
seasons:
  - { name: all, start: 2021-10-19, end: 2022-06-16 }

# Which dates are expected to have data; the first is the default. \`every: day\` for all of them.
calendars:
  schedule: { table: raw.schedule, date_column: game_date }

# Observed, never run: a hole here is a cause to mend elsewhere.
sources:
  - { id: BS, table: raw.box_scores, date_column: game_date }
  - { id: SCHEDULE, table: raw.schedule, date_column: game_date }

# In the order in which they run.
phases:
  - id: nba_precompute
    name: nba_precompute
    processors:
      - id: PDC
        table: nba_precompute.player_daily_cache
        date_column: cache_date # or created_date
        written_at: processed_at
        # The columns that name an entity, and those that must be unique:
        # entity: player_id
        # key: [game_id, player_id]
        # What must be there before a date can run; numbers make it stricter:
        # needs: [{ source: BS }, { processor: ID, min_rows: 100 }]
        # How a date is made: one SELECT of its rows with the parameter @date, or a command:
        # run: { sql: sql/player_daily_cache.sql }
        # run: { command: [python, jobs/player_daily_cache.py, --date, "{date}"], each: date }
  - id: nba_predictions
    name: nba_predictions
    processors:
      - id: MFS
        table: nba_predictions.ml_feature_store_v2
        date_column: game_date
`,
    );
  });

  it('runs tables by the jobs that are called like them, and keeps the other jobs as comments', () => {
    const jobs = [
      job('jobs/precompute/player_daily_cache_backfill.py', { range: RANGE, dates: '--dates' }),
      job('jobs/features/ml_feature_store/main.py', { date: '--date' }),
      job('bin/export.sh', { range: { start: '--from=', end: '--to=' } }, 'shell'),
    ];
    const text = draftManifest({
      name: 'nba',
      warehouse: { type: 'bigquery', project: 'my-project', location: 'us-west2' },
      tables: datedTables(SCHEMAS),
      season: undefined,
      jobs,
      python: '.venv/bin/python',
    });
    const { pipeline, problems } = readManifest(text);
    assert.deepEqual(problems, [], text);
    assert.deepEqual(pipeline?.warehouse, { type: 'bigquery', project: 'my-project', location: 'us-west2' });
    assert.deepEqual(pipeline?.seasons, []);
    const ways = pipeline?.processors.map(({ id, run }) => [
      id,
      ...run.map((way) => (way.kind === 'command' ? `${way.each}: ${way.argv.join(' ')}` : way.kind)),
    ]);
    assert.deepEqual(ways, [
      [
        'PDC',
        'list: .venv/bin/python jobs/precompute/player_daily_cache_backfill.py --dates {dates}',
        'range: .venv/bin/python jobs/precompute/player_daily_cache_backfill.py --start-date {start} --end-date {end}',
      ],
      ['MFS', 'date: .venv/bin/python jobs/features/ml_feature_store/main.py --date {date}'],
    ]);
    assert.match(
      text,
      /^# +run: \{ each: range, max_dates: 31, command: \[bash, bin\/export\.sh, "--from=\{start\}", "--to=\{end\}"\] \}$/m,
    );
  });

  it('takes the column that a table is partitioned by for its date, and in BigQuery only tables that have one', () => {
    const schemas: readonly TableSchema[] = [
      {
        table: 'd.events',
        kind: 'table',
        columns: [column('birth_day', 'DATE'), column('seen_at', 'TIMESTAMP')],
        partitioning: { column: 'seen_at', unit: 'day' },
      },
      { table: 'd.names', kind: 'table', columns: [column('since', 'DATE')] },
      { table: 'd.ids', kind: 'table', columns: [column('day', 'DATE')], partitioning: { column: 'id', unit: 'range' } },
      { table: 'd.arrivals', kind: 'table', columns: [column('day', 'DATE')], partitioning: { unit: 'day' } },
      { table: 'd.view', kind: 'view', columns: [column('day', 'DATE')], partitioning: { column: 'day', unit: 'day' } },
    ];
    const [only, ...others] = datedTables(partitionedTables(schemas));
    assert.deepEqual([only?.table, only?.dateColumn, only?.otherDates, others], ['d.events', 'seen_at', ['birth_day'], []]);
  });

  it('is a manifest without a mistake, whatever the tables and names', () => {
    const name = fc.oneof(
      fc.constantFrom('raw', 'true', 'a_b', 'x', '_', '_1', 'on', 'v2', 'T', 'null'),
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/),
      fc.string({ maxLength: 4 }),
    );
    const schemas = fc.array(
      fc.record({
        table: fc.tuple(name, name).map((parts) => parts.join('.')),
        kind: fc.constant('table' as const),
        columns: fc.array(fc.record({ name, type: fc.constantFrom('DATE', 'TIMESTAMP', 'VARCHAR'), nullable: fc.boolean() }), {
          maxLength: 4,
        }),
      }),
      { maxLength: 6 },
    );
    const jobs = fc.array(
      fc.record({
        path: fc.oneof(
          name.map((text) => `jobs/${text}.py`),
          fc.string({ unit: 'binary' }).map((text) => text.replace(/[\p{Cc}{}]/gu, '')),
        ),
        language: fc.constantFrom('python' as const, 'node' as const, 'shell' as const),
        flags: fc.constantFrom<Job['flags']>({ date: '--date' }, { range: RANGE }, { dates: '--dates', date: '--ds=' }),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        schemas,
        jobs,
        fc.string({ unit: 'binary' }),
        fc.stringMatching(/^[^\p{Cc}]{0,9}[a-z"'#: -]db$/u),
        (tables, scripts, folder, path) => {
          const once = [...new Map(tables.map((table) => [table.table, table])).values()];
          const text = draftManifest({
            name: folder,
            warehouse: { type: 'duckdb', path },
            tables: datedTables(once),
            season,
            jobs: scripts,
          });
          const { pipeline, problems } = readManifest(text);
          assert.deepEqual(problems, [], text);
          assert.ok(pipeline !== undefined);
        },
      ),
      { numRuns: 60 },
    );
  });
});
