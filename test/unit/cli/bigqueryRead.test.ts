import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CoverageReport } from '../../../src/core/coverage/report';
import { BigqueryProxy } from '../../support/bigqueryProxy';
import { runBigquery, writeBigquery } from '../../support/bigqueryTables';
import { CommandLine } from '../../support/commandLine';
import { type Emulator, emulator } from '../../support/emulator';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const MANIFEST = `version: 1
name: NBA
warehouse: { type: bigquery, project: PROJECT, endpoint: "ENDPOINT" }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-03 }]
calendars: { games: { table: raw.schedule, date_column: game_date, count: game_id } }
phases:
  - id: four
    processors:
      - { id: PDC, table: mart.pdc, date_column: day, expect: { min_rows: 2 }, run: { command: [pdc, "{date}"] } }
      - { id: PCF, table: mart.pcf, date_column: day, needs: [{ processor: PDC, min_rows: 2 }], run: { command: [pcf, "{date}"] } }
`;
const DATES = ['2021-11-01', '2021-11-02', '2021-11-03'];

describe('Coverage of BigQuery on the command line', function () {
  this.timeout(120_000);
  const folder = useTemporaryFolder();
  let found: Emulator;
  let cli: CommandLine;
  let proxy: BigqueryProxy;
  let project: string;
  const backfill = (...words: string[]) => cli.run(folder(), ...words);

  before(async function () {
    found = await emulator(this, 'bqemulator');
    cli = await CommandLine.build();
  });

  beforeEach(async () => {
    project = found.newProject();
    proxy = await BigqueryProxy.start(found.endpoint);
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST.replace('PROJECT', project).replace('ENDPOINT', proxy.endpoint));
    const days = [{ name: 'day', type: 'DATE' }] as const;
    const write = (table: string, rows: readonly string[]) =>
      writeBigquery(found.endpoint, project, { table, dateColumn: 'day', columns: days, rows: rows.map((row) => [row]) });
    await writeBigquery(found.endpoint, project, {
      table: 'raw.schedule',
      dateColumn: 'game_date',
      columns: [
        { name: 'game_date', type: 'DATE' },
        { name: 'game_id', type: 'TEXT' },
      ],
      rows: DATES.map((date) => [date, `g-${date}`]),
    });
    await write('mart.pdc', ['2021-11-01', '2021-11-01', '2021-11-02']);
    await write('mart.pcf', ['2021-11-01']);
  });
  afterEach(() => proxy.stop());

  const statusesOf = (out: string): Record<string, string> =>
    Object.fromEntries(
      (JSON.parse(out) as CoverageReport).partitions.map(({ processor, date, status }) => [
        `${processor} ${date.slice(-2)}`,
        status,
      ]),
    );
  const EXPECTED = {
    'PDC 01': 'complete',
    'PDC 02': 'partial',
    'PDC 03': 'missing',
    'PCF 01': 'complete',
    'PCF 02': 'blocked',
    'PCF 03': 'blocked',
  };

  /** The queries but those that count rows, in the place of an emulator's metadata. */
  const reads = () => proxy.queries.filter((sql) => !/^SELECT 0 AS at, COUNT/.test(sql));

  it('shows coverage, gaps and causes, and asks nothing again in the next process', async () => {
    const first = await backfill('coverage', '--format', 'json');
    assert.deepEqual([first.err, first.code], ['', 1]);
    assert.deepEqual(statusesOf(first.out), EXPECTED);
    assert.ok(proxy.queries.length > 0);
    proxy.seen = [];
    const gaps = await backfill('gaps');
    assert.match(gaps.out, /PDC/);
    assert.equal(gaps.code, 1);
    const explained = await backfill('explain', 'PCF', '2021-11-02');
    assert.match(explained.out, /PDC/);
    assert.deepEqual(reads(), [], 'it was told that nothing changed');
    const again = await backfill('coverage', '--refresh');
    assert.match(again.out.replace(/\s+/g, ' '), /from the warehouse \(2 queries, 0 bytes billed\)/, 'an emulator bills nothing');
  });

  it('reads in the next process only what changed since', async () => {
    await backfill('coverage');
    const columns = [{ name: 'day', type: 'DATE' }] as const;
    const rows = [['2021-11-01'], ['2021-11-01'], ['2021-11-02'], ['2021-11-02']];
    await writeBigquery(found.endpoint, project, { table: 'mart.pdc', dateColumn: 'day', columns, rows });
    proxy.seen = [];
    const next = await backfill('coverage', '--format', 'json');
    assert.deepEqual(statusesOf(next.out), { ...EXPECTED, 'PDC 02': 'complete', 'PCF 02': 'missing' });
    assert.equal(reads().length, 2);
    assert.ok(
      reads().every((sql) => !/pcf|schedule/.test(sql)),
      reads().join('\n'),
    );
  });

  it('keeps the last answer with its age when BigQuery is gone, and says what to do', async () => {
    await backfill('coverage');
    await proxy.stop();
    const { code, out, err } = await backfill('coverage', '--format', 'json');
    assert.deepEqual(statusesOf(out), EXPECTED);
    assert.equal(code, 3);
    assert.match(err, /Nothing answers at http:\/\/127\.0\.0\.1:\d+ .*start the emulator/);
    assert.match(err, /What follows was read .* ago/);
    proxy = await BigqueryProxy.start(found.endpoint);
  });

  it('prints the query, and beside it the most that it would cost', async () => {
    const { out, err, code } = await backfill('sql', '--from', '2021-11-01', '--to', '2021-11-02');
    assert.deepEqual([err, code], ['It would be billed at most 30 MiB. Nothing was run.\n', 0]);
    assert.deepEqual(proxy.queries, []);
    const rows = await runBigquery(found.endpoint, project, out);
    assert.deepEqual(
      rows.map((row) => `${String(row['key'])} ${String(row['day'])} ${String(row['row_count'])}`),
      ['PCF 2021-11-01 1', 'PDC 2021-11-01 2', 'PDC 2021-11-02 1', 'calendar:games 2021-11-01 1', 'calendar:games 2021-11-02 1'],
    );
  });
});
