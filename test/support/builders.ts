import { type Day, parseDay } from '../../src/base/day';
import type { AttemptFact, AttemptLedger, CoverageInput, Waiver } from '../../src/core/coverage/coverage';
import type { CalendarObservations, NodeObservations, Observations, Unavailable } from '../../src/core/observation/observation';
import type {
  AnyOfNeed,
  Calendar,
  Check,
  Due,
  Exclusion,
  Expectation,
  FailureTable,
  NeedWindow,
  Phase,
  Pipeline,
  PipelineNode,
  Processor,
  RunHistoryTable,
  RunMethod,
  Season,
  SingleNeed,
  Source,
} from '../../src/core/pipeline';

/** When everything was read, unless a test says otherwise. */
export const READ_AT = Date.UTC(2021, 11, 2, 12);

/** A date that must be one; tests only. */
export function day(text: string): Day {
  const found = parseDay(text);
  if (found === undefined) throw new Error(`not a date: ${text}`);
  return found;
}

/** A need before its upstream is resolved to an index. */
export interface NeedSpec {
  readonly node: string;
  readonly critical?: boolean;
  readonly window?: NeedWindow;
  readonly minRows?: number;
  readonly backfillMinRows?: number;
  readonly minEntities?: number;
  readonly backfillMinEntities?: number;
  readonly atLeast?: number;
}

export type AnyNeedSpec = NeedSpec | string | { readonly anyOf: readonly (NeedSpec | string)[]; readonly critical?: boolean };

export interface NodeSpec {
  readonly id: string;
  /** Phase id; `sources` makes a source. */
  readonly phase?: string;
  readonly calendar?: string;
  readonly bootstrapDays?: number;
  readonly tables?: readonly string[];
  readonly dateColumn?: string;
  readonly where?: string;
  readonly entity?: readonly string[];
  readonly key?: readonly string[];
  readonly writtenAt?: string;
  readonly expect?: Partial<Omit<Expectation, 'ratioOf'>> & {
    readonly ratioOf?: { readonly node: string; readonly atLeast: number };
  };
  readonly checks?: readonly Check[];
  readonly needs?: readonly AnyNeedSpec[];
  readonly run?: readonly RunMethod[];
  readonly aliases?: readonly string[];
}

export interface PipelineSpec {
  readonly name?: string;
  readonly seasons?: readonly (readonly [from: string, to: string])[];
  readonly calendars?: readonly Calendar[];
  readonly exclusions?: readonly Exclusion[];
  readonly due?: Due;
  readonly nodes: readonly NodeSpec[];
  readonly failures?: readonly FailureTable[];
  readonly history?: RunHistoryTable;
}

export const DAILY: Calendar = { kind: 'every', name: 'daily', every: 'day' };
export const GAMES: Calendar = { kind: 'table', name: 'games', table: 'raw.schedule', dateColumn: 'game_date', count: 'game_id' };

/** A pipeline as `readManifest` would make it: sources first, then processors by phase, in the order given. */
export function buildPipeline(spec: PipelineSpec): Pipeline {
  const calendars = spec.calendars ?? [DAILY];
  const phaseOf = (node: NodeSpec) => node.phase ?? 'phase1';
  const phaseIds = [...new Set(spec.nodes.map(phaseOf).filter((id) => id !== 'sources'))].sort();
  const phases: Phase[] = phaseIds.map((id, index) => ({ index, id, name: id }));
  const rank = (node: NodeSpec) => (phaseOf(node) === 'sources' ? -1 : phaseIds.indexOf(phaseOf(node)));
  const sorted = [...spec.nodes].sort((a, b) => rank(a) - rank(b));
  const index = (id: string): number => {
    const found = sorted.findIndex((node) => node.id === id);
    if (found < 0) throw new Error(`no node ${id}`);
    return found;
  };
  const single = (need: NeedSpec | string): SingleNeed => {
    const { node, critical = true, window = { kind: 'same' }, ...rest } = typeof need === 'string' ? { node: need } : need;
    return { kind: 'single', node: index(node), critical, window, ...rest };
  };
  const nodes: PipelineNode[] = sorted.map((node, position) => {
    const { ratioOf, ...expect } = node.expect ?? {};
    const base = {
      index: position,
      id: node.id,
      name: node.id,
      tables: node.tables ?? [`t.${node.id.toLowerCase()}`],
      dateColumn: node.dateColumn ?? 'day',
      entity: node.entity ?? [],
      key: node.key ?? [],
      ...(node.writtenAt !== undefined && { writtenAt: node.writtenAt }),
      ...(node.where !== undefined && { where: node.where }),
      calendar: Math.max(
        0,
        calendars.findIndex(({ name }) => name === node.calendar),
      ),
      bootstrapDays: node.bootstrapDays ?? 0,
      expect: { minRows: 1, ...expect, ...(ratioOf !== undefined && { ratioOf: { ...ratioOf, node: index(ratioOf.node) } }) },
      checks: node.checks ?? [],
      range: { start: { line: position, column: 0 }, end: { line: position, column: 0 } },
    };
    if (phaseOf(node) === 'sources') return { ...base, kind: 'source' };
    return {
      ...base,
      kind: 'processor',
      phase: phaseIds.indexOf(phaseOf(node)),
      needs: (node.needs ?? []).map((need): SingleNeed | AnyOfNeed =>
        typeof need === 'object' && 'anyOf' in need
          ? { kind: 'anyOf', critical: need.critical ?? true, alternatives: need.anyOf.map(single) }
          : single(need),
      ),
      run: node.run ?? [{ kind: 'sql', file: `${node.id}.sql` }],
      env: {},
      writes: [],
      aliases: node.aliases ?? [],
    };
  });
  return {
    name: spec.name ?? 'test',
    warehouse: { type: 'duckdb', path: 'test.duckdb' },
    seasons: (spec.seasons ?? []).map(
      ([from, to]): Season => ({ name: `${from.slice(0, 4)}-${to.slice(2, 4)}`, from: day(from), to: day(to) }),
    ),
    calendars,
    exclusions: spec.exclusions ?? [],
    due: spec.due ?? { afterDays: 1, zone: 'UTC' },
    phases,
    nodes,
    sources: nodes.filter((node): node is Source => node.kind === 'source'),
    processors: nodes.filter((node): node is Processor => node.kind === 'processor'),
    order: orderOf(nodes),
    failures: spec.failures ?? [],
    ...(spec.history !== undefined && { history: spec.history }),
    logProfiles: new Map(),
  };
}

