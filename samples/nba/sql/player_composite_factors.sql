-- PCF: four scores for each player of the date: fatigue, how the player's zones meet the opponent's defence, the pace of
-- the game, and how strong the opponent defends at all (never 0: a 0 means that a defence was missing).
WITH players AS (
  SELECT * FROM nba_analytics.upcoming_player_game_context WHERE game_date = @date
),
teams AS (
  SELECT * FROM nba_analytics.upcoming_team_game_context WHERE game_date = @date
),
defenses AS (
  SELECT * FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = @date
),
shots AS (
  SELECT * FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = @date
)
SELECT
  players.game_id,
  players.game_date,
  players.season,
  players.player_lookup,
  players.team_abbr,
  players.opponent_team_abbr,
  greatest(0, 100 - 5 * players.games_last_7_days - players.minutes_last_7_days // 6 - CASE WHEN players.back_to_back THEN 15 ELSE 0 END)::INTEGER
    AS fatigue_score,
  round(
    coalesce(
      (shots.paint_rate * defense.paint_defense_vs_league
        + shots.mid_range_rate * defense.mid_range_defense_vs_league
        + shots.three_rate * defense.three_defense_vs_league) / 100,
      0
    ),
    2
  ) AS shot_zone_mismatch_score,
  round(coalesce((own.pace_last_10 + opponent.pace_last_10) / 2 - 100, 0), 2) AS pace_score,
  round(least(100, greatest(1, 50 + 2 * (112 - defense.points_allowed))), 1) AS opponent_strength_score,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM players
JOIN teams AS own ON own.game_id = players.game_id AND own.team_abbr = players.team_abbr
JOIN teams AS opponent ON opponent.game_id = players.game_id AND opponent.team_abbr = players.opponent_team_abbr
JOIN defenses AS defense ON defense.team_abbr = players.opponent_team_abbr
LEFT JOIN shots USING (player_lookup)
