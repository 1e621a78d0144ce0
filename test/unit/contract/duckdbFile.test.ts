import { join } from 'node:path';
import { DuckdbWarehouse } from '../../../src/adapters/duckdb/duckdbWarehouse';
import { FileStore } from '../../../src/adapters/duckdb/fileStore';
import { runDuckdb } from '../../support/duckdb';
import { duckdbRows } from '../../support/tableFixtures';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { describeRecords } from './recordsContract';
import { describeWarehouse, type WarehouseUnderTest } from './warehouseContract';

describe('contract', () => {
  const folder = useTemporaryFolder();
  const setUp = async (): Promise<WarehouseUnderTest> => {
    const path = join(folder(), 'warehouse.duckdb');
    let opened = 0;
    return {
      warehouse: new DuckdbWarehouse(new FileStore(path, { onOpen: () => opened++ }), { now: () => 1_000 }),
      opened: () => opened,
      run: (sql) => runDuckdb(path, sql),
      write: async (fixture) => {
        const [schema] = fixture.table.split('.');
        await runDuckdb(
          path,
          `CREATE SCHEMA IF NOT EXISTS ${schema}`,
          `CREATE OR REPLACE TABLE ${fixture.table} AS ${duckdbRows(fixture)}`,
        );
      },
    };
  };
  describeWarehouse('A DuckDB file', setUp);
  describeRecords('A DuckDB file', setUp);
});
