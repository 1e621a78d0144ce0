import type { Day, DayRange } from '../base/day';
import type { Mode } from '../base/status';
import { assumeFilled } from '../core/assume';
import { classify, tablesOf } from '../core/classify';
import type {
  AttemptFact,
  AttemptInput,
  AttemptLedger,
  CoverageGrid,
  CoverageInput,
  PartitionKey,
  Waiver,
} from '../core/coverage';
import { criticalNeeds, inputCells } from '../core/dependencies';
import { succeed } from '../core/ledger';
import { fingerprintOf, type NodeObservations, type Observations } from '../core/observation';
import type { Pipeline } from '../core/pipeline';
import { reasonsOf, refOfCell } from '../core/reasons';
import type { Tables } from '../core/tables';
import { listText, reasonText, refText } from '../core/words';
import type { Clock, Warehouse } from './ports';

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
 * Judging a date costs no query.
 */
export class LiveCoverage {
  readonly #deps: LiveCoverageDeps;
  readonly #last: Map<PartitionKey, AttemptFact>;
  #observations: Observations = {
    nodes: new Map(),
    calendars: new Map(),
    unavailableNodes: new Map(),
    unavailableCalendars: new Map(),
  };
  #known: { readonly grid: CoverageGrid; readonly tables: Tables } | undefined;
  /** Epoch milliseconds; -Infinity before the first read. */
  readAt = Number.NEGATIVE_INFINITY;

  constructor(deps: LiveCoverageDeps) {
    this.#deps = deps;
    this.#last = new Map(deps.attempts.last);
  }

  /** Reads the warehouse in one query. Rejects with a WarehouseError when nothing could be read. */
  async refresh(warehouse: Warehouse, days: DayRange | undefined, signal: AbortSignal): Promise<void> {
    const { pipeline } = this.#deps;
    const reading = await warehouse.observe(pipeline, days, signal);
    const unavailable = (keyOf: (name: string) => string, names: readonly string[]) =>
      new Map(
        names.flatMap((name) => {
          const error = reading.errors.get(keyOf(name));
          return error === undefined ? [] : [[name, { error: error.message, since: reading.readAt }] as const];
        }),
      );
    this.#observations = {
      nodes: new Map<string, NodeObservations>([...this.#observations.nodes, ...reading.nodes]),
      calendars: new Map([...this.#observations.calendars, ...reading.calendars]),
      unavailableNodes: unavailable(
        (id) => id,
        pipeline.nodes.map(({ id }) => id),
      ),
      unavailableCalendars: unavailable(
        (name) => `calendar:${name}`,
        pipeline.calendars.map(({ name }) => name),
      ),
    };
    this.readAt = reading.readAt;
    this.#known = undefined;
  }

  get tables(): Tables {
    return this.#current().tables;
  }

  /** Takes what an attempt left: from then on it is what is known of the partition. */
  record(key: PartitionKey, fact: AttemptFact): void {
    const known = this.#last.get(key);
    // An exact read is newer than the last one of everything, even by a clock that stands still.
    const dated = { ...fact, endedAt: Math.max(fact.endedAt, this.readAt + 1) };
    this.#last.set(key, known === undefined ? dated : succeed(known, dated));
    this.#known = undefined;
  }

  /**
   * Whether dates of a processor can be built now.
   * @param together the dates are built by one call in this order: those before a date are as good as built.
   */
  readiness(processor: string, days: readonly Day[], together: boolean): readonly Readiness[] {
    const { tables: t, grid } = this.#current();
    const cells = days.map((day) => t.cellOf(processor, day));
    const after = together && cells.length > 1 ? this.#assume(t, grid, cells) : t;
    const own = new Set(cells);
    return cells.map((cell) => {
      const node = t.nodes[Math.floor(cell / t.dayCount)];
      const table = after.nodes[Math.floor(cell / t.dayCount)];
      if (cell < 0 || node === undefined || table === undefined) {
        return { verdict: 'unknown', why: 'it is not in the calendar any more', inputs: [] };
      }
      const { verdict, offending } = criticalNeeds(after, table, cell % t.dayCount);
      const unmet = new Set(offending);
      const inputs = inputCells(t, node, cell % t.dayCount).flatMap((input): AttemptInput[] => {
        const measures = own.has(input) && together ? undefined : t.measures(input);
        return measures === undefined
          ? []
          : [{ ...refOfCell(t, input), fingerprint: fingerprintOf(measures), unmet: unmet.has(input) }];
      });
      return { verdict, why: verdict === 'met' ? '' : whyText(after, verdict, offending, cell), inputs };
    });
  }

  /** What a partition lacks of its own expectation: too few rows or entities, failed checks, duplicates. */
  shortfall(processor: string, day: Day): string | undefined {
    const t = this.tables;
    const cell = t.cellOf(processor, day);
    const reasons = cell < 0 ? [] : reasonsOf(t, cell);
    const lacks = reasons.filter(({ kind }) => LACKS.has(kind));
    return lacks.length === 0 ? undefined : lacks.map(reasonText).join('; ');
  }

  #assume(t: Tables, grid: CoverageGrid, cells: readonly number[]): Tables {
    const assumed = assumeFilled(t, grid, new Set(cells));
    return tablesOf(assumed.input, assumed.grid);
  }

  #current(): { readonly grid: CoverageGrid; readonly tables: Tables } {
    if (this.#known !== undefined) return this.#known;
    const { pipeline, mode, waivers, attempts, clock } = this.#deps;
    const input: CoverageInput = {
      pipeline,
      observations: this.#observations,
      mode,
      now: clock.now(),
      attempts: { last: this.#last, active: attempts.active },
      waivers,
    };
    const grid = classify(input);
    this.#known = { grid, tables: tablesOf(input, grid) };
    return this.#known;
  }
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
