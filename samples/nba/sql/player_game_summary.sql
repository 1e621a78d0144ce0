-- PGS: what each player did in the date's games. Box scores give the totals, shots the zones.
WITH lines AS (
  SELECT *
  FROM raw.box_scores
  WHERE game_date = @date AND minutes > 0
),
teams AS (
  SELECT game_id, team_abbr, sum(minutes) AS minutes, sum(fga + 0.44 * fta + turnovers) AS plays
  FROM lines
  GROUP BY game_id, team_abbr
),
zones AS (
  SELECT
    game_id,
    player_lookup,
    count(*) FILTER (zone = 'paint') AS paint_attempts,
    count(*) FILTER (zone = 'paint' AND made) AS paint_makes,
    count(*) FILTER (zone = 'mid_range') AS mid_range_attempts,
    count(*) FILTER (zone = 'mid_range' AND made) AS mid_range_makes,
    count(*) FILTER (zone = 'three') AS three_attempts,
    count(*) FILTER (zone = 'three' AND made) AS three_makes
  FROM raw.shots
  WHERE game_date = @date
  GROUP BY game_id, player_lookup
)
SELECT
  lines.game_id,
  lines.game_date,
  lines.season,
  lines.player_lookup,
  lines.team_abbr,
  lines.opponent_team_abbr,
  lines.home_game,
  lines.starter,
  lines.minutes,
  lines.points,
  lines.offensive_rebounds + lines.defensive_rebounds AS rebounds,
  lines.assists,
  lines.steals,
  lines.blocks,
  lines.turnovers,
  lines.fga,
  lines.fta,
  coalesce(zones.paint_attempts, 0)::INTEGER AS paint_attempts,
  coalesce(zones.paint_makes, 0)::INTEGER AS paint_makes,
  coalesce(zones.mid_range_attempts, 0)::INTEGER AS mid_range_attempts,
  coalesce(zones.mid_range_makes, 0)::INTEGER AS mid_range_makes,
  coalesce(zones.three_attempts, 0)::INTEGER AS three_attempts,
  coalesce(zones.three_makes, 0)::INTEGER AS three_makes,
  round(lines.points / nullif(2 * (lines.fga + 0.44 * lines.fta), 0), 3)::DOUBLE AS true_shooting,
  round(100 * (lines.fga + 0.44 * lines.fta + lines.turnovers) * teams.minutes / (5 * lines.minutes * teams.plays), 1)::DOUBLE AS usage_rate,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM lines
JOIN teams USING (game_id, team_abbr)
LEFT JOIN zones USING (game_id, player_lookup)
