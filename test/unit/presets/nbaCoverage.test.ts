import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../../src/adapters/files/textFile';
import { openWarehouse } from '../../../src/adapters/openWarehouse';
import { type CoverageState, PipelineSession } from '../../../src/app/session/pipelineSession';
import { formatDay } from '../../../src/base/day';
import { type Mode, STATUSES } from '../../../src/base/status';
import { dateCoverage } from '../../../src/core/coverage/dates';
import { explain } from '../../../src/core/coverage/explain';
import { reasonText } from '../../../src/core/words';
import { day } from '../../support/builders';
import { runDuckdb } from '../../support/duckdb';
import { duckdbTables } from '../../support/nbaTables';
import { MemoryCache, sessionDeps } from '../../support/sessionDeps';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const MANIFEST = `version: 1
name: NBA in a file
extends: preset:nba-stats-scraper
warehouse: { type: duckdb, path: nba.duckdb }
`;

/** Two games on every date of three seasons but Thanksgiving and the All-Star break, and games that are no dates of the pipeline. */
const SCHEDULE = `INSERT INTO nba_raw.nbac_schedule (game_id, game_date, game_status)
SELECT kind || lpad(CAST(row_number() OVER () AS VARCHAR), 7, '0'), CAST(d AS DATE), status FROM (
  SELECT CASE WHEN d < DATE '2022-04-12' THEN '002' WHEN d < DATE '2022-04-16' THEN '005' ELSE '004' END AS kind, d, 3 AS status
  FROM range(TIMESTAMP '2021-10-19', TIMESTAMP '2022-06-17', INTERVAL 1 DAY) dates(d), range(2)
  WHERE d <> DATE '2021-11-25' AND d NOT BETWEEN DATE '2022-02-18' AND DATE '2022-02-23'
  UNION ALL SELECT '001', TIMESTAMP '2021-10-12', 3
  UNION ALL SELECT '003', TIMESTAMP '2022-02-20', 3
  UNION ALL SELECT '002', TIMESTAMP '2021-11-25', 1
)`;

/** Rows of a table for a date: for each of so many players, with more columns as given. */
function rows(table: string, date: string, count: number, more: Readonly<Record<string, string>>): string {
  const columns = Object.keys(more).join(', ');
  return `INSERT INTO ${table} (${columns}) SELECT ${Object.values(more).join(', ')} FROM range(${count}) players(i), (SELECT DATE '${date}' AS d)`;
}

