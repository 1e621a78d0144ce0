import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { FileCoverageCache } from '../../../src/adapters/files/coverageCache';
import { readText } from '../../../src/adapters/files/textFile';
import { openWarehouse } from '../../../src/adapters/openWarehouse';
import { type CoverageState, PipelineSession } from '../../../src/app/session/pipelineSession';
import { formatDay } from '../../../src/base/day';
import { OFF_KINDS, STATUSES } from '../../../src/base/status';
import { dateCoverage } from '../../../src/core/coverage/dates';
import { explain } from '../../../src/core/coverage/explain';
import expected from '../../fixtures/coverage-nov-2021.expected.json';
import { makeDataset, runBigquery } from '../../support/bigqueryTables';
import { day } from '../../support/builders';
import { runDuckdb } from '../../support/duckdb';
import { emulator } from '../../support/emulator';
import { realGames, recordedCounts, sharedDataMissing, teamRows } from '../../support/realSeasons';
import { SILENT, sessionDeps } from '../../support/sessionDeps';
import { skipBecause } from '../../support/skip';
import { useTemporaryFolder } from '../../support/temporaryFolder';

/** Seasons from their first to their last game; the file calls 2021-22 `2022`. */
function manifest(seasons: string, processors: { phase3?: string; phase4: string; phase5: string }): string {
  return `
version: 1
name: real data
warehouse: { type: duckdb, path: warehouse.duckdb }
seasons:
${seasons}
calendars:
  games: { table: raw.schedule, date_column: game_date, count: game_id }
  daily: { every: day }
phases:
${processors.phase3 ?? ''}
  - id: phase4
    bootstrap_days: 17
    processors:
${processors.phase4}
  - id: phase5
    bootstrap_days: 17
    processors:
${processors.phase5}
`;
}

const NOVEMBER_SEASON = '  - { name: 2021-22, start: 2021-10-19, end: 2022-06-16 }';
const PHASE_4 = `
      - { id: TDZA, table: mart.tdza, date_column: day, calendar: daily, entity: entity }
      - { id: PSZA, table: mart.psza, date_column: day, calendar: daily, entity: entity }
      - { id: PDC, table: mart.pdc, date_column: day }
      - { id: PCF, table: mart.pcf, date_column: day, needs: [{ processor: TDZA, min_entities: 30 }, { processor: PSZA }, { processor: PDC }] }`;
const PHASE_5 = `
      - { id: MLFS, table: mart.mlfs, date_column: day, needs: [{ processor: PCF }, { processor: PDC, min_rows: 100 }] }`;
const NOVEMBER = manifest(NOVEMBER_SEASON, { phase4: PHASE_4, phase5: PHASE_5 });
const NOVEMBER_WITH_CAUSES = manifest(NOVEMBER_SEASON, {
  phase3: `
  - id: phase3
    bootstrap_days: 17
    processors:
      - { id: UTGC, table: mart.utgc, date_column: day, expect: { rows_per_count: 2 } }`,
  phase4: PHASE_4.replace(
    '{ processor: PSZA }, { processor: PDC }',
    '{ processor: PSZA, min_rows: 100 }, { processor: PDC }, { processor: UTGC, min_rows: 10 }',
  ),
  phase5: PHASE_5,
});

/** The rows themselves, as many as were recorded: a table's name, its date and entity columns, and rows by date. */
type Counted = readonly [table: string, dateColumn: string, entity: string, counts: Readonly<Record<string, number>>];

function novemberTables(): Counted[] {
  const { games } = realGames(2021, 2021);
  return [
    ['raw.schedule', 'game_date', 'game_id', games],
    ['mart.utgc', 'day', 'team', teamRows(games)],
    ...Object.entries(recordedCounts()).map(([id, counts]): Counted => [`mart.${id.toLowerCase()}`, 'day', 'entity', counts]),
  ];
}

/** One kind of warehouse that the data can be put into. */
interface Store {
  readonly title: string;
  /** Makes the tables, and returns the manifest's `warehouse`. */
  readonly load: (context: Context, folder: string, tables: readonly Counted[]) => Promise<string>;
}

const DUCKDB: Store = {
  title: 'a DuckDB file',
  load: async (_, folder, tables) => {
    await runDuckdb(
      join(folder, 'warehouse.duckdb'),
      'CREATE SCHEMA raw; CREATE SCHEMA mart',
      ...tables.map(([table, dateColumn, entity, counts]) => {
        const dates = Object.entries(counts).map(([date, count]) => `(DATE '${date}', ${count})`);
        return `CREATE TABLE ${table} AS SELECT date AS ${dateColumn}, 'e' || unnest(range(n)) AS ${entity} FROM (VALUES ${dates.join(', ')}) t(date, n)`;
      }),
    );
    return '{ type: duckdb, path: warehouse.duckdb }';
  },
};

const BIGQUERY: Store = {
  title: 'BigQuery (bqemulator)',
  load: async (context, _, tables) => {
    const { endpoint, newProject } = await bigqueryOf(context);
    const project = newProject();
    for (const dataset of ['raw', 'mart']) await makeDataset(endpoint, project, dataset);
    for (const [table, dateColumn, entity, counts] of tables) {
      // One literal: the emulator takes minutes over as many as there are dates.
      const dates = Object.entries(counts).map(([date, count]) => `${date} ${count}`);
      const most = Math.max(...Object.values(counts));
      await runBigquery(
        endpoint,
        project,
        `CREATE TABLE \`${project}.${table}\` PARTITION BY ${dateColumn} AS
         SELECT CAST(SUBSTR(counted, 1, 10) AS DATE) AS ${dateColumn}, CONCAT('e', CAST(place AS STRING)) AS ${entity}
         FROM UNNEST(SPLIT('${dates.join(',')}', ',')) AS counted, UNNEST(GENERATE_ARRAY(1, ${most})) AS place
         WHERE place <= CAST(SUBSTR(counted, 12) AS INT64)`,
      );
    }
    return `{ type: bigquery, project: ${project}, endpoint: "${endpoint}" }`;
  },
};

