import type { EarlierReading, WarehouseError } from '../../app/ports';
import { groupBy } from '../../base/groupBy';
import type { CalendarObservations, NodeObservations } from '../../core/observation/observation';
import { replaceDates } from '../../core/observation/replaceDates';
import type { Pipeline } from '../../core/pipeline';
import { calendarKey, tableCalendars } from '../../core/sql/coverage';
import { calendarObservations, nodeObservations, type TableDay } from '../../core/sql/coverageRows';
import type { Extent } from './readPlan';

/** What was known, what was asked anew of it, and what came. */
export interface ReadParts {
  readonly pipeline: Pipeline;
  /** By key; what is missing was not asked for, because its table is yet to be made. */
  readonly extents: ReadonlyMap<string, Extent>;
  readonly before: EarlierReading | undefined;
  readonly errors: ReadonlyMap<string, WarehouseError>;
  readonly days: readonly TableDay[];
  readonly readAt: number;
}

/** Nodes and calendars as they are now, without those that could not be read. */
export function observationsOf({ pipeline, extents, before, errors, days, readAt }: ReadParts): {
  readonly nodes: ReadonlyMap<string, NodeObservations>;
  readonly calendars: ReadonlyMap<string, CalendarObservations>;
} {
  const found = groupBy(days, ({ key }) => key);
  const nodes = pipeline.nodes
    .filter(({ id }) => !errors.has(id))
    .map((node) => {
      const extent = extents.get(node.id) ?? 'all';
      const earlier = before?.nodes.get(node.id);
      if (extent === 'nothing' && earlier !== undefined) return [node.id, { ...earlier, readAt }] as const;
      const fresh = nodeObservations(node, found.get(node.id) ?? [], readAt);
      const isPart = extent !== 'nothing' && extent !== 'all' && earlier !== undefined;
      return [node.id, isPart ? replaceDates(earlier, fresh, extent) : fresh] as const;
    });
  const calendars = tableCalendars(pipeline)
    .filter(({ name }) => !errors.has(calendarKey(name)))
    .map(({ name }) => {
      const key = calendarKey(name);
      const earlier = before?.calendars.get(name);
      const isUnchanged = extents.get(key) === 'nothing' && earlier !== undefined;
      return [name, isUnchanged ? earlier : calendarObservations(found.get(key) ?? [], readAt)] as const;
    });
  return { nodes: new Map(nodes), calendars: new Map(calendars) };
}
