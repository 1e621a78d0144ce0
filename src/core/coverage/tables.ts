import { type Day, parseDay } from '../../base/day';
import { topologicalOrder } from '../manifest/order';
import { parseFingerprint, sameFingerprint } from '../observation/fingerprint';
import { fingerprintOf, type NodeObservations, type PartitionObservation } from '../observation/observation';
import type { Pipeline, PipelineNode } from '../pipeline';
import { type Builder, builderOf } from './builder';
import { type CalendarTable, calendarTable, EXPECTED, offCodes, type Timeline, timelineOf } from './calendar';
import type { AttemptFact, AttemptInput, CallDate, CoverageInput } from './coverage';
import { compileNeeds, type NeedRule } from './needs';
import { RootSets } from './roots';

/** What the observation of a partition says against it. */
const QUALITY = { duplicates: 1, checkFailed: 2 } as const;

/** What journal and waivers say of a partition. */
export const MARK = {
  running: 1,
  queued: 2,
  waived: 4,
  /** The last attempt left no good partition; counts while it has no rows. */
  failed: 8,
  torn: 16,
  /** It was built while a critical need was unmet. */
  builtUnmet: 32,
  /** Its inputs are not what they were when it was built. */
  inputsChanged: 64,
} as const;

/** What a partition holds, read exactly or with all others. */
export type Measures = Omit<PartitionObservation, 'day' | 'content'>;

/** One node, compiled for the pass over the dates. Cells of a node start at `base`. */
export interface NodeTable {
  readonly node: PipelineNode;
  readonly base: number;
  readonly calendar: CalendarTable;
  /** By date: index into OFF_KINDS, EXPECTED or UNKNOWABLE. */
  readonly off: Uint8Array;
  readonly needs: readonly NeedRule[];
  /** `ratio_of`; not `ordered` where a cycle keeps its node from being judged first, so that only its rows count. */
  readonly ratio?: { readonly node: number; readonly atLeast: number; readonly ordered: boolean };
  /** Its last read or its calendar's failed: statuses rest on an older answer. */
  readonly stalled: boolean;
}

/** All that statuses rest on, dense by cell, and what the pass leaves for nodes and dates that come later. */
export interface Tables {
  readonly input: CoverageInput;
  readonly timeline: Timeline;
  readonly dayCount: number;
  /** The pipeline's first calendar, by date: index into OFF_KINDS, EXPECTED or UNKNOWABLE; without bootstrap. */
  readonly firstOff: Uint8Array;
  /** The first calendar's count of a date; -1 where it expects nothing. */
  readonly counts: Int32Array;
  readonly nodes: readonly NodeTable[];
  /** Node indexes such that what a status rests on within its date comes first. */
  readonly order: readonly number[];
  readonly rows: Int32Array;
  readonly entities: Int32Array;
  readonly quality: Uint8Array;
  readonly marks: Uint8Array;
  readonly attempts: ReadonlyMap<number, AttemptFact>;
  /** The cell of a partition, -1 outside of the grid. */
  readonly cellOf: (id: string, day: Day) => number;
  /** What a cell holds now; undefined when it was never read. */
  readonly measures: (cell: number) => Measures | undefined;
  /** By cell: status code as the data alone has it, whatever holds the partition now. */
  readonly held: Uint8Array;
  /** By cell: verdict of a bare need on it. */
  readonly bare: Uint8Array;
  /** By cell: number of the root set reached through what it lacks; 0 when it lacks nothing itself. */
  readonly through: Int32Array;
  readonly roots: RootSets;
  /** Oldest read; NaN when nothing was ever read. */
  readonly asOf: number;
}

