-- TDGS: what each team allowed its opponent in the date's games, two rows a game.
WITH totals AS (
  SELECT
    game_id, game_date, season, team_abbr, opponent_team_abbr, home_game,
    sum(points)::INTEGER AS points,
    sum(fga)::INTEGER AS fga,
    sum(fta)::INTEGER AS fta,
    sum(offensive_rebounds)::INTEGER AS offensive_rebounds,
    sum(defensive_rebounds)::INTEGER AS defensive_rebounds,
    sum(steals)::INTEGER AS steals,
    sum(blocks)::INTEGER AS blocks,
    sum(turnovers)::INTEGER AS turnovers
  FROM raw.box_scores
  WHERE game_date = @date
  GROUP BY ALL
),
zones AS (
  SELECT
    game_id,
    team_abbr,
    count(*) FILTER (zone = 'paint')::INTEGER AS opp_paint_attempts,
    count(*) FILTER (zone = 'paint' AND made)::INTEGER AS opp_paint_makes,
    count(*) FILTER (zone = 'mid_range')::INTEGER AS opp_mid_range_attempts,
    count(*) FILTER (zone = 'mid_range' AND made)::INTEGER AS opp_mid_range_makes,
    count(*) FILTER (zone = 'three')::INTEGER AS opp_three_attempts,
    count(*) FILTER (zone = 'three' AND made)::INTEGER AS opp_three_makes
  FROM raw.shots
  WHERE game_date = @date
  GROUP BY game_id, team_abbr
)
SELECT
  offense.game_id,
  offense.game_date,
  offense.season,
  defense.team_abbr AS defending_team_abbr,
  offense.team_abbr AS opponent_team_abbr,
  defense.home_game,
  offense.points AS points_allowed,
  defense.steals,
  defense.blocks,
  defense.defensive_rebounds,
  offense.turnovers AS turnovers_forced,
  zones.* EXCLUDE (game_id, team_abbr),
  round(100 * offense.points / (offense.fga + 0.44 * offense.fta - offense.offensive_rebounds + offense.turnovers), 1)::DOUBLE AS defensive_rating,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM totals AS offense
JOIN totals AS defense ON defense.game_id = offense.game_id AND defense.team_abbr = offense.opponent_team_abbr
JOIN zones ON zones.game_id = offense.game_id AND zones.team_abbr = offense.team_abbr
