import { join } from 'node:path';
import { DuckdbWriter } from '../../../src/adapters/duckdb/duckdbWriter';
import { runDuckdb } from '../../support/duckdb';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { type WriterFixture, writerContract } from './writerContract';

describe('A writer of a DuckDB file', () => {
  const folder = useTemporaryFolder();
  let writer: DuckdbWriter;
  let fixture: WriterFixture;

  beforeEach(async () => {
    const path = join(folder(), 'warehouse.duckdb');
    writer = new DuckdbWriter(path, { patienceMs: 0 });
    await runDuckdb(path, 'CREATE SCHEMA mart');
    fixture = {
      writer,
      run: async (...statements) => {
        await writer.release();
        await runDuckdb(path, ...statements);
      },
      rows: async (sql) => {
        await writer.release();
        return (await runDuckdb(path, sql)).map((row) => Object.values(row).map(String));
      },
    };
  });
  afterEach(() => writer.release());

  writerContract(() => fixture);
});
