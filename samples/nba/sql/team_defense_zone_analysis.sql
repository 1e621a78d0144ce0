-- TDZA: how well each of the thirty teams defended each zone in its last fifteen games of the season, against the league.
WITH recent AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY defending_team_abbr ORDER BY game_date DESC) AS recency
  FROM nba_analytics.team_defense_game_summary
  WHERE season = year(CAST(@date AS DATE) - INTERVAL 8 MONTH) AND game_date < @date
),
teams AS (
  SELECT
    defending_team_abbr AS team_abbr,
    count(*)::INTEGER AS games,
    sum(opp_paint_makes) / sum(opp_paint_attempts) AS paint_pct_allowed,
    sum(opp_mid_range_makes) / sum(opp_mid_range_attempts) AS mid_range_pct_allowed,
    sum(opp_three_makes) / sum(opp_three_attempts) AS three_pct_allowed,
    avg(points_allowed) AS points_allowed
  FROM recent
  WHERE recency <= 15
  GROUP BY defending_team_abbr
),
league AS (
  SELECT
    sum(opp_paint_makes) / sum(opp_paint_attempts) AS paint_pct,
    sum(opp_mid_range_makes) / sum(opp_mid_range_attempts) AS mid_range_pct,
    sum(opp_three_makes) / sum(opp_three_attempts) AS three_pct
  FROM recent
  WHERE recency <= 15
)
SELECT
  CAST(@date AS DATE) AS analysis_date,
  teams.team_abbr,
  teams.games,
  round(teams.paint_pct_allowed, 4) AS paint_pct_allowed,
  round(teams.mid_range_pct_allowed, 4) AS mid_range_pct_allowed,
  round(teams.three_pct_allowed, 4) AS three_pct_allowed,
  round(teams.points_allowed, 1) AS points_allowed,
  round(100 * (teams.paint_pct_allowed - league.paint_pct), 2) AS paint_defense_vs_league,
  round(100 * (teams.mid_range_pct_allowed - league.mid_range_pct), 2) AS mid_range_defense_vs_league,
  round(100 * (teams.three_pct_allowed - league.three_pct), 2) AS three_defense_vs_league,
  now() AT TIME ZONE 'UTC' AS processed_at
FROM teams
CROSS JOIN league
