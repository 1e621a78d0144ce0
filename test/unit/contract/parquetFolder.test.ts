import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckdbWarehouse } from '../../../src/adapters/duckdb/duckdbWarehouse';
import { ParquetStore } from '../../../src/adapters/duckdb/parquetStore';
import { runDuckdb } from '../../support/duckdb';
import { duckdbRows } from '../../support/tableFixtures';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { describeRecords } from './recordsContract';
import { describeWarehouse, type WarehouseUnderTest } from './warehouseContract';

describe('contract', () => {
  const folder = useTemporaryFolder();
  const setUp = async (): Promise<WarehouseUnderTest> => {
    let opened = 0;
    return {
      warehouse: new DuckdbWarehouse(new ParquetStore(folder(), { onOpen: () => opened++ }), { now: () => 1_000 }),
      opened: () => opened,
      run: (sql) => runDuckdb(':memory:', sql),
      write: async (fixture) => {
        const target = join(folder(), ...fixture.table.split('.'));
        rmSync(target, { recursive: true, force: true });
        await mkdir(dirname(target), { recursive: true });
        await runDuckdb(
          ':memory:',
          `COPY (${duckdbRows(fixture)}) TO '${target}' (FORMAT parquet, PARTITION_BY (${fixture.dateColumn}))`,
        );
      },
    };
  };
  describeWarehouse('A folder of Parquet', setUp);
  describeRecords('A folder of Parquet', setUp);
});
