import assert from 'node:assert/strict';
import { BUILT_IN_NAMES, BUILT_IN_PROFILES, logProfile } from '../../../../src/core/logs/builtIn/profiles';
import { digestLog } from '../../../../src/core/logs/digestLog';
import { type LogDigest, lastOf } from '../../../../src/core/logs/logDigest';
import { groupsOf, PATTERN_GROUPS, PATTERN_KEYS } from '../../../../src/core/logs/patternKeys';
import type { LogPatterns } from '../../../../src/core/pipeline';

function digest(profile: string, ...lines: readonly string[]): LogDigest {
  return digestLog(lines.join('\n'), logProfile(undefined, profile) ?? {});
}

/** `2021-11-05 failed: cause`, `2021-11-06 succeeded 30 loaded`. */
function told({ dates }: LogDigest): string[] {
  return dates.map(({ date, outcome, cause, skipReason, rows, rowsFrom }) => {
    const why = cause ?? skipReason;
    return [date, why === undefined ? outcome : `${outcome}: ${why}`, ...(rows === undefined ? [] : [rows, rowsFrom])].join(' ');
  });
}

describe('the digest of a log', () => {
  describe('phase 3', () => {
    it('reads jobs that name the date in their result', () => {
      const log = digest(
        'nba-phase3',
        'INFO:__main__:============================================================',
        'INFO:__main__:Upcoming Player Game Context Backfill',
        'INFO:__main__:',
        '========================================',
        'INFO:__main__:Processing date 3/30: 2021-11-03',
        'INFO:__main__:========================================',
        'INFO:__main__:✅ 2021-11-03: Processed 389 players (2 failed)',
        'INFO:__main__:Processing date 4/30: 2021-11-04',
        'INFO:__main__:✅ 2021-11-04: Processed 0 teams, 0 games',
        'INFO:__main__:Processing date 5/30: 2021-11-05',
        'WARNING:__main__:⚠️  2021-11-05: Processing failed - no schedule',
        'INFO:__main__:Processing date 6/30: 2021-11-06',
        'ERROR:__main__:❌ 2021-11-06: Exception - boom',
        'INFO:__main__:',
        '============================================================',
        'INFO:__main__:BACKFILL COMPLETE',
        'INFO:__main__:Days Processed: 28/30',
        'INFO:__main__:Days Failed: 2',
      );
      assert.deepEqual(told(log), [
        '2021-11-03 succeeded 389 counter',
        '2021-11-04 succeeded',
        '2021-11-05 failed: no schedule',
        '2021-11-06 failed: boom',
      ]);
      assert.deepEqual(log.summary?.figures, { succeeded: 28, total: 30, failed: 2 });
      assert.equal(log.unmatched.lines, 0);
    });

    it('takes the cause from the line of the failure where it has one', () => {
      const log = digest(
        'nba-phase3',
        'INFO:__main__:Processing day 1/2: 2021-11-05',
        'ERROR:analytics_base:AnalyticsProcessorBase Error: no data',
        'ERROR:__main__:  ✗ Exception: 503 Backend unavailable',
        'INFO:__main__:Processing day 2/2: 2021-11-06',
        'ERROR:__main__:Unexpected exception processing 2021-11-06: out of memory',
      );
      assert.deepEqual(told(log), ['2021-11-05 failed: 503 Backend unavailable', '2021-11-06 failed: out of memory']);
    });
  });

  describe('phase 4', () => {
    it('believes what was loaded, and no count of 0', () => {
      const log = digest(
        'nba-phase4',
        'INFO:__main__:Processing game date 1/3: 2021-11-15',
        'INFO:precompute_base:✅ Successfully loaded 1,096 rows',
        'INFO:__main__:  ✓ Success: 0 players processed',
        'INFO:__main__:Processing game date 2/3: 2021-11-16',
        'INFO:batch_writer:✅ Write complete: 382 rows in 9.11s (schema: 0.4s, load: 3.2s, merge: 4.1s)',
        'INFO:batch_writer:Write complete: 382/382 rows (1 batches)',
        'INFO:__main__:  ✓ Success: 312 players, version=v1_baseline_25',
        'INFO:__main__:Processing game date 3/3: 2021-11-17',
        'INFO:__main__:  ✓ Success: 0 players',
      );
      assert.deepEqual(told(log), [
        '2021-11-15 succeeded 1096 loaded',
        '2021-11-16 succeeded 382 loaded',
        '2021-11-17 succeeded',
      ]);
      assert.deepEqual(log.dates[1]?.stages, { save: 9.11 });
    });

    it('believes no success of what was blocked, left out or not written', () => {
      const success = 'INFO:__main__:  ✓ Success: 312 players';
      const log = digest(
        'nba-phase4',
        'INFO:__main__:Processing game date 1/4: 2021-11-15',
        'WARNING:precompute_base:⚠️ Load blocked by streaming buffer - 312 rows skipped',
        success,
        'INFO:__main__:Processing game date 2/4: 2021-11-16',
        "ERROR:ml_feature_store:Write errors: ['503 Backend unavailable']",
        success,
        'INFO:__main__:Processing game date 3/4: 2021-11-17',
        'INFO:precompute_base:⏭️  Early season period - skipping validate/calculate/save steps',
        success,
        'INFO:__main__:Processing game date 4/4: 2021-11-18',
        'INFO:players:✅ SMART REPROCESSING: Skipping processing - all sources unchanged',
        success,
      );
      assert.deepEqual(told(log), [
        '2021-11-15 failed: Load blocked by streaming buffer - 312 rows skipped',
        "2021-11-16 failed: Write errors: ['503 Backend unavailable']",
        '2021-11-17 skipped: Early season',
        '2021-11-18 skipped: all sources unchanged',
      ]);
    });

    it('reads failed dates as Python shows them', () => {
      const log = digest(
        'nba-phase4',
        'INFO:__main__:PHASE 4 BACKFILL SUMMARY - PlayerDailyCacheProcessor:',
        'INFO:__main__:  Successful: 57, Skipped: 0, Failed: 2',
        'INFO:__main__:  Total players: 0',
        'INFO:__main__:  Failed dates: [datetime.date(2021, 11, 2), datetime.date(2021, 12, 13)]',
      );
      assert.deepEqual(log.summary, {
        figures: { succeeded: 57, skipped: 0, failed: 2 },
        failedDates: ['2021-11-02', '2021-12-13'],
      });
    });

    it('gives to a date that is only named at its end what was told before it', () => {
      const log = digest(
        'nba-phase4',
        'INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 2.5s',
        'INFO:precompute_base:✅ Successfully loaded 30 rows',
        'INFO:__main__:2024-01-05: success',
        'ERROR:precompute_base:PrecomputeProcessorBase Error: no context',
        'INFO:__main__:2024-01-06: failed',
        'INFO:__main__:2024-01-07: success',
      );
      assert.deepEqual(told(log), ['2024-01-05 succeeded 30 loaded', '2024-01-06 failed: no context', '2024-01-07 succeeded']);
      assert.deepEqual(log.dates[0]?.stages, { extract: 2.5 });
    });

    it('knows which dates failed also where lines of level INFO are not written', () => {
      const log = digest(
        'nba-phase4',
        'ERROR:precompute_base:PrecomputeProcessorBase Error: Insufficient team data',
        'ERROR:__main__:  ✗ Failed: 2021-11-05',
        'ERROR:precompute_base:PrecomputeProcessorBase Error: no context',
        'ERROR:__main__:  ✗ Failed: 2021-11-06',
      );
      assert.deepEqual(told(log), ['2021-11-05 failed: Insufficient team data', '2021-11-06 failed: no context']);
    });

    it('tells of a check before the first date why nothing ran', () => {
      const log = digest(
        'nba-phase4',
        'INFO:__main__:PHASE 3 PRE-FLIGHT CHECK',
        'ERROR:__main__:❌ PRE-FLIGHT CHECK FAILED: Phase 3 data is incomplete!',
        'ERROR:__main__:Cannot proceed with Phase 4 backfill until Phase 3 is complete.',
      );
      assert.deepEqual(log.failure, { cause: 'PRE-FLIGHT CHECK FAILED: Phase 3 data is incomplete!', line: 2 });
    });
  });

  describe('later phases', () => {
    it('reads times before messages, elapsed seconds, and what kept a date from running', () => {
      const log = digest(
        'nba-phase5',
        '2025-12-10 14:03:22,123 - INFO - Processing game date 1/4: 2021-11-16',
        '2025-12-10 14:03:34,000 - INFO -   ✓ Success: 232 predictions in 11.8s',
        '2025-12-10 14:03:34,100 - INFO - Processing game date 2/4: 2021-11-17',
        '2025-12-10 14:03:35,000 - WARNING - MLFS incomplete for 2021-11-17: 142/232 (61.2% < 90.0% required). Skipping to prevent it.',
        '2025-12-10 14:03:35,001 - WARNING -   ⚠ Skipped: MLFS incomplete (61.3% coverage)',
        '2025-12-10 14:03:36,000 - INFO - Processing game date 3/4: 2021-11-18',
        "2025-12-10 14:03:37,000 - WARNING -   ⚠ Missing dependencies: {'available': False}",
        '2025-12-10 14:03:38,000 - INFO - Processing game date 4/4: 2021-11-19',
        '2025-12-10 14:03:39,000 - ERROR -   ✗ Failed: no_players',
      );
      assert.deepEqual(told(log), [
        '2021-11-16 succeeded',
        '2021-11-17 skipped: MLFS incomplete (61.3% coverage)',
        "2021-11-18 failed: Missing dependencies: {'available': False}",
        '2021-11-19 failed: no_players',
      ]);
      assert.equal(log.dates[0]?.seconds, 11.8);
      assert.deepEqual(
        [log.dates[3]?.startedAt, log.dates[3]?.endedAt, log.dates[3]?.seconds],
        ['2025-12-10T14:03:38.000', '2025-12-10T14:03:39.000', 1],
      );
      assert.equal(log.unmatched.lines, 0);
    });

    it('reads grading, and tiers that say nothing of a success', () => {
      const graded = digest(
        'nba-phase5',
        '2025-12-10 14:03:22,123 - INFO - Grading date 2/61: 2021-11-07',
        '2025-12-10 14:03:29,123 - INFO -   ✓ Success: 812 graded, MAE=4.6, bias=-0.7 in 6.1s',
        '2025-12-10 14:03:29,124 - INFO - Grading date 3/61: 2021-11-08',
        '2025-12-10 14:03:29,200 - INFO -   ⏭ Skipped: no predictions',
      );
      assert.deepEqual(told(graded), ['2021-11-07 succeeded 812 counter', '2021-11-08 skipped: no predictions']);
      const tiers = [
        '2025-12-10 14:03:22,123 - INFO - [1/3] Processing 2021-12-05',
        '2025-12-10 14:03:24,123 - INFO - [2/3] Processing 2021-12-12',
        '2025-12-10 14:03:25,123 - ERROR -   Error: no rows',
        '2025-12-10 14:03:26,123 - INFO - [3/3] Processing 2021-12-19',
      ];
      const running = ['2021-12-05 succeeded', '2021-12-12 failed: no rows', '2021-12-19 started'];
      assert.deepEqual(told(digest('nba-phase5', ...tiers)), running);
      assert.deepEqual(told(digest('nba-phase5', ...tiers, tiers[0] ?? '')).slice(0, 3), running, 'a killed run is no success');
      const ended = digest('nba-phase5', ...tiers, '2025-12-10 14:03:27,123 - INFO - SCORING TIER BACKFILL COMPLETE');
      assert.deepEqual(told(ended).at(-1), '2021-12-19 succeeded');
    });

    it('reads exports', () => {
      const log = digest(
        'nba-phase6',
        '2025-12-10 14:03:22,123 - INFO - [1/2] Exporting 2021-11-03',
        '2025-12-10 14:03:23,123 - INFO -   Results: gs://bucket/v1/results/2021-11-03.json',
        '2025-12-10 14:03:24,123 - INFO - [2/2] Exporting 2021-11-04',
        '2025-12-10 14:03:25,123 - ERROR -   Predictions error: 404 no such object',
        '2025-12-10 14:03:26,123 - INFO - BACKFILL COMPLETE',
        '2025-12-10 14:03:26,123 - INFO -   Successful: 1',
        '2025-12-10 14:03:26,123 - INFO -   Partial: 1',
        '2025-12-10 14:03:26,123 - INFO -   Failed: 0',
      );
      assert.deepEqual(told(log), ['2021-11-03 succeeded', '2021-11-04 failed: Predictions error: 404 no such object']);
      assert.deepEqual(log.summary?.figures, { succeeded: 1, partial: 1, failed: 0 });
      assert.equal(log.unmatched.lines, 0);
    });
  });

  describe('any job', () => {
    it('tells the exception of a traceback, or what an error says', () => {
      const traceback = ['loading', 'Traceback (most recent call last):', '  File "a.py", line 3, in run', "KeyError: 'minutes'"];
      assert.deepEqual(digest('generic', ...traceback).failure, { cause: "KeyError: 'minutes'", category: 'KeyError', line: 4 });
      assert.deepEqual(digest('generic', 'ERROR:root:no rows', 'INFO:root:bye').failure, { cause: 'no rows', line: 1 });
      assert.deepEqual(digest('generic', 'fatal: not a git repository').failure, { cause: 'not a git repository', line: 1 });
      assert.equal(digest('generic', 'all is well', '0 errors').failure, undefined);
    });
  });

  describe('a profile of a manifest', () => {
    const profile: LogPatterns = {
      dateStart: ['^Running (?<date>\\S+)'],
      success: ['^done'],
      failure: ['^giving up(?: because (?<cause>.+))?'],
      stage: ['^read (?<read>[\\d.]+)s, wrote (?<write>[\\d.]+)s'],
      progress: ['^(?<done>\\d+) of (?<total>\\d+)'],
    };

    it('is read by the same engine', () => {
      const log = digestLog(
        'Running 2021-11-05\nread 1.5s, wrote 2s\ndone\n1 of 3\nRunning 2021-11-06\ngiving up because of me\nhm\nRunning 2021-13-01',
        profile,
      );
      assert.deepEqual(told(log), ['2021-11-05 succeeded', '2021-11-06 failed: of me']);
      assert.deepEqual(log.dates[0]?.stages, { read: 1.5, write: 2 });
      assert.deepEqual(log.progress, { done: 1, total: 3 });
      assert.deepEqual(log.unmatched, {
        lines: 2,
        samples: [
          { line: 7, text: 'hm' },
          { line: 8, text: 'Running 2021-13-01' },
        ],
      });
    });

    it('keeps each attempt at a date, and the last counts', () => {
      const log = digestLog('Running 2021-11-05\ngiving up\nRunning 2021-11-05\ndone', profile);
      assert.deepEqual(told(log), ['2021-11-05 failed', '2021-11-05 succeeded']);
      assert.equal(lastOf(log, '2021-11-05')?.outcome, 'succeeded');
    });

    it('does without a pattern that is none', () => {
      assert.deepEqual(told(digestLog('Running 2021-11-05', { ...profile, success: ['('] })), ['2021-11-05 started']);
    });

    it('keeps no more than so many dates', () => {
      const many = Array.from({ length: 12_000 }, () => 'Running 2021-11-05\n').join('');
      const log = digestLog(many, profile);
      assert.equal(log.dates.length + log.omitted, 12_000);
      assert.ok(log.dates.length <= 10_000);
    });
  });

  it('has built-in profiles whose patterns are regular expressions with the groups of their kind', () => {
    for (const name of BUILT_IN_NAMES) {
      const patterns = BUILT_IN_PROFILES.get(name) ?? {};
      for (const key of PATTERN_KEYS) {
        const { required, optional, free } = PATTERN_GROUPS[key];
        for (const pattern of patterns[key] ?? []) {
          assert.doesNotThrow(() => new RegExp(pattern), `${name} ${key}`);
          const groups = groupsOf(pattern);
          for (const group of required) assert.ok(groups.includes(group), `${name} ${key} ${pattern}`);
          if (free === true) assert.ok(groups.length > 0, `${name} ${key} ${pattern}`);
          else for (const group of groups) assert.ok([...required, ...optional].includes(group), `${name} ${key} ${group}`);
        }
      }
    }
  });
});
