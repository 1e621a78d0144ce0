import assert from 'node:assert/strict';
import { join } from 'node:path';
import { BigqueryRecords } from '../../../src/adapters/bigquery/bigqueryRecords';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import { DuckdbRecords } from '../../../src/adapters/duckdb/duckdbRecords';
import { FileStore } from '../../../src/adapters/duckdb/fileStore';
import type { RecordReader } from '../../../src/app/ports';
import { formatDay } from '../../../src/base/day';
import { readManifest } from '../../../src/core/manifest/readManifest';
import type { Pipeline } from '../../../src/core/pipeline';
import { failureKind } from '../../../src/core/records/failures';
import { processorNames } from '../../../src/core/records/processorNames';
import { runsOf } from '../../../src/core/records/runHistory';
import { day } from '../../support/builders';
import { runDuckdb } from '../../support/duckdb';
import { type EmulatorName, emulator } from '../../support/emulator';
import { createNbaTables, duckdbTables } from '../../support/nbaTables';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const NOW = Date.UTC(2022, 6, 1);

/** How a database writes an instant and a JSON text. */
interface Words {
  readonly at: (text: string) => string;
  readonly json: (text: string) => string;
}

/** What the pipeline's jobs leave: an early-season date, a bug, a date without upstream, unknown players; a run that ended, one that did not. */
function insertsOf(path: (table: string) => string, { at, json }: Words): string[] {
  const insert = (table: string, columns: string, ...rows: readonly string[]) =>
    `INSERT INTO ${path(table)} (${columns}) VALUES ${rows.map((row) => `(${row})`).join(', ')}`;
  const created = at('2021-12-03 10:00:00');
  return [
    insert(
      'nba_processing.precompute_failures',
      'processor_name, analysis_date, entity_id, failure_category, failure_reason, created_at, resolved_at',
      ...['a', 'b', 'c', 'd'].map(
        (player) =>
          `'PlayerShotZoneAnalysisProcessor', DATE '2021-11-03', 'player${player}', 'INSUFFICIENT_DATA', 'Only 2 games', ${created}, NULL`,
      ),
      `'PlayerShotZoneAnalysisProcessor', DATE '2021-11-03', 'playere', 'INSUFFICIENT_DATA', 'Only 2 games', ${created}, ${created}`,
      `'PlayerCompositeFactorsProcessor', DATE '2021-11-04', 'playera', 'calculation_error', 'division by zero', ${created}, NULL`,
      `'MLFeatureStoreProcessor', DATE '2021-11-05', 'DATE_LEVEL', 'MISSING_DEPENDENCY', 'no rows', ${created}, NULL`,
    ),
    insert(
      'nba_processing.registry_failures',
      'player_lookup, game_date, processor_name, created_at, resolved_at, reprocessed_at',
      `'newplayer', DATE '2021-11-06', 'player_game_summary', ${created}, NULL, NULL`,
      `'known', DATE '2021-11-06', 'player_game_summary', ${created}, ${created}, NULL`,
      `'done', DATE '2021-11-06', 'player_game_summary', ${created}, ${created}, ${created}`,
    ),
    insert(
      'nba_reference.processor_run_history',
      'processor_name, run_id, status, duration_seconds, records_processed, errors, summary, data_date, started_at, processed_at, skip_reason',
      `'TeamDefenseZoneAnalysisProcessor', 'r1', 'running', 0.0, NULL, NULL, NULL, DATE '2021-11-05', ${at('2021-12-03 09:00:00')}, ${at('2021-12-03 09:00:00')}, NULL`,
      `'TeamDefenseZoneAnalysisProcessor', 'r1', 'success', 26.6, 30, ${json('[]')}, ${json('{"dependency_check_time": 0.0, "extract_time": 12.4, "calculate_time": 11.5, "save_time": 2.5, "total_runtime": 26.4, "failure_categories": {"INSUFFICIENT_DATA": 3}}')}, DATE '2021-11-05', ${at('2021-12-03 09:00:00')}, ${at('2021-12-03 09:00:26')}, NULL`,
      `'PlayerDailyCacheProcessor', 'r2', 'running', 0.0, NULL, NULL, NULL, DATE '2021-11-05', ${at('2021-12-03 09:30:00')}, ${at('2021-12-03 09:30:00')}, NULL`,
      `'PlayerDailyCacheProcessor', 'r3', 'failed', 600.2, 0, ${json('["RetryError: Timeout of 600.0s exceeded"]')}, NULL, DATE '2021-11-05', ${at('2021-12-03 11:00:00')}, ${at('2021-12-03 11:10:00')}, NULL`,
    ),
  ];
}

