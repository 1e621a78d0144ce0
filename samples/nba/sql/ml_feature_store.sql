-- MLFS: one row of features for each player of the date. Who has too few games for the daily cache gets a row with what
-- there is, and a quality that says so.
WITH factors AS (
  SELECT * FROM nba_precompute.player_composite_factors WHERE game_date = @date
),
context AS (
  SELECT * FROM nba_analytics.upcoming_player_game_context WHERE game_date = @date
),
defenses AS (
  SELECT * FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = @date
),
cache AS (
  SELECT * FROM nba_precompute.player_daily_cache WHERE cache_date = @date
),
shots AS (
  SELECT * FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = @date
)
SELECT
  factors.game_id,
  factors.game_date,
  factors.season,
  factors.player_lookup,
  factors.team_abbr,
  factors.opponent_team_abbr,
  'v1' AS feature_version,
  cache.points_avg_season,
  cache.points_avg_form,
  cache.minutes_avg_season,
  cache.minutes_avg_form,
  cache.usage_rate_form,
  cache.games AS games_this_season,
  cache.minutes_last_7_days,
  factors.fatigue_score,
  factors.shot_zone_mismatch_score,
  factors.pace_score,
  factors.opponent_strength_score,
  defense.points_allowed AS opponent_points_allowed,
  defense.paint_defense_vs_league AS opponent_paint_defense,
  shots.paint_rate,
  shots.mid_range_rate,
  shots.three_rate,
  context.home_game,
  context.days_rest,
  40 + CASE WHEN cache.games IS NULL THEN 0 ELSE 40 END + CASE WHEN shots.games IS NULL THEN 0 ELSE 20 END AS feature_quality_score,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM factors
JOIN context USING (game_id, player_lookup)
JOIN defenses AS defense ON defense.team_abbr = factors.opponent_team_abbr
LEFT JOIN cache USING (player_lookup)
LEFT JOIN shots USING (player_lookup)
