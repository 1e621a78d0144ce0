// PRED, with a list of dates: node jobs/predictions.mjs --dates 2025-01-06,2025-01-14 [--skip-mlfs-check]
import { runJob } from './job.mjs';

/** How many of the date's players the feature store knows. */
const COVERAGE = `
  SELECT
    (SELECT count(*) FROM nba_predictions.ml_feature_store_v2 WHERE game_date = $date AND feature_version = 'v1'),
    (SELECT count(*) FROM nba_analytics.upcoming_player_game_context WHERE game_date = $date)`;

await runJob(
  {
    name: 'player prop predictions',
    table: 'nba_predictions.player_prop_predictions',
    dateColumn: 'game_date',
    async refuse(connection, date, options) {
      if (options['skip-mlfs-check']) return undefined;
      const reader = await connection.runAndReadAll(COVERAGE.replaceAll('$date', `DATE '${date}'`));
      const [features = 0, players = 0] = reader.getRowsJson()[0]?.map(Number) ?? [];
      if (features > 0 && features >= 0.9 * players) return undefined;
      return `MLFS incomplete for ${date}: ${features}/${players} players. Use --skip-mlfs-check to override.`;
    },
  },
  { 'skip-mlfs-check': { type: 'boolean' } },
);
