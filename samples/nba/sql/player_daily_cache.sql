-- PDC: season averages, form and load of the date's players with at least four games behind them, counted once for all
-- that read them. Season averages forgive a missing date; form, over the last fifteen game dates, does not.
WITH players AS (
  SELECT player_lookup, season, team_abbr
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date = @date
),
last_dates AS (
  SELECT DISTINCT game_date
  FROM raw.schedule
  WHERE season = year(CAST(@date AS DATE) - INTERVAL 8 MONTH) AND game_date < @date AND game_status = 3
  ORDER BY game_date DESC
  LIMIT 15
),
season_stats AS (
  SELECT
    player_lookup,
    count(*)::INTEGER AS games,
    sum(points) AS points,
    sum(minutes) AS minutes,
    sum(rebounds) AS rebounds,
    sum(assists) AS assists
  FROM nba_analytics.player_game_summary AS pgs
  JOIN players USING (player_lookup, season)
  WHERE pgs.game_date < @date
  GROUP BY player_lookup
  HAVING count(*) >= 4
),
form_stats AS (
  SELECT
    player_lookup,
    avg(points) AS points,
    avg(minutes) AS minutes,
    avg(usage_rate::DECIMAL(6, 1)) AS usage_rate,
    count(*) FILTER (game_date >= CAST(@date AS DATE) - 7) AS games_last_7_days,
    coalesce(sum(minutes) FILTER (game_date >= CAST(@date AS DATE) - 7), 0) AS minutes_last_7_days
  FROM nba_analytics.player_game_summary
  JOIN last_dates USING (game_date)
  GROUP BY player_lookup
),
team_form AS (
  SELECT team_abbr, avg(possessions::DECIMAL(6, 1)) AS pace
  FROM nba_analytics.team_offense_game_summary
  JOIN last_dates USING (game_date)
  GROUP BY team_abbr
),
zones AS (
  SELECT player_lookup, primary_zone
  FROM nba_precompute.player_shot_zone_analysis
  WHERE analysis_date = @date
)
SELECT
  CAST(@date AS DATE) AS cache_date,
  player_lookup,
  players.season,
  team_abbr,
  season_stats.games,
  round(season_stats.points / season_stats.games, 2) AS points_avg_season,
  round(season_stats.minutes / season_stats.games, 2) AS minutes_avg_season,
  round(season_stats.rebounds / season_stats.games, 2) AS rebounds_avg_season,
  round(season_stats.assists / season_stats.games, 2) AS assists_avg_season,
  round(form_stats.points, 2) AS points_avg_form,
  round(form_stats.minutes, 2) AS minutes_avg_form,
  round(form_stats.usage_rate, 2) AS usage_rate_form,
  coalesce(form_stats.games_last_7_days, 0)::INTEGER AS games_last_7_days,
  coalesce(form_stats.minutes_last_7_days, 0)::INTEGER AS minutes_last_7_days,
  round(team_form.pace, 2) AS team_pace_form,
  zones.primary_zone,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM players
JOIN season_stats USING (player_lookup)
LEFT JOIN form_stats USING (player_lookup)
LEFT JOIN team_form USING (team_abbr)
LEFT JOIN zones USING (player_lookup)
