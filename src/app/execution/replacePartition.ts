import { formatDay } from '../../base/day';
import { counted, formatSeconds } from '../../base/figures';
import { messageOf } from '../../base/logger';
import type { Plan, PlannedJob } from '../../core/backfill/backfill';
import type { CallEnding } from '../../core/backfill/outcome';
import type { WorkItem } from '../../core/backfill/workSet';
import { fingerprintOf, type PartitionObservation } from '../../core/observation/observation';
import type { Processor } from '../../core/pipeline';
import type { Journal, PartitionHold } from '../journal';
import { LostJobError, type PartitionWriter, WarehouseError, type WriteAttempt } from '../ports';
import { isDiskFull, isOfEnvironment } from './environment';

export interface ReplacementDeps {
  readonly plan: Plan;
  readonly journal: Journal;
  /** Absent where nothing is executed by SQL. */
  readonly writer: PartitionWriter | undefined;
  /** By the names that the manifest gives the files. */
  readonly sqlTexts: ReadonlyMap<string, string>;
  readonly appendText: (path: string, text: string) => Promise<void>;
}

/** One attempt to replace a partition by SQL. */
export interface Replacement {
  readonly job: PlannedJob;
  readonly processor: Processor;
  readonly item: WorkItem;
  /** The attempt's id, unique in its backfill. */
  readonly attempt: string;
  /** The claim on the partition: the first of the hold. */
  readonly hold: PartitionHold;
  /** Absolute path. */
  readonly log: string;
  readonly signal: AbortSignal;
  /** Does again what has to wait for others. */
  readonly patiently: (work: () => Promise<void>) => Promise<void>;
}

/** Replaces one partition and says how that ended. Rejects where nothing of it is this partition's fault, or its end cannot be told. */
export async function replacePartition(deps: ReplacementDeps, replacement: Replacement): Promise<CallEnding> {
  const { job, processor, item } = replacement;
  const file = job.command[0] ?? '';
  const select = deps.sqlTexts.get(file) ?? '';
  return writePartition(deps, replacement, {
    said: `by ${file}: replaced`,
    ending: { how: 'finished', replaced: true },
    work: (writer, attempt) => writer.replace(processor, item.day, select, attempt),
  });
}

/** Deletes one partition, if it holds what was shown of it, and says how that ended. Rejects as `replacePartition` does. */
export async function cleanPartition(
  deps: ReplacementDeps,
  replacement: Replacement,
  before: PartitionObservation,
): Promise<CallEnding> {
  const { processor, item } = replacement;
  const shown = deps.plan.partitions.find((one) => `${one.processor} ${one.date}` === item.key)?.shown;
  const isSame = shown?.fingerprint === fingerprintOf(before) && (shown.content ?? before.content) === before.content;
  if (shown === undefined || !isSame) {
    const was = counted(shown?.rows[0] ?? 0, 'row');
    const is = counted(before.rows, 'row');
    const change = was === is ? `other rows than the ${was} that were shown` : `${is}, where ${was} were shown`;
    return { how: 'failed', category: 'guard', message: `it holds ${change}: nothing was deleted` };
  }
  return writePartition(deps, replacement, {
    said: 'was deleted',
    ending: { how: 'finished' },
    work: (writer, attempt) => writer.clean(processor, item.day, shown.rows, attempt),
  });
}

interface PartitionWrite {
  /** What the log says of it when it is done. */
  readonly said: string;
  readonly ending: CallEnding;
  readonly work: (writer: PartitionWriter, attempt: WriteAttempt) => Promise<void>;
}

async function writePartition(
  deps: ReplacementDeps,
  replacement: Replacement,
  { said, ending: done, work }: PartitionWrite,
): Promise<CallEnding> {
  const { writer, appendText } = deps;
  const { processor, item, log, signal, patiently } = replacement;
  if (writer === undefined)
    return { how: 'failed', category: 'unsupported', message: 'this warehouse is written by commands only' };
  const began = performance.now();
  const attempt = writeAttempt(deps, replacement);
  const ending = await patiently(() => work(writer, attempt)).then(
    () => done,
    (thrown: unknown): CallEnding => {
      if (thrown instanceof LostJobError) throw thrown;
      if (signal.aborted) return { how: 'died', category: 'cancelled', message: 'it was cancelled' };
      // A file that cannot be written says nothing of this partition.
      if (isOfEnvironment(thrown)) throw thrown;
      return { how: 'failed', category: thrown instanceof WarehouseError ? thrown.kind : 'sql', message: messageOf(thrown) };
    },
  );
  const took = formatSeconds((performance.now() - began) / 1000);
  const told = ending.how === 'finished' ? `${said} in ${took}` : `${ending.message} (after ${took})`;
  await explain(appendText, log, `${processor.id} ${formatDay(item.day)} ${told}\n`);
  return ending;
}

/** A log explains and never decides: a disk that has no space for it ends nothing. */
async function explain(appendText: ReplacementDeps['appendText'], log: string, text: string): Promise<void> {
  await appendText(log, text).catch((thrown: unknown) => {
    if (!isDiskFull(thrown)) throw thrown;
  });
}

function writeAttempt({ plan, journal, appendText }: ReplacementDeps, replacement: Replacement): WriteAttempt {
  const { attempt, item, hold, log, signal } = replacement;
  let jobs = 0;
  return {
    signal,
    nextJobName: () => {
      jobs += 1;
      return ['backfill', plan.id, attempt, ...(jobs === 1 ? [] : [jobs])].join('_').replace(/[^\w-]/g, '_');
    },
    record: async (job) => {
      // The claim first: a job that only the journal knows would not keep others from its partition.
      await hold.setRemoteJob(0, job);
      const of = { attempt, processor: item.processor, date: formatDay(item.day) };
      await journal.append(plan.id, { type: 'remoteJob', ...of, ...job });
      const place = job.location === undefined ? '' : ` in ${job.location}`;
      await explain(appendText, log, `${item.processor} ${formatDay(item.day)} is job ${job.project}:${job.job}${place}\n`);
    },
  };
}
