import { formatDay } from '../../base/day';
import type { PlannedJob, RemoteJob } from '../../core/backfill/backfill';
import type { WorkItem, WorkSet } from '../../core/backfill/workSet';
import type { Pipeline, Processor } from '../../core/pipeline';
import { oneWriterReason } from '../../core/plan/planJobs';
import { SKIP_NEEDS } from '../../core/plan/preflight';
import { nextCall } from '../../core/plan/runMethod';
import type { Holder, PartitionHold } from '../journal';
import type { CallRunnerDeps } from './callRunner';
import type { Readiness } from './liveCoverage';
import type { Rivals } from './rivals';

/** Dates of one processor that can be worked on now, and that nobody else can have until they are let go of. */
export interface ReadyCall {
  readonly job: PlannedJob;
  readonly processor: Processor;
  readonly items: readonly WorkItem[];
  readonly readiness: readonly Readiness[];
  readonly hold: PartitionHold;
}

export interface CallChoiceParts extends Pick<CallRunnerDeps, 'plan' | 'live' | 'claim' | 'patience'> {
  readonly pipeline: Pipeline;
  readonly rivals: Rivals;
  /** Whether a remote job that a dead backfill left runs. */
  readonly isRunning: (job: RemoteJob) => Promise<boolean>;
}

/** What a choice does on its way. */
export interface ChoiceEffects {
  /** Notes that a partition is left out, which is a failure of the backfill. */
  readonly skip: (item: WorkItem, why: string) => Promise<void>;
  /** Notes that there is nothing to do about a partition. */
  readonly note: (item: WorkItem, why: string) => Promise<void>;
  /** Reads anew what there is. */
  readonly refresh: () => Promise<void>;
}

/** What there is to choose from. */
export interface Choices {
  readonly work: WorkSet;
  /** The job of each call that runs. */
  readonly running: readonly PlannedJob[];
  /** Asked again and again: whether something may start at all. */
  readonly mayStart: () => boolean;
  /** Processors, where only theirs are to choose from. */
  readonly of?: ReadonlySet<string>;
}

/** Chooses what an executor does next: what has a slot, whose dates' needs are met now, and which no other backfill has. */
export class CallChoice {
  readonly #parts: CallChoiceParts;
  readonly #effects: ChoiceEffects;
  readonly #jobs: readonly { readonly job: PlannedJob; readonly processor: Processor }[];
  /** How many calls at once, over all jobs. */
  readonly #slots: number;

  constructor(parts: CallChoiceParts, effects: ChoiceEffects) {
    const { plan, pipeline } = parts;
    this.#parts = parts;
    this.#effects = effects;
    this.#slots = oneWriterReason(pipeline.warehouse) === undefined ? Math.max(1, plan.request.slots) : 1;
    this.#jobs = plan.jobs.flatMap((job) => {
      const processor = pipeline.processors.find(({ id }) => id === job.processor);
      return processor === undefined ? [] : [{ job, processor }];
    });
  }

  /** The next call, whose dates are claimed; dates whose needs are not met are left out on the way. */
  async next(choices: Choices): Promise<ReadyCall | undefined> {
    const { work, running, mayStart, of } = choices;
    // Calls of many dates wait to be full, unless nothing else is left to wait for.
    for (const patient of [true, false]) {
      for (const { job, processor } of this.#jobs) {
        if (of?.has(processor.id) === false) continue;
        for (;;) {
          if (!mayStart() || running.length >= this.#slots) return undefined;
          if (!hasSlot(job, running)) break;
          const items = this.#candidates(work, job, processor, patient);
          if (items.length === 0) break;
          const call = await this.#judge(work, { job, processor, items });
          if (call === undefined) continue;
          if (mayStart()) return call;
          // Somebody has asked for a pause while it was judged.
          await call.hold.release();
          return undefined;
        }
      }
      if (running.length > 0) return undefined;
    }
    return undefined;
  }

  #candidates(work: WorkSet, job: PlannedJob, processor: Processor, patient: boolean): readonly WorkItem[] {
    const many = job.method === 'range' || job.method === 'list';
    const ready = work.ready(processor.id, many);
    if (ready.length === 0) return [];
    const full = ready.length >= (job.maxDates ?? Number.POSITIVE_INFINITY);
    if (many && patient && !full && ready.length < work.waitingOf(processor.id)) return [];
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
  async #judge(
    work: WorkSet,
    { job, processor, items }: Pick<ReadyCall, 'job' | 'processor' | 'items'>,
  ): Promise<ReadyCall | undefined> {
    const days = items.map(({ day }) => day);
    const readiness = this.#parts.live.readiness(processor.id, days, items.length > 1);
    if (job.method !== 'clean' && !this.#parts.plan.request.overrides.includes(SKIP_NEEDS)) {
      const unmet = items.flatMap((item, index) => {
        const one = readiness[index];
        return one === undefined || one.verdict === 'met' ? [] : [{ item, why: one.why }];
      });
      for (const { item, why } of unmet) {
        work.settle(item);
        await this.#effects.skip(item, why);
      }
      if (unmet.length > 0) return undefined;
    }
    const hold = await this.#hold(work, processor, items);
    return hold === undefined ? undefined : { job, processor, items, readiness, hold };
  }

  /** The claim on all of these partitions; none when another backfill has one of them, or has built it: it is skipped. */
  async #hold(work: WorkSet, { tables, where }: Processor, items: readonly WorkItem[]): Promise<PartitionHold | undefined> {
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
      work.settle(item);
      if (holder !== undefined) await this.#effects.skip(item, holderText(holder));
      else {
        built = true;
        await this.#effects.note(item, `backfill ${builder} has built it since this plan was made`);
      }
    }
    if (complete) return hold;
    await hold.release();
    // What comes after it is judged by what is there now.
    if (built) await this.#effects.refresh();
    return undefined;
  }
}

function hasSlot(job: PlannedJob, running: readonly PlannedJob[]): boolean {
  if (job.lane !== undefined && running.some(({ lane }) => lane === job.lane)) return false;
  return running.filter(({ processor }) => processor === job.processor).length < job.slots;
}

function holderText({ backfill, job }: Holder): string {
  if (job === undefined) return `backfill ${backfill} has it`;
  return `backfill ${backfill} ended without its job ${job.job}, which may still run: wait for that, or cancel it`;
}
