import type { Gatekeeper } from './bigqueryGate';

interface Table {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly timePartitioning?: { readonly type: string; readonly field?: string };
}

/**
 * Has an emulator do what BigQuery does with a query into one partition (`table$20211105`, WRITE_TRUNCATE): its rows take the place of those
 * of that day, by the names of their columns. The emulator takes such a query and writes nothing.
 */
export function takingPartitions(endpoint: string, project: string): Gatekeeper {
  return async ({ body }, forward) => {
    const { query, destinationTable: into, writeDisposition, createDisposition } = body?.configuration?.query ?? {};
    const [, name, date] = /^(.*)\$(\d{8})$/.exec(into?.tableId ?? '') ?? [];
    if (into === undefined || name === undefined || date === undefined) return forward();
    if (createDisposition !== 'CREATE_NEVER') throw new Error(`${into.tableId} would be made where it is missing`);
    if (writeDisposition !== 'WRITE_TRUNCATE') throw new Error(`${into.tableId} is written with ${writeDisposition}`);
    const path = `projects/${project}/datasets/${into.datasetId}/tables/${name}`;
    const answer = await fetch(`${endpoint}/bigquery/v2/${path}`);
    const { schema, timePartitioning } = (await answer.json()) as Table;
    if (timePartitioning?.type !== 'DAY') throw new Error(`${name} has no partition of a day`);
    const columns = schema.fields.map((field) => `\`${field.name}\``).join(', ');
    const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
    const merge = [
      `MERGE \`${project}.${into.datasetId}.${name}\` USING (${query}) AS rows_of_the_day ON FALSE`,
      `WHEN NOT MATCHED BY SOURCE AND DATE(\`${timePartitioning.field}\`) = DATE '${day}' THEN DELETE`,
      `WHEN NOT MATCHED BY TARGET THEN INSERT (${columns}) VALUES (${columns})`,
    ];
    const { destinationTable: _, writeDisposition: __, createDisposition: ___, ...rest } = body?.configuration?.query ?? {};
    return forward({ ...body, configuration: { ...body?.configuration, query: { ...rest, query: merge.join('\n') } } });
  };
}
