import { dirname, join } from 'node:path';
import type { Day } from '../../base/day';
import { counted, formatBytes } from '../../base/figures';
import { type Logger, messageOf } from '../../base/logger';
import type { Mode } from '../../base/status';
import { todayOf } from '../../core/coverage/calendar';
import { classify } from '../../core/coverage/classify';
import type { AttemptLedger, CoverageGrid, CoverageInput, Waiver } from '../../core/coverage/coverage';
import { readManifest } from '../../core/manifest/readManifest';
import { readWaivers } from '../../core/manifest/readWaivers';
import type { ManifestProblem, ManifestReading, Pipeline, WarehouseConfig } from '../../core/pipeline';
import { type Clock, type ReadingCost, type Warehouse, WarehouseError, type WarehouseErrorKind } from '../ports';
import type { CoverageCache, KnownCoverage } from './coverageCache';
import { calendarTrouble, earlierReading, isKnown, merged, observationsOf } from './knownCoverage';

/** Why what is shown is not what the warehouse holds now. `calendar`: a calendar table lost dates, and those that it had still count. */
export interface CoverageProblem {
  readonly message: string;
  /** Epoch milliseconds of the first failure in a row. */
  readonly since: number;
  readonly kind: WarehouseErrorKind | 'calendar';
}

export interface CoverageState {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
  /** `warehouse`: this process has read it. `cache`: an earlier process had. */
  readonly source: 'warehouse' | 'cache';
  /** When the oldest part was read, epoch milliseconds; absent when nothing ever was. */
  readonly asOf?: number;
  /** What the last read of this process took; absent where none was needed, or where reading costs nothing. */
  readonly cost?: ReadingCost;
  readonly problem?: CoverageProblem;
  /** A calendar table that was read and lost dates; it stands beside whatever could not be read. */
  readonly alarm?: CoverageProblem;
}

/**
 * How fresh an answer must be. `cached`: what is known, nothing is opened. `probe`: read only when the warehouse's metadata changed, or
 * something of the manifest was never read; not while a backfill runs whose jobs a reader would block. `read`: in any case.
 */
export type Freshness = 'cached' | 'probe' | 'read';

export interface SessionDeps {
  /** Absolute. */
  readonly manifestPath: string;
  readonly mode: Mode;
  /** Undefined when there is no such file; may reject when it cannot be read. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** May throw a WarehouseError. Opens nothing yet. */
  readonly openWarehouse: (config: WarehouseConfig) => Warehouse;
  readonly cache: CoverageCache;
  readonly ledger: () => Promise<AttemptLedger>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const NOT_READ = 'The warehouse has not been read yet: refresh to read it.';

/** One pipeline as it is known now: its last good manifest, the last good answer of its warehouse, and what follows from both. */
export class PipelineSession {
  readonly #deps: SessionDeps;
  #reading: ManifestReading | undefined;
  #pipeline: Pipeline | undefined;
  #warehouse: { readonly config: string; readonly value: Warehouse } | undefined;
  #known: KnownCoverage = { nodes: new Map(), calendars: new Map() };
  #loaded: Promise<void> | undefined;
  #source: CoverageState['source'] = 'cache';
  #cost: ReadingCost | undefined;
  #failure: CoverageProblem | undefined;
  #state: CoverageState | undefined;
  #waiverProblems: readonly ManifestProblem[] = [];
  #begun = 0;
  #judged = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Refreshes that were asked for and have not begun: who asks again meanwhile gets the same. */
  readonly #waiting = new Map<Freshness, Promise<CoverageState | undefined>>();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** The newest reading of the manifest, broken or not. */
  get reading(): ManifestReading | undefined {
    return this.#reading;
  }

  /** The last good one. */
  get pipeline(): Pipeline | undefined {
    return this.#pipeline;
  }

  /** What the warehouse answered to the probe of the newest read: equal means that nothing has changed. Undefined before any read. */
  get fingerprint(): string | undefined {
    return this.#known.probe;
  }

  /** Mistakes in `.backfill/waivers.yaml`, as of the last classification. */
  get waiverProblems(): readonly ManifestProblem[] {
    return this.#waiverProblems;
  }

  /**
   * Reads the manifest again; the last good pipeline stays when it is broken.
   * @param text the manifest where it is not the file's, such as of an editor.
   */
  async reload(text?: string): Promise<ManifestReading> {
    this.#reading = text === undefined ? await this.#readManifest() : readManifest(text);
    if (this.#reading.pipeline !== undefined) {
      this.#pipeline = this.#reading.pipeline;
      this.#state = undefined;
    }
    return this.#reading;
  }

  /**
   * The coverage, at least as fresh as asked for; undefined while no manifest could be read. Trouble with the warehouse never rejects:
   * the last good answer stays, with a `problem`. `cached` waits for no read that is under way.
   */
  async coverage(freshness: Freshness): Promise<CoverageState | undefined> {
    if (this.#pipeline === undefined) return undefined;
    if (freshness === 'cached') return this.#state ?? this.reclassify();
    const waiting = this.#waiting.get(freshness);
    if (waiting !== undefined) return waiting;
    const refreshed = this.#turn.then(() => {
      this.#waiting.delete(freshness);
      return this.#refresh(freshness);
    });
    this.#turn = refreshed.catch(() => {});
    this.#waiting.set(freshness, refreshed);
    return refreshed;
  }

