-- UPGC: everybody on the date's rosters, with the rest and the load that they bring into the game. A backfill takes the
-- roster from the box score, which also lists who did not play.
WITH roster AS (
  SELECT game_id, game_date, season, player_lookup, team_abbr, opponent_team_abbr, home_game
  FROM raw.box_scores
  WHERE game_date = @date
),
history AS (
  SELECT
    player_lookup,
    max(box.game_date) AS last_game,
    count(*) FILTER (box.game_date >= CAST(@date AS DATE) - 7)::INTEGER AS games_last_7_days,
    count(*)::INTEGER AS games_last_14_days,
    coalesce(sum(minutes) FILTER (box.game_date >= CAST(@date AS DATE) - 7), 0)::INTEGER AS minutes_last_7_days,
    sum(minutes)::INTEGER AS minutes_last_14_days
  FROM raw.box_scores AS box
  JOIN roster USING (player_lookup, season)
  WHERE box.game_date < @date AND box.game_date >= CAST(@date AS DATE) - 14 AND minutes > 0
  GROUP BY player_lookup
)
SELECT
  game_id,
  game_date,
  season,
  player_lookup,
  team_abbr,
  opponent_team_abbr,
  home_game,
  (game_date - last_game)::INTEGER AS days_rest, -- none: no game in two weeks
  coalesce(game_date - last_game = 1, FALSE) AS back_to_back,
  coalesce(games_last_7_days, 0) AS games_last_7_days,
  coalesce(games_last_14_days, 0) AS games_last_14_days,
  coalesce(minutes_last_7_days, 0) AS minutes_last_7_days,
  coalesce(minutes_last_14_days, 0) AS minutes_last_14_days,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM roster
LEFT JOIN history USING (player_lookup)
