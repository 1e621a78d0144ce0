// What the logs of all phases of the NBA pipeline share. `[^\w\s]*` stands for its symbols, which come with and without a variation selector.

/** A date within a pattern. */
export const DATE = String.raw`(?<date>\d{4}-\d{2}-\d{2})`;
/** A count that is believed: jobs that do not count say 0. */
export const COUNT = String.raw`(?:(?<rows>[1-9]\d*)|0)`;
/** A cause, unless it is none. */
export const CAUSE = String.raw`(?:[Uu]nknown(?: error)?|(?<cause>.+?))\s*$`;
/** A cause, or the date in its place: all that is left of a date where lines of level INFO are not written. */
export const CAUSE_OR_DATE = String.raw`(?:${DATE}|[Uu]nknown(?: error)?|(?<cause>.+?))\s*$`;
export const SECONDS = String.raw`[\d.]+`;

export const COMMON_ERRORS = [
  '^(?:Analytics|Precompute)ProcessorBase Error: (?<cause>.+)',
  String.raw`^[^\w\s]*\s*(?<cause>PRE-FLIGHT CHECK FAILED: .+)`,
  '^(?<cause>(?:Invalid (?:start |end )?date format|Start date must be before|End date cannot be|--start-date is required).*)',
  // A read that takes ten minutes and is given up: what somebody looks for where a job hangs.
  String.raw`^(?<cause>Completeness check for \S+ failed: .+)`,
];

/** What was left out although the job goes on to say that it succeeded. */
export const COMMON_SKIPS = [
  `^(?<reason>No games scheduled) on ${DATE}, skipping`,
  `^Games on ${DATE} (?<reason>not finished yet), skipping`,
  `^${DATE} is (?<reason>in offseason|too far in past), skipping`,
  String.raw`^[^\w\s]*\s*SMART REPROCESSING: Skipping processing - (?<reason>.+)`,
  String.raw`^[^\w\s]*\s*Skipping ${DATE}: (?<reason>early season period)`,
  String.raw`^[^\w\s]*\s*(?<reason>Early season)(?: period - skipping| detected with missing dependencies)`,
  String.raw`^Processor \w+ (?<reason>(?:already processed|is currently running).*)`,
  String.raw`^\s*✓ (?<reason>Dry run: .*)`,
];

/** What was not written although the job goes on to say that it succeeded. */
export const COMMON_FAILURES = [
  String.raw`^[^\w\s]*\s*(?<cause>(?:Load|MERGE) blocked by streaming buffer.*)`,
  '^(?<cause>Write errors: .+)',
];

export const COMMON_TIMES = [
  String.raw`^Started run tracking: \w+?_(?<at>\d{8}_\d{6})_[0-9a-f]{8} `,
  String.raw`^(?:ANALYTICS|PRECOMPUTE)_STATS \{.*"timestamp_utc": "(?<at>[^"]+)"`,
];

/** The run history's line, which counts one date also where the job's own clock does not. */
export const RUN_HISTORY_TOTAL = String.raw`^Recorded run history: \S+ - (?:success|failed|partial|skipped) \((?<total>${SECONDS})s\)`;

export const COMMON_ROWS = [
  String.raw`^[^\w\s]*\s*Successfully (?:loaded|saved) (?<rows>[\d,]+) (?:rows|records)`,
  String.raw`^[^\w\s]*\s*Write complete: (?:\d+/)?(?<rows>[\d,]+) rows`,
];

export const COMMON_FIGURES = [
  String.raw`^[#\s]*Successful(?: days)?: (?<succeeded>\d+)(?:, Skipped: (?<skipped>\d+), Failed: (?<failed>\d+))?`,
  String.raw`^\s*Skipped(?: \(bootstrap\))?: (?<skipped>\d+)`,
  String.raw`^\s*Failed(?: days)?: (?<failed>\d+)\s*$`,
  String.raw`^\s*Failed dates: (?<dates>.*\d.*)$`,
  String.raw`^\s*Failed dates \(\d+(?: total)?\): (?<dates>\[.*\])$`,
  String.raw`^\s+(?<dates>\d{4}-\d{2}-\d{2}(?:, \d{4}-\d{2}-\d{2})*)$`,
];

