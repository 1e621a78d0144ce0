// What the three jobs share: for each date, in one transaction, delete its rows and insert what the SELECT gives.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DuckDBDateValue, DuckDBInstance } from '@duckdb/node-api';

const WAREHOUSE = join(import.meta.dirname, '../warehouse.duckdb');
const SETTINGS = { threads: '2', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };
const BUSY = /Could not set lock|being used by another process/;
const GIVE_UP_AFTER_MS = 60_000;

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {string} table
 * @property {string} dateColumn
 * @property {(connection: import('@duckdb/node-api').DuckDBConnection, date: string, options: Record<string, unknown>) => Promise<string | undefined>} [refuse]
 *   why a date cannot be made now, if it cannot
 */

/**
 * Runs a job with the arguments of this process: `--date D`, `--dates D,D` or `--start-date D --end-date D`. The exit code is 0 when
 * every date was made, 1 when one was not, and 2 for arguments that make no sense.
 *
 * `--misbehave MODE[,MODE]` (or NBA_JOB_MISBEHAVE in the environment) is for tests of what watches over jobs. A mode can end in
 * `@DATE` and then is for that date alone:
 *   fail          an error with its stack, before anything is changed; exit code 1
 *   nothing       says that all went well and changes nothing; exit code 0
 *   empty         deletes the rows, inserts none, and says that all went well; exit code 0
 *   after-delete  deletes the rows for good, prints a line with WAITING and waits to be killed before it inserts
 *   half          the same after about half of the rows are inserted
 *   slow=SECONDS  waits before each date
 *   flood=MB      prints so much before each date
 * @param {Job} job
 * @param {Record<string, import('node:util').ParseArgsOptionConfig>} [more] further options
 */
export async function runJob(job, more = {}) {
  const options = readOptions(more);
  const dates = typeof options === 'string' ? options : await datesOf(options);
  if (typeof dates === 'string') {
    console.error(`${job.name}: ${dates}`);
    process.exitCode = 2;
    return;
  }
  const modesOf = readModes(String(options.misbehave ?? process.env.NBA_JOB_MISBEHAVE ?? ''));
  const select = readFileSync(join(import.meta.dirname, 'sql', `${job.table.split('.')[1]}.sql`), 'utf8');
  const failed = [];
  let total = 0;
  info(`Starting ${job.name} for ${dates.length} dates from ${dates[0]} to ${dates.at(-1)}`);
  for (const [index, date] of dates.entries()) {
    info(`Processing game date ${index + 1}/${dates.length}: ${date}`);
    const begun = performance.now();
    try {
      const rows = await makeDate(job, select, date, modesOf(date), options);
      total += rows;
      info(`  ✓ Success: ${rows} rows in ${((performance.now() - begun) / 1000).toFixed(1)}s`);
    } catch (thrown) {
      failed.push(date);
      error(`  ✗ Failed: ${thrown.message.split('\n')[0]}`);
      console.error(thrown.stack);
    }
  }
  info(`BACKFILL SUMMARY: ${dates.length - failed.length} successful, ${failed.length} failed, ${total} rows`);
  if (failed.length > 0) {
    info(`  Failed dates: ${failed.join(',')}`);
    process.exitCode = 1;
  }
}

