import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';
import { LINE_COLUMNS, playGames } from './boxScores.mjs';
import { makeLeague, TEAMS } from './league.mjs';
import { makeRecords } from './records.mjs';
import { makeSchedule, SEASONS } from './schedule.mjs';

/** @typedef {import('@duckdb/node-api').DuckDBConnection} Connection */
/** @typedef {{ id: string, table: string, dateColumn: string, key: string[], calendar: string, bootstrapDays: number, select: string, command: string[] }} SampleProcessor */

const SETTINGS = { threads: '2', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

/**
 * Makes the whole warehouse in one file that does not exist yet.
 * @param {string} file
 * @param {{ source: string, seed: number, plant: (stage: string) => readonly string[] }} options `source`: the folder of the sample;
 *   `plant`: the statements that make the holes of a stage (`raw`, a processor's id or `end`)
 */
export async function makeWarehouse(file, { source, seed, plant }) {
  const instance = await DuckDBInstance.create(file, SETTINGS);
  const connection = await instance.connect();
  try {
    const run = async (stage) => {
      for (const sql of plant(stage)) await connection.run(sql);
    };
    await makeRaw(connection, seed);
    await run('raw');
    const { processors, manifest } = readProcessors(source);
    await makeDates(connection, manifest);
    for (const [index, processor] of processors.entries()) {
      await connection.run(fillStatement(processor, index));
      await run(processor.id);
    }
    await run('end');
    await makeRecords(connection, processors);
    await connection.run('CHECKPOINT');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * The processors of the sample's manifest in the order of the file, which is also that of their needs, each with its SELECT.
 * @param {string} source the folder of the sample
 */
export function readProcessors(source) {
  const manifest = parse(readFileSync(join(source, 'backfill.yaml'), 'utf8'));
  const [firstCalendar] = Object.keys(manifest.calendars);
  /** @type {SampleProcessor[]} */
  const processors = manifest.phases.flatMap((phase) =>
    phase.processors.map((processor) => {
      // The jobs of the last phase keep their SELECT beside them, under the name of their table.
      const sql = processor.run.sql ?? `jobs/sql/${processor.table.split('.')[1]}.sql`;
      return {
        id: processor.id,
        table: processor.table,
        dateColumn: processor.date_column,
        key: [processor.key].flat(),
        calendar: processor.calendar ?? phase.calendar ?? firstCalendar,
        bootstrapDays: processor.bootstrap_days ?? phase.bootstrap_days ?? 0,
        select: readFileSync(join(source, sql), 'utf8'),
        command: processor.run.command ?? [],
      };
    }),
  );
  return { processors, manifest };
}

/**
 * A SELECT for one date as a SELECT for all dates of `asked`: the same text, with the date of each row of `asked` as `@date`.
 * @param {string} select
 * @param {string} asked a table with a column `day`
 */
export function selectForDates(select, asked) {
  return `SELECT asked.day AS asked_day, filled.* FROM ${asked} AS asked, LATERAL (${select.replaceAll('@date', 'asked.day')}) AS filled`;
}

/**
 * @param {string} file
 * @param {SampleProcessor} processor
 * @param {readonly string[]} dates
 * @returns {Promise<Map<string, number>>}
 */
export async function rowsByDate(file, { table, dateColumn }, dates) {
  const instance = await DuckDBInstance.create(file, { ...SETTINGS, access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const list = dates.map((date) => `DATE '${date}'`).join(', ');
    const sql = `SELECT ${dateColumn}, count(*)::INTEGER FROM ${table} WHERE ${dateColumn} IN (${list}) GROUP BY ALL`;
    return new Map((await connection.runAndReadAll(sql)).getRowsJson());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** As if each date had been made in the night after it, one processor after another. */
function fillStatement({ table, dateColumn, key, calendar, bootstrapDays, select }, index) {
  const [schema] = table.split('.');
  const asked = `(SELECT day FROM dates WHERE calendar = '${calendar}' AND season_day >= ${bootstrapDays})`;
  return `
    CREATE SCHEMA IF NOT EXISTS ${schema};
    CREATE TABLE ${table} AS
    SELECT * EXCLUDE (asked_day) REPLACE (asked_day + INTERVAL ${35 * 60 + 4 * index} MINUTE AS processed_at)
    FROM (${selectForDates(select, asked)})
    ORDER BY ${[dateColumn, ...key].join(', ')};`;
}

async function makeRaw(connection, seed) {
  const firstSeason = SEASONS[0].year;
  const league = makeLeague(seed, SEASONS.length);
  const games = makeSchedule(seed, league.seasons);
  await connection.run(`
    CREATE TEMP TABLE teams (team INTEGER, abbr VARCHAR);
    CREATE TEMP TABLE players (player INTEGER, lookup VARCHAR, name VARCHAR);
    CREATE TEMP TABLE games (game INTEGER, id VARCHAR, season INTEGER, day INTEGER, status INTEGER, type VARCHAR, home INTEGER, away INTEGER);
    CREATE TEMP TABLE lines (${LINE_COLUMNS.map((column) => `${column} INTEGER`).join(', ')});`);
  await append(connection, 'teams', (write) => {
    for (const [team, { abbr }] of TEAMS.entries()) write([team, abbr]);
  });
  await append(connection, 'players', (write) => {
    for (const { index, lookup, name } of league.players) write([index, lookup, name]);
  });
  await append(connection, 'games', (write) => {
    for (const [index, { id, season, day, status, type, home, away }] of games.entries())
      write([index, id, season, day, status, type, home, away]);
  });
  await append(connection, 'lines', (write) => playGames(seed, league.seasons, games, firstSeason, write));
  await connection.run(RAW_TABLES);
}

async function append(connection, table, produce) {
  const appender = await connection.createAppender(table, null, 'temp');
  produce((values) => {
    for (const value of values) {
      if (typeof value === 'number') appender.appendInteger(value);
      else appender.appendVarchar(value);
    }
    appender.endRow();
  });
  appender.closeSync();
}

const RAW_TABLES = `
  CREATE SCHEMA raw;
  CREATE TABLE raw.schedule AS
  SELECT games.id AS game_id, games.season, DATE '1970-01-01' + games.day AS game_date, games.type AS game_type,
    games.status AS game_status, home.abbr AS home_team_abbr, away.abbr AS away_team_abbr
  FROM games JOIN teams AS home ON home.team = games.home JOIN teams AS away ON away.team = games.away
  ORDER BY game_date, game_id;

  CREATE TABLE raw.box_scores AS
  SELECT games.id AS game_id, games.season, DATE '1970-01-01' + games.day AS game_date,
    own.abbr AS team_abbr, other.abbr AS opponent_team_abbr, lines.team = games.home AS home_game,
    players.lookup AS player_lookup, players.name AS player_name, starter = 1 AS starter, minutes,
    2 * (paint_makes + mid_range_makes) + 3 * three_makes + free_throws AS points,
    paint_makes + mid_range_makes + three_makes AS fgm, paint_attempts + mid_range_attempts + three_attempts AS fga,
    free_throws AS ftm, free_throw_attempts AS fta,
    offensive_rebounds, defensive_rebounds, assists, steals, blocks, turnovers, fouls,
    DATE '1970-01-01' + games.day + INTERVAL 30 HOUR AS scraped_at
  FROM lines
  JOIN games USING (game)
  JOIN players USING (player)
  JOIN teams AS own ON own.team = lines.team
  JOIN teams AS other ON other.team = games.home + games.away - lines.team
  ORDER BY game, lines.team, minutes DESC, player;

  CREATE TABLE raw.shots AS
  WITH attempts AS (
    SELECT game, team, player, 'paint' AS zone, paint_makes AS makes, unnest(range(paint_attempts)) AS attempt, 1 AS first_shot
    FROM lines
    UNION ALL
    SELECT game, team, player, 'mid_range', mid_range_makes, unnest(range(mid_range_attempts)), 1 + paint_attempts
    FROM lines
    UNION ALL
    SELECT game, team, player, 'three', three_makes, unnest(range(three_attempts)), 1 + paint_attempts + mid_range_attempts
    FROM lines
  ),
  shots AS (
    SELECT *, (first_shot + attempt)::INTEGER AS shot,
      ((game * 7919 + player * 104729 + (first_shot + attempt) * 15485863) * 48271) % 2147483647 AS luck
    FROM attempts
  )
  SELECT games.id AS game_id, DATE '1970-01-01' + games.day AS game_date, own.abbr AS team_abbr,
    players.lookup AS player_lookup, shot AS shot_number, zone,
    CASE zone WHEN 'paint' THEN luck % 9 WHEN 'mid_range' THEN 10 + luck % 13 ELSE 23 + luck % 7 END::INTEGER AS distance_feet,
    (1 + (luck // 16) % 4)::INTEGER AS period, ((luck // 64) % 720)::INTEGER AS seconds_left, attempt < makes AS made,
    DATE '1970-01-01' + games.day + INTERVAL 31 HOUR AS scraped_at
  FROM shots
  JOIN games USING (game)
  JOIN players USING (player)
  JOIN teams AS own ON own.team = shots.team
  ORDER BY game, player, shot;
  DROP TABLE lines;`;

/** The dates of each calendar with the number of days since the start of their season, as the manifest says. */
async function makeDates(connection, manifest) {
  const seasons = manifest.seasons.map(({ start, end }) => `(DATE '${start}', DATE '${end}')`).join(', ');
  const excluded = manifest.exclude.map(({ from, to }) => `day BETWEEN DATE '${from}' AND DATE '${to}'`).join(' OR ');
  await connection.run(`
    CREATE TEMP TABLE dates AS
    WITH days AS (
      SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day, first_day
      FROM (VALUES ${seasons}) AS seasons (first_day, last_day)
    )
    SELECT 'daily' AS calendar, day, day - first_day AS season_day FROM days WHERE NOT (${excluded})
    UNION ALL
    SELECT 'games', day, day - first_day FROM days
    WHERE NOT (${excluded}) AND day IN (SELECT game_date FROM raw.schedule WHERE game_status = 3);`);
}
