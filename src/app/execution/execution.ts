import { type Day, type DayRange, parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import type { Plan, PlannedJob, RepeatPolicy } from '../../core/backfill/backfill';
import { isClean } from '../../core/backfill/progress';
import { type EndedAttempt, Repeats } from '../../core/backfill/repeats';
import { type WorkItem, WorkSet } from '../../core/backfill/workSet';
import type { AttemptLedger } from '../../core/coverage/coverage';
import type { GivenRequest } from '../journal';
import { CallChoice, type CallChoiceParts, type ReadyCall } from './callChoice';
import { type CallEnd, CallRunner, type CallRunnerDeps } from './callRunner';
import { JobOutages, type JobOutagesOptions } from './jobOutages';
import { daysToObserve } from './liveCoverage';
import type { Pauses } from './pauses';
import { answerRequests } from './requestLoop';
import type { TakenOver, TakeOver } from './takeOver';

export type ExecutionResult = 'done' | 'failed' | 'cancelled';

export interface ExecutionParts extends CallRunnerDeps, CallChoiceParts {
  /** What other backfills hold. */
  readonly others: AttemptLedger['active'];
  /** Of a session that resumes the backfill. */
  readonly takeOver?: TakeOver;
  /** Who asked for it, of a session that only brings to an end what others left. */
  readonly cancelBy?: string;
  /** Why nothing new starts. */
  readonly pauses: Pauses;
  /** Ends what runs, and all waiting. */
  readonly ends: AbortController;
  readonly onRepeat: RepeatPolicy;
  /** How often and how long jobs are tried again whose surroundings fail. */
  readonly outages: Pick<JobOutagesOptions, 'firstMs' | 'giveUpMs'>;
  /** Names of requests that were answered before. */
  readonly answered: ReadonlySet<string>;
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
  readonly #choice: CallChoice;
  readonly #outages: JobOutages;
  readonly #days: DayRange | undefined;
  readonly #running = new Map<Promise<void>, PlannedJob>();
  readonly #abort: AbortController;
  readonly #pauses: Pauses;
  readonly #repeats = new Repeats();
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
    this.#calls = new CallRunner({ ...parts, onEnded: (attempt) => this.#notice(attempt) }, this.#abort.signal);
    this.#choice = new CallChoice(parts, {
      skip: (item, why) => this.#skip(item, why),
      note: (item, why) => this.#note(item, why),
      refresh: () => this.#refresh(0),
    });
    this.#outages = new JobOutages({ pauses: parts.pauses, ...parts.outages });
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
      await this.#tellStuck();
    } finally {
      stopLooking();
      this.#outages.close();
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
    // Whatever rings from here on is not missed.
    const { changed } = this.#pauses;
    if (this.#mayStart()) await this.#refresh();
    for (let call = await this.#nextCall(); call !== undefined; call = await this.#nextCall()) this.#start(call);
    if (this.#running.size === 0 && this.#outages.mayTry && !this.#stopping) await this.#outages.over('no job is left to try');
    const isHeldUp = this.#pauses.isOn && !this.#stopping && this.#work.waiting > 0;
    if (this.#running.size === 0 && !isHeldUp) return changed !== this.#pauses.changed;
    await Promise.race([...this.#running.keys(), changed]);
    return true;
  }

  #mayStart(): boolean {
    return !this.#stopping && (!this.#pauses.isOn || this.#outages.mayTry);
  }

  /** Where jobs failed by their surroundings, one of theirs comes first. */
  async #nextCall(): Promise<ReadyCall | undefined> {
    const choices = { work: this.#work, running: [...this.#running.values()], mayStart: () => this.#mayStart() };
    const of = this.#outages.processors;
    const first = of.size === 0 ? undefined : await this.#choice.next({ ...choices, of });
    return first ?? this.#choice.next(choices);
  }

  /** Nothing is left out without a word: a plan that was changed by hand can hold what no job of it builds. */
  async #tellStuck(): Promise<void> {
    const { waiting } = this.#work;
    if (waiting === 0 || this.#stopping) return;
    const message = `${counted(waiting, 'partition')} could not be started: plan.json has no job with a slot for them. Plan again what is left.`;
    await this.#parts.journal.append(this.#plan.id, { type: 'note', message });
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

  #start({ job, processor, items, readiness, hold }: ReadyCall): void {
    this.#work.start(items);
    const isTry = this.#outages.mayTry;
    if (isTry) this.#outages.trying();
    let lost = false;
    const call = this.#calls
      .run({ job, processor, items, hold, inputs: readiness.map(({ inputs }) => inputs) })
      .then(async (ends) => {
        lost = ends.includes('lost');
        for (const [index, end] of ends.entries()) {
          const item = items[index];
          if (item !== undefined) await this.#take(item, end);
        }
        const cause = ends.map(environmentOf).find((one) => one !== undefined);
        if (isTry) await this.#outages.tried(cause);
        if (isTry && cause === undefined) this.#work.undefer();
        if (!isTry && cause !== undefined) await this.#outages.failed(processor.id, cause);
      })
      .catch((thrown: unknown) => this.#break(thrown))
      .then(() => (lost ? undefined : hold.release()))
      .catch((thrown: unknown) => this.#break(thrown))
      .finally(() => this.#running.delete(call));
    this.#running.set(call, job);
  }

  async #take(item: WorkItem, end: CallEnd): Promise<void> {
    const isHeldUp = environmentOf(end) !== undefined;
    if (end === 'again' || isHeldUp || (end === 'notReached' && this.#abort.signal.aborted)) {
      this.#work.putBack([item]);
      // What is tried next is another date: this one may be at fault itself.
      if (isHeldUp) this.#work.defer(item);
      return;
    }
    this.#work.settle(item);
    if (end === 'done') return;
    if (end === 'notReached') await this.#skip(item, 'the call that was to build it ended before it came to it');
    else if (typeof end === 'object' && 'unreadable' in end) await this.#skip(item, end.unreadable);
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
        const isLookedAt = [this.#parts.patience.hurry(), this.#outages.hurry()].includes(true);
        if (isLookedAt) return 'it looks again whether what was in the way has passed';
        return wasHeldUp ? 'it goes on' : 'it was not paused';
      }
      case 'endJob':
        return this.#calls.endJob(request.attempt, by) ? 'its job is being ended' : 'it does not run';
    }
  }

  /** Failures of one cause in a row hold up the backfill, or stop it where nobody can be asked. */
  #notice(attempt: EndedAttempt): void {
    const { onRepeat, journal } = this.#parts;
    // One call for many dates may fail in one way many times: that is one question.
    if (this.#pauses.has('signature')) return;
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

function environmentOf(end: CallEnd): string | undefined {
  return typeof end === 'object' && 'environment' in end ? end.environment : undefined;
}

function runsOf({ partitions }: Plan): { readonly processor: string; readonly day: Day; readonly key: string }[] {
  return partitions.flatMap(({ processor, date, action }) => {
    const day = parseDay(date);
    return action === 'run' && day !== undefined ? [{ processor, day, key: `${processor} ${date}` }] : [];
  });
}
