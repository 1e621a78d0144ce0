// What reading a log costs beside what `grep -c` takes for the same file, as ratios: `node bench/logs.mjs`. The log is of one job over 8,000 dates,
// 50 lines a date, in the shape that the profile nba-phase4 reads. All figures are medians, ratios of rounds in which both took their turn.
// @ts-check
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { paired } from './paired.mjs';
import { bundled, folder } from './product.mjs';

const DATES = 8_000;
const PROGRESS_LINES = 40;
const ROUNDS = 5;

const { readLog, readLogText, BUILT_IN_PROFILES } = await bundled(
  `export { readLog } from './src/app/logs/readLog'; export { readLogText } from './src/adapters/files/logText';
export { BUILT_IN_PROFILES } from './src/core/logs/builtIn/profiles';`,
);

const file = path.join(folder, 'job.log');
writeFileSync(file, Array.from({ length: DATES }, (_, index) => dateLines(index)).join(''));

/** @param {number} index */
function dateLines(index) {
  const date = new Date(Date.UTC(2018, 0, 1 + index)).toISOString().slice(0, 10);
  const progress = Array.from(
    { length: PROGRESS_LINES },
    (_, at) => `INFO:jobs.players:Player processing progress: ${at * 10}/400 | Rate: 10.6 players/sec | ETA: 0.5min`,
  );
  return [
    `INFO:__main__:Processing game date ${index + 1}/${DATES}: ${date}`,
    'INFO:shared.utils.schedule.service:NBAScheduleService initialized (mode: GCS-only)',
    'INFO:precompute_base:PRECOMPUTE_STEP Precompute processor run starting',
    `INFO:shared.history:Started run tracking: Job_20261123_102308_dd64c6dc (phase=phase_4_precompute, trigger=manual)`,
    'INFO:precompute_base:PRECOMPUTE_STEP Dependencies validated in 0.0s',
    'INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 12.4s',
    ...progress,
    'INFO:precompute_base:✅ Successfully loaded 389 rows',
    'INFO:precompute_base:PRECOMPUTE_STATS {"run_id": "a24f0913", "timestamp_utc": "2026-11-23T10:23:09.097899+00:00", "total_runtime": 26.44}',
    'INFO:shared.history:Recorded run history: Job_20261123_102308_dd64c6dc - success (26.6s)',
    'INFO:__main__:  ✓ Success: 389 players',
    '',
  ].join('\n');
}

const bytes = statSync(file).size;
const mib = bytes / 2 ** 20;
console.log(`A log of ${DATES} dates, ${mib.toFixed(1)} MiB`);
for (const name of ['nba-phase4', 'generic']) {
  const profile = BUILT_IN_PROFILES.get(name);
  const { dates, omitted, lines } = await readLog(readLogText, file, profile);
  if (name === 'nba-phase4' && dates.length + omitted !== DATES) throw new Error(`${dates.length} dates were read`);
  const { ours, theirs, text } = await paired(
    () => readLog(readLogText, file, profile),
    () => execFileSync('grep', ['-c', 'Success', file]),
    ROUNDS,
  );
  const speed = `${ours.toFixed(0)} ms, ${((mib / ours) * 1000).toFixed(0)} MiB/s, ${((ours * 1e6) / lines).toFixed(0)} ns a line`;
  console.log(`  ${name} / grep -c: ${text}; ${speed}, and ${theirs.toFixed(0)} ms, its start included`);
}