/** Lines that tell nothing of a date, in all phases. */
export const COMMON_NOISE = [
  // Most lines of a log are these.
  String.raw`^[\w -]*(?:processing|cache) progress: \d+/\d+ `,
  // Rules, and tables as people and `bq` print them.
  String.raw`^\s*[=─-]{3,}\s*$`,
  String.raw`^\s*[|+].*[|+]\s*$`,
  String.raw`^[A-Z]\w*(?:\s{2,}\S+(?: \S+)?){2,}$`,
  String.raw`^\s*[A-Z]{3,5}(?:\s+[\d,]+%?){2,}$`,
  // Headers of a run.
  String.raw`^(?:Day-by-day|Phase \w+|Starting|Will process|Processing \d+ |Fetching|Execution order|Checkpoint:|Mode:|NOTE:|CRITICAL: This processor)`,
  String.raw`^\s*(?:Date [Rr]ange|Dry run|No resume|Processing strategy|Checkpoint|Execution order|Processor|Total [Dd]ays|Remaining [Dd]ays|Mode|Parallel mode|Workers): `,
  String.raw`^Found \d+ (?:game )?dates `,
  String.raw`^\s*\(Skipping \d+ off-days`,
  '^Upcoming (?:Player|Team) Game Context Backfill$',
  String.raw`^[^\w\s]*\s*(?:RESUMING from checkpoint|Found checkpoint|Resuming from|--no-resume specified|Pre-flight check (?:SKIPPED|passed))`,
  String.raw`^\s*Skipping \d+ already-processed dates`,
  String.raw`^PHASE \w+ PRE-FLIGHT CHECK`,
  String.raw`^\s*(?:Verifying Phase|Checking |Expected game dates|Bootstrap dates|Non-bootstrap dates|Checked date|Dependencies|Counts): ?`,
  '^(?:Verifying|Checking) ',
  String.raw`^[^\w\s]{1,3} \w+(?:: \d+/\d+ \(.*)?$`,
  String.raw`^\s+(?:Description|Coverage|Missing dates|Required by|Missing|Date range|Recommendation|Tables needing attention)\b`,
  String.raw`^(?:Options:|To see details, run:|Cannot proceed with Phase|\s+\d\. )`,
  String.raw`^\s+python \S+`,
  // The checkpoint, as it is told and printed. Its totals are not.
  '^(?:Loaded valid checkpoint|Cleared checkpoint|Checkpoint (?:missing|validation)|Date appears in both|No checkpoint)',
  '^CHECKPOINT STATUS: ',
  String.raw`^\s+(?:Processed|- Successful|- Failed|- Skipped|Last success|Resume from|Status|Checkpoint file|Total successful|Total failed): `,
  String.raw`^[^\w\s]*\s*Checkpoint Summary:`,
  // Figures of a final block that lie, or say again what others say.
  String.raw`^[#\s]*(?:Success rate|Total (?:records|players|teams|games|predictions|dates)[\w ]*|Average [\w /]+|Game dates processed|Processed): `,
  String.raw`^\s*Total (?:Players|Teams|Games)[\w ]*: `,
  String.raw`^\s+Registry integration:`,
  String.raw`^\s+- Players (?:not )?found: `,
  String.raw`^\s*Failed dates \(\d+(?: total)?\):$`,
  String.raw`^\s+\.\.\. and \d+ more`,
  String.raw`^\s*(?:To retry|Or with gcloud:|gcloud run jobs|--args=)`,
  String.raw`^Progress: \d+/\d+ `,
  // What processors say of themselves.
  '^(?:ANALYTICS|PRECOMPUTE)_(?:STEP|STATS) ',
  'BACKFILL[ _]MODE',
  String.raw`^[^\w\s]*\s*Skip(?:ping downstream trigger|ped publishing)`,
  '^(?:Backfill mode: skipping|Source tracking complete|Recorded (?:run history|date-level failure)|Started run tracking)',
  String.raw`^(?:Scheduled? ?GCSReader|ScheduleGCSReader|NBAScheduleService|NBATeamMapper|NBA\w+|AWS SES|Email alerter|Notification router|\w*Registry\w*) (?:\(SES\) )?(?:client )?initialized`,
  String.raw`^(?:Initialized|Initializing|Using|Sending|Registry|No email recipients|INFO)\b`,
  String.raw`^Processing season \d{4}`,
  '^Failed to (?:log|save debug|write|queue|send|record|publish) ',
  String.raw`^Saved (?:debug data|\d+ )`,
  String.raw`^[^\w\s]*\s*Saved \d+ `,
  // Progress within a date, and what became of its entities.
  String.raw`^\s*- \d+/\d+\s+\| Rate: `,
  '^Player schedule check: ',
  String.raw`^[^\w\s]*\s*Failure breakdown`,
  String.raw`^\s+[A-Z_]{4,}: \d+\b`,
  String.raw`^[^\w\s]*\s*No errors to investigate`,
  'Circuit breaker (?:active|TRIPPED)',
  String.raw`^\s*File:? "?\S+, line \d+`,
  String.raw`^\s*[^\w\s]*\s*(?:Attempting|Batch|Calculat(?:ed|ing)|Classified|Combined|Convert(?:ed|ing)|Creat(?:ed|ing)|Data (?:extraction|validation))\b`,
  String.raw`^[^\w\s]*\s*(?:Extract(?:ed|ing|ion)|Filtered|Flush(?:ed|ing)|Incrementing|League averages|Load(?:ed|ing)|Looking|Merged|Pre-fetching)\b`,
  String.raw`^[^\w\s]*\s*(?:PROCESSING|Published|Querying|Reconstructed|Record(?:ed|ing)|Running|Saving|Searching|Successfully processed|Validation|Writing|Wrote)\b`,
  String.raw`^[^\w\s]*\s*(?:Circuit breaker|Completeness check|Delete completed|Dependency check|Got target schema|MERGE affected|Source metadata)`,
  String.raw`^[^\w\s]*\s*(?:Early season|Fallback|Falling back|FALLBACK|No (?:players|backfill candidates|dependency checking|feature sources)|Stale|Upstream completeness)\b`,
  String.raw`^[^\w\s]*\s*(?:PRODUCTION MODE|STRICT MODE|Defensive checks|(?:Extraction|Processing|Cache calculation|Player daily cache processing) complete)`,
  '^(?:Records will be processed|Duplicates will be cleaned up) on next run',
  String.raw`^(?:No game dates found|No raw data|No transformed data|No rows|No data|No schedule data|No player \w+ data|No defensive|No shot zone|No gamebook|Gamebook|BDL|BigQuery load had errors)`,
  String.raw`^[^\w\s]*\s*(?:INCREMENTAL|Registry failures tracked|Skipping circuit breaker checks|\d+/\d+ teams have \d+)`,
  String.raw`^(?:Feature \d+ \(|\w+Processor initialized|Successfully calculated|BettingPros|Odds API|ESPN|Primary source|Missing dates|Source Tracking)`,
  String.raw`^\s+(?:All critical present|Has stale \w+|Schedule|Odds Lines|Injury Report|- Cached): `,
  String.raw`^\s*✓ (?!Success|Dry run|\d{4}-)`,
  // One line a player or team.
  String.raw`^[\w.' -]+: (?:Completeness \d|Upstream not|Not all windows)`,
  String.raw`^[^\w\s]*\s*Found \d+ `,
  String.raw`^Processing (?:player \d+/|cache for|upcoming)`,
  String.raw`^(?:EXTRACTION|ANALYTICS CALCULATION|VALIDATION|SAVING TO BIGQUERY)\b`,
  String.raw`^[^\w\s]*\s*(?:Deleting existing (?:data|records)|Deleted existing|Deleted \d+ |Inserting \d+ rows|Filtered rows to|Extracted \d+|Processed \d+|Skipped \d+ )`,
];
