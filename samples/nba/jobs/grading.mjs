// GRADE, one date a call: node jobs/grading.mjs --date 2025-04-02
import { runJob } from './job.mjs';

await runJob({ name: 'prediction grading', table: 'nba_predictions.prediction_accuracy', dateColumn: 'game_date' });
