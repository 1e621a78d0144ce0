// Another process with a DuckDB file open: `node holdDuckdb.mjs FILE [read|write]`. Says `open` when it holds the file. Each line on
// stdin is a statement, answered with `done`; it lets go when stdin ends.
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

const [path, access = 'write'] = process.argv.slice(2);
const instance = await DuckDBInstance.create(path, { access_mode: access === 'read' ? 'READ_ONLY' : 'READ_WRITE' });
const connection = await instance.connect();
console.log('open');
for await (const line of createInterface({ input: process.stdin })) {
  await connection.run(line);
  console.log('done');
}
connection.closeSync();
instance.closeSync();