  /** Judges the same observations anew, after the journal, the waivers or the clock changed. The warehouse is not asked. */
  async reclassify(): Promise<CoverageState | undefined> {
    const begun = ++this.#begun;
    this.#loaded ??= this.#load();
    await this.#loaded;
    const [attempts, waivers] = await Promise.all([this.#deps.ledger(), this.#readWaivers()]);
    const pipeline = this.#pipeline;
    if (pipeline === undefined) return undefined;
    // One that began later was faster: what it read of the journal is newer.
    if (begun < this.#judged && this.#state !== undefined) return this.#state;
    this.#judged = begun;
    const alarm = calendarProblem(pipeline, this.#known, 'alarm');
    const problem = this.#failure ?? alarm ?? calendarProblem(pipeline, this.#known, 'unavailable');
    const input: CoverageInput = {
      pipeline,
      observations: observationsOf(pipeline, this.#known, this.#failure ?? { message: NOT_READ, since: this.#deps.clock.now() }),
      mode: this.#deps.mode,
      now: this.#deps.clock.now(),
      attempts,
      waivers,
    };
    const grid = classify(input);
    this.#state = {
      input,
      grid,
      source: this.#source,
      ...(Number.isFinite(grid.asOf) && { asOf: grid.asOf }),
      ...(this.#cost !== undefined && { cost: this.#cost }),
      ...(problem !== undefined && { problem }),
      ...(alarm !== undefined && { alarm }),
    };
    return this.#state;
  }

  /** The warehouse of the last good manifest. Throws a WarehouseError when there is none that can be used. */
  warehouse(): Warehouse {
    const pipeline = this.#pipeline;
    if (pipeline === undefined) throw new WarehouseError('unsupported', 'The manifest could not be read: correct it first.');
    const config = JSON.stringify(pipeline.warehouse);
    if (this.#warehouse?.config !== config) this.#warehouse = { config, value: this.#deps.openWarehouse(pipeline.warehouse) };
    return this.#warehouse.value;
  }

  async #load(): Promise<void> {
    const known = await this.#deps.cache.load();
    if (known !== undefined) this.#known = known;
  }

  async #refresh(freshness: Freshness): Promise<CoverageState | undefined> {
    this.#loaded ??= this.#load();
    await this.#loaded;
    const pipeline = this.#pipeline;
    if (pipeline === undefined) return undefined;
    try {
      const warehouse = this.warehouse();
      if (
        freshness === 'probe' &&
        warehouse.blocksWriters === true &&
        isKnown(pipeline, this.#known) &&
        (await this.#backfillRuns())
      ) {
        this.#failure = undefined;
        return await this.reclassify();
      }
      // Before the read: a change while it runs makes the next probe differ.
      const probe = await warehouse.probe(pipeline);
      if (freshness === 'read' || probe !== this.#known.probe || !isKnown(pipeline, this.#known)) {
        const before = freshness === 'read' ? undefined : earlierReading(pipeline, this.#known);
        const reading = await warehouse.observe(pipeline, before === undefined ? {} : { before });
        this.#cost = reading.cost;
        if (reading.cost !== undefined) this.#deps.logger.info(costText(reading.cost, before !== undefined));
        this.#known = merged(pipeline, this.#known, reading, probe);
        this.#source = 'warehouse';
        await this.#deps.cache.save(this.#known);
      }
      this.#failure = undefined;
    } catch (error) {
      const kind = error instanceof WarehouseError ? error.kind : 'unreachable';
      if (!(error instanceof WarehouseError)) this.#deps.logger.error('The coverage could not be read.', error);
      this.#failure = { message: messageOf(error), since: this.#failure?.since ?? this.#deps.clock.now(), kind };
    }
    return this.reclassify();
  }

  /**
   * Its jobs open the warehouse to write, again and again, and one that finds it open here would fail. The journal says what they did
   * until then; whoever wants to read nevertheless asks for `read`.
   */
  async #backfillRuns(): Promise<boolean> {
    return (await this.#deps.ledger()).active.size > 0;
  }

  async #readWaivers(): Promise<readonly Waiver[]> {
    const path = join(dirname(this.#deps.manifestPath), '.backfill', 'waivers.yaml');
    try {
      const { waivers, problems } = readWaivers((await this.#deps.readText(path)) ?? '', this.#pipeline, this.#today());
      this.#waiverProblems = problems;
      return waivers;
    } catch (thrown) {
      this.#waiverProblems = [unreadable(thrown)];
      return [];
    }
  }

  #today(): Day | undefined {
    return this.#pipeline === undefined ? undefined : todayOf(this.#pipeline.due, this.#deps.clock.now());
  }

  async #readManifest(): Promise<ManifestReading> {
    const { manifestPath, readText } = this.#deps;
    try {
      const text = await readText(manifestPath);
      return text === undefined ? missingManifest(manifestPath) : readManifest(text);
    } catch (thrown) {
      return { problems: [unreadable(thrown)] };
    }
  }
}

const start = { line: 0, column: 0 };

function unreadable(thrown: unknown): ManifestProblem {
  const message = `The file cannot be read (${messageOf(thrown)}): nothing of it holds.`;
  return { severity: 'error', code: 'unreadable', message, range: { start, end: start } };
}

function missingManifest(path: string): ManifestReading {
  const message = `There is no manifest ${path}: \`backfill init\` writes one.`;
  return { problems: [{ severity: 'error', code: 'missingFile', message, range: { start, end: start } }] };
}

function calendarProblem(
  pipeline: Pipeline,
  known: KnownCoverage,
  trouble: 'unavailable' | 'alarm',
): CoverageProblem | undefined {
  const told = calendarTrouble(pipeline, known, trouble);
  return told && { message: told.error, since: told.since, kind: 'calendar' };
}

function costText(cost: ReadingCost, incremental: boolean): string {
  return `Read ${incremental ? 'what changed' : 'all of the coverage'}: ${billedText(cost)}.`;
}

/** `2 queries, 20 MiB billed`. */
export function billedText({ queries, bytes }: ReadingCost): string {
  return `${counted(queries, 'query', 'queries')}, ${formatBytes(bytes)} billed`;
}
