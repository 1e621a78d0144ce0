import assert from 'node:assert/strict';
import { BigqueryWarehouse } from '../../../src/adapters/bigquery/bigqueryWarehouse';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import { readManifest } from '../../../src/core/manifest/readManifest';
import type { ManifestProblem } from '../../../src/core/pipeline';
import { checkSchema } from '../../../src/core/schemaCheck/checkSchema';
import { locateFindings } from '../../../src/core/schemaCheck/locateFindings';
import { addColumn, datedCopy, dropNotNull, keepPartitions } from '../../../src/core/schemaCheck/statements';
import { day } from '../../support/builders';
import { type Emulator, emulator } from '../../support/emulator';
import { createNbaTables } from '../../support/nbaTables';
import { assertProblems, unmark } from '../core/manifest/marked';

const TODAY = day('2026-11-26');
const DAYS = 86_400_000;

describe('the schema check of BigQuery', () => {
  let bigquery: Emulator;
  let project: string;

  before(async function () {
    bigquery = await emulator(this, 'bqemulator');
  });
  beforeEach(() => {
    project = bigquery.newProject();
  });

  const warehouse = () => `{ type: bigquery, project: ${project}, endpoint: "${bigquery.endpoint}" }`;

  async function check(manifest: string): Promise<readonly ManifestProblem[]> {
    const { pipeline, problems } = readManifest(manifest);
    assert.deepEqual(problems, []);
    assert.ok(pipeline);
    const schemas = await new BigqueryWarehouse(new BigqueryClient(bigquery.config(project)), { now: () => 0 }).schema(pipeline);
    return locateFindings(checkSchema(pipeline, schemas, TODAY), manifest);
  }

  /** Does to the tables what the check says. */
  async function mend(problems: readonly ManifestProblem[]): Promise<void> {
    for (const { statement } of problems) if (statement !== undefined) await bigquery.run(project, statement);
  }

  it('finds in the tables of the preset what their jobs write and they lack, nothing else, and the statements that mend it', async () => {
    await createNbaTables(bigquery, project);
    const own = unmark(`version: 1\nname: NBA\n«extends: preset:nba-stats-scraper»\nwarehouse: ${warehouse()}\n`);
    const problems = await check(own.text);
    const table = 'nba_predictions.player_prop_predictions';
    const lacks = (column: string, type: string) =>
      `warning missingColumn: PRED: its job writes ${column}, and ${table} has no such column: a load fails, or loses it. Add it, or correct the name. | ALTER TABLE \`${project}.${table}\` ADD COLUMN \`${column}\` ${type};`;
    const ranges = Array.from({ length: 5 }, () => own.ranges[0] ?? '');
    assertProblems(problems, { ...own, ranges }, [
      `requiredColumn: PRED: its job may write game_id as NULL, and ${table} requires a value: such rows are refused. | ALTER TABLE \`${project}.${table}\` ALTER COLUMN \`game_id\` DROP NOT NULL;`,
      lacks('scoring_tier', 'STRING'),
      lacks('tier_adjustment', 'FLOAT64'),
      lacks('adjusted_points', 'FLOAT64'),
      lacks('model_version', 'STRING'),
    ]);
    // What tables.get of this emulator tells does not follow an ALTER: what can be written does.
    const insert = () =>
      bigquery.run(
        project,
        `INSERT INTO \`${project}.${table}\` (game_date, game_id, scoring_tier, tier_adjustment, adjusted_points, model_version)
         VALUES (DATE '2021-11-15', NULL, 'STAR', 0.5, 20.5, 'v1')`,
      );
    await assert.rejects(insert(), /scoring_tier/);
    await mend(problems);
    await insert();
  });

  it('knows partitions, views, repeated columns and the tables beside those that are named', async () => {
    await bigquery.createDataset(project, 'mart');
    const partition = { field: 'day' };
    await bigquery.createTable(project, 'mart.kept', {
      columns: ['day DATE NOT NULL', 'scores ARRAY<FLOAT64>', 'points INT64'],
      also: { timePartitioning: { type: 'DAY', field: 'day', expirationMs: `${30 * DAYS}` } },
    });
    await bigquery.createTable(project, 'mart.text', { columns: ['day STRING'] });
    await bigquery.createTable(project, 'mart.monthly', { columns: ['day DATE'], partition: { ...partition, type: 'MONTH' } });
    await bigquery.createTable(project, 'mart.arrived', { columns: ['day DATE'], partition: {} });
    await bigquery.createTable(project, 'mart.other', { columns: ['day DATE'] });
    await bigquery.run(project, `CREATE VIEW \`${project}.mart.seen\` AS SELECT * FROM \`${project}.mart.monthly\``);
    const own = unmark(`version: 1
name: test
warehouse: ${warehouse()}
seasons: [{ name: s, start: 2026-10-01, end: 2026-12-31 }]
phases:
  - id: one
    processors:
      - { id: KEPT, table: mart.kept, date_column: «day», writes: { scores: ARRAY<FLOAT64>, «points»: NUMERIC } }
      - { id: TEXT, table: mart.text, date_column: «day» }
      - { id: MONTHLY, table: mart.monthly, date_column: «day» }
      - { id: ARRIVED, table: mart.arrived, date_column: «day» }
      - { id: SEEN, table: «mart.seen», date_column: day }
      - { id: GONE, table: «mart.othr», date_column: day }
`);
    const problems = await check(own.text);
    const path = (table: string) => `\`${project}.mart.${table}\``;
    assertProblems(problems, own, [
      `warning partitionsExpire: KEPT: mart.kept deletes partitions of dates that are over 30 days old, whatever is written there again, and the first season starts on 2026-10-01: older dates stay missing until that ends. | ALTER TABLE ${path('kept')} SET OPTIONS (partition_expiration_days = NULL);`,
      `wrongType: KEPT: its job writes points as NUMERIC, and it is INT64 in mart.kept. | ALTER TABLE ${path('kept')} ALTER COLUMN \`points\` SET DATA TYPE NUMERIC;`,
      `warning wrongType: TEXT: mart.text.day is STRING, a date column should be a DATE: text that is no date counts for nothing, and every read casts all rows. BigQuery makes no DATE of it in place: the statement makes a copy. | CREATE TABLE ${path('text_dated')} PARTITION BY \`day\` AS\nSELECT * REPLACE (CAST(\`day\` AS DATE) AS \`day\`) FROM ${path('text')};`,
      'information otherPartition: MONTHLY: mart.monthly is partitioned by month: every read of a date is paid for as a read of its month.',
      'information otherPartition: ARRIVED: mart.arrived is partitioned by the time of loading, not by day: every read of a date is paid for as a read of all dates.',
      'information isView: SEEN: mart.seen is a view: nobody tells when its rows change, so every refresh reads it whole.',
      'missingTable: GONE: the warehouse has no table mart.othr. Did you mean `mart.other`? => mart.other',
    ]);
    await mend(problems);
    const mended = await check(own.text.replace('mart.text,', 'mart.text_dated,').replace('mart.othr', 'mart.other'));
    assert.deepEqual(
      mended.filter(({ message }) => /^(?:TEXT|GONE)/.test(message) && !message.includes('is not partitioned')),
      [],
    );
  });

  it('writes statements that Google’s own analyser takes', async function () {
    const goccy = await emulator(this, 'goccy');
    project = goccy.newProject();
    await goccy.createDataset(project, 'mart');
    const named = { table: 'mart.t', project, kind: 'table', columns: [] } as const;
    await goccy.createTable(project, 'mart.t', { columns: ['id STRING NOT NULL', 'day STRING'] });
    // It knows no SET DATA TYPE, which the other emulator takes above.
    for (const statement of [
      addColumn(named, 'tier', 'ARRAY<STRING>', 'googlesql'),
      dropNotNull(named, 'id', 'googlesql'),
      keepPartitions(named),
      datedCopy(named, 'day'),
    ])
      await goccy.run(project, statement);
    await assert.rejects(
      goccy.run(project, addColumn(named, 'other', 'ARRAY<', 'googlesql')),
      /failed to (?:parse|analyze)|Syntax error/,
    );
  });
});
