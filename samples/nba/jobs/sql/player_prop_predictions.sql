-- PRED: the points of each player whom the feature store knows well enough, by three systems.
WITH features AS (
  SELECT *
  FROM nba_predictions.ml_feature_store_v2
  WHERE game_date = @date AND feature_version = 'v1' AND points_avg_season IS NOT NULL
),
estimates AS (
  SELECT
    *,
    round(coalesce((points_avg_season + 2 * points_avg_form) / 3, points_avg_season), 2) AS moving_average,
    round(
      points_avg_season * (1 + shot_zone_mismatch_score / 60 + pace_score / 200 + (fatigue_score - 70) / 1500 + CASE WHEN home_game THEN 0.01 ELSE -0.01 END),
      2
    ) AS zone_matchup
  FROM features
),
systems AS (
  SELECT *, 'moving_average' AS system_id, moving_average AS predicted_points FROM estimates
  UNION ALL
  SELECT *, 'zone_matchup_v1', zone_matchup FROM estimates
  UNION ALL
  SELECT *, 'ensemble_v1', round((moving_average + zone_matchup) / 2, 2) FROM estimates
)
SELECT
  game_id,
  game_date,
  player_lookup,
  team_abbr,
  opponent_team_abbr,
  system_id,
  predicted_points,
  floor(points_avg_season) + 0.5 AS points_line,
  feature_quality_score AS confidence_score,
  CASE
    WHEN predicted_points > floor(points_avg_season) + 1.5 THEN 'OVER'
    WHEN predicted_points < floor(points_avg_season) - 0.5 THEN 'UNDER'
    ELSE 'PASS'
  END AS recommendation,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM systems