export function buildTables(input: CoverageInput): Tables {
  const { pipeline, observations } = input;
  const timeline = timelineOf(input);
  const { dayCount } = timeline;
  const cells = pipeline.nodes.length * dayCount;
  const rows = new Int32Array(cells).fill(-1);
  const entities = new Int32Array(cells).fill(-1);
  const quality = new Uint8Array(cells);
  const marks = new Uint8Array(cells);
  const indexById = new Map(pipeline.nodes.map((node) => [node.id, node.index]));

  pipeline.nodes.forEach((node, index) => {
    const observed = observations.nodes.get(node.id);
    if (observed !== undefined) scatter(node, observed, { timeline, base: index * dayCount, rows, entities, quality });
  });

  const cellOf = (id: string, day: Day): number => {
    const index = indexById.get(id);
    const offset = day - timeline.firstDay;
    return index === undefined || offset < 0 || offset >= dayCount ? -1 : index * dayCount + offset;
  };
  const attempts = new Map<number, AttemptFact>();
  /** What an attempt read after the warehouse was last read as a whole: the newest answer. */
  const newer = new Map<number, Measures>();
  for (const [key, fact] of input.attempts.last) {
    const cell = cellOfKey(key, cellOf);
    const node = pipeline.nodes[Math.floor(cell / dayCount)];
    if (cell < 0 || node === undefined) continue;
    attempts.set(cell, fact);
    const readAt = observations.nodes.get(node.id)?.readAt;
    const after = leftBy(fact);
    if (after === undefined || readAt === undefined || fact.endedAt <= readAt) continue;
    newer.set(cell, after);
    rows[cell] = after.rows;
    entities[cell] = node.entity.length > 0 ? (after.entities ?? 0) : -1;
    quality[cell] = qualityOf(node, after.rows, after.keys, (check) => after.checks[check]);
  }
  const measures = (cell: number): Measures | undefined => {
    const after = newer.get(cell);
    if (after !== undefined) return after;
    const observed = observations.nodes.get(pipeline.nodes[Math.floor(cell / dayCount)]?.id ?? '');
    return observed === undefined ? undefined : measuresAt(observed, timeline.firstDay + (cell % dayCount));
  };
  for (const [cell, last] of attempts)
    marks[cell] = attemptMarks(last, builderAt({ attempts, cellOf, measures }, cell), { cellOf, measures });
  for (const [key, { state }] of input.attempts.active) {
    const cell = cellOfKey(key, cellOf);
    if (cell >= 0) marks[cell] = (marks[cell] ?? 0) | MARK[state];
  }
  for (const waiver of input.waivers) {
    if (waiver.until !== undefined && waiver.until < timeline.today) continue;
    const index = indexById.get(waiver.node);
    if (index === undefined) continue;
    const from = Math.max(0, waiver.from - timeline.firstDay);
    const to = Math.min(dayCount - 1, waiver.to - timeline.firstDay);
    for (let offset = from; offset <= to; offset++) {
      const cell = index * dayCount + offset;
      marks[cell] = (marks[cell] ?? 0) | MARK.waived;
    }
  }

  const order = evaluationOrder(pipeline);
  const calendars = pipeline.calendars.map((_, index) => calendarTable(input, timeline, index));
  const first = calendars[0] ?? UNREAD_CALENDAR;
  const firstOff = offCodes(input, timeline, first, 0);
  return {
    input,
    timeline,
    dayCount,
    firstOff,
    counts: Int32Array.from(firstOff, (code, offset) => (code === EXPECTED ? (first.counts[offset] ?? -1) : -1)),
    nodes: compileNodes(input, { timeline, calendars, rows, order }),
    order,
    rows,
    entities,
    quality,
    marks,
    attempts,
    cellOf,
    measures,
    held: new Uint8Array(cells),
    bare: new Uint8Array(cells),
    through: new Int32Array(cells),
    roots: new RootSets(
      pipeline.nodes.map(({ id }) => id),
      dayCount,
    ),
    asOf: asOf(input),
  };
}

/**
 * Node indexes such that within a date every node comes after what its status rests on: needs of the same date and `ratio_of`. Where a
 * `ratio_of` closes a cycle, by needs alone.
 */
function evaluationOrder({ nodes }: Pipeline): readonly number[] {
  const needs = nodes.map((node) =>
    (node.kind === 'processor' ? node.needs : [])
      .flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need]))
      .flatMap(({ window, node: upstream }) => (window.kind === 'same' ? [upstream] : [])),
  );
  let cycle = false;
  const all = nodes.map(({ expect }, index) => [
    ...(needs[index] ?? []),
    ...(expect.ratioOf === undefined ? [] : [expect.ratioOf.node]),
  ]);
  const order = topologicalOrder(all, () => {
    cycle = true;
  });
  return cycle ? topologicalOrder(needs, () => undefined) : order;
}