async function check(records: RecordReader, pipeline: Pipeline): Promise<void> {
  const days = { from: day('2021-10-19'), to: day('2022-06-16') };
  const { records: found, errors } = await records.failures(pipeline, days);
  assert.deepEqual(errors, new Map());
  const find = processorNames(pipeline);
  assert.deepEqual(
    found.map((record) => {
      const table = pipeline.failures[record.table];
      assert.ok(table);
      const who = find(record.processor)?.id;
      return [who, formatDay(record.day), record.category, failureKind(table, record.category), record.rows, record.entities];
    }),
    [
      ['PGS', '2021-11-06', 'REGISTRY', 'attention', 2, 2],
      ['MLFS', '2021-11-05', 'MISSING_DEPENDENCY', 'attention', 1, 0],
      ['PCF', '2021-11-04', 'calculation_error', 'stop', 1, 1],
      ['PSZA', '2021-11-03', 'INSUFFICIENT_DATA', 'expected', 4, 4],
    ],
  );
  assert.deepEqual(
    found.map(({ resolved, wholeDate, samples }) => [resolved, wholeDate, samples]),
    [
      [1, false, ['known', 'newplayer']],
      [0, true, []],
      [0, false, ['playera']],
      [0, false, ['playera', 'playerb', 'playerc']],
    ],
  );
  const { history } = pipeline;
  assert.ok(history);
  const { rows } = await records.history(pipeline, days);
  assert.equal(rows.length, 4);
  assert.deepEqual(
    runsOf(rows, pipeline, history, NOW).map(({ name, attempt, outcome, seconds, rows: made, errors: told, stages }) => [
      `${name} ${attempt} ${outcome}`,
      seconds,
      made,
      told,
      stages.map((stage) => `${stage.name} ${stage.seconds}`),
    ]),
    [
      ['TDZA 1 success', 26.6, 30, undefined, ['dependencies 0', 'extract 12.4', 'calculate 11.5', 'save 2.5']],
      ['PDC 1 neverEnded', undefined, undefined, undefined, []],
      ['PDC 2 failed', 600.2, 0, 'RetryError: Timeout of 600.0s exceeded', []],
    ],
  );
}

function presetWith(warehouse: string): Pipeline {
  const { pipeline, problems } = readManifest(
    `version: 1\nname: NBA\nextends: preset:nba-stats-scraper\nwarehouse: ${warehouse}\n`,
  );
  assert.deepEqual(problems, []);
  assert.ok(pipeline);
  return pipeline;
}

describe('what the jobs of the preset nba-stats-scraper note', () => {
  const folder = useTemporaryFolder();

  it('is understood in DuckDB', async () => {
    const path = join(folder(), 'w.duckdb');
    const words: Words = { at: (text) => `TIMESTAMPTZ '${text}+00'`, json: (text) => `'${text}'` };
    await runDuckdb(path, ...duckdbTables(), ...insertsOf((table) => table, words));
    await check(new DuckdbRecords(new FileStore(path), { now: () => NOW }), presetWith('{ type: duckdb, path: w.duckdb }'));
  });

  for (const name of ['bqemulator', 'goccy'] as const satisfies readonly EmulatorName[])
    it(`is understood in BigQuery, by ${name}`, async function () {
      const bigquery = await emulator(this, name);
      const project = bigquery.newProject();
      await createNbaTables(bigquery, project);
      const words: Words = { at: (text) => `TIMESTAMP '${text}+00'`, json: (text) => `JSON '${text}'` };
      for (const statement of insertsOf((table) => `\`${project}.${table}\``, words)) await bigquery.run(project, statement);
      const pipeline = presetWith(`{ project: ${project}, endpoint: "${bigquery.endpoint}" }`);
      assert.ok(pipeline.warehouse.type === 'bigquery');
      await check(new BigqueryRecords(new BigqueryClient(pipeline.warehouse), { now: () => NOW }), pipeline);
    });
});
