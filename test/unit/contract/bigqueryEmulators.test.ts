import { BigqueryWarehouse } from '../../../src/adapters/bigquery/bigqueryWarehouse';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import { BigqueryProxy } from '../../support/bigqueryProxy';
import { runBigquery, writeBigquery } from '../../support/bigqueryTables';
import { type Emulator, emulator } from '../../support/emulator';
import { describeRecords } from './recordsContract';
import { describeWarehouse, type WarehouseUnderTest } from './warehouseContract';

const NAMES = { bqemulator: 'BigQuery (bqemulator)', goccy: 'BigQuery (goccy, without a PARTITIONS view)' } as const;

for (const [name, title] of Object.entries(NAMES)) {
  describe('contract', () => {
    let found: Emulator;
    let proxy: BigqueryProxy | undefined;
    before(async function () {
      found = await emulator(this, name as keyof typeof NAMES);
    });
    afterEach(async () => {
      await proxy?.stop();
      proxy = undefined;
    });

    const setUp = async (): Promise<WarehouseUnderTest> => {
      const project = found.newProject();
      const between = await BigqueryProxy.start(found.endpoint);
      proxy = between;
      const client = new BigqueryClient({ type: 'bigquery', project, endpoint: between.endpoint });
      return {
        warehouse: new BigqueryWarehouse(client, { now: () => 1_000 }),
        // What a read of metadata costs nothing, and what changed is asked first.
        opened: () => between.queries.filter((sql) => !sql.includes('INFORMATION_SCHEMA')).length,
        run: (sql) => runBigquery(found.endpoint, project, sql),
        write: (fixture) => writeBigquery(found.endpoint, project, fixture),
      };
    };
    describeWarehouse(title, setUp);
    describeRecords(title, setUp);
  });
}