async function bigqueryOf(context: Context) {
  const found = await emulator(context, 'bqemulator');
  return { endpoint: found.endpoint, newProject: () => found.newProject() };
}

for (const store of [DUCKDB, BIGQUERY]) {
  describe(`Real data in ${store.title}, from manifest to grid`, () => {
    const folder = useTemporaryFolder();
    let warehouse: string;
    before(function () {
      const missing = sharedDataMissing();
      if (missing !== undefined) skipBecause(this, missing);
    });

    async function coverageOf(text: string): Promise<CoverageState> {
      writeFileSync(join(folder(), 'backfill.yaml'), text.replace(/^warehouse: .*$/m, `warehouse: ${warehouse}`));
      const clock = { now: () => Date.UTC(2022, 6, 1) };
      const session = new PipelineSession(
        sessionDeps({
          manifestPath: join(folder(), 'backfill.yaml'),
          mode: 'production',
          readText,
          openWarehouse: (config) => openWarehouse(config, folder(), clock),
          cache: new FileCoverageCache(join(folder(), '.backfill'), SILENT),
          clock,
        }),
      );
      assert.deepEqual((await session.reload()).problems, []);
      const state = await session.coverage('probe');
      assert.ok(state);
      assert.equal(state.problem, undefined);
      assert.deepEqual(state.input.observations.unavailableNodes, new Map());
      return state;
    }

    const nodeOf = ({ input }: CoverageState, id: string) => input.pipeline.nodes.findIndex((node) => node.id === id);
    const cellOf = (state: CoverageState, id: string, date: string) =>
      nodeOf(state, id) * state.grid.dayCount + day(date) - state.grid.firstDay;
    const rootsOf = (state: CoverageState, id: string, date: string) =>
      explain(state.input, state.grid, nodeOf(state, id), day(date))
        .roots.map((root) => (root.day === day(date) ? root.node : `${root.node} ${formatDay(root.day)}`))
        .sort();

    describe('November 2021', () => {
      beforeEach(async function () {
        warehouse = await store.load(this, folder(), novemberTables());
      });

      it('has the statuses and the sets of roots of the committed table', async () => {
        const state = await coverageOf(NOVEMBER);
        const dates = dateCoverage(state.input, state.grid, { from: day('2021-11-01'), to: day('2021-11-30') });
        assert.equal(dates.length, expected.dates.length);
        for (const [index, { date, status, roots, statuses, gaps }] of expected.dates.entries()) {
          assert.equal(dates[index]?.status, status, date);
          assert.deepEqual(dates[index]?.roots.map(({ node }) => node).sort(), roots, date);
          for (const [id, wanted] of Object.entries(statuses)) {
            assert.equal(STATUSES[state.grid.status[cellOf(state, id, date)] ?? 0], wanted, `${id} ${date}`);
            assert.deepEqual(rootsOf(state, id, date), (gaps as Record<string, string[]>)[id] ?? [], `${id} ${date}`);
          }
        }
      });

      it('shows the true cause of the six dates once PCF says what it needs', async () => {
        const state = await coverageOf(NOVEMBER_WITH_CAUSES);
        assert.equal(expected.trueCauses.length, 6);
        for (const { date, PCF, MLFS, fix } of expected.trueCauses) {
          assert.deepEqual(rootsOf(state, 'PCF', date), PCF, date);
          assert.deepEqual(rootsOf(state, 'MLFS', date), MLFS, date);
          for (const root of explain(state.input, state.grid, nodeOf(state, 'PCF'), day(date)).roots)
            assert.equal(root.fix, (fix as Record<string, string>)[root.node], date);
        }
      });
    });

    it('expects the 810 game dates of four seasons, and calls the breaks off-days', async function () {
      const { games, seasons } = realGames(2018, 2021);
      warehouse = await store.load(this, folder(), [
        ['raw.schedule', 'game_date', 'game_id', games],
        ['mart.teams', 'day', 'team', teamRows(games)],
        ['mart.scores', 'day', 'team', teamRows(games)],
      ]);
      const lines = seasons.map(({ name, from, to }) => `  - { name: "${name}", start: ${from}, end: ${to} }`);
      const processorOf = (id: string) =>
        `\n      - { id: ${id}, table: mart.${id.toLowerCase()}, date_column: day, bootstrap_days: 0, expect: { rows_per_count: 2 } }`;
      const state = await coverageOf(manifest(lines.join('\n'), { phase4: processorOf('TEAMS'), phase5: processorOf('SCORES') }));
      const { grid } = state;
      const dates = Array.from({ length: grid.dayCount }, (_, offset) => formatDay(grid.firstDay + offset));
      const expectedDates = dates.filter((date) => STATUSES[grid.status[cellOf(state, 'TEAMS', date)] ?? 0] !== 'off');
      assert.equal(expectedDates.length, expected.seasons.gameDates);
      assert.equal(expectedDates.filter((date) => date.startsWith('2021-11')).length, expected.seasons.gameDatesInNovember2021);
      assert.ok(expectedDates.every((date) => STATUSES[grid.status[cellOf(state, 'TEAMS', date)] ?? 0] === 'complete'));
      assert.ok(expected.seasons.offDays.length > 0);
      for (const [from = '', to = ''] of expected.seasons.offDays) {
        for (const date of dates.filter((candidate) => candidate >= from && candidate <= to))
          assert.equal(OFF_KINDS[grid.off[cellOf(state, 'TEAMS', date)] ?? -1], 'offDay', date);
      }
    });
  });
}
