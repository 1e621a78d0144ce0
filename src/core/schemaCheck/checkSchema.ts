import type { Day } from '../../base/day';
import type { TableSchema } from '../observation/tableSchema';
import type { Pipeline } from '../pipeline';
import { columnFindings, type FoundTable } from './columnRules';
import type { SchemaFinding } from './finding';
import { KnownTables } from './knownTables';
import { locationFindings } from './locationRules';
import { missingTable, tableFindings } from './tableRules';
import { tableUses } from './tableUses';

/**
 * Where the manifest and the tables that it describes contradict each other: tables, columns, types, which columns must have a value,
 * partitions and places. In the order of the manifest; nothing is read, and nothing is changed.
 * @param schemas what the warehouse has, `Warehouse.schema` of the same pipeline.
 * @param today for partitions that expire.
 */
export function checkSchema(pipeline: Pipeline, schemas: readonly TableSchema[], today: Day): readonly SchemaFinding[] {
  const tables = new KnownTables(schemas, pipeline.warehouse);
  const found: FoundTable[] = [];
  const findings: SchemaFinding[] = [];
  for (const use of tableUses(pipeline)) {
    const schema = tables.find(use.table);
    if (schema === undefined) {
      findings.push(...[missingTable(use, tables) ?? []].flat());
    } else if (schema.unreadable !== undefined) {
      findings.push({
        severity: 'error',
        code: 'unreadableTable',
        message: `${use.label}: ${use.table} cannot be read: ${schema.unreadable}`,
        at: { owner: use.owner, key: 'table', value: use.table },
      });
    } else {
      const one: FoundTable = { use, schema, lexis: tables.lexis };
      found.push(one);
      findings.push(...tableFindings(one, pipeline, today));
      // A folder without files has no columns yet.
      if (schema.columns.length > 0) findings.push(...columnFindings(one));
    }
  }
  return [...locationFindings(found, pipeline.warehouse), ...findings];
}
