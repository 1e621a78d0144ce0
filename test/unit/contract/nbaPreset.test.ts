import assert from 'node:assert/strict';
import { BigqueryWarehouse } from '../../../src/adapters/bigquery/bigqueryWarehouse';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import { readManifest } from '../../../src/core/manifest/readManifest';
import { day } from '../../support/builders';
import { type EmulatorName, emulator } from '../../support/emulator';
import { createNbaTables } from '../../support/nbaTables';

const EMULATORS: readonly EmulatorName[] = ['bqemulator', 'goccy'];

describe('the preset nba-stats-scraper on BigQuery', () => {
  for (const name of EMULATORS)
    it(`reads all of its tables, with their keys, checks and the schedule's filter, as ${name} understands them`, async function () {
      const bigquery = await emulator(this, name);
      const project = bigquery.newProject();
      await createNbaTables(bigquery, project);
      const insert = (table: string, columns: string, ...rows: readonly string[]) =>
        bigquery.run(
          project,
          `INSERT INTO \`${project}.${table}\` (${columns}) VALUES ${rows.map((row) => `(${row})`).join(', ')}`,
        );
      await insert(
        'nba_raw.nbac_schedule',
        'game_id, game_date, game_status',
        "'0022100150', DATE '2021-11-05', 3",
        "'0022100151', DATE '2021-11-05', 3",
        "'0012100001', DATE '2021-11-06', 3",
        "'0032100001', DATE '2021-11-07', 3",
        "'0022100170', DATE '2021-11-08', 1",
        "'0052100101', DATE '2022-04-12', 3",
      );
      await insert(
        'nba_precompute.player_composite_factors',
        'player_lookup, game_id, game_date, opponent_strength_score',
        "'a', '0022100150', DATE '2021-11-05', NUMERIC '3.5'",
        "'b', '0022100150', DATE '2021-11-05', NUMERIC '0'",
      );
      const { pipeline, problems } = readManifest(
        `version: 1\nname: NBA\nextends: preset:nba-stats-scraper\nwarehouse: { project: ${project}, endpoint: "${bigquery.endpoint}" }\n`,
      );
      assert.deepEqual(problems, []);
      assert.ok(pipeline?.warehouse.type === 'bigquery');
      const warehouse = new BigqueryWarehouse(new BigqueryClient(pipeline.warehouse), { now: () => Date.UTC(2022, 6, 1) });
      const { nodes, calendars, errors } = await warehouse.observe(pipeline);
      assert.deepEqual(errors, new Map());
      assert.deepEqual([...nodes.keys()].sort(), pipeline.nodes.map(({ id }) => id).sort());
      const games = calendars.get('games');
      assert.deepEqual([...(games?.days ?? [])], [day('2021-11-05'), day('2022-04-12')]);
      assert.deepEqual([...(games?.counts ?? [])], [2, 1]);
      const factors = nodes.get('PCF');
      assert.deepEqual(
        [factors?.days, factors?.rows, factors?.keys, factors?.entities].map((values) => [...(values ?? [])]),
        [[day('2021-11-05')], [2], [2], [2]],
      );
      assert.deepEqual([...(factors?.checks[0] ?? [])], [0.5]);
    });
});
