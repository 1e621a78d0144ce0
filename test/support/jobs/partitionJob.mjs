// A job as people write them: deletes and inserts the rows of its dates in a DuckDB file, without a transaction, and says little of how it went.
// Usage: node partitionJob.mjs FILE TABLE BEHAVIOUR DATE[,DATE…] | START..END
// Behaviours: sign-in · sign-in-late (after its delete) · sign-in-quiet (exit code 0): they fail without FILE.signedIn ·
// blames=DATE (the network) · retries (fails after a warning of the network) · fill · rows=N · empty · nothing · fail · half-fail · same, same-fail (equal rows each time) ·
// torn · torn-at=DATE · held-at=DATE (waits half-way for FILE.go) · hang · flood
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';

const [file, table, behaviour, span] = process.argv.slice(2);
const dates = span.includes('..') ? datesBetween(...span.split('..')) : span.split(',');
appendFileSync(`${file}.calls`, `${JSON.stringify({ table, span, cwd: process.cwd(), env: process.env })}\n`);

if (behaviour === 'hang') {
  // A child that outlives a polite request, as a pool of workers does.
  spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'ignore' });
  appendFileSync(`${file}.hanging`, '.');
  setInterval(() => {}, 1000);
} else if (behaviour.startsWith('sign-in') && behaviour !== 'sign-in-late' && !existsSync(`${file}.signedIn`)) {
  askToSignIn();
  process.exit(behaviour === 'sign-in' ? 1 : 0);
} else if (behaviour === `blames=${dates[0]}`) {
  console.error('WARNING:urllib3:Retrying');
  console.error("ConnectionError: HTTPSConnectionPool(host='stats', port=443): Failed to establish a new connection");
  process.exit(1);
} else if (behaviour === 'retries') {
  console.error('WARNING:urllib3:Retrying after ConnectionResetError: Connection reset by peer');
  console.error(`Traceback (most recent call last):\n  File "job.py", line 3\nKeyError: 'minutes'`);
  process.exit(1);
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
      if (behaviour === 'sign-in-late' && !existsSync(`${file}.signedIn`)) {
        await connection.run('CHECKPOINT');
        askToSignIn();
        process.exitCode = 1;
        return;
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

function askToSignIn() {
  console.error(`Traceback (most recent call last):
  File "job.py", line 12, in <module>
google.auth.exceptions.RefreshError: Reauthentication is needed. Please run \`gcloud auth application-default login\` to reauthenticate.`);
}

async function withConnection(work) {
  // Loading it takes longer than all that the other behaviours do.
  const { DuckDBInstance } = await import('@duckdb/node-api');
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
