import { type Day, type DayRange, formatDay, parseDay } from '../base/day';
import type { Plan, PlannedJob, RemoteJob, RepeatPolicy } from '../core/backfill';
import type { AttemptLedger } from '../core/coverage';
import type { Pipeline, Processor } from '../core/pipeline';
import { oneWriterReason } from '../core/planJobs';
import { SKIP_NEEDS } from '../core/preflight';
import { isClean } from '../core/progress';
import { type EndedAttempt, Repeats } from '../core/repeats';
import { nextCall } from '../core/runMethod';
import { type WorkItem, WorkSet } from '../core/workSet';
import { type CallEnd, CallRunner, type CallRunnerDeps } from './callRunner';
import type { GivenRequest, Holder, PartitionHold } from './journal';
import { daysToObserve, type Readiness } from './liveCoverage';
import type { Pauses } from './pauses';
import { answerRequests } from './requestLoop';
import type { Rivals } from './rivals';
import type { TakenOver, TakeOver } from './takeOver';

export type ExecutionResult = 'done' | 'failed' | 'cancelled';

export interface ExecutionParts extends CallRunnerDeps {
  readonly pipeline: Pipeline;
  /** What other backfills hold. */
  readonly others: AttemptLedger['active'];
  readonly rivals: Rivals;
  /** Whether a remote job that a dead backfill left runs. */
  readonly isRunning: (job: RemoteJob) => Promise<boolean>;
  /** Of a session that resumes the backfill. */
  readonly takeOver?: TakeOver;
  /** Who asked for it, of a session that only brings to an end what others left. */
  readonly cancelBy?: string;
  /** Why nothing new starts. */
  readonly pauses: Pauses;
  /** Ends what runs, and all waiting. */
  readonly ends: AbortController;
  readonly onRepeat: RepeatPolicy;
  /** Names of requests that were answered before. */
  readonly answered: ReadonlySet<string>;
}

interface Call {
  readonly job: PlannedJob;
  readonly processor: Processor;
  readonly items: readonly WorkItem[];
  readonly readiness: readonly Readiness[];
  readonly hold: PartitionHold;
}

/** How old the last read of everything may be when a date's needs are judged. */
const FRESH_MS = 30_000;

/**
 * Works through the partitions of a plan as a set: whatever is ready and has a slot runs, upstream first, and a failure stops only what
 * depends on it.
 */
