import { formatDay } from '../../base/day';
import { keepCalendar } from '../../core/observation/calendarAlarm';
import type { Observations, Unavailable } from '../../core/observation/observation';
import { calendarTableKey, nodeKey } from '../../core/observation/observationKey';
import type { Pipeline } from '../../core/pipeline';
import { calendarKey, tableCalendars } from '../../core/sql/coverage';
import type { EarlierReading, WarehouseError, WarehouseReading } from '../ports';
import type { Known, KnownCoverage } from './coverageCache';

/** Everything that the pipeline observes was read, or tried to, as the manifest has it now. */
export function isKnown(pipeline: Pipeline, known: KnownCoverage): boolean {
  return (
    pipeline.nodes.every((node) => known.nodes.get(node.id)?.key === nodeKey(pipeline, node)) &&
    tableCalendars(pipeline).every((calendar) => known.calendars.get(calendar.name)?.key === calendarTableKey(pipeline, calendar))
  );
}

/** What the newest reading brought, as far as the manifest still asks for it. */
export function earlierReading(pipeline: Pipeline, { memo, nodes, calendars }: KnownCoverage): EarlierReading | undefined {
  if (memo === undefined) return undefined;
  const read = <T>(known: ReadonlyMap<string, Known<T>>, keys: Iterable<readonly [name: string, key: string]>) =>
    new Map(
      Array.from(keys).flatMap(([name, key]) => {
        const found = known.get(name);
        const isOfThatReading = found?.key === key && found.unavailable === undefined;
        return isOfThatReading && found.observations !== undefined ? [[name, found.observations] as const] : [];
      }),
    );
  return {
    memo,
    nodes: read(
      nodes,
      pipeline.nodes.map((node) => [node.id, nodeKey(pipeline, node)]),
    ),
    calendars: read(
      calendars,
      tableCalendars(pipeline).map((calendar) => [calendar.name, calendarTableKey(pipeline, calendar)]),
    ),
  };
}

/** What is known after a reading; what it could not bring stays as it was, with the reason. */
export function merged(pipeline: Pipeline, before: KnownCoverage, reading: WarehouseReading, probe: string): KnownCoverage {
  const nodes = pipeline.nodes.map((node) => {
    const key = nodeKey(pipeline, node);
    return [
      node.id,
      answer(key, before.nodes.get(node.id), reading.nodes.get(node.id), reading.errors.get(node.id), reading.readAt),
    ] as const;
  });
  const calendars = tableCalendars(pipeline).map((calendar) => {
    const key = calendarTableKey(pipeline, calendar);
    const last = before.calendars.get(calendar.name);
    const now = reading.calendars.get(calendar.name);
    if (last !== undefined && now !== undefined && now === last.observations) return [calendar.name, last] as const;
    if (now === undefined)
      return [calendar.name, answer(key, last, now, reading.errors.get(calendarKey(calendar.name)), reading.readAt)] as const;
    const { observations, lost } = keepCalendar(pipeline, last?.key === key ? last.observations : undefined, now, reading.readAt);
    if (lost.length === 0) return [calendar.name, { key, observations }] as const;
    const error = lossText(calendar.name, calendar.table, lost);
    return [calendar.name, { key, observations, alarm: { error, since: last?.alarm?.since ?? reading.readAt } }] as const;
  });
  return {
    // What may go better the next time is asked for again, whether or not the warehouse changes.
    ...([...reading.errors.values()].every((error) => error.isOfOneNode) && { probe }),
    ...(reading.memo !== undefined && { memo: reading.memo }),
    nodes: new Map(nodes),
    calendars: new Map(calendars),
  };
}

/** The new answer, or the last good one with what keeps it from being newer. */
function answer<T>(
  key: string,
  before: Known<T> | undefined,
  now: T | undefined,
  error: WarehouseError | undefined,
  at: number,
): Known<T> {
  if (now !== undefined) return { key, observations: now };
  const last = before?.key === key ? before : undefined;
  return {
    key,
    ...(last?.observations !== undefined && { observations: last.observations }),
    unavailable: { error: error?.message ?? 'The warehouse gave no answer.', since: last?.unavailable?.since ?? at },
    ...(last?.alarm !== undefined && { alarm: last.alarm }),
  };
}

function lossText(name: string, table: string, lost: readonly number[]): string {
  const some = lost.slice(0, 3).map(formatDay).join(', ');
  const dates =
    lost.length === 1
      ? `a date that it had (${some})`
      : `${lost.length} dates that it had (${some}${lost.length > 3 ? ', …' : ''})`;
  return `Calendar ${name} lost ${dates}. They still count as expected: restore them in ${table}, or accept the loss by an \`exclude\` in the manifest.`;
}

/** What is wrong with the first calendar that could not be read, or that was read and is nevertheless not trusted. */
export function calendarTrouble(
  pipeline: Pipeline,
  known: KnownCoverage,
  trouble: 'unavailable' | 'alarm',
): Unavailable | undefined {
  for (const calendar of tableCalendars(pipeline)) {
    const found = known.calendars.get(calendar.name);
    const told = found?.key === calendarTableKey(pipeline, calendar) ? found[trouble] : undefined;
    if (told !== undefined) return told;
  }
  return undefined;
}

/** What is known of what the pipeline observes now; what was read for another table or expression says nothing. */
export function observationsOf(
  pipeline: Pipeline,
  known: KnownCoverage,
  never: { readonly message: string; readonly since: number },
): Observations {
  const unread: Unavailable = { error: never.message, since: never.since };
  const nodes = split(
    pipeline.nodes.map((node) => [node.id, nodeKey(pipeline, node)] as const),
    known.nodes,
    unread,
  );
  const keyed = tableCalendars(pipeline).map((calendar) => [calendar.name, calendarTableKey(pipeline, calendar)] as const);
  const calendars = split(keyed, known.calendars, unread);
  return {
    nodes: nodes.observations,
    calendars: calendars.observations,
    unavailableNodes: nodes.unavailable,
    unavailableCalendars: calendars.unavailable,
  };
}

function split<T>(
  keys: readonly (readonly [name: string, key: string])[],
  known: ReadonlyMap<string, Known<T>>,
  unread: Unavailable,
): { readonly observations: Map<string, T>; readonly unavailable: Map<string, Unavailable> } {
  const observations = new Map<string, T>();
  const unavailable = new Map<string, Unavailable>();
  for (const [name, key] of keys) {
    const found = known.get(name);
    const current = found?.key === key ? found : undefined;
    if (current?.observations !== undefined) observations.set(name, current.observations);
    const trouble = current === undefined ? unread : current.unavailable;
    if (trouble !== undefined) unavailable.set(name, trouble);
  }
  return { observations, unavailable };
}
