import { type Day, type DayRange, parseDay } from '../../base/day';
import { type Mode, STATUSES, type Status } from '../../base/status';
import { succeed } from '../../core/backfill/ledger';
import { classify, tablesOf } from '../../core/coverage/classify';
import type {
  AttemptFact,
  AttemptInput,
  AttemptLedger,
  CoverageGrid,
  CoverageInput,
  PartitionKey,
  Waiver,
} from '../../core/coverage/coverage';
import { criticalNeeds, inputCells, precedingCells } from '../../core/coverage/dependencies';
import { reasonsOf, refOfCell } from '../../core/coverage/reasons';
import { MARK, type Measures, type Tables } from '../../core/coverage/tables';
import { fingerprintOf, type NodeObservations, type Observations } from '../../core/observation/observation';
import type { Pipeline, Processor, Season } from '../../core/pipeline';
import { assumeFilled } from '../../core/plan/assume';
import { isExpected } from '../../core/plan/planJobs';
import { calendarKey } from '../../core/sql/coverage';
import { listText, reasonText, refText } from '../../core/words';
import type { Clock, EarlierReading, Warehouse } from '../ports';

export interface LiveCoverageDeps {
  readonly pipeline: Pipeline;
  readonly mode: Mode;
  readonly waivers: readonly Waiver[];
  /** What earlier and other backfills know. */
  readonly attempts: AttemptLedger;
  readonly clock: Clock;
}

/** Whether a partition can be built now, and from what. */
export interface Readiness {
  readonly verdict: 'met' | 'unmet' | 'unknown';
  /** What is unmet; empty where all is met. */
  readonly why: string;
  readonly inputs: readonly AttemptInput[];
}

/**
 * The coverage as an executor knows it: read as a whole now and then, and in between kept current by the exact reads of its own attempts.
 * Judging a date costs no query. No need reaches beyond its season, so each season is kept and judged by itself: what one attempt changes
 * is judged again in the time that a season takes.
 */
export class LiveCoverage {
  readonly #deps: LiveCoverageDeps;
  readonly #parts: readonly Part[];
  #observations: Observations = NOTHING_OBSERVED;
  #earlier: { readonly days: DayRange | undefined; readonly reading: EarlierReading } | undefined;
  /** Epoch milliseconds; -Infinity before the first read. */
  readAt = Number.NEGATIVE_INFINITY;

  constructor(deps: LiveCoverageDeps) {
    this.#deps = deps;
    const { seasons } = deps.pipeline;
    this.#parts = seasons.length === 0 ? [newPart(undefined)] : seasons.map(newPart);
    for (const [key, fact] of deps.attempts.last) this.#partOf(dayOfKey(key))?.last.set(key, withoutStaleness(fact));
  }

