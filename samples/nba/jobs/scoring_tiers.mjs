// TIER, with a range of dates: node jobs/scoring_tiers.mjs --start-date 2025-05-05 --end-date 2025-05-09
import { runJob } from './job.mjs';

await runJob({ name: 'scoring tiers', table: 'nba_predictions.scoring_tier_adjustments', dateColumn: 'as_of_date' });
