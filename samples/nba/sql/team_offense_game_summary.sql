-- TOGS: what each team did with the ball in the date's games, two rows a game.
WITH totals AS (
  SELECT
    game_id, game_date, season, team_abbr, opponent_team_abbr, home_game,
    sum(points)::INTEGER AS points,
    sum(fga)::INTEGER AS fga,
    sum(fta)::INTEGER AS fta,
    sum(offensive_rebounds)::INTEGER AS offensive_rebounds,
    sum(assists)::INTEGER AS assists,
    sum(turnovers)::INTEGER AS turnovers
  FROM raw.box_scores
  WHERE game_date = @date
  GROUP BY ALL
),
zones AS (
  SELECT
    game_id,
    team_abbr,
    count(*) FILTER (zone = 'paint')::INTEGER AS paint_attempts,
    count(*) FILTER (zone = 'paint' AND made)::INTEGER AS paint_makes,
    count(*) FILTER (zone = 'mid_range')::INTEGER AS mid_range_attempts,
    count(*) FILTER (zone = 'mid_range' AND made)::INTEGER AS mid_range_makes,
    count(*) FILTER (zone = 'three')::INTEGER AS three_attempts,
    count(*) FILTER (zone = 'three' AND made)::INTEGER AS three_makes
  FROM raw.shots
  WHERE game_date = @date
  GROUP BY game_id, team_abbr
)
SELECT
  totals.game_id,
  totals.game_date,
  totals.season,
  totals.team_abbr,
  totals.opponent_team_abbr,
  totals.home_game,
  totals.points,
  totals.points > opponent.points AS won,
  totals.assists,
  totals.turnovers,
  zones.* EXCLUDE (game_id, team_abbr),
  round(totals.fga + 0.44 * totals.fta - totals.offensive_rebounds + totals.turnovers, 1)::DOUBLE AS possessions,
  round(100 * totals.points / (totals.fga + 0.44 * totals.fta - totals.offensive_rebounds + totals.turnovers), 1)::DOUBLE AS offensive_rating,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM totals
JOIN totals AS opponent ON opponent.game_id = totals.game_id AND opponent.team_abbr = totals.opponent_team_abbr
JOIN zones ON zones.game_id = totals.game_id AND zones.team_abbr = totals.team_abbr