  /** Reads these dates, where the warehouse can tell only what changed since the last time. Rejects with a WarehouseError when nothing could be read. */
  async refresh(warehouse: Warehouse, days: DayRange | undefined, signal: AbortSignal): Promise<void> {
    const { pipeline } = this.#deps;
    const isSame = this.#earlier?.days?.from === days?.from && this.#earlier?.days?.to === days?.to;
    const before = isSame ? this.#earlier?.reading : undefined;
    const reading = await warehouse.observe(pipeline, {
      ...(days !== undefined && { days }),
      signal,
      ...(before !== undefined && { before }),
    });
    const { memo, nodes, calendars: dated } = reading;
    this.#earlier = memo === undefined ? undefined : { days, reading: { memo, nodes, calendars: dated } };
    const unavailable = (names: readonly string[], keyOf: (name: string) => string) =>
      new Map(
        names.flatMap((name) => {
          const error = reading.errors.get(keyOf(name));
          return error === undefined ? [] : [[name, { error: error.message, since: reading.readAt }] as const];
        }),
      );
    const ids = pipeline.nodes.map(({ id }) => id);
    const calendars = pipeline.calendars.map(({ name }) => name);
    this.#observations = {
      nodes: new Map([...this.#observations.nodes, ...reading.nodes]),
      calendars: new Map([...this.#observations.calendars, ...reading.calendars]),
      unavailableNodes: unavailable(ids, (id) => id),
      unavailableCalendars: unavailable(calendars, calendarKey),
    };
    this.readAt = reading.readAt;
    for (const part of this.#parts) part.known = undefined;
  }

  /** Takes what an attempt left: from then on it is what is known of the partition. */
  record(key: PartitionKey, fact: AttemptFact): void {
    const part = this.#partOf(dayOfKey(key));
    if (part === undefined) return;
    const known = part.last.get(key);
    // An exact read is newer than the last one of everything, even by a clock that stands still.
    const dated = withoutStaleness({ ...fact, endedAt: Math.max(fact.endedAt, this.readAt + 1) });
    part.last.set(key, known === undefined ? dated : succeed(known, dated));
    // Told once more of the same attempt: how long it took changes nothing of what is judged.
    const isKnown = known?.attempt === fact.attempt && known.outcome === 'done' && fact.outcome === 'done';
    if (!isKnown || known.after !== fact.after) part.known = undefined;
  }

  /**
   * Whether dates of a processor can be built now.
   * @param together the dates are built by one call in this order: those before a date are as good as built.
   */
  readiness(processor: string, days: readonly Day[], together: boolean): readonly Readiness[] {
    const assumed = new Map<Part, Tables>();
    return days.map((day) => {
      const part = this.#partOf(day);
      if (part === undefined) return OUTSIDE;
      const { tables: t, grid } = this.#current(part);
      const cell = t.cellOf(processor, day);
      const own = together ? days.map((one) => t.cellOf(processor, one)).filter((one) => one >= 0) : [];
      const after = together ? (assumed.get(part) ?? assume(t, grid, own)) : t;
      assumed.set(part, after);
      const table = after.nodes[Math.floor(cell / t.dayCount)];
      if (cell < 0 || table === undefined) return OUTSIDE;
      const { verdict, offending } = criticalNeeds(after, table, cell % t.dayCount);
      const unmet = new Set(offending);
      const inputs = inputCells(t, table, cell % t.dayCount).flatMap((input): AttemptInput[] => {
        const measures = own.includes(input) ? undefined : t.measures(input);
        return measures === undefined
          ? []
          : [{ ...refOfCell(t, input), fingerprint: fingerprintOf(measures), unmet: unmet.has(input) }];
      });
      return { verdict, why: verdict === 'met' ? '' : whyText(after, verdict, offending, cell), inputs };
    });
  }

  /** What a partition lacks of its own expectation: too few rows or entities, failed checks, duplicates. */
  shortfall(processor: string, day: Day): string | undefined {
    const t = this.#tablesAt(day);
    const cell = t?.cellOf(processor, day) ?? -1;
    const reasons = t === undefined || cell < 0 ? [] : reasonsOf(t, cell);
    const lacks = reasons.filter(({ kind }) => LACKS.has(kind));
    return lacks.length === 0 ? undefined : lacks.map(reasonText).join('; ');
  }

  /** What the warehouse holds of a partition, as last read; undefined where nobody knows. */
  measuresOf(processor: string, day: Day): Measures | undefined {
    const t = this.#tablesAt(day);
    const cell = t?.cellOf(processor, day) ?? -1;
    return t === undefined || cell < 0 ? undefined : t.measures(cell);
  }

  /** As the data alone has it; undefined where it is not in the calendar any more. */
  statusOf(processor: string, day: Day): Status | undefined {
    const t = this.#tablesAt(day);
    const cell = t?.cellOf(processor, day) ?? -1;
    return t === undefined || cell < 0 ? undefined : STATUSES[t.held[cell] ?? 0];
  }

  /** Whether its builder left it torn, or built it while a need was unmet. */
  isDoubtful(processor: string, day: Day): boolean {
    const t = this.#tablesAt(day);
    const cell = t?.cellOf(processor, day) ?? -1;
    return t !== undefined && cell >= 0 && ((t.marks[cell] ?? 0) & (MARK.torn | MARK.builtUnmet)) !== 0;
  }

  /** Seconds: the longest silences of the last attempts of a processor, one for each partition of which that is known. */
  longestSilences(processor: string): readonly number[] {
    return this.#parts.flatMap(({ last }) =>
      [...last].flatMap(([key, { longestSilence }]) =>
        longestSilence !== undefined && key.startsWith(`${processor} `) ? [longestSilence] : [],
      ),
    );
  }

  /** Keys of the partitions that must not be worked on at the same time as one that comes after them. */
  preceding(processor: string, day: Day): readonly PartitionKey[] {
    const t = this.#tablesAt(day);
    const cell = t?.cellOf(processor, day) ?? -1;
    const table = t?.nodes[Math.floor(cell / t.dayCount)];
    if (t === undefined || table === undefined) return [];
    return precedingCells(t, table, cell % t.dayCount).map((one) => refText(refOfCell(t, one)));
  }

  /** Whether a range that passes over a date would build it, too. */
  isExpected(processor: Processor, day: Day): boolean {
    const t = this.#tablesAt(day);
    return t !== undefined && isExpected(t, processor, day);
  }

  #tablesAt(day: Day): Tables | undefined {
    const part = this.#partOf(day);
    return part === undefined ? undefined : this.#current(part).tables;
  }

  #partOf(day: Day): Part | undefined {
    return this.#parts.find(({ season }) => season === undefined || (season.from <= day && day <= season.to));
  }

  #current(part: Part): { readonly grid: CoverageGrid; readonly tables: Tables } {
    if (part.known !== undefined) return part.known;
    const { pipeline, mode, waivers, attempts, clock } = this.#deps;
    const { season, last } = part;
    const input: CoverageInput = {
      pipeline: season === undefined ? pipeline : { ...pipeline, seasons: [season] },
      observations: season === undefined ? this.#observations : within(this.#observations, season),
      mode,
      now: clock.now(),
      attempts: { last, active: attempts.active },
      waivers,
    };
    const grid = classify(input);
    part.known = { grid, tables: tablesOf(input, grid) };
    return part.known;
  }
}

