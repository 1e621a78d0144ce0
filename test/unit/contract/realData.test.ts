import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileCoverageCache } from '../../../src/adapters/files/coverageCache';
import { readText } from '../../../src/adapters/files/textFile';
import { openWarehouse } from '../../../src/adapters/openWarehouse';
import { type CoverageState, PipelineSession } from '../../../src/app/pipelineSession';
import { formatDay } from '../../../src/base/day';
import { OFF_KINDS, STATUSES } from '../../../src/base/status';
import { dateCoverage } from '../../../src/core/dates';
import { explain } from '../../../src/core/explain';
import expected from '../../fixtures/coverage-nov-2021.expected.json';
import { day } from '../../support/builders';
import { runDuckdb } from '../../support/duckdb';
import { SHARED_DATA, sharedDataMissing } from '../../support/realSeasons';
import { SILENT, sessionDeps } from '../../support/sessionDeps';
import { skipBecause } from '../../support/skip';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const GAMES_CSV = join(SHARED_DATA, 'nba_games.csv');
const COUNTS_CSV = join(SHARED_DATA, 'coverage-nov-2021.csv');

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

/** The rows themselves: as many as were recorded. */
const NOVEMBER_TABLES = [
  'CREATE SCHEMA raw; CREATE SCHEMA mart',
  `CREATE TABLE raw.schedule AS SELECT CAST(date AS DATE) AS game_date, 'g' || row_number() OVER () AS game_id FROM read_csv('${GAMES_CSV}') WHERE season = 2022`,
  ...['PDC', 'PCF', 'PSZA', 'TDZA', 'MLFS'].map(
    (id) =>
      `CREATE TABLE mart.${id} AS SELECT CAST(date AS DATE) AS day, 'e' || unnest(range(${id})) AS entity FROM read_csv('${COUNTS_CSV}')`,
  ),
  'CREATE TABLE mart.utgc AS SELECT game_date AS day, game_id, unnest([1, 2]) AS team FROM raw.schedule',
];

describe('Real data in a DuckDB file, from manifest to grid', () => {
  const folder = useTemporaryFolder();
  before(function () {
    const missing = sharedDataMissing();
    if (missing !== undefined) skipBecause(this, missing);
  });

  async function coverageOf(text: string): Promise<CoverageState> {
    writeFileSync(join(folder(), 'backfill.yaml'), text);
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
    beforeEach(() => runDuckdb(join(folder(), 'warehouse.duckdb'), ...NOVEMBER_TABLES));

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

  it('expects the 810 game dates of four seasons, and calls the breaks off-days', async () => {
    const path = join(folder(), 'warehouse.duckdb');
    const seasons = await runDuckdb(
      path,
      'CREATE SCHEMA raw; CREATE SCHEMA mart',
      `CREATE TABLE raw.schedule AS SELECT CAST(date AS DATE) AS game_date, 'g' || row_number() OVER () AS game_id, season FROM read_csv('${GAMES_CSV}') WHERE season BETWEEN 2019 AND 2022`,
      'CREATE TABLE mart.teams AS SELECT game_date AS day, game_id, unnest([1, 2]) AS team FROM raw.schedule',
      'CREATE TABLE mart.scores AS SELECT * FROM mart.teams',
      'SELECT season, CAST(MIN(game_date) AS VARCHAR) AS first, CAST(MAX(game_date) AS VARCHAR) AS last FROM raw.schedule GROUP BY 1 ORDER BY 1',
    );
    const lines = seasons.map(
      ({ season, first, last }) => `  - { name: "${String(season)}", start: ${String(first)}, end: ${String(last)} }`,
    );
    const processor = '\n      - { id: ID, table: mart.ID, date_column: day, bootstrap_days: 0, expect: { rows_per_count: 2 } }';
    const state = await coverageOf(
      manifest(lines.join('\n'), { phase4: processor.replaceAll('ID', 'TEAMS'), phase5: processor.replaceAll('ID', 'SCORES') }),
    );
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
