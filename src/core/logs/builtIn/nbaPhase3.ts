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
 * Analytics, a calendar day at a time. The count of a day without games is that of the day before, so such a day is skipped whatever
 * follows; the clock of the stages runs on from day to day.
 */
export const NBA_PHASE_3: LogPatterns = {
  dateStart: [String.raw`^Processing (?:day|date) (?<n>\d+)/(?<total>\d+): ${DATE}`],
  success: [
    String.raw`^\s*✓ Success: ${COUNT} records`,
    String.raw`^[^\w\s]*\s*${DATE}: Processed ${COUNT} (?:players|teams)`,
    String.raw`^\s*✓ ${DATE}: ${COUNT} records`,
  ],
  failure: [
    ...COMMON_FAILURES,
    String.raw`^\s*✗ (?:Failed|Exception): ${CAUSE_OR_DATE}`,
    String.raw`^\s*✗ ${DATE}: ${CAUSE}`,
    String.raw`^[^\w\s]*\s*${DATE}: (?:Processing failed|Exception)(?: - ${CAUSE})?`,
    `^(?:Unexpected e|E)xception processing ${DATE}: ${CAUSE}`,
  ],
  skipped: COMMON_SKIPS,
  error: COMMON_ERRORS,
  rows: COMMON_ROWS,
  stage: [
    RUN_HISTORY_TOTAL,
    `^Completeness check complete in (?<completeness>${SECONDS})s`,
    String.raw`^Completed \d+ \w+ in ~?(?<records>${SECONDS})s`,
    `^ANALYTICS_STEP Dependencies validated in (?<dependencies>${SECONDS})s`,
    String.raw`^Parallel processing complete: \d+ \w+ in (?<records>${SECONDS})s`,
  ],
  clock: [
    `^Change detection completed in (?<changes>${SECONDS})s`,
    `^ANALYTICS_STEP Data extracted in (?<extract>${SECONDS})s`,
    // The same clock as in "completed in", with all its digits.
    String.raw`^ANALYTICS_STATS \{.*"total_runtime": (?<calculate_and_save>${SECONDS})`,
  ],
  timestamp: COMMON_TIMES,
  summary: [
    '^(?:DAY-BY-DAY BACKFILL|SPECIFIC DATES PROCESSING) SUMMARY:',
    '^(?:PARALLEL )?BACKFILL COMPLETE$',
    '^[#\\s]*PHASE 3 BACKFILL SUMMARY',
  ],
  figures: [
    ...COMMON_FIGURES,
    String.raw`^\s*Days Processed: (?<succeeded>\d+)/(?<total>\d+)`,
    String.raw`^\s*Days Failed: (?<failed>\d+)`,
  ],
  ignore: [
    ...COMMON_NOISE,
    '^DRY RUN MODE',
    '^Data availability:',
    String.raw`^\s+\w+: \d+ records, \d+ games`,
    '^Change detection found ',
    String.raw`^[^\w\s]*\s*(?:FULL BATCH|INCREMENTAL RUN): `,
    '^Flushing unresolved players',
    '^Source distribution: ',
    String.raw`^Registry: \d+ found`,
    String.raw`^\s*[^\w\s]*\s*\d+ players not found in registry`,
    '^PHASE 3: .* (?:STARTED|COMPLETE)',
    String.raw`^(?:Step \d+: |CALCULATION COMPLETE:)`,
  ],
};
