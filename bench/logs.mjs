// What reading a log costs beside what `grep` does with it, as ratios: `node bench/logs.mjs`. The log is of one job over 2,000 dates, 30 lines
// a date and more, in the shape that the profile nba-phase4 reads. All figures are medians.
// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const DATES = 2_000;
const PROGRESS_LINES = 40;
const ROUNDS = 5;

const folder = path.resolve(`out/bench-${process.pid}`);
mkdirSync(folder, { recursive: true });
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
await esbuild.build({
  stdin: {
    contents: `export { readLog } from './src/app/readLog'; export { readLogText } from './src/adapters/files/logText';
export { BUILT_IN_PROFILES } from './src/core/logs/builtIn/profiles';`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  packages: 'external',
  outfile: path.join(folder, 'logs.cjs'),
});
const { readLog, readLogText, BUILT_IN_PROFILES } = await import(pathToFileURL(path.join(folder, 'logs.cjs')).href);

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

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const bytes = statSync(file).size;
const grep = await timed(async () => execFileSync('grep', ['-c', 'Success', file]));
console.log(
  `A log of ${DATES} dates, ${(bytes / 2 ** 20).toFixed(1)} MiB; grep -c takes ${grep.toFixed(1)} ms, its start included`,
);
for (const name of ['nba-phase4', 'generic']) {
  const profile = BUILT_IN_PROFILES.get(name);
  const { dates, lines } = await readLog(readLogText, file, profile);
  if (name === 'nba-phase4' && dates.length !== DATES) throw new Error(`${dates.length} dates were read`);
  const read = await timed(() => readLog(readLogText, file, profile));
  console.log(
    `  ${name} / grep -c: ${(read / grep).toFixed(1)}  (${read.toFixed(0)} ms, ${((bytes / 2 ** 20 / read) * 1000).toFixed(0)} MiB/s, ${((read * 1e6) / lines).toFixed(0)} ns a line)`,
  );
}
