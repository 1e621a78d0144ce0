import { BigqueryTables } from '../../../src/adapters/bigquery/bigqueryTables';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import type { PipelineNode } from '../../../src/core/pipeline';
import { entitiesSql, nodeBranches, partitionSql, unionOf } from '../../../src/core/sql/coverage';
import { BigqueryProxy } from '../../support/bigqueryProxy';
import { runBigquery } from '../../support/bigqueryTables';
import { buildPipeline, day, type NodeSpec } from '../../support/builders';
import { emulator } from '../../support/emulator';

const RANGES = [
  { from: day('2021-11-01'), to: day('2021-11-05') },
  { from: day('2021-11-09'), to: day('2021-11-09') },
];
const SHAPES: readonly (Omit<NodeSpec, 'id' | 'tables'> & { readonly dateColumn: string })[] = [
  { dateColumn: 'day' },
  { dateColumn: 'day', where: "note = 'it\\'s' -- the first", entity: ['entity'] },
  { dateColumn: 'day', where: 'n > 0 # counted', entity: ['entity', 'n'], key: ['entity', 'n', 'made'], writtenAt: 'made' },
  { dateColumn: 'made', entity: ['n'], writtenAt: 'local' },
  { dateColumn: 'local', key: ['entity'], writtenAt: 'day' },
  { dateColumn: 'text', checks: [{ name: 'sound', expression: 'n IS NOT NULL AND (ok OR n > 1)', atLeast: 1 }] },
];

describe('SQL for BigQuery, by Google’s own analyser', () => {
  it('is accepted whatever a node declares, whatever the type of its date, filtered or not', async function () {
    const goccy = await emulator(this, 'goccy');
    const project = goccy.newProject();
    await goccy.createDataset(project, 'mart');
    const columns = [
      'day DATE',
      'made TIMESTAMP',
      'local DATETIME',
      'text STRING',
      'entity STRING',
      'n INT64',
      'ok BOOL',
      'note STRING',
    ];
    for (const table of ['plain', 'filtered']) await goccy.createTable(project, `mart.${table}`, { columns });
    const proxy = await BigqueryProxy.start(goccy.endpoint);
    proxy.amend = ({ path }, answer) =>
      /tables\/filtered/.test(path)
        ? { ...answer, requirePartitionFilter: true, timePartitioning: { type: 'DAY', field: 'made' } }
        : undefined;
    try {
      const client = new BigqueryClient({ type: 'bigquery', project, endpoint: proxy.endpoint });
      const tables = await BigqueryTables.read(client, ['mart.plain', 'mart.filtered'], 0);
      const { nodes } = buildPipeline({
        nodes: SHAPES.map((shape, index) => ({ id: `N${index}`, tables: ['mart.plain', 'mart.filtered'], ...shape })),
      });
      for (const node of nodes) await tables.requireNode(node);
      const all = (node: PipelineNode) => tables.allDates(node.tables);
      for (const rangesOf of [() => RANGES, () => RANGES.slice(1), () => [], all]) {
        const branches = nodes.flatMap((node) => nodeBranches(node, tables.dialectFor(node.dateColumn), rangesOf(node), 1));
        await runBigquery(goccy.endpoint, project, unionOf(branches));
      }
      for (const node of nodes) {
        for (const table of node.tables) {
          const dialect = tables.dialectFor(node.dateColumn);
          await runBigquery(goccy.endpoint, project, partitionSql(node, table, dialect, RANGES));
          if (node.entity.length > 0) await runBigquery(goccy.endpoint, project, entitiesSql(node, table, dialect, RANGES));
        }
      }
    } finally {
      await proxy.stop();
    }
  });
});