interface CompileInput {
  readonly timeline: Timeline;
  readonly calendars: readonly CalendarTable[];
  readonly rows: Int32Array;
  readonly order: readonly number[];
}

function compileNodes(input: CoverageInput, { timeline, calendars, rows, order }: CompileInput): NodeTable[] {
  const { pipeline, observations } = input;
  const offByRule = new Map<string, Uint8Array>();
  const offs = pipeline.nodes.map(({ calendar, bootstrapDays }) => {
    const rule = `${calendar} ${bootstrapDays}`;
    const known = offByRule.get(rule);
    if (known !== undefined) return known;
    const codes = offCodes(input, timeline, calendars[calendar] ?? UNREAD_CALENDAR, bootstrapDays);
    offByRule.set(rule, codes);
    return codes;
  });
  return pipeline.nodes.map((node, index) => ({
    node,
    base: index * timeline.dayCount,
    calendar: calendars[node.calendar] ?? UNREAD_CALENDAR,
    off: offs[index] ?? new Uint8Array(timeline.dayCount),
    needs: node.kind === 'processor' ? compileNeeds(node.needs, { mode: input.mode, timeline, offs, rows }) : [],
    ...(node.expect.ratioOf !== undefined &&
      node.expect.ratioOf.node !== index && {
        ratio: { ...node.expect.ratioOf, ordered: order.indexOf(node.expect.ratioOf.node) < order.indexOf(index) },
      }),
    stalled:
      observations.unavailableNodes.has(node.id) ||
      observations.unavailableCalendars.has(pipeline.calendars[node.calendar]?.name ?? ''),
  }));
}

const UNREAD_CALENDAR: CalendarTable = { known: false, counts: new Int32Array(0) };

interface DenseTarget {
  readonly timeline: Timeline;
  readonly base: number;
  readonly rows: Int32Array;
  readonly entities: Int32Array;
  readonly quality: Uint8Array;
}

function scatter(node: PipelineNode, observed: NodeObservations, target: DenseTarget): void {
  const { timeline, base, rows, entities, quality } = target;
  const { firstDay, dayCount } = timeline;
  rows.fill(0, base, base + dayCount);
  if (observed.entities !== undefined) entities.fill(0, base, base + dayCount);
  const { days, keys } = observed;
  const judged = keys !== undefined || node.checks.length > 0;
  for (let i = 0; i < days.length; i++) {
    const offset = (days[i] ?? 0) - firstDay;
    if (offset < 0 || offset >= dayCount) continue;
    const count = observed.rows[i] ?? 0;
    rows[base + offset] = count;
    if (observed.entities !== undefined) entities[base + offset] = observed.entities[i] ?? 0;
    if (judged) quality[base + offset] = qualityOf(node, count, keys?.[i], (check) => observed.checks[check]?.[i]);
  }
}

function qualityOf(
  node: PipelineNode,
  rows: number,
  keys: number | undefined,
  ratioOf: (check: number) => number | undefined,
): number {
  let bits = 0;
  if (keys !== undefined && node.key.length > 0 && keys < rows) bits |= QUALITY.duplicates;
  for (let check = 0; check < node.checks.length; check++) {
    const ratio = ratioOf(check);
    if (ratio !== undefined && ratio < (node.checks[check]?.atLeast ?? 0)) bits |= QUALITY.checkFailed;
  }
  return bits;
}

