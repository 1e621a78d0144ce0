-- TIER: by how much each system is off for stars, starters, rotation and bench, over the seven game dates up to the date.
WITH last_dates AS (
  SELECT DISTINCT game_date
  FROM raw.schedule
  WHERE season = year(CAST(@date AS DATE) - INTERVAL 8 MONTH) AND game_date <= @date AND game_status = 3
  ORDER BY game_date DESC
  LIMIT 7
)
SELECT
  CAST(@date AS DATE) AS as_of_date,
  system_id,
  CASE
    WHEN predicted_points >= 20 THEN 'STAR_20PLUS'
    WHEN predicted_points >= 10 THEN 'STARTER_10_20'
    WHEN predicted_points >= 5 THEN 'ROTATION_5_10'
    ELSE 'BENCH_UNDER_5'
  END AS scoring_tier,
  count(*)::INTEGER AS sample_size,
  round(avg(signed_error::DECIMAL(8, 2)), 3) AS bias,
  round(avg(absolute_error::DECIMAL(8, 2)), 3) AS mean_absolute_error,
  -round(avg(signed_error::DECIMAL(8, 2)), 1) AS recommended_adjustment,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM nba_predictions.prediction_accuracy
JOIN last_dates USING (game_date)
GROUP BY system_id, scoring_tier