/** A season with what is known of it; the whole of time where the pipeline has none. */
interface Part {
  readonly season: Season | undefined;
  readonly last: Map<PartitionKey, AttemptFact>;
  known: { readonly grid: CoverageGrid; readonly tables: Tables } | undefined;
}

function newPart(season: Season | undefined): Part {
  return { season, last: new Map(), known: undefined };
}

const NOTHING_OBSERVED: Observations = {
  nodes: new Map(),
  calendars: new Map(),
  unavailableNodes: new Map(),
  unavailableCalendars: new Map(),
};
const OUTSIDE: Readiness = { verdict: 'unknown', why: 'it is not in the calendar any more', inputs: [] };

function assume(t: Tables, grid: CoverageGrid, cells: readonly number[]): Tables {
  const { input, grid: after } = assumeFilled(t, grid, new Set(cells));
  return tablesOf(input, after);
}

/** A stale upstream is as good as a complete one, and comparing all inputs of all attempts would cost more than everything else. */
function withoutStaleness(fact: AttemptFact): AttemptFact {
  const { builtBy, ...own } = fact;
  const inputs = fact.inputs.filter(({ unmet }) => unmet);
  return { ...own, inputs, ...(builtBy !== undefined && { builtBy: withoutStaleness(builtBy) }) };
}

function within(observations: Observations, { from, to }: DayRange): Observations {
  const nodes = [...observations.nodes].map(([id, { days, rows, entities, keys, written, checks, readAt }]) => {
    const start = days.findIndex((day) => day >= from);
    const end = days.findLastIndex((day) => day <= to) + 1;
    const cut = <T extends Int32Array | Float64Array>(column: T): T => column.subarray(start < 0 ? end : start, end) as T;
    const columns: NodeObservations = {
      days: cut(days),
      rows: cut(rows),
      checks: checks.map(cut),
      readAt,
      ...(entities !== undefined && { entities: cut(entities) }),
      ...(keys !== undefined && { keys: cut(keys) }),
      ...(written !== undefined && { written: cut(written) }),
    };
    return [id, columns] as const;
  });
  return { ...observations, nodes: new Map(nodes) };
}

function dayOfKey(key: PartitionKey): Day {
  return parseDay(key.slice(key.lastIndexOf(' ') + 1)) ?? Number.NaN;
}

const LACKS: ReadonlySet<string> = new Set(['belowExpectation', 'missingEntities', 'checkFailed', 'duplicates']);

function whyText(t: Tables, verdict: 'unmet' | 'unknown', offending: readonly number[], cell: number): string {
  if (verdict === 'unknown') return 'whether its needs are met is unknown: what it needs was never read';
  const texts = reasonsOf(t, cell).flatMap((reason) => (reason.kind === 'upstream' ? [reasonText(reason)] : []));
  return listText(texts.length > 0 ? texts : offending.map((one) => `${refText(refOfCell(t, one))} is not good enough`), 3);
}

/** The dates that judging a plan takes: from the start of the season of its first date, because no window reaches further back. */
export function daysToObserve({ seasons }: Pipeline, days: readonly Day[]): DayRange | undefined {
  const from = Math.min(...days);
  const season = seasons.find((one) => one.from <= from && from <= one.to);
  return season === undefined ? undefined : { from: season.from, to: Math.max(...days) };
}
