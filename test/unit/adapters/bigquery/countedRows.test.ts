import assert from 'node:assert/strict';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import { openWarehouse } from '../../../../src/adapters/openWarehouse';
import { buildPipeline } from '../../../support/builders';
import { type Emulator, type EmulatorName, emulator } from '../../../support/emulator';

const NAMES: readonly EmulatorName[] = ['bqemulator', 'goccy'];

for (const name of NAMES) {
  describe(`Rows counted where metadata stand still (${name})`, () => {
    let bigquery: Emulator;
    before(async function () {
      bigquery = await emulator(this, name);
    });

    it('tell that a query has written, also where a table wants a filter and another is not there', async () => {
      const project = bigquery.newProject();
      await bigquery.createDataset(project, 'mart');
      const columns = ['day DATE NOT NULL', 'n INT64'];
      await bigquery.createTable(project, 'mart.a', {
        columns,
        partition: { field: 'day' },
        also: { requirePartitionFilter: true },
      });
      const pipeline = {
        ...buildPipeline({
          nodes: [
            { id: 'A', tables: ['mart.a'] },
            { id: 'B', tables: ['mart.b'] },
          ],
        }),
        warehouse: bigquery.config(project),
      };
      const warehouse = openWarehouse(pipeline.warehouse, '.', { now: () => 0 });
      const empty = await warehouse.probe(pipeline);
      assert.equal(await warehouse.probe(pipeline), empty);
      await bigquery.insert(project, 'mart.a', [`DATE '2021-11-01', 1`]);
      const filled = await warehouse.probe(pipeline);
      assert.notEqual(filled, empty);
      await bigquery.run(project, `DELETE FROM \`${project}.mart.a\` WHERE day = DATE '2021-11-01'`);
      assert.notEqual(await warehouse.probe(pipeline), filled);
    });
  });
}

it('Metadata of BigQuery itself are taken as they are', () => {
  assert.equal(new BigqueryClient({ type: 'bigquery', project: 'p' }).staleMetadata, false);
});
