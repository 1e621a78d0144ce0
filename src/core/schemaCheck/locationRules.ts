import { groupBy } from '../../base/groupBy';
import type { WarehouseConfig } from '../pipeline';
import type { FoundTable } from './columnRules';
import type { SchemaFinding } from './finding';

/** Tables that are elsewhere than the manifest says, or than the other tables. BigQuery alone has locations. */
export function locationFindings(found: readonly FoundTable[], warehouse: WarehouseConfig): readonly SchemaFinding[] {
  if (warehouse.type !== 'bigquery') return [];
  const located = found.flatMap(({ use, schema }) => (schema.location === undefined ? [] : [{ use, location: schema.location }]));
  const byLocation = [...groupBy(located, ({ location }) => location.toLowerCase()).values()].sort((a, b) => b.length - a.length);
  const commonest = byLocation[0]?.[0]?.location;
  const declared = warehouse.location;
  if (commonest === undefined) return [];
  const isThere = (place: string): boolean => byLocation.some(([first]) => first?.location.toLowerCase() === place.toLowerCase());
  const home = declared !== undefined && isThere(declared) ? declared : commonest;
  const wrong: SchemaFinding[] =
    declared === undefined || isThere(declared)
      ? []
      : [
          {
            severity: 'warning',
            code: 'wrongLocation',
            message: `No table of this manifest is in ${declared}: they are in ${namesOf(byLocation)}.`,
            at: { owner: { kind: 'warehouse' }, key: 'location', value: declared },
            replacement: commonest,
          },
        ];
  const elsewhere = located.filter(({ location }) => location.toLowerCase() !== home.toLowerCase());
  return [
    ...wrong,
    ...elsewhere.map(
      ({ use, location }): SchemaFinding => ({
        severity: 'information',
        code: 'otherLocation',
        message: `${use.label}: ${use.table} is in ${location}, others are in ${home}: it is read by a query of its own, and no SQL can join the two.`,
        at: { owner: use.owner, key: 'table', value: use.table },
      }),
    ),
  ];
}

function namesOf(byLocation: readonly (readonly { readonly location: string }[])[]): string {
  return byLocation.map(([first]) => first?.location ?? '').join(', ');
}
