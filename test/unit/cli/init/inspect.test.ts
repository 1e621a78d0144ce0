import assert from 'node:assert/strict';
import { inspect } from '../../../../src/cli/init/inspect';
import type { Services } from '../../../../src/cli/services';
import type { TableSchema } from '../../../../src/core/observation/tableSchema';
import { ScriptedWarehouse } from '../../../support/sessionDeps';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

function table(name: string, location: string): TableSchema {
  return {
    table: name,
    kind: 'table',
    columns: [{ name: 'day', type: 'DATE', nullable: false }],
    partitioning: { column: 'day', unit: 'day' },
    location,
  };
}

describe('looking into BigQuery for a draft', () => {
  const folder = useTemporaryFolder();

  function look(schemas: readonly TableSchema[], location?: string) {
    const warehouse = new (class extends ScriptedWarehouse {
      override schema = async () => schemas;
    })();
    const services = { clock: { now: () => 0 }, warehouse: () => warehouse } as unknown as Services;
    return inspect(services, folder(), { project: 'my-project', from: '.env', ...(location !== undefined && { location }) });
  }

  it('takes the place where most of the tables are, unless one is named', async () => {
    const schemas = [table('a.x', 'us-west2'), table('a.y', 'EU'), table('b.z', 'us-west2')];
    assert.deepEqual((await look(schemas)).warehouse, { type: 'bigquery', project: 'my-project', location: 'us-west2' });
    assert.deepEqual((await look(schemas, 'EU')).warehouse, { type: 'bigquery', project: 'my-project', location: 'EU' });
  });

  it('drafts no more tables than help somebody, and says how many were left out', async () => {
    const { tables, leftOut, bigquery } = await look(Array.from({ length: 230 }, (_, at) => table(`a.t${at}`, 'EU')));
    assert.deepEqual([tables.length, leftOut], [200, 30]);
    assert.equal(bigquery, "Looked into BigQuery's project my-project (from .env): 230 of its tables are partitioned by dates.");
  });
});
