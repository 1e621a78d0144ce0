import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { threadedSearch } from '../../../src/adapters/files/logSearch';
import { grepLogs } from '../../../src/cli/grepLogs';
import { LogReader } from '../../../src/cli/logReader';
import { CommandLine } from '../../support/commandLine';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { attempted, eventsOf, planOf, started } from './backfillFixture';
import { FakeTerminal } from './fakeTerminal';

const MANIFEST = `version: 1
name: NBA seasons
warehouse: { type: duckdb, path: none.duckdb }
seasons: [{ name: "2021", start: 2021-11-01, end: 2021-11-30 }]
calendars: { daily: { every: day } }
phases:
  - id: build
    name: Build
    processors:
      - { id: PDC, table: pdc.pdc, date_column: day, run: { sql: pdc.sql } }
`;

describe('backfill logs', function () {
  // Each is a process of its own.
  this.timeout(30_000);
  const folder = useTemporaryFolder();
  const { id } = planOf([]);
  const events = eventsOf([
    [0, started],
    [1, attempted('PDC', 5)],
    [2, attempted('PDC', 6)],
  ]);
  let cli: CommandLine;
  let logs: string;
  before(async () => {
    cli = await CommandLine.build();
  });

  beforeEach(async () => {
    const run = join(folder(), '.backfill/runs', id);
    logs = join(run, 'logs');
    await mkdir(logs, { recursive: true });
    await writeFile(join(folder(), 'backfill.yaml'), MANIFEST);
    await writeFile(join(folder(), 'pdc.sql'), 'SELECT 1');
    await writeFile(join(run, 'plan.json'), JSON.stringify(planOf([['PDC', 5]])));
    await writeFile(join(run, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    await writeFile(join(logs, 'PDC-2021-11-05-1.log'), "begun\n\u001b[31mKeyError\u001b[0m: 'minutes'\n");
    await writeFile(join(logs, 'PDC-2021-11-06-1.log'), 'keyerror\n'.repeat(300));
  });

  it('prints the bytes as they are, and of UTF-16 the text', async () => {
    await writeFile(join(logs, 'PDC-2021-11-05-1.log'), Uint8Array.of(0x61, 0xff, 0x0a));
    await writeFile(join(logs, 'PDC-2021-11-06-1.log'), Buffer.from(`\ufeff${'✓ ü\r\n'.repeat(20_000)}`, 'utf16le'));
    const { out } = await cli.run(folder(), 'logs', id);
    assert.equal(out, `a\ufffd\n\n==> PDC 2021-11-06 <==\n${'✓ ü\r\n'.repeat(20_000)}`);
  });

  it('prints a log again from its beginning when that was emptied while it is followed', async () => {
    const terminal = new FakeTerminal();
    const choice = { id, processor: undefined, date: '2021-11-05' };
    const reader = new LogReader(terminal, { logPath: (_, log) => join(logs, '..', log) }, choice);
    const path = join(logs, 'PDC-2021-11-05-1.log');
    const { signal } = new AbortController();
    await writeFile(path, 'one\n');
    await reader.print({ events }, signal);
    await writeFile(path, '1\n');
    await reader.print({ events }, signal);
    await writeFile(path, '1\n2\n');
    await reader.print({ events }, signal);
    assert.equal(terminal.out, 'one\n1\n2\n');
  });

  it('--grep prints the lines that hold an expression, after whose they are', async () => {
    const { code, out } = await cli.run(folder(), 'logs', id, '--grep', 'KeyError');
    assert.deepEqual([code, out], [0, "PDC 2021-11-05:2: KeyError: 'minutes'\n"]);
    const lines = (await cli.run(folder(), 'logs', id, 'PDC', '2021-11-06', '--grep', 'keyerror')).out.trimEnd().split('\n');
    assert.equal(lines.length, 201);
    assert.equal(lines.at(-1), 'PDC 2021-11-06: and 100 more lines');
    const none = await cli.run(folder(), 'logs', id, 'PDC', '2021-11-07', '--grep', 'x');
    assert.equal(none.code, 2);
    assert.match(none.err, /has no log of PDC 2021-11-07/);
  });

  it('--grep refuses what is no expression', async () => {
    const { code, err } = await cli.run(folder(), 'logs', id, '--grep', '(');
    assert.equal(code, 2);
    assert.match(err, /--grep \( is no regular expression/);
  });

  it('--grep is ended by Ctrl+C in the middle of an expression that takes forever', async () => {
    await writeFile(join(logs, 'PDC-2021-11-06-1.log'), `${'a'.repeat(60)}!\n`);
    const running = cli.start(folder(), ['logs', id, '--grep', 'keyerror|^(a+)+$']);
    await running.says(/KeyError/);
    running.child.kill('SIGINT');
    assert.equal((await running.ended).code, 130);
  });

  it('--grep gives up where the expression takes too long, and says on which log', async () => {
    await writeFile(join(logs, 'PDC-2021-11-06-1.log'), `${'a'.repeat(60)}!\n`);
    const said: string[] = [];
    const terminal = { print: (text: string) => void said.push(text), warn: (text: string) => void said.push(text) };
    const how = await grepLogs(
      terminal,
      { logPath: (_, log) => join(logs, '..', log) },
      { events },
      { id, processor: undefined, date: undefined },
      {
        expression: 'keyerror|^(a+)+$',
        search: threadedSearch(join(dirname(cli.path), 'logSearchWorker.js'), 1_000),
        signal: new AbortController().signal,
      },
    );
    assert.equal(how, 'tooSlow');
    assert.deepEqual(said, [
      "PDC 2021-11-05:2: KeyError: 'minutes'",
      'The expression takes too long on the log of PDC 2021-11-06: 1 log was not searched. Make it simpler.',
    ]);
  });
});
