import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TableSchema } from '../../../src/app/ports';
import { dayOf } from '../../../src/base/day';
import { datedTables, draftManifest } from '../../../src/cli/draftManifest';
import { readManifest } from '../../../src/core/manifest/readManifest';

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

describe('a drafted manifest', () => {
  it('observes every table that has a date column', () => {
    assert.equal(
      draftManifest({ name: 'nba', warehouse, tables: datedTables(SCHEMAS), season }),
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
    fc.assert(
      fc.property(
        schemas,
        fc.string({ unit: 'binary' }),
        fc.stringMatching(/^[^\p{Cc}]{0,9}[a-z"'#: -]db$/u),
        (tables, folder, path) => {
          const once = [...new Map(tables.map((table) => [table.table, table])).values()];
          const text = draftManifest({ name: folder, warehouse: { type: 'duckdb', path }, tables: datedTables(once), season });
          const { pipeline, problems } = readManifest(text);
          assert.deepEqual(problems, [], text);
          assert.ok(pipeline !== undefined);
        },
      ),
      { numRuns: 60 },
    );
  });
});