export class Execution {
  readonly #parts: ExecutionParts;
  readonly #plan: Plan;
  readonly #calls: CallRunner;
  readonly #jobs: readonly { readonly job: PlannedJob; readonly processor: Processor }[];
  readonly #days: DayRange | undefined;
  readonly #running = new Map<Promise<void>, PlannedJob>();
  readonly #abort: AbortController;
  readonly #pauses: Pauses;
  readonly #repeats = new Repeats();
  /** How many jobs at once. */
  readonly #slots: number;
  #work = new WorkSet([]);
  /** Nothing new starts any more. */
  #stopping = false;
  #cancelledBy: Promise<unknown> | undefined;
  #failures = 0;
  #broken: unknown;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
    this.#plan = parts.plan;
    this.#abort = parts.ends;
    this.#pauses = parts.pauses;
    this.#slots = Math.max(1, parts.plan.request.slots);
    this.#calls = new CallRunner({ ...parts, onEnded: (attempt) => this.#notice(attempt) }, this.#abort.signal);
    this.#jobs = parts.plan.jobs.flatMap((job) => {
      const processor = parts.pipeline.processors.find(({ id }) => id === job.processor);
      return processor === undefined ? [] : [{ job, processor }];
    });
    this.#days = daysToObserve(
      parts.pipeline,
      runsOf(parts.plan).map(({ day }) => day),
    );
  }

  async run(signal: AbortSignal): Promise<ExecutionResult> {
    const onSignal = () => this.#cancel('a signal to the executor');
    signal.addEventListener('abort', onSignal, { once: true });
    if (signal.aborted) onSignal();
    const { journal, answered, claim, takeOver, cancelBy } = this.#parts;
    const stopLooking = answerRequests({
      ...{ journal, id: this.#plan.id, session: claim.session, answered },
      handle: (request) => this.#answer(request),
    });
    if (cancelBy !== undefined) this.#cancel(cancelBy);
    try {
      await takeOver?.awaitJobs(this.#abort.signal);
      await this.#refresh();
      const earlier = this.#broken === undefined ? await this.#takeOver() : undefined;
      this.#work = await this.#makeWork(earlier?.settled);
      while (await this.#step());
    } finally {
      stopLooking();
      signal.removeEventListener('abort', onSignal);
      this.#abort.abort();
      await Promise.all(this.#running.keys());
      await this.#cancelledBy;
    }
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#cancelledBy !== undefined && (this.#failures > 0 || this.#work.waiting > 0)) return 'cancelled';
    return this.#failures > 0 || this.#work.waiting > 0 ? 'failed' : 'done';
  }

  /** Starts what can start, then waits for something to end. False when all is over. */
  async #step(): Promise<boolean> {
    if (!this.#stopping && !this.#pauses.isOn) await this.#refresh();
    for (let call = await this.#nextCall(); call !== undefined; call = await this.#nextCall()) this.#start(call);
    const isHeldUp = this.#pauses.isOn && !this.#stopping && this.#work.waiting > 0;
    if (this.#running.size === 0 && !isHeldUp) return false;
    await Promise.race([...this.#running.keys(), this.#pauses.changed]);
    return true;
  }

  async #refresh(freshMs = FRESH_MS): Promise<void> {
    const { live, clock, warehouse } = this.#parts;
    if (clock.now() - live.readAt < freshMs) return;
    try {
      await this.#parts.patience.patiently(() => live.refresh(warehouse, this.#days, this.#abort.signal));
    } catch (thrown) {
      // A cancelled read says nothing of the warehouse.
      if (!this.#abort.signal.aborted) this.#break(thrown);
    }
  }

  async #takeOver(): Promise<TakenOver | undefined> {
    const earlier = await this.#parts.takeOver?.judge(
      (work, afterAbortMs) => this.#parts.patience.patiently(work, afterAbortMs),
      this.#abort.signal,
    );
    this.#failures += earlier?.failures ?? 0;
    return earlier;
  }

  async #makeWork(settled: ReadonlySet<string> = new Set()): Promise<WorkSet> {
    const { live, others, takeOver } = this.#parts;
    const items: WorkItem[] = [];
    for (const { processor, day, key } of runsOf(this.#plan)) {
      if (settled.has(key)) continue;
      const filled = this.#stopping ? undefined : takeOver?.filledBy(key);
      if (filled !== undefined) {
        await this.#note({ key, processor, day, after: [] }, filled);
        continue;
      }
      const held = others.get(key);
      // Of two that start at once the first is left what is queued: ids sort by time. Who runs it is settled by its claim.
      if (held !== undefined && held.backfill < this.#plan.id) {
        await this.#skip({ key, processor, day, after: [] }, `backfill ${held.backfill} has it`);
        continue;
      }
      // What is deleted goes in the order of the plan, one after the other: what was built from a partition goes before it.
      const before = items.at(-1)?.key;
      const after = isClean(this.#plan) ? (before === undefined ? [] : [before]) : live.preceding(processor, day);
      items.push({ key, processor, day, after });
    }
    return new WorkSet(items);
  }

  /** The next call that has a slot and whose dates' needs are met; dates whose needs are not are skipped on the way. */
  async #nextCall(): Promise<Call | undefined> {
    const { pipeline } = this.#parts;
    const slots = oneWriterReason(pipeline.warehouse) === undefined ? this.#slots : 1;
    // Calls of many dates wait to be full, unless nothing else is left to wait for.
    for (const patient of [true, false]) {
      for (const { job, processor } of this.#jobs) {
        for (;;) {
          if (this.#stopping || this.#pauses.isOn || this.#running.size >= slots) return undefined;
          if (!this.#hasSlot(job)) break;
          const items = this.#candidates(job, processor, patient);
          if (items.length === 0) break;
          const call = await this.#judge(job, processor, items);
          if (call !== undefined) return this.#unlessHeldUp(call);
        }
      }
      if (this.#running.size > 0) return undefined;
    }
    return undefined;
  }

  /** Somebody may have asked for a pause while the call was judged. */
  async #unlessHeldUp(call: Call): Promise<Call | undefined> {
    if (!this.#stopping && !this.#pauses.isOn) return call;
    await call.hold.release();
    return undefined;
  }

  #hasSlot(job: PlannedJob): boolean {
    const running = [...this.#running.values()];
    if (job.lane !== undefined && running.some(({ lane }) => lane === job.lane)) return false;
    return running.filter(({ processor }) => processor === job.processor).length < job.slots;
  }

  #candidates(job: PlannedJob, processor: Processor, patient: boolean): readonly WorkItem[] {
    const many = job.method === 'range' || job.method === 'list';
    const ready = this.#work.ready(processor.id, many);
    if (ready.length === 0) return [];
    const full = ready.length >= (job.maxDates ?? Number.POSITIVE_INFINITY);
    if (many && patient && !full && ready.length < this.#work.waitingOf(processor.id)) return [];
    const { live } = this.#parts;
    const days = nextCall(
      job.method,
      ready.map(({ day }) => day),
      job.maxDates,
      (day) => live.isExpected(processor, day),
    );
    return days.flatMap((day) => ready.find((item) => item.day === day) ?? []);
  }

  /** A call for these dates, or none when one of them had to be skipped: the others are then chosen anew. */
  async #judge(job: PlannedJob, processor: Processor, items: readonly WorkItem[]): Promise<Call | undefined> {
    const days = items.map(({ day }) => day);
    const readiness = this.#parts.live.readiness(processor.id, days, items.length > 1);
    if (job.method !== 'clean' && !this.#plan.request.overrides.includes(SKIP_NEEDS)) {
      const unmet = items.flatMap((item, index) => {
        const one = readiness[index];
        return one === undefined || one.verdict === 'met' ? [] : [{ item, why: one.why }];
      });
      for (const { item, why } of unmet) {
        this.#work.settle(item);
        await this.#skip(item, why);
      }
      if (unmet.length > 0) return undefined;
    }
    const hold = await this.#hold(processor, items);
    return hold === undefined ? undefined : { job, processor, items, readiness, hold };
  }

  /** The claim on all of these partitions; none when another backfill has one of them, or has built it: it is skipped. */
  async #hold({ tables, where }: Processor, items: readonly WorkItem[]): Promise<PartitionHold | undefined> {
    const { claim, rivals, isRunning, patience } = this.#parts;
    const wanted = items.map(({ processor, day }) => ({
      processor,
      tables,
      date: formatDay(day),
      ...(where !== undefined && { where }),
    }));
    const hold = await patience.patiently(() => claim.takePartitions(wanted, isRunning));
    // Asked for only now: what others did before they let go of a partition is in their journals.
    const done = await rivals.doneSince();
    let built = false;
    let complete = true;
    for (const [index, item] of items.entries()) {
      const holder = hold.others.get(index);
      const builder = done.get(item.key);
      if (holder === undefined && builder === undefined) continue;
      complete = false;
      this.#work.settle(item);
      if (holder !== undefined) await this.#skip(item, holderText(holder));
      else {
        built = true;
        await this.#note(item, `backfill ${builder} has built it since this plan was made`);
      }
    }
    if (complete) return hold;
    await hold.release();
    // What comes after it is judged by what is there now.
    if (built) await this.#refresh(0);
    return undefined;
  }

  #start({ job, processor, items, readiness, hold }: Call): void {
    this.#work.start(items);
    let lost = false;
    const call = this.#calls
      .run({ job, processor, items, hold, inputs: readiness.map(({ inputs }) => inputs) })
      .then(async (ends) => {
        lost = ends.includes('lost');
        for (const [index, end] of ends.entries()) {
          const item = items[index];
          if (item !== undefined) await this.#take(item, end);
        }
      })
      .catch((thrown: unknown) => this.#break(thrown))
      .then(() => (lost ? undefined : hold.release()))
      .catch((thrown: unknown) => this.#break(thrown))
      .finally(() => this.#running.delete(call));
    this.#running.set(call, job);
  }

  async #take(item: WorkItem, end: CallEnd): Promise<void> {
    if (end === 'again' || (end === 'notReached' && this.#abort.signal.aborted)) {
      this.#work.putBack([item]);
      return;
    }
    this.#work.settle(item);
    if (end === 'done') return;
    if (end === 'notReached') await this.#skip(item, 'the call that was to build it ended before it came to it');
    else if (typeof end === 'object') await this.#skip(item, end.unreadable);
    this.#failures += 1;
    const { policy } = this.#plan.request;
    if (policy !== 'continue') this.#stopping = true;
    if (policy === 'failFast') this.#abort.abort();
  }

  async #skip(item: WorkItem, why: string): Promise<void> {
    this.#failures += 1;
    await this.#note(item, why);
  }

  /** That there is nothing to do about a partition. */
  async #note({ processor, key }: WorkItem, why: string): Promise<void> {
    await this.#parts.journal.append(this.#plan.id, { type: 'skipped', processor, date: key.slice(-10), why });
  }

  /** The run cannot go on: what runs ends by itself, and nothing new starts. */
  #break(thrown: unknown): void {
    this.#broken ??= thrown;
    this.#stopping = true;
    this.#pauses.ring();
  }

  #cancel(by: string): void {
    if (this.#cancelledBy !== undefined) return;
    this.#stopping = true;
    this.#cancelledBy = this.#parts.journal.append(this.#plan.id, { type: 'cancelRequested', by }).catch((thrown: unknown) => {
      this.#break(thrown);
    });
    this.#abort.abort();
    this.#pauses.ring();
  }

  /** Does what somebody asks for. What it appends is in the journal before the answer. */
  #answer(request: GivenRequest): string {
    const { by } = request;
    switch (request.kind) {
      case 'cancel':
        this.#cancel(by);
        return 'what runs is being ended';
      case 'pause':
        if (this.#pauses.has('asked')) return 'it was paused before';
        this.#record(this.#pauses.begin('asked', `${by} asked for it: what runs ends, and nothing new starts.`));
        return 'nothing new starts';
      case 'continue': {
        const wasHeldUp = this.#pauses.has('asked') || this.#pauses.has('signature');
        this.#record(this.#pauses.end(['asked', 'signature'], by));
        if (this.#parts.patience.hurry()) return 'it looks again whether what was in the way has passed';
        return wasHeldUp ? 'it goes on' : 'it was not paused';
      }
      case 'endJob':
        return this.#calls.endJob(request.attempt, by) ? 'its job is being ended' : 'it does not run';
    }
  }

  /** Failures of one cause in a row hold up the backfill, or stop it where nobody can be asked. */
  #notice(attempt: EndedAttempt): void {
    const { onRepeat, journal } = this.#parts;
    const finding = this.#repeats.ended(attempt);
    if (finding === undefined || onRepeat === 'continue' || this.#stopping) return;
    const { id } = this.#plan;
    if (onRepeat === 'pause') {
      const message = `${finding}. To go on nevertheless: backfill resume ${id}; to end it: backfill cancel ${id}.`;
      this.#record(this.#pauses.begin('signature', message));
      return;
    }
    this.#stopping = true;
    this.#pauses.ring();
    this.#record(journal.append(id, { type: 'note', message: `Nothing new is started: ${finding}.` }));
  }

  #record(appended: Promise<unknown>): void {
    appended.catch((thrown: unknown) => this.#break(thrown));
  }
}

function holderText({ backfill, job }: Holder): string {
  if (job === undefined) return `backfill ${backfill} has it`;
  return `backfill ${backfill} ended without its job ${job.job}, which may still run: wait for that, or cancel it`;
}

function runsOf({ partitions }: Plan): { readonly processor: string; readonly day: Day; readonly key: string }[] {
  return partitions.flatMap(({ processor, date, action }) => {
    const day = parseDay(date);
    return action === 'run' && day !== undefined ? [{ processor, day, key: `${processor} ${date}` }] : [];
  });
}
