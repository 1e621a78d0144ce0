// A job that keeps a checkpoint as jobs of pipelines do, and does to each date what it is told: a line such as
// `successful 2021-11-05` on its standard input ends that date. It ends with its input.
//   checkpointJob.mjs --checkpoints FOLDER --job NAME --start-date D --end-date D
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const [folder, job, start, end] = ['--checkpoints', '--job', '--start-date', '--end-date'].map(option);
mkdirSync(folder, { recursive: true });
const path = join(folder, `${job}_${start}_${end}.json`);
/** Local time without a zone, with microseconds. */
const now = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().replace('Z', '000');
const state = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8'))
  : {
      job_name: job,
      start_date: start,
      end_date: end,
      created_at: now(),
      last_updated: now(),
      last_successful_date: null,
      successful_dates: [],
      failed_dates: [],
      skipped_dates: [],
    };

function mark(outcome, date) {
  const list = state[`${outcome}_dates`];
  if (!list.includes(date)) list.push(date);
  if (outcome === 'successful' && date > (state.last_successful_date ?? '')) state.last_successful_date = date;
  state.last_updated = now();
  closeSync(openSync(path.replace(/json$/, 'lock'), 'w'));
  const whole = openSync(`${path}.tmp`, 'w');
  writeSync(whole, JSON.stringify(state, null, 2));
  fsyncSync(whole);
  closeSync(whole);
  renameSync(`${path}.tmp`, path);
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [outcome, date] = line.split(' ');
  mark(outcome, date);
  console.log(line);
}
