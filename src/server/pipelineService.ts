import type { ElsewhereJobs } from '../app/elsewhereJobs';
import type { BackfillRecord, Journal } from '../app/journal';
import { CallLogs } from '../app/logs/callLogs';
import { profileOf } from '../app/logs/readLog';
import type { Clock } from '../app/ports';
import { PipelineRecords } from '../app/session/pipelineRecords';
import type { CoverageState, Freshness, PipelineSession } from '../app/session/pipelineSession';
import type { Day } from '../base/day';
import { type Logger, messageOf } from '../base/logger';
import { overOf } from '../base/partitionCounts';
import type { Mode } from '../base/status';
import type { Unavailable } from '../core/observation/observation';
import type { LogPatterns, ManifestProblem, PipelineNode } from '../core/pipeline';
import type { RunTimes } from '../core/plan/estimate';
import type { Noted } from '../core/records/noted';
import type { CoverageArrangement, Grouping, ServerNotifications } from '../protocol/messages';
import { Allowance } from './allowance';
import { BackfillList } from './backfills/backfillList';
import { ElsewhereFeed } from './backfills/elsewhereFeed';
import { FailuresFeed } from './failures/failuresFeed';
import type { FailuresTreeSource } from './failures/failuresTree';
import { NotedDates } from './failures/notedDates';
import { PACE, type Pace } from './pace';
import { type Known, Views } from './views';

export interface ServiceDeps {
  /** Absolute path. */
  readonly manifest: string;
  readonly session: (mode: Mode) => PipelineSession;
  readonly journal: Journal;
  /** What has come to a log since it was read up to `from`, at most `most` bytes; undefined where there is none. */
  readonly readLogBytes: (path: string, from: number, most: number) => Promise<Uint8Array | undefined>;
  readonly elsewhere: Pick<ElsewhereJobs, 'look' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly send: <M extends keyof ServerNotifications>(method: M, params: ServerNotifications[M]) => void;
  /** Called with every new state: the nodes that could not be read, although the warehouse could. */
  readonly judged: (unavailable: ReadonlyMap<string, Unavailable>) => void;
  /** Called after the warehouse was read or found unchanged, unless a running backfill needs it for itself. */
  readonly looked: (session: PipelineSession, freshness: Freshness) => Promise<void>;
  /** Looks whether watched files changed, where the system may not tell. */
  readonly lookAtFiles: () => Promise<void>;
  readonly pace?: Pace;
}

