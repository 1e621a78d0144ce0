import type { LogPatterns } from '../../pipeline';
import { CAUSE, COMMON_ERRORS, COMMON_FIGURES, COMMON_NOISE, DATE, SECONDS } from './nbaCommon';

/** Predictions (5A), grading (5B) and scoring tiers (5C). What 5A counts as predictions are players, so it has no rows. */
export const NBA_PHASE_5: LogPatterns = {
  dateStart: [
    String.raw`^(?:Processing game|Processing|Grading) date (?<n>\d+)/(?<total>\d+): ${DATE}`,
    String.raw`^\[(?<n>\d+)/(?<total>\d+)\] Processing ${DATE}`,
  ],
  success: [
    String.raw`^\s*✓ Success: (?<rows>\d+) graded\b.* in (?<seconds>${SECONDS})s`,
    String.raw`^\s*✓ Success: \d+ predictions in (?<seconds>${SECONDS})s`,
    String.raw`^\s*✓ Complete: all \d+ players already have predictions`,
    String.raw`^${DATE}: success\b(?: - (?<rows>\d+) graded)?`,
  ],
  failure: [
    String.raw`^\s*✗ Failed: ${CAUSE}`,
    String.raw`^\s*[^\w\s]*\s*(?<cause>Missing dependencies: .*)`,
    String.raw`^\s*Error: (?<cause>.+)`,
    String.raw`^${DATE}: (?:failed|error|(?<cause>no_players|missing_dependencies))\b`,
  ],
  skipped: [
    String.raw`^\s*[^\w\s]*\s*Skipped: (?<reason>.+)`,
    String.raw`^${DATE}: (?<reason>skipped\w*|incomplete_mlfs|no_predictions|no_actuals|dry_run\w*)`,
    String.raw`^\s*✓ (?<reason>Dry run: .*)`,
  ],
  error: COMMON_ERRORS,
  progress: [String.raw`^Progress: (?<done>\d+)/(?<total>\d+) `],
  summary: ['^PHASE 5[A-C]? (?:PREDICTION|GRADING) BACKFILL SUMMARY:', '^SCORING TIER BACKFILL COMPLETE'],
  figures: [...COMMON_FIGURES, String.raw`^\s*Success: (?<succeeded>\d+), Skipped: (?<skipped>\d+), Failed: (?<failed>\d+)`],
  ignore: [
    ...COMMON_NOISE,
    String.raw`^(?:Initialized \d+|Prediction systems initialized|Backfilling scoring tier|Computing adjustments|Result: |Created table|Table \S+ already exists)`,
    '^MLFS incomplete for ',
    '^(?:INCREMENTAL|FORCE) MODE',
    '^POST-BACKFILL VALIDATION',
    '^Prediction Bounds: ',
    String.raw`^\s+(?:Total: [\d,]+, Outliers|Range: |\d+ dates with)`,
  ],
  silentSuccess: true,
};

/** Publishing: a date of which no export failed has succeeded. It writes files, no rows. */
export const NBA_PHASE_6: LogPatterns = {
  dateStart: [String.raw`^\[(?<n>\d+)/(?<total>\d+)\] Exporting ${DATE}`],
  failure: [String.raw`^\s+(?<cause>[A-Z][\w -]* error: .+)`, '^Export failed: (?<cause>.+)'],
  error: COMMON_ERRORS,
  summary: ['^BACKFILL COMPLETE$', '^(?:Player e|E)xport (?:complete|partial|failed)'],
  figures: [...COMMON_FIGURES, String.raw`^\s*Partial: (?<partial>\d+)`],
  ignore: [
    ...COMMON_NOISE,
    String.raw`^\s+[A-Z][\w -]*: (?:gs://|\{|\[|\d)`,
    String.raw`^(?:Backfilling |Export types: |Exporting player profiles|Exported \d+|No date specified)`,
    '^(?:Uploaded|Published|Wrote) ',
  ],
  silentSuccess: true,
};
