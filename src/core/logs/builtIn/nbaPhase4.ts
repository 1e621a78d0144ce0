import type { LogPatterns } from '../../pipeline';
import {
  CAUSE,
  CAUSE_OR_DATE,
  COMMON_ERRORS,
  COMMON_FAILURES,
  COMMON_FIGURES,
  COMMON_NOISE,
  COMMON_ROWS,
  COMMON_SKIPS,
  COMMON_TIMES,
  COUNT,
  DATE,
  RUN_HISTORY_TOTAL,
  SECONDS,
} from './nbaCommon';

/**
 * Precompute, a game date at a time, each by a processor with a clock of its own. What was loaded tells the rows: two of the five jobs count
 * 0 always. `n` counts all game dates of the range, also after a resume.
 */
export const NBA_PHASE_4: LogPatterns = {
  dateStart: [String.raw`^Processing (?:game )?date (?<n>\d+)/(?<total>\d+): ${DATE}`],
  success: [
    String.raw`^\s*✓ Success: ${COUNT} (?:teams|players)`,
    String.raw`^\s*✓ ${DATE}: ${COUNT} (?:teams|players)`,
    String.raw`^${DATE}: success\b`,
  ],
  failure: [
    ...COMMON_FAILURES,
    String.raw`^\s*✗ (?:Failed|Exception): ${CAUSE_OR_DATE}`,
    String.raw`^\s*✗ ${DATE}: ${CAUSE}`,
    `^(?:Unexpected e|E)xception processing ${DATE}: ${CAUSE}`,
    String.raw`^${DATE}: (?:failed|exception)\b`,
  ],
  skipped: [
    String.raw`^BOOTSTRAP: Skipping ${DATE} \((?<reason>.*)\)`,
    String.raw`^\s*[^\w\s]*\s*${DATE}: (?<reason>bootstrap period|skipped\w*)`,
    String.raw`^\s*(?:⏭\uFE0F? )?Skipped: (?<reason>.+)`,
    ...COMMON_SKIPS,
  ],
  error: COMMON_ERRORS,
  rows: COMMON_ROWS,
  stage: [
    RUN_HISTORY_TOTAL,
    `^PRECOMPUTE_STEP Dependencies validated in (?<dependencies>${SECONDS})s`,
    `^PRECOMPUTE_STEP Data extracted in (?<extract>${SECONDS})s`,
    `^PRECOMPUTE_STEP Precompute processor completed in (?<total>${SECONDS})s`,
    String.raw`^Upstream completeness check: .*\((?<upstream>${SECONDS})s`,
    `^Completeness check complete in (?<completeness>${SECONDS})s`,
    String.raw`^Completed \d+ \w+ in ~?(?<calculate>${SECONDS})s`,
    `^Feature generation complete: .* in (?<calculate>${SECONDS})s`,
    String.raw`^[^\w\s]*\s*Write complete: \d+ rows in (?<save>${SECONDS})s`,
    String.raw`^\s*Calculate Phase: (?<calculate>${SECONDS})s`,
  ],
  timestamp: COMMON_TIMES,
  summary: [
    String.raw`^[#\s]*PHASE 4 BACKFILL SUMMARY`,
    '^PARALLEL BACKFILL COMPLETE$',
    '^SPECIFIC DATES PROCESSING SUMMARY:',
    String.raw`^Summary: \d+ success, \d+ skipped`,
  ],
  figures: COMMON_FIGURES,
  ignore: [
    ...COMMON_NOISE,
    String.raw`^(?:Batch extraction |Extract phase complete|Loaded \d+ rows to temp table|MERGE completed)`,
    String.raw`^[^\w\s]*\s*PERFORMANCE TIMING BREAKDOWN:`,
    String.raw`^\s+(?:Extract|Calculate) Phase: `,
    String.raw`^\s+- \w+: [\dX.]+s`,
    String.raw`^\s+\(Write timing in `,
    String.raw`^(?:No upcoming_player_game_context for|Generated \d+ synthetic)`,
    // The script that runs all five jobs.
    '^=== .* ===$',
    String.raw`^[✓✗] (?:BigQuery|Python|#\d)`,
    String.raw`^(?:Running #\d: |Phase 4 Backfill Complete!)`,
    String.raw`^[^\w\s]*\s*Delete blocked by streaming buffer`,
  ],
};
