/** @typedef {import('./warehouse.mjs').SampleProcessor} SampleProcessor */

/**
 * Makes what the jobs of a pipeline note beside their tables: whom they could not build and why, names that nobody knows, and a season of
 * runs. It is told after the holes are there, and agrees with them.
 * @param {import('@duckdb/node-api').DuckDBConnection} connection
 * @param {readonly SampleProcessor[]} processors
 */
export async function makeRecords(connection, processors) {
  await connection.run(TABLES);
  await connection.run(FAILURES);
  for (const [index, processor] of processors.entries()) await connection.run(runsOf(processor, 4 + 3 * index));
  await connection.run(OTHER_RUNS);
}

const TABLES = `
  CREATE SCHEMA ops;
  CREATE TABLE ops.failures (processor_name VARCHAR, analysis_date DATE, entity_id VARCHAR, failure_category VARCHAR,
    failure_reason VARCHAR, created_at TIMESTAMP);
  CREATE TABLE ops.unknown_players (processor_name VARCHAR, game_date DATE, player_lookup VARCHAR, created_at TIMESTAMP,
    resolved_at TIMESTAMP, reprocessed_at TIMESTAMP);
  CREATE TABLE ops.run_history (processor_name VARCHAR, data_date DATE, run_id VARCHAR, status VARCHAR, started_at TIMESTAMP,
    processed_at TIMESTAMP, duration_seconds DOUBLE, records_processed INTEGER, errors JSON, skip_reason VARCHAR, summary JSON);`;

/** Early in a season many players have too few games, which is no fault; two bugs are, and one of them was mended in the same night. */
const FAILURES = `
  INSERT INTO ops.failures
  WITH days AS (
    SELECT day, year(day - INTERVAL 8 MONTH) AS season FROM dates WHERE calendar = 'daily' AND season_day BETWEEN 14 AND 34
  ),
  played AS (SELECT season, player_lookup, min(game_date) AS first_game FROM raw.box_scores WHERE minutes > 0 GROUP BY ALL),
  made AS (SELECT analysis_date, max(processed_at) AS processed_at FROM nba_precompute.player_shot_zone_analysis GROUP BY ALL)
  SELECT 'PSZA', day, played.player_lookup, 'INSUFFICIENT_DATA', 'Fewer than 3 games or 10 shots in the last fifteen dates',
    made.processed_at
  FROM days JOIN played ON played.season = days.season AND first_game < day JOIN made ON analysis_date = day
  WHERE NOT EXISTS (
    SELECT 1 FROM nba_precompute.player_shot_zone_analysis AS zones
    WHERE zones.analysis_date = day AND zones.player_lookup = played.player_lookup
  )
  ORDER BY ALL;

  INSERT INTO ops.failures
  SELECT 'PCF', game_date, player_lookup, 'PROCESSING_ERROR', 'ZeroDivisionError: division by zero in opponent_strength',
    game_date + INTERVAL 36 HOUR
  FROM raw.box_scores
  WHERE game_date BETWEEN '2025-03-11' AND '2025-03-13' AND minutes > 0
  QUALIFY row_number() OVER (PARTITION BY game_date ORDER BY player_lookup) <= 6
  ORDER BY ALL;

  INSERT INTO ops.failures
  SELECT 'PDC', cache_date, player_lookup, 'PROCESSING_ERROR', 'KeyError: usage_rate', cache_date + INTERVAL 30 HOUR
  FROM nba_precompute.player_daily_cache
  WHERE cache_date BETWEEN '2024-12-05' AND '2024-12-08'
  QUALIFY row_number() OVER (PARTITION BY cache_date ORDER BY player_lookup) <= 4
  ORDER BY ALL;

  INSERT INTO ops.failures
  SELECT processor, day, 'DATE_LEVEL', 'MISSING_DEPENDENCY', 'No rows upstream', day + INTERVAL 36 HOUR
  FROM dates, (VALUES ('PCF'), ('MLFS')) AS waiting (processor)
  WHERE calendar = 'games' AND (day BETWEEN '2021-11-29' AND '2021-11-30' OR day BETWEEN '2023-01-09' AND '2023-01-15')
  ORDER BY ALL;

  INSERT INTO ops.failures VALUES ('PRED', '2025-02-11', 'DATE_LEVEL', 'PROCESSING_ERROR',
    'SimilarityModelError: no answer from the similarity model within 30 s', '2025-02-13 09:04:52');

  INSERT INTO ops.unknown_players
  SELECT 'PGS', game_date, player_lookup || 'jr', game_date + INTERVAL 35 HOUR,
    CASE WHEN place > 2 THEN game_date + INTERVAL 60 HOUR END, CASE WHEN place > 3 THEN game_date + INTERVAL 61 HOUR END
  FROM (
    SELECT game_date, player_lookup, row_number() OVER (PARTITION BY game_date ORDER BY player_lookup) AS place
    FROM raw.box_scores WHERE game_date BETWEEN '2024-10-22' AND '2024-10-25'
  )
  WHERE place <= 4
  ORDER BY ALL;`;

/** A row when a run starts and one when it ends, for each date of the last season. */
function runsOf({ id, table, dateColumn }, usualSeconds) {
  return `
    INSERT INTO ops.run_history
    WITH runs AS (
      SELECT ${dateColumn} AS day, max(processed_at) AS ended, count(*)::INTEGER AS made,
        ${usualSeconds} + (epoch(${dateColumn}::TIMESTAMP)::BIGINT // 86400 * 7919) % ${usualSeconds} / 2.0 AS seconds
      FROM ${table} WHERE ${dateColumn} >= '2024-10-22' GROUP BY ALL
    ),
    timed AS (SELECT *, ended - to_milliseconds((seconds * 1000)::BIGINT) AS started FROM runs)
    SELECT '${id}', day, '${id}_' || strftime(started, '%Y%m%d_%H%M%S'), status, started,
      CASE status WHEN 'success' THEN ended END, CASE status WHEN 'success' THEN seconds ELSE 0 END,
      CASE status WHEN 'success' THEN made END, NULL, NULL,
      CASE status WHEN 'success' THEN json_object('extract_time', round(seconds * 0.3, 1), 'calculate_time', round(seconds * 0.6, 1),
        'save_time', round(seconds * 0.1, 1), 'total_runtime', seconds) END
    FROM timed, (VALUES ('running'), ('success')) AS rows (status)
    ORDER BY ALL;`;
}

/** One that failed, and one whose job was killed: nobody noted its end. */
const OTHER_RUNS = `
  INSERT INTO ops.run_history VALUES
    ('PRED', '2025-02-11', 'PRED_20250213_090452', 'running', '2025-02-13 09:04:20', NULL, 0, NULL, NULL, NULL, NULL),
    ('PRED', '2025-02-11', 'PRED_20250213_090452', 'failed', '2025-02-13 09:04:20', '2025-02-13 09:04:52', 32, 0,
      '["SimilarityModelError: no answer from the similarity model within 30 s"]', NULL, NULL),
    ('PCF', '2025-03-11', 'PCF_20250312_110300', 'running', '2025-03-12 11:03:00', NULL, 0, NULL, NULL, NULL, NULL);`;