describe('a pipeline of the preset nba-stats-scraper, its tables in a file', () => {
  const folder = useTemporaryFolder();

  async function coverageOf(mode: Mode): Promise<CoverageState> {
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST);
    const clock = { now: () => Date.UTC(2022, 6, 1) };
    const session = new PipelineSession(
      sessionDeps({
        manifestPath: join(folder(), 'backfill.yaml'),
        mode,
        readText,
        openWarehouse: (config) => openWarehouse(config, folder(), clock),
        cache: new MemoryCache(),
        clock,
      }),
    );
    assert.deepEqual((await session.reload()).problems, []);
    const state = await session.coverage('probe');
    assert.equal(state?.problem, undefined);
    assert.deepEqual(state?.input.observations.unavailableNodes, new Map());
    assert.ok(state);
    return state;
  }

  const cellOf = ({ input, grid }: CoverageState, id: string, date: string): [node: number, cell: number] => {
    const node = input.pipeline.nodes.findIndex((one) => one.id === id);
    return [node, node * grid.dayCount + day(date) - grid.firstDay];
  };

  /** `missing`, or `off: Bootstrap, day 3 of 14`. */
  function said(state: CoverageState, id: string, date: string): string {
    const [node, cell] = cellOf(state, id, date);
    const status = STATUSES[state.grid.status[cell] ?? 0] ?? '';
    const [reason] = explain(state.input, state.grid, node, day(date)).reasons;
    return status === 'off' && reason !== undefined ? `off: ${reasonText(reason)}` : status;
  }

  const PLAYERS = { game_id: "'0022100100'", player_lookup: "'p' || i", game_date: 'd', processed_at: 'now()' };

  it('is off on days 0 to 13 of a season, between seasons, and where the schedule has no game', async () => {
    await runDuckdb(join(folder(), 'nba.duckdb'), ...duckdbTables(), SCHEDULE);
    const state = await coverageOf('backfill');
    assert.equal(said(state, 'PDC', '2021-10-19'), 'off: Bootstrap, day 1 of 14');
    assert.equal(said(state, 'MLFS', '2021-10-21'), 'off: Bootstrap, day 3 of 14');
    assert.equal(said(state, 'PRED', '2021-11-01'), 'off: Bootstrap, day 14 of 14');
    assert.notEqual(said(state, 'PDC', '2021-11-02').slice(0, 3), 'off');
    assert.notEqual(said(state, 'PGS', '2021-10-19').slice(0, 3), 'off');
    for (const date of ['2021-11-25', '2022-02-18', '2022-02-20', '2022-02-23'])
      assert.equal(said(state, 'PGS', date), 'off: No games', date);
    assert.notEqual(said(state, 'PGS', '2022-04-13').slice(0, 3), 'off', 'the play-in counts');
    assert.notEqual(said(state, 'PGS', '2022-06-16').slice(0, 3), 'off', 'the finals count');
    const summary = (date: string) =>
      dateCoverage(state.input, state.grid, { from: day(date), to: day(date) }).map((one) => `${one.status}: ${one.summary}`);
    assert.deepEqual(summary('2022-02-19'), ['off: No games']);
  });

  it('expects tier adjustments on Sundays, after a month of graded predictions', async () => {
    await runDuckdb(join(folder(), 'nba.duckdb'), ...duckdbTables(), SCHEDULE);
    const state = await coverageOf('backfill');
    const expected: string[] = [];
    for (let date = day('2021-11-15'); date <= day('2021-12-20'); date++)
      if (!said(state, 'TIERS', formatDay(date)).startsWith('off')) expected.push(formatDay(date));
    assert.deepEqual(expected, ['2021-12-05', '2021-12-12', '2021-12-19']);
  });

  it('lets composite factors fall back on who played in a backfill, and not in production', async () => {
    const date = '2021-11-15';
    const filled: string[] = [];
    for (let at = day('2021-10-19'); at <= day(date); at++) {
      const text = formatDay(at);
      for (const source of ['nbac_gamebook_player_stats', 'bdl_player_boxscores'])
        filled.push(rows(`nba_raw.${source}`, text, 250, { player_lookup: "'p' || i", game_date: 'd' }));
      filled.push(rows('nba_raw.nbac_team_boxscore', text, 4, { team_abbr: "'t' || i", game_date: 'd' }));
      filled.push(rows('nba_analytics.player_game_summary', text, 250, PLAYERS));
      filled.push(
        rows('nba_analytics.team_defense_game_summary', text, 4, {
          game_id: "'g' || (i // 2)",
          defending_team_abbr: "'t' || i",
          game_date: 'd',
          opp_paint_attempts: '40',
        }),
      );
    }
    const zones = { analysis_date: 'd', early_season_flag: 'false' };
    await runDuckdb(
      join(folder(), 'nba.duckdb'),
      ...duckdbTables(),
      SCHEDULE,
      ...filled,
      rows('nba_precompute.team_defense_zone_analysis', date, 30, {
        team_abbr: "'t' || i",
        paint_defense_vs_league_avg: '1',
        ...zones,
      }),
      rows('nba_precompute.player_shot_zone_analysis', date, 200, {
        player_lookup: "'p' || i",
        games_in_sample_10: '10',
        ...zones,
      }),
    );
    const rootsOf = (state: CoverageState) => {
      const [node] = cellOf(state, 'PCF', date);
      return explain(state.input, state.grid, node, day(date)).roots.map((root) => root.node);
    };
    const backfill = await coverageOf('backfill');
    assert.deepEqual(
      ['PGS', 'TDZA', 'PSZA'].map((id) => said(backfill, id, date)),
      ['complete', 'complete', 'complete'],
    );
    assert.equal(said(backfill, 'PCF', date), 'missing');
    assert.deepEqual(rootsOf(backfill), ['PCF']);
    const production = await coverageOf('production');
    assert.equal(said(production, 'PCF', date), 'blocked');
    assert.deepEqual(rootsOf(production), ['UPGC', 'UTGC']);
  });
});
