import assert from 'node:assert/strict';
import { WarehouseError } from '../../../../src/app/ports';
import { type Freshness, PipelineSession } from '../../../../src/app/session/pipelineSession';
import type { TableSchema } from '../../../../src/core/observation/tableSchema';
import { SchemaWatch } from '../../../../src/server/manifest/schemaWatch';
import { ScriptedWarehouse, SILENT, sessionDeps } from '../../../support/sessionDeps';

const MANIFEST = `version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
phases: [{ id: one, processors: [{ id: A, table: mart.a, date_column: day }] }]
`;
const TABLE: TableSchema = { table: 'mart.a', kind: 'table', columns: [{ name: 'day', type: 'DATE', nullable: true }] };

class WarehouseWithTables extends ScriptedWarehouse {
  tables: readonly TableSchema[] | Error = [TABLE];
  looks = 0;

  override async schema(): Promise<readonly TableSchema[]> {
    this.looks++;
    if (this.tables instanceof Error) throw this.tables;
    return this.tables;
  }
}

describe('SchemaWatch', () => {
  let warehouse: WarehouseWithTables;
  let session: PipelineSession;
  let found: (readonly string[])[];
  let watch: SchemaWatch;
  const read = async (freshness: Freshness = 'probe') => {
    await session.coverage(freshness);
    await watch.looked(session, freshness);
  };

  beforeEach(async () => {
    warehouse = new WarehouseWithTables();
    session = new PipelineSession(sessionDeps({ openWarehouse: () => warehouse, readText: () => Promise.resolve(MANIFEST) }));
    found = [];
    watch = new SchemaWatch({
      clock: { now: () => 0 },
      logger: SILENT,
      found: (findings) => found.push(findings.map(({ code }) => code)),
    });
    await session.reload();
  });

  it('looks at the tables when they or the manifest have changed, and not otherwise', async () => {
    await read();
    await read();
    assert.deepEqual(found, [[]]);
    assert.equal(warehouse.looks, 1);
    warehouse.fingerprint = 'b';
    warehouse.tables = [];
    await read();
    assert.deepEqual(found, [[], ['missingTable']]);
    await session.reload();
    await read();
    assert.equal(warehouse.looks, 3);
    await read('read');
    assert.equal(warehouse.looks, 4, 'somebody asked');
  });

  it('keeps the last findings while the tables cannot be looked at, and tries again', async () => {
    warehouse.tables = [];
    await read();
    warehouse.fingerprint = 'b';
    warehouse.tables = new WarehouseError('busy', 'Process 1 holds it.');
    await read();
    await read();
    assert.deepEqual(found, [['missingTable']]);
    assert.equal(warehouse.looks, 3);
    warehouse.tables = [TABLE];
    await read();
    assert.deepEqual(found, [['missingTable'], []]);
  });

  it('does not tell of a manifest that was replaced meanwhile', async () => {
    await session.coverage('probe');
    const looked = watch.looked(session, 'probe');
    await session.reload();
    await looked;
    assert.deepEqual(found, []);
  });

  it('passes on what is no trouble with the warehouse', async () => {
    warehouse.tables = new TypeError('a mistake in here');
    await assert.rejects(read(), TypeError);
    warehouse.tables = [TABLE];
    await read();
    assert.deepEqual(found, [[]]);
  });
});