/** Holds what is known of one pipeline, keeps it current, and tells the views what of it changed. */
export class PipelineService {
  readonly #deps: ServiceDeps;
  readonly #pace: Pace;
  readonly #backfills: BackfillList;
  readonly #records: PipelineRecords;
  readonly #failures: FailuresFeed;
  readonly #noted: NotedDates;
  readonly #elsewhere: ElsewhereFeed;
  readonly #views: Views;
  readonly #allowance = new Allowance();
  #remembered = Promise.resolve();
  #session: PipelineSession;
  #mode: Mode;
  #state: CoverageState | undefined;
  #arrangement: CoverageArrangement = { group: 'phase' };
  #mistakes: readonly ManifestProblem[] = [];
  #reading = true;
  #watch = { views: false, matrix: false, failures: false };
  #retries = 0;
  #retry: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;
  #changedBackfills = new Set<string>();
  #poll: NodeJS.Timeout | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(deps: ServiceDeps, mode: Mode) {
    this.#deps = deps;
    this.#pace = deps.pace ?? PACE;
    this.#mode = mode;
    this.#session = deps.session(mode);
    const logs = new CallLogs({
      logPath: (id, log) => deps.journal.logPath(id, log),
      readBytes: deps.readLogBytes,
      profileOf: (id) => this.profileOf(id),
    });
    this.#backfills = new BackfillList(deps.journal, logs, deps.clock);
    this.#records = new PipelineRecords({
      session: () => this.#session,
      backfillRuns: async () => (await deps.journal.ledger()).active.size > 0,
      clock: deps.clock,
      logger: deps.logger,
    });
    this.#failures = new FailuresFeed(this.#records, () => deps.clock.now());
    // An explanation that is open asks again when a tree changes.
    const late = () => deps.send('backfill/treeChanged', { view: 'failures', updated: [], reordered: [] });
    this.#noted = new NotedDates(this.#records, this.#pace.patience, late);
    const { elsewhere: jobs, clock, logger } = deps;
    const changed = () => this.#views.publish();
    this.#elsewhere = new ElsewhereFeed({ jobs, clock, logger, slowMs: this.#pace.elsewhere, changed });
    this.#views = new Views({
      manifest: deps.manifest,
      clock,
      send: deps.send,
      backfills: this.#backfills,
      failures: this.#failures,
      elsewhere: this.#elsewhere,
      known: () => this.#known(),
      progressMs: this.#pace.progress,
    });
  }

  get state(): CoverageState | undefined {
    return this.#state;
  }

  get session(): PipelineSession {
    return this.#session;
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** The profile that a processor's logs are read with. */
  profileOf(processor: string): LogPatterns {
    return profileOf(this.#session.reading?.pipeline, processor);
  }

  /** What the journal holds of a backfill; an old one, which the list does not hold, is read. */
  async recordOf(id: string): Promise<BackfillRecord | undefined> {
    return this.#backfills.views.find(({ record }) => record.plan.id === id)?.record ?? this.#deps.journal.read(id);
  }

  /** What is known of jobs that no backfill started. */
  get elsewhere(): ElsewhereFeed {
    return this.#elsewhere;
  }

  get backfills(): BackfillList {
    return this.#backfills;
  }

  /** What the Failures tree is composed from now. */
  get failures(): FailuresTreeSource {
    return this.#failures.source(this.#state, this.#session.pipeline);
  }

  /** What jobs noted of a partition; undefined where the manifest names no table for that. */
  noted(node: PipelineNode, day: Day): Promise<Noted | 'reading' | undefined> {
    return this.#noted.of(this.#state, node, day);
  }

  /** The runs that the pipeline noted itself. */
  notedRuns(): ReturnType<PipelineRecords['notedRuns']> {
    return this.#records.notedRuns();
  }

  /** How long runs took that the pipeline noted itself, for estimates. */
  runTimes(): Promise<RunTimes | undefined> {
    return this.#records.runTimes();
  }

  /** Shows what was known last, then looks whether it still holds. */
  async start(): Promise<void> {
    this.#remembered = this.#remember();
    await this.#remembered;
    await this.read('probe');
  }

  /**
   * Ends when what earlier processes knew is known. Trees are not answered before: a view that loses its nodes for a moment, such as when
   * the engine was started again, forgets what was open.
   */
  get remembered(): Promise<void> {
    return this.#remembered;
  }

  /** The manifest is to be read again. */
  async manifestChanged(): Promise<void> {
    await this.#reload();
    await this.read('cached');
    await this.read('probe');
  }

  /** Waivers or the clock changed: the same observations are judged anew. */
  async judgeAgain(): Promise<void> {
    const session = this.#session;
    const state = await session.reclassify();
    if (session === this.#session) this.#take(state);
  }

  /** Ends when what is known is at least as fresh as asked. Never rejects for trouble with the warehouse. */
  async read(freshness: Freshness): Promise<void> {
    const session = this.#session;
    if (freshness === 'read') this.#setReading(true);
    const state = await session.coverage(freshness);
    this.#allowance.note(state, freshness === 'read', this.#deps.clock.now());
    // Another session was made meanwhile, for another mode: what it says comes next.
    if (session !== this.#session) return;
    if (freshness !== 'cached') this.#reading = false;
    this.#take(state);
    const wasRead = freshness !== 'cached' && (state?.problem === undefined || state.problem.kind === 'calendar');
    if (wasRead && this.#backfills.active.length === 0)
      this.#background('Checking the tables', this.#deps.looked(session, freshness));
    if (freshness !== 'cached' && this.#watch.failures) await this.#lookAtFailures(freshness === 'read' ? 'read' : 'look');
  }

  async setMode(mode: Mode): Promise<void> {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#session = this.#deps.session(mode);
    await this.manifestChanged();
  }

  /** What the views show. */
  get views(): Views {
    return this.#views;
  }

  get grouping(): Grouping {
    return this.#arrangement.group;
  }

  /** How the Coverage tree is grouped and filtered from now on. */
  arrange(arrangement: CoverageArrangement): void {
    this.#arrangement = arrangement;
    this.#views.publish();
  }

  /** What is on screen. Nothing is polled while nothing is. */
  watch(watch: { readonly views: boolean; readonly matrix: boolean; readonly failures: boolean }): void {
    const before = this.#isWatched();
    const matrixIsNew = watch.matrix && !this.#watch.matrix;
    const failuresAreNew = watch.failures && !this.#watch.failures;
    this.#watch = watch;
    this.#failures.watched = watch.failures;
    clearInterval(this.#poll);
    if (matrixIsNew) this.#views.forgetSnapshot();
    this.#elsewhere.watch(this.#isWatched());
    if (!this.#isWatched()) return;
    this.#poll = setInterval(() => this.#background('Polling', this.#look()), this.#pace.poll);
    if (!before) this.#background('Looking', this.#look());
    else if (failuresAreNew) this.#background('Reading failures', this.#lookAtFailures('look'));
  }

  /** A job that may hang is waited for, because somebody says so. */
  keepWaiting(id: string, attempt: string): void {
    this.#backfills.keepWaiting(id, attempt);
    this.#views.publish();
  }

  /** A backfill was made or its journal changed; the views are told when it was read. */
  async backfillChanged(id: string): Promise<void> {
    await this.#backfills.refresh([id]);
    await this.judgeAgain();
  }

  dispose(): void {
    this.#stopWatching?.();
    this.#elsewhere.dispose();
    clearInterval(this.#poll);
    this.#views.dispose();
    clearTimeout(this.#retry);
    clearTimeout(this.#settle);
  }

  async #remember(): Promise<void> {
    try {
      this.#stopWatching = this.#deps.journal.watch((ids) => this.#journalChanged(ids));
      await this.#backfills.refresh([]);
      await this.#reload();
      await this.read('cached');
    } catch (error) {
      this.#deps.logger.error(`Starting: ${messageOf(error)}`, error);
    }
  }

  async #reload(): Promise<void> {
    const { problems } = await this.#session.reload();
    this.#mistakes = problems.filter(({ severity }) => severity === 'error');
  }

  #take(state: CoverageState | undefined): void {
    this.#state = state ?? this.#state;
    clearTimeout(this.#retry);
    if (this.#state?.problem?.kind === 'busy') {
      const { retry } = this.#pace;
      const delay = retry[Math.min(this.#retries++, retry.length - 1)];
      if (this.#isWatched() || this.#backfills.active.length > 0)
        this.#retry = setTimeout(() => this.#background('Reading again', this.read('probe')), delay);
    } else this.#retries = 0;
    this.#elsewhere.judge(this.#state);
    this.#deps.judged(unavailableOf(this.#state));
    this.#views.publish();
  }

  #background(what: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.#deps.logger.error(`${what}: ${messageOf(error)}`, error));
  }

  async #look(): Promise<void> {
    if (this.#session.reading === undefined) return;
    await this.#deps.lookAtFiles();
    if (await this.#backfills.followLogs()) this.#views.publish();
    await Promise.all([this.#mayPay() ? this.read('probe') : undefined, this.#elsewhere.look()]);
    const judgedAt = this.#state?.input.now;
    if (judgedAt !== undefined && this.#deps.clock.now() - judgedAt > this.#pace.clock) await this.judgeAgain();
  }

  async #lookAtFailures(freshness: 'look' | 'read'): Promise<void> {
    await this.#failures.look(freshness, this.#state);
    this.#views.publish();
  }

  #journalChanged(ids: readonly string[]): void {
    for (const id of ids) this.#changedBackfills.add(id);
    this.#settle ??= setTimeout(() => {
      this.#settle = undefined;
      this.#background('Following the journal', this.#followJournal());
    }, this.#pace.settle);
  }

  async #followJournal(): Promise<void> {
    const ids = [...this.#changedBackfills];
    this.#changedBackfills.clear();
    const before = this.#endings();
    await this.#backfills.refresh(ids);
    await this.#backfills.followLogs();
    await this.judgeAgain();
    // Data changes where partitions end: only then the warehouse is asked, and not for each date where nobody looks.
    const matters = this.#backfills.active.length === 0 || (this.#isWatched() && this.#mayPay());
    if (matters && this.#endings() !== before) await this.read('probe');
  }

  /** What has ended, as a text to compare; a plan that waits for its executor changes nothing. */
  #endings(): string {
    const begun = this.#backfills.views.filter(({ progress }) => progress.phase !== 'planned');
    return begun.map(({ progress }) => `${progress.id} ${overOf(progress)} ${progress.phase}`).join();
  }

  /** Whether the warehouse may be read though nobody asks for it. */
  #mayPay(): boolean {
    return this.#allowance.isLeft(this.#deps.clock.now());
  }

  #isWatched(): boolean {
    return this.#watch.views || this.#watch.matrix;
  }

  #setReading(reading: boolean): void {
    if (this.#reading === reading) return;
    this.#reading = reading;
    this.#views.publish();
  }

  #known(): Known {
    const [first] = this.#mistakes;
    return {
      state: this.#state,
      pipeline: this.#session.pipeline,
      arrangement: this.#arrangement,
      reading: this.#reading,
      mistakes: this.#mistakes.length,
      ...(first !== undefined && { firstMistake: `line ${first.range.start.line + 1}: ${first.message}` }),
      matrix: this.#watch.matrix,
    };
  }
}

function unavailableOf(state: CoverageState | undefined): ReadonlyMap<string, Unavailable> {
  const isRead = state?.asOf !== undefined && (state.problem === undefined || state.problem.kind === 'calendar');
  return isRead ? state.input.observations.unavailableNodes : new Map();
}