async function makeDate({ table, dateColumn, refuse }, select, date, modes, options) {
  if (modes.has('slow')) await delay(1000 * Number(modes.get('slow')));
  if (modes.has('flood')) await flood(Number(modes.get('flood')));
  if (modes.has('fail')) throw new Error('SimilarityModelError: no answer from the similarity model within 30 s');
  if (modes.has('nothing')) return 200;

  const { connection, close } = await openWarehouse();
  const run = async (sql) => {
    const prepared = await connection.prepare(sql.replaceAll('@date', '$date'));
    prepared.bind({ date: dateValue(date) });
    return (await prepared.run()).rowsChanged;
  };
  const remove = `DELETE FROM ${table} WHERE ${dateColumn} = @date`;
  const insert = `INSERT INTO ${table} BY NAME ${select}`;
  try {
    const refusal = await refuse?.(connection, date, options);
    if (refusal !== undefined) throw new Error(refusal);
    if (modes.has('empty')) return await run(remove);
    if (modes.has('after-delete')) {
      await run(remove);
      await waitForSignal('deleted, not yet inserted');
    }
    if (modes.has('half')) {
      await run(remove);
      await run(`INSERT INTO ${table} BY NAME SELECT * FROM (${select}) USING SAMPLE 50 PERCENT (bernoulli, 1)`);
      await waitForSignal('half of the rows inserted');
    }
    await connection.run('BEGIN');
    await run(remove);
    const rows = await run(insert);
    if (rows === 0) throw new Error(`no rows for ${date}: what it is made from is missing`);
    await connection.run('COMMIT');
    return rows;
  } finally {
    close();
  }
}

/** Opened for each date and closed after it, so that readers have their turn. Waits while another process holds the file. */
async function openWarehouse() {
  const begun = performance.now();
  for (let pause = 20; ; pause = Math.min(200, pause * 1.5)) {
    try {
      const instance = await DuckDBInstance.create(WAREHOUSE, SETTINGS);
      const connection = await instance.connect();
      const close = () => {
        connection.closeSync();
        instance.closeSync();
      };
      return { connection, close };
    } catch (thrown) {
      if (!BUSY.test(thrown.message) || performance.now() - begun > GIVE_UP_AFTER_MS) throw thrown;
      await delay(pause);
    }
  }
}

function readOptions(more) {
  try {
    const text = { type: 'string' };
    const known = { date: text, dates: text, 'start-date': text, 'end-date': text, misbehave: text };
    return parseArgs({ options: { ...known, ...more } }).values;
  } catch (thrown) {
    return thrown.message;
  }
}

/** The dates that the arguments name, or what is wrong with them. */
async function datesOf({ date, dates, 'start-date': start, 'end-date': end = start }) {
  const named = date === undefined ? (dates?.split(',') ?? []) : [date];
  const wrong = [...named, start, end].find((text) => text !== undefined && !isDate(text));
  if (wrong !== undefined) return `"${wrong}" is no date: write YYYY-MM-DD.`;
  if (named.length > 0) return named;
  if (start === undefined) return 'say which dates: --date D, --dates D,D or --start-date D --end-date D.';
  const found = await gameDates(start, end);
  return found.length > 0 ? found : `there is no game from ${start} to ${end}.`;
}

function isDate(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

async function gameDates(start, end) {
  const { connection, close } = await openWarehouse();
  try {
    const reader = await connection.runAndReadAll(`
      SELECT DISTINCT game_date FROM raw.schedule
      WHERE game_status = 3 AND game_date BETWEEN DATE '${start}' AND DATE '${end}' ORDER BY game_date`);
    return reader.getRowsJson().map(([date]) => date);
  } finally {
    close();
  }
}

function readModes(text) {
  const modes = text.split(',').filter((mode) => mode !== '');
  return (date) =>
    new Map(
      modes.flatMap((mode) => {
        const [what, only] = mode.split('@');
        const [name, value = ''] = what.split('=');
        return only === undefined || only === date ? [[name, value]] : [];
      }),
    );
}

function dateValue(iso) {
  return new DuckDBDateValue(Date.parse(iso) / 86_400_000);
}

async function flood(megabytes) {
  const line = `${'The quick brown fox jumps over the lazy dog. '.repeat(23).slice(0, 1023)}\n`;
  for (let kilobytes = megabytes * 1024; kilobytes > 0; kilobytes--) {
    if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

async function waitForSignal(what) {
  info(`WAITING: ${what}`);
  await delay(2 ** 31 - 1);
}

function info(text) {
  console.log(`${stamp()} - INFO - ${text}`);
}

function error(text) {
  console.log(`${stamp()} - ERROR - ${text}`);
}

function stamp() {
  return new Date().toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
}
