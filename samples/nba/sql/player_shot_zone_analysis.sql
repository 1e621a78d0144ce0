-- PSZA: where each player of the league shoots from, and how well, over the last fifteen game dates.
WITH last_dates AS (
  SELECT DISTINCT game_date
  FROM raw.schedule
  WHERE season = year(CAST(@date AS DATE) - INTERVAL 8 MONTH) AND game_date < @date AND game_status = 3
  ORDER BY game_date DESC
  LIMIT 15
)
SELECT
  CAST(@date AS DATE) AS analysis_date,
  player_lookup,
  count(*)::INTEGER AS games,
  sum(fga)::INTEGER AS attempts,
  round(100 * sum(paint_attempts) / sum(fga), 1) AS paint_rate,
  round(100 * sum(mid_range_attempts) / sum(fga), 1) AS mid_range_rate,
  round(100 * sum(three_attempts) / sum(fga), 1) AS three_rate,
  round(sum(paint_makes) / nullif(sum(paint_attempts), 0), 3) AS paint_pct,
  round(sum(mid_range_makes) / nullif(sum(mid_range_attempts), 0), 3) AS mid_range_pct,
  round(sum(three_makes) / nullif(sum(three_attempts), 0), 3) AS three_pct,
  CASE greatest(sum(paint_attempts), sum(mid_range_attempts), sum(three_attempts))
    WHEN sum(paint_attempts) THEN 'paint'
    WHEN sum(three_attempts) THEN 'three'
    ELSE 'mid_range'
  END AS primary_zone,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM nba_analytics.player_game_summary
JOIN last_dates USING (game_date)
GROUP BY player_lookup
HAVING count(*) >= 3 AND sum(fga) >= 10