/** Index of a date's observation, -1 when it has none. */
function observationIndex(days: Int32Array, day: Day): number {
  let low = 0;
  let high = days.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = days[middle] ?? 0;
    if (found === day) return middle;
    if (found < day) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function measuresAt(observed: NodeObservations, day: Day): Measures {
  const index = observationIndex(observed.days, day);
  if (index < 0) return { rows: 0, checks: [] };
  const entities = observed.entities?.[index];
  const keys = observed.keys?.[index];
  const written = observed.written?.[index];
  return {
    rows: observed.rows[index] ?? 0,
    ...(entities !== undefined && { entities }),
    ...(keys !== undefined && { keys }),
    ...(written !== undefined && { written }),
    checks: observed.checks.map((check) => check[index] ?? Number.NaN),
  };
}

function attemptMarks(last: AttemptFact, builder: Builder | undefined, now: Pick<Tables, 'cellOf' | 'measures'>): number {
  const failed = last.outcome === 'done' || last.outcome === 'partial' || last.outcome === 'cleaned' ? 0 : MARK.failed;
  if (builder === undefined) return failed;
  const { inputs } = builder.attempt;
  const built = failed | (inputs.some((entry) => entry.unmet) ? MARK.builtUnmet : 0);
  if (builder.torn) return built | MARK.torn;
  return built | (changedInputs(inputs, now).length > 0 ? MARK.inputsChanged : 0);
}

/** Who built what a cell holds, as far as the journal knows. */
export function builderAt(
  { attempts, cellOf, measures }: Pick<Tables, 'attempts' | 'cellOf' | 'measures'>,
  cell: number,
): Builder | undefined {
  const last = attempts.get(cell);
  const untold = last?.outcome !== 'done' && last?.after === undefined;
  const now = untold || last?.builtBy !== undefined ? measures(cell) : undefined;
  if (last === undefined) return undefined;
  return builderOf(
    last,
    now === undefined ? undefined : fingerprintOf(now),
    ({ call = [] }) => (now?.rows ?? 0) > 0 && wentOn(call, cell, { cellOf, measures }),
  );
}

/** Whether a call has changed a date after that of a cell. */
function wentOn(call: readonly CallDate[], cell: number, { cellOf, measures }: Pick<Tables, 'cellOf' | 'measures'>): boolean {
  for (const { key, before, found } of call.toReversed()) {
    const later = cellOfKey(key, cellOf);
    if (later === cell) return false;
    const now = later < 0 ? undefined : measures(later);
    const text = found ?? (now === undefined ? before : fingerprintOf(now));
    if (!sameFingerprint(before, text)) return true;
  }
  return false;
}

/** The inputs of an attempt whose partitions hold something else by now. Those that cannot be read are not counted. */
export function changedInputs(
  inputs: readonly AttemptInput[],
  { cellOf, measures }: Pick<Tables, 'cellOf' | 'measures'>,
): readonly AttemptInput[] {
  return inputs.filter((input) => {
    const cell = cellOf(input.node, input.day);
    const now = cell < 0 ? undefined : measures(cell);
    return now !== undefined && !sameFingerprint(input.fingerprint, fingerprintOf(now));
  });
}

/** Of attempts that were asked about before: an executor makes these tables anew for each partition that it builds. */
const LEFT = new WeakMap<AttemptFact, ReturnType<typeof parseFingerprint>>();

/** What an attempt left, as its fingerprint tells it. */
function leftBy(fact: AttemptFact): ReturnType<typeof parseFingerprint> {
  if (fact.after === undefined) return undefined;
  const known = LEFT.get(fact) ?? parseFingerprint(fact.after);
  LEFT.set(fact, known);
  return known;
}

function cellOfKey(key: string, cellOf: (id: string, day: Day) => number): number {
  const space = key.lastIndexOf(' ');
  const day = parseDay(key.slice(space + 1));
  return day === undefined ? -1 : cellOf(key.slice(0, space), day);
}

function asOf({ pipeline, observations }: CoverageInput): number {
  const used = new Set(pipeline.nodes.map((node) => pipeline.calendars[node.calendar]?.name ?? ''));
  let oldest = Number.NaN;
  const take = (readAt: number | undefined) => {
    if (readAt !== undefined && !(readAt >= oldest)) oldest = readAt;
  };
  for (const node of pipeline.nodes) take(observations.nodes.get(node.id)?.readAt);
  for (const name of used) take(observations.calendars.get(name)?.readAt);
  return oldest;
}
