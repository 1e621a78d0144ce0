import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../../support/commandLine';
import { runDuckdb } from '../../support/duckdb';
import { emulator } from '../../support/emulator';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const MANIFEST = `version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
phases:
  - id: one
    processors:
      - id: PDC
        table: mart.pdc
        date_column: cache_date
        entity: playr
        where: tier <> 'x'
        writes:
          tier: VARCHAR
          game_id: { type: BIGINT, nullable: true }
`;

describe('check against a DuckDB file', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  let cli: CommandLine;
  const check = (...words: string[]) => cli.run(folder(), 'check', ...words);
  const database = () => join(folder(), 'test.duckdb');
  const manifest = () => join(folder(), 'backfill.yaml');

  before(async () => {
    cli = await CommandLine.build();
  });

  beforeEach(async () => {
    writeFileSync(manifest(), MANIFEST);
    await runDuckdb(
      database(),
      'CREATE SCHEMA mart',
      'CREATE TABLE mart.pdc (cache_date VARCHAR, player VARCHAR, game_id INTEGER NOT NULL)',
      "INSERT INTO mart.pdc VALUES ('2021-11-01', 'ann', 1)",
    );
  });

  it('tells what contradicts, where it stands, and the statement that mends it', async () => {
    const { code, out, err } = await check();
    assert.equal(err, '');
    assert.deepEqual(out.split('\n'), [
      'backfill.yaml:9:22: warning: PDC: mart.pdc.cache_date is VARCHAR, a date column should be a DATE: text that is no date counts for nothing, and every read casts all rows.',
      '    ALTER TABLE "mart"."pdc" ALTER COLUMN "cache_date" SET DATA TYPE DATE;',
      'backfill.yaml:10:17: error: PDC: mart.pdc has no column playr. Did you mean `player`?',
      'backfill.yaml:11:16: warning: PDC: `where` names tier, and mart.pdc has no such column.',
      'backfill.yaml:13:11: warning: PDC: its job writes tier, and mart.pdc has no such column: a load fails, or loses it. Add it, or correct the name.',
      '    ALTER TABLE "mart"."pdc" ADD COLUMN "tier" VARCHAR;',
      'backfill.yaml:14:11: error: PDC: its job may write game_id as NULL, and mart.pdc requires a value: such rows are refused.',
      '    ALTER TABLE "mart"."pdc" ALTER COLUMN "game_id" DROP NOT NULL;',
      'backfill.yaml:14:11: error: PDC: its job writes game_id as BIGINT, and it is INTEGER in mart.pdc.',
      '    ALTER TABLE "mart"."pdc" ALTER COLUMN "game_id" SET DATA TYPE BIGINT;',
      '3 errors.',
      '',
    ]);
    assert.equal(code, 2);
  });

  it('gives what mends all of it: the statements run, the replacements fit', async () => {
    const { code, out } = await check('--format', 'json');
    assert.equal(code, 2);
    const { errors, problems } = JSON.parse(out) as {
      errors: number;
      problems: {
        code: string;
        statement?: string;
        replacement?: { line: number; column: number; endColumn: number; text: string };
      }[];
    };
    assert.equal(errors, 3);
    assert.deepEqual(
      problems.map((problem) => problem.code),
      ['wrongType', 'missingColumn', 'unknownName', 'missingColumn', 'requiredColumn', 'wrongType'],
    );
    await runDuckdb(database(), ...problems.flatMap(({ statement }) => statement ?? []));
    const lines = readFileSync(manifest(), 'utf8').split('\n');
    for (const { replacement } of problems) {
      if (replacement === undefined) continue;
      const { line, column, endColumn, text } = replacement;
      const before = lines[line - 1] ?? '';
      lines[line - 1] = before.slice(0, column - 1) + text + before.slice(endColumn - 1);
    }
    writeFileSync(manifest(), lines.join('\n'));
    const mended = await check();
    assert.equal(mended.out, 'backfill.yaml: no mistakes in 1 processor and 0 sources.\n');
    assert.equal(mended.code, 0);
  });

  it('says that tables were not checked where the warehouse cannot be read', async () => {
    writeFileSync(manifest(), MANIFEST.replace('test.duckdb', 'none.duckdb'));
    const { code, err } = await check();
    assert.equal(code, 0);
    assert.match(err, /^Tables and columns were not checked: .*none\.duckdb does not exist/);
    const json = await check('--format', 'json');
    assert.equal(json.err, '');
    assert.match((JSON.parse(json.out) as { unchecked: string }).unchecked, /none\.duckdb does not exist/);
  });
});

describe('check against BigQuery', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();

  it('tells the same of its tables, in its own SQL', async function () {
    const bigquery = await emulator(this, 'bqemulator');
    const cli = await CommandLine.build();
    const project = bigquery.newProject();
    await bigquery.createDataset(project, 'mart');
    await bigquery.createTable(project, 'mart.pdc', {
      columns: ['cache_date DATE', 'player STRING', 'game_id INT64 NOT NULL'],
      partition: { field: 'cache_date' },
    });
    const warehouse = `warehouse: { type: bigquery, project: ${project}, endpoint: "${bigquery.endpoint}" }`;
    const manifest = MANIFEST.replace(/^warehouse: .*$/m, warehouse)
      .replaceAll('VARCHAR', 'STRING')
      .replace('BIGINT', 'INT64');
    writeFileSync(join(folder(), 'backfill.yaml'), manifest);
    const { code, out, err } = await cli.run(folder(), 'check');
    assert.equal(err, '');
    assert.deepEqual(out.split('\n'), [
      'backfill.yaml:10:17: error: PDC: mart.pdc has no column playr. Did you mean `player`?',
      'backfill.yaml:11:16: warning: PDC: `where` names tier, and mart.pdc has no such column.',
      'backfill.yaml:13:11: warning: PDC: its job writes tier, and mart.pdc has no such column: a load fails, or loses it. Add it, or correct the name.',
      `    ALTER TABLE \`${project}.mart.pdc\` ADD COLUMN \`tier\` STRING;`,
      'backfill.yaml:14:11: error: PDC: its job may write game_id as NULL, and mart.pdc requires a value: such rows are refused.',
      `    ALTER TABLE \`${project}.mart.pdc\` ALTER COLUMN \`game_id\` DROP NOT NULL;`,
      '2 errors.',
      '',
    ]);
    assert.equal(code, 2);
  });
});
