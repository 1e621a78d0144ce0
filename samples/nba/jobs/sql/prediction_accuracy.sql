-- GRADE: each prediction against what the player then scored. Who did not play is not graded.
SELECT
  predictions.game_id,
  predictions.game_date,
  predictions.player_lookup,
  predictions.system_id,
  predictions.predicted_points,
  actual.points AS actual_points,
  round(predictions.predicted_points - actual.points, 2) AS signed_error,
  round(abs(predictions.predicted_points - actual.points), 2) AS absolute_error,
  CASE predictions.recommendation
    WHEN 'OVER' THEN actual.points > predictions.points_line
    WHEN 'UNDER' THEN actual.points < predictions.points_line
  END AS recommendation_correct,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM nba_predictions.player_prop_predictions AS predictions
JOIN nba_analytics.player_game_summary AS actual
  ON actual.game_id = predictions.game_id AND actual.player_lookup = predictions.player_lookup AND actual.game_date = @date
WHERE predictions.game_date = @date
