import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BUILT_IN_NAMES, BUILT_IN_PROFILES } from '../../../../src/core/logs/builtIn/profiles';
import { digestLog, LogDigester } from '../../../../src/core/logs/digestLog';
import type { LogPatterns } from '../../../../src/core/pipeline';

/** Lines of every kind, so that mixtures reach every part of the reader. */
const LINES = [
  'INFO:__main__:Processing day 4/30: 2021-11-04',
  'INFO:__main__:Processing game date 12/58: 2021-11-14',
  'INFO:__main__:Processing game date 1/58: 2021-02-30',
  '2025-12-10 14:03:22,123 - INFO - Grading date 2/61: 2021-11-07',
  '2025-12-10 14:03:22,123 - INFO - [3/30] Exporting 2021-11-03',
  'INFO:__main__:  ✓ Success: 223 records from 0 games',
  'INFO:__main__:  ✓ Success: 30 teams processed',
  'ERROR:__main__:  ✗ Failed: Unknown',
  'ERROR:__main__:  ✗ Exception: boom',
  'INFO:x:No games scheduled on 2021-11-04, skipping',
  'INFO:__main__:  ⏭ Skipped: bootstrap period',
  'INFO:__main__:2024-01-05: success',
  'ERROR:precompute_base:PrecomputeProcessorBase Error: No context',
  'Traceback (most recent call last):',
  '  File "a.py", line 1, in run',
  'ValueError: No context',
  'INFO:precompute_base:✅ Successfully loaded 30 rows',
  'INFO:analytics_base:ANALYTICS_STEP Data extracted in 1.0s',
  'INFO:analytics_base:ANALYTICS_STATS {"total_runtime": 0.42522, "timestamp_utc": "2026-11-23T10:24:29.425609+00:00"}',
  'INFO:h:Recorded run history: X_20261123_102429_61ac0ae6 - success (0.4s)',
  'INFO:__main__:PHASE 4 BACKFILL SUMMARY - X:',
  'INFO:__main__:DAY-BY-DAY BACKFILL SUMMARY:',
  'INFO:__main__:  Failed dates: [datetime.date(2021, 11, 2)]',
  'INFO:__main__:',
  '',
  '\u001b[31mred\u001b[0m',
  ' 10%\r 20%',
  '\r',
  'x'.repeat(9000),
];

const PATTERNS = [...BUILT_IN_PROFILES.values()];
const profile: fc.Arbitrary<LogPatterns> = fc.constantFrom(...PATTERNS);
const mixed = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...LINES) },
      { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...LINES), fc.nat(80)).map(([line, at]) => line.slice(at)) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    ),
    { maxLength: 60 },
  )
  .map((lines) => lines.join('\n'));
const binary = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('utf8'));
const text = fc.oneof(mixed, binary);

describe('garbage in a log', () => {
  it('breaks nothing, and what is told stays in order', () => {
    fc.assert(
      fc.property(text, profile, (log, patterns) => {
        const { dates, progress, unmatched, lines } = digestLog(log, patterns);
        assert.ok(unmatched.lines <= lines && unmatched.samples.length <= unmatched.lines);
        let first = 0;
        for (const one of dates) {
          assert.match(one.date, /^\d{4}-\d{2}-\d{2}$/);
          assert.ok(one.firstLine >= 1 && one.firstLine <= one.lastLine && one.lastLine <= lines);
          assert.ok(one.firstLine >= first, 'in the order in which they began');
          first = one.firstLine;
          for (const seconds of Object.values(one.stages)) assert.ok(seconds >= 0 && Number.isFinite(seconds));
          if (one.outcome === 'skipped') assert.notEqual(one.rowsFrom, 'counter');
          if (one.cause !== undefined) assert.ok(one.outcome === 'failed' || one.outcome === 'started');
        }
        if (progress !== undefined) assert.ok(progress.done >= 0);
        let line = 0;
        for (const sample of unmatched.samples) {
          assert.ok(sample.line > line && sample.line <= lines);
          line = sample.line;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is the same in chunks of any size', () => {
    fc.assert(
      fc.property(text, profile, fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }), (log, patterns, sizes) => {
        const reader = new LogDigester(patterns);
        let at = 0;
        for (let turn = 0; at < log.length; turn++) {
          const size = (sizes[turn % sizes.length] ?? 0) + 1;
          reader.feed(log.slice(at, at + size));
          at += size;
          reader.digest();
        }
        reader.end();
        assert.deepEqual(reader.digest(), digestLog(log, patterns));
      }),
      { numRuns: 300 },
    );
  });

  it('before a log changes nothing of what it tells', () => {
    const log =
      'INFO:__main__:Processing game date 1/1: 2021-11-14\nINFO:precompute_base:✅ Successfully loaded 30 rows\nINFO:__main__:  ✓ Success: 30 teams processed\n';
    const noise = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 20 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(noise, (before) => {
        const { dates } = digestLog(`${before}\n${log}`, BUILT_IN_PROFILES.get('nba-phase4') ?? {});
        const last = dates.at(-1);
        assert.deepEqual([last?.date, last?.outcome, last?.rows, last?.rowsFrom], ['2021-11-14', 'succeeded', 30, 'loaded']);
      }),
    );
  });

  it('has a profile for every name', () => {
    assert.deepEqual([...BUILT_IN_PROFILES.keys()], [...BUILT_IN_NAMES]);
  });
});