function orderOf(nodes: readonly PipelineNode[]): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (index: number): void => {
    const node = nodes[index];
    if (node === undefined || seen.has(index)) return;
    seen.add(index);
    if (node.kind === 'processor') {
      for (const need of node.needs) {
        for (const one of need.kind === 'anyOf' ? need.alternatives : [need]) if (one.window.kind === 'same') visit(one.node);
      }
    }
    order.push(index);
  };
  for (const { index } of nodes) visit(index);
  return order;
}

/** What a date of a node holds: a number is rows. */
export type Held =
  | number
  | {
      readonly rows: number;
      readonly entities?: number;
      readonly keys?: number;
      readonly written?: number;
      readonly checks?: readonly number[];
    };

/** Dates without rows are left out, as in a warehouse; `readAt` can be given. */
export function observed(node: NodeSpec, held: Readonly<Record<string, Held>>, readAt = READ_AT): NodeObservations {
  const entries = Object.entries(held)
    .map(([date, value]) => [day(date), typeof value === 'number' ? { rows: value } : value] as const)
    .filter(([, value]) => value.rows > 0)
    .sort(([a], [b]) => a - b);
  const values = entries.map(([, value]) => value);
  return {
    days: Int32Array.from(entries, ([date]) => date),
    rows: Int32Array.from(values, ({ rows }) => rows),
    ...((node.entity ?? []).length > 0 && { entities: Int32Array.from(values, ({ rows, entities }) => entities ?? rows) }),
    ...((node.key ?? []).length > 0 && { keys: Int32Array.from(values, ({ rows, keys }) => keys ?? rows) }),
    ...(node.writtenAt !== undefined && { written: Float64Array.from(values, ({ written }) => written ?? Number.NaN) }),
    checks: (node.checks ?? []).map((_, index) => Float64Array.from(values, ({ checks }) => checks?.[index] ?? 1)),
    readAt,
  };
}

export function calendarObserved(dates: Readonly<Record<string, number>>, readAt = READ_AT): CalendarObservations {
  const entries = Object.entries(dates)
    .map(([date, count]) => [day(date), count] as const)
    .sort(([a], [b]) => a - b);
  return { days: Int32Array.from(entries, ([date]) => date), counts: Int32Array.from(entries, ([, count]) => count), readAt };
}

export interface InputSpec extends PipelineSpec {
  /** By node id, by date. Nodes that are not named were read and are empty; `null` was never read. */
  readonly data?: Readonly<Record<string, Readonly<Record<string, Held>> | null>>;
  /** By calendar name; a table calendar that is not named was never read. */
  readonly calendarDates?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly unavailableNodes?: Readonly<Record<string, Unavailable>>;
  readonly unavailableCalendars?: Readonly<Record<string, Unavailable>>;
  readonly mode?: CoverageInput['mode'];
  readonly now?: number;
  readonly last?: Readonly<Record<string, AttemptFact>>;
  readonly active?: Readonly<Record<string, 'running' | 'queued'>>;
  readonly waivers?: readonly Waiver[];
}

export function buildInput(spec: InputSpec): CoverageInput {
  const pipeline = buildPipeline(spec);
  const nodes = new Map<string, NodeObservations>();
  for (const node of spec.nodes) {
    const held = spec.data?.[node.id];
    if (held !== null) nodes.set(node.id, observed(node, held ?? {}));
  }
  const observations: Observations = {
    nodes,
    calendars: new Map(Object.entries(spec.calendarDates ?? {}).map(([name, dates]) => [name, calendarObserved(dates)])),
    unavailableNodes: new Map(Object.entries(spec.unavailableNodes ?? {})),
    unavailableCalendars: new Map(Object.entries(spec.unavailableCalendars ?? {})),
  };
  const attempts: AttemptLedger = {
    last: new Map(Object.entries(spec.last ?? {})),
    active: new Map(Object.entries(spec.active ?? {}).map(([key, state]) => [key, { backfill: 'b1', state }])),
  };
  return {
    pipeline,
    observations,
    mode: spec.mode ?? 'backfill',
    now: spec.now ?? READ_AT,
    attempts,
    waivers: spec.waivers ?? [],
  };
}

export function attempt(fact: Partial<AttemptFact> & Pick<AttemptFact, 'outcome'>): AttemptFact {
  return { backfill: 'b1', attempt: 'a1', endedAt: READ_AT - 60_000, inputs: [], ...fact };
}
