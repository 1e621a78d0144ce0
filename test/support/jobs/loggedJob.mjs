// A job that logs as those of the NBA pipeline's phase 4 do, and always ends with exit code 0. It writes 10 rows a date, unless told otherwise.
// Usage: node loggedJob.mjs FILE TABLE START..END [fail=DATE] [skip=DATE] [lie=DATE] [preflight]
import { DuckDBInstance } from '@duckdb/node-api';

const [file, table, span, ...told] = process.argv.slice(2);
const [start, end] = span.split('..');
const log = (line) => process.stderr.write(`${line}\n`);

if (told.includes('preflight')) {
  log('ERROR:__main__:❌ PRE-FLIGHT CHECK FAILED: Phase 3 data is incomplete!');
  log('ERROR:__main__:Cannot proceed with Phase 4 backfill until Phase 3 is complete.');
  process.exit(1);
}

const dates = [];
for (let at = Date.parse(start); at <= Date.parse(end); at += 86_400_000) dates.push(new Date(at).toISOString().slice(0, 10));
for (const [index, date] of dates.entries()) {
  log(`INFO:__main__:Processing game date ${index + 1}/${dates.length}: ${date}`);
  if (told.includes(`skip=${date}`)) {
    log('INFO:__main__:  ⏭ Skipped: bootstrap period');
    continue;
  }
  log('INFO:precompute_base:PRECOMPUTE_STEP Dependencies validated in 0.0s');
  if (told.includes(`fail=${date}`)) {
    log('ERROR:precompute_base:PrecomputeProcessorBase Error: No upcoming player context data extracted');
    log('Traceback (most recent call last):\n  File "./precompute_base.py", line 323, in run\n    self.extract_raw_data()');
    log('ValueError: No upcoming player context data extracted');
    log('ERROR:__main__:  ✗ Failed: Unknown');
    continue;
  }
  log('INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 0.1s');
  if (!told.includes(`lie=${date}`)) {
    await write(date);
    log('INFO:precompute_base:✅ Successfully loaded 10 rows');
  }
  log('INFO:__main__:  ✓ Success: 312 players');
}
log('INFO:__main__:PHASE 4 BACKFILL SUMMARY - TeamDefenseZoneAnalysisProcessor:');

async function write(date) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(`DELETE FROM ${table} WHERE day = DATE '${date}'`);
  await connection.run(`INSERT INTO ${table} SELECT DATE '${date}', i, ${Date.now()}::BIGINT FROM range(10) r(i)`);
  connection.closeSync();
  instance.closeSync();
}
