import assert from 'node:assert/strict';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import { BqCommand } from '../../../support/bqCommand';
import { emulator } from '../../../support/emulator';
import { skipUnlessInstalled } from '../../../support/skip';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe("Google's bq command", () => {
  const folder = useTemporaryFolder();

  it('reads the same rows as the client', async function () {
    const bq = BqCommand.find();
    if (bq === undefined) skipUnlessInstalled(this, "Google's bq command is not installed");
    const server = await emulator(this, 'bqemulator');
    const project = server.newProject();
    await server.createDataset(project, 'nba');
    await server.createTable(project, 'nba.box', {
      columns: ['game_date DATE', 'player STRING', 'points INT64', 'ratio FLOAT64', 'processed_at TIMESTAMP'],
      partition: { field: 'game_date' },
    });
    await server.insert(
      project,
      'nba.box',
      Array.from({ length: 300 }, (_, at) => {
        const day = `DATE '2021-11-${String(1 + (at % 30)).padStart(2, '0')}'`;
        const player = at % 7 === 0 ? 'NULL' : `'player ${at % 11}'`;
        return `${day}, ${player}, ${at * 1_000_003}, ${at / 4}, TIMESTAMP '2021-11-01 00:00:${String(at % 60).padStart(2, '0')} UTC'`;
      }),
    );
    const sql = `SELECT game_date, COUNT(*) AS n, COUNT(DISTINCT player) AS players, SUM(points) AS points, MIN(ratio) AS ratio, MIN(player) AS name, UNIX_SECONDS(MAX(processed_at)) AS written FROM \`${project}.nba.box\` GROUP BY game_date ORDER BY game_date`;

    const ours = await new BigqueryClient(server.config(project)).query(sql, { purpose: 'test', tables: ['nba.box'] });
    const theirs = await bq.query(server.endpoint, project, sql, folder());

    assert.equal(ours.length, 30);
    const texts = ours.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value as string | number)]),
      ),
    );
    assert.deepEqual(
      theirs.map((row) => ({ ...row, ratio: String(Number(row['ratio'])) })),
      texts,
    );
  });
});
