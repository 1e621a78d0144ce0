// A job as people write them: deletes and inserts the rows of its dates in a DuckDB file, without a transaction, and says little of how it went.
// Usage: node partitionJob.mjs FILE TABLE BEHAVIOUR DATE[,DATE…] | START..END
// Behaviours: fill · rows=N · empty · nothing · fail · half-fail · same, same-fail (equal rows each time) · torn · torn-at=DATE · held-at=DATE (waits half-way for FILE.go) · hang · flood
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [file, table, behaviour, span] = process.argv.slice(2);
const dates = span.includes('..') ? datesBetween(...span.split('..')) : span.split(',');
appendFileSync(`${file}.calls`, `${JSON.stringify({ table, span, cwd: process.cwd(), env: process.env })}\n`);

if (behaviour === 'hang') {
  // A child that outlives a polite request, as a pool of workers does.
  spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'ignore' });
  appendFileSync(`${file}.hanging`, '.');
  setInterval(() => {}, 1000);
} else if (behaviour === 'fail') {
  console.error(`Traceback\nValueError: no data for ${dates[0]} in /srv/data/${dates[0]}.csv`);
  process.exit(3);
} else if (behaviour === 'flood') {
  for (let line = 0; line < 20_000; line++) process.stdout.write(`${line} ${'x'.repeat(90)}\r\n`);
} else if (behaviour !== 'nothing') {
  await withConnection(async (connection) => {
    for (const date of dates) {
      await connection.run(`DELETE FROM ${table} WHERE day = DATE '${date}'`);
      if (behaviour === 'torn' || behaviour === `torn-at=${date}`) {
        await connection.run('CHECKPOINT');
        process.kill(process.pid, 'SIGKILL');
      }
      if (behaviour === `held-at=${date}`) {
        await connection.run('CHECKPOINT');
        if (!existsSync(`${file}.go`)) appendFileSync(`${file}.held`, '.');
        while (!existsSync(`${file}.go`)) await new Promise((next) => setTimeout(next, 20));
      }
      if (behaviour === 'empty') continue;
      const rows = behaviour.startsWith('rows=') ? Number(behaviour.slice(5)) : 10;
      const stamp = behaviour.startsWith('same') ? 0 : Date.now();
      await connection.run(`INSERT INTO ${table} SELECT DATE '${date}', i, ${stamp}::BIGINT FROM range(${rows}) r(i)`);
      console.log(`${date}: ${rows} rows`);
    }
  });
  if (behaviour === 'half-fail' || behaviour === 'same-fail') process.exit(1);
}

async function withConnection(work) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function datesBetween(start, end) {
  const found = [];
  for (let at = Date.parse(start); at <= Date.parse(end); at += 86_400_000) found.push(new Date(at).toISOString().slice(0, 10));
  return found;
}
