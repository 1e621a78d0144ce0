-- UTGC: both teams of every game on the date's schedule, with their rest and their form over their last ten games.
WITH sides AS (
  SELECT game_id, game_date, season, home_team_abbr AS team_abbr, away_team_abbr AS opponent_team_abbr, TRUE AS home_game
  FROM raw.schedule
  WHERE game_date = @date AND game_status = 3
  UNION ALL
  SELECT game_id, game_date, season, away_team_abbr, home_team_abbr, FALSE
  FROM raw.schedule
  WHERE game_date = @date AND game_status = 3
),
recent AS (
  SELECT
    team_abbr, game_date, won, possessions, offensive_rating,
    row_number() OVER (PARTITION BY team_abbr ORDER BY game_date DESC) AS recency
  FROM nba_analytics.team_offense_game_summary
  WHERE season = year(CAST(@date AS DATE) - INTERVAL 8 MONTH) AND game_date < @date
    AND team_abbr IN (SELECT team_abbr FROM sides)
),
form AS (
  SELECT
    team_abbr,
    max(game_date) AS last_game,
    count(*)::INTEGER AS games,
    count(*) FILTER (won)::INTEGER AS wins,
    round(avg(possessions::DECIMAL(6, 1)), 2) AS pace,
    round(avg(offensive_rating::DECIMAL(6, 1)), 2) AS offensive_rating
  FROM recent
  WHERE recency <= 10
  GROUP BY team_abbr
)
SELECT
  sides.game_id,
  sides.game_date,
  sides.season,
  sides.team_abbr,
  sides.opponent_team_abbr,
  sides.home_game,
  (sides.game_date - form.last_game)::INTEGER AS days_rest,
  coalesce(sides.game_date - form.last_game = 1, FALSE) AS back_to_back,
  coalesce(form.games, 0) AS games_last_10,
  coalesce(form.wins, 0) AS wins_last_10,
  form.pace AS pace_last_10,
  form.offensive_rating AS offensive_rating_last_10,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM sides
LEFT JOIN form USING (team_abbr)
