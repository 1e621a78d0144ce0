import { type Day, type DayRange, formatDay } from '../../base/day';
import type { Processor } from '../pipeline';
import { processorNames } from '../records/processorNames';
import type { Checkpoint } from './checkpointText';
import { type ElsewhereFacts, type ElsewhereJob, type ElsewhereState, isLive, lastSign } from './elsewhereJob';
import { findingsOf } from './findings';
import type { JobProcess } from './jobProcesses';
import type { OwnCall } from './ownCalls';
import { averageSeconds, madeAt, median, repeatsSince, type SeenWrite, seenSeconds } from './pace';
import { datesOf, heldBy, isFull, isKnownEmpty, type KnownCoverage } from './partitionFacts';
import type { CheckpointName } from './pathTemplate';
import { type Resume, resumeOf, worksOnEveryDay } from './resume';

/** A file of the checkpoints' folder whose name fits. */
export interface CheckpointFile {
  /** Absolute. */
  readonly path: string;
  readonly name: Partial<CheckpointName>;
  /** When the job last wrote it, epoch milliseconds by the file system's clock. */
  readonly writtenAt: number;
  /** The last content that could be read. */
  readonly checkpoint?: Checkpoint;
  /** Why its newest content is none. */
  readonly problem?: string;
  /** Earlier writes that were seen, oldest first. */
  readonly seen: readonly SeenWrite[];
}

/** What this machine shows of jobs, before anybody judges it. */
export interface Sightings {
  readonly files: readonly CheckpointFile[];
  /** Without those of backfills. */
  readonly processes: readonly JobProcess[];
  /** False where processes cannot be listed: then a job's age is all there is. */
  readonly processesKnown: boolean;
  /** The calls that backfills made: what they left is theirs. */
  readonly ownCalls: readonly OwnCall[];
}

export interface ElsewhereReport {
  /** Those that run first, then by the last sign of life, newest first. */
  readonly jobs: readonly ElsewhereJob[];
  /** All checkpoints of processors, those of backfills included, with what the job would do. */
  readonly checkpoints: readonly { readonly processor: string; readonly range: DayRange; readonly resume: Resume }[];
  /** Names of jobs in checkpoints that no processor is known by. */
  readonly unknownJobs: readonly string[];
}

/** With a job that notes its dates every few seconds, one that has been quiet for this long has stopped. */
const LIVELY_MS = 600_000;
/** A backfill notes the start before, and the end after what it means. */
const CALL_SLACK_MS = 1_000;

/** Judges what was seen by the calendars and the warehouse as they are known. */
export function judgeElsewhere(sightings: Sightings, coverage: KnownCoverage, now: number): ElsewhereReport {
  const { processors } = coverage.input.pipeline;
  const unknownJobs = new Set<string>();
  const groups = new Map<string, Group>();
  const groupOf = (id: string, processor: Processor, range: DayRange | undefined): Group => {
    const known = groups.get(id) ?? { id, processor, ...(range !== undefined && { range }), processes: [], others: [] };
    groups.set(id, known);
    return known;
  };
  const processorNamed = processorNames(coverage.input.pipeline);
  const named = sightings.files.flatMap((file) => {
    const name = file.name.job ?? file.checkpoint?.job;
    const processor = name === undefined ? undefined : processorNamed(name);
    if (processor === undefined && name !== undefined) unknownJobs.add(name);
    const range = rangeOf(file);
    return processor === undefined || range === undefined ? [] : [{ file, processor, range }];
  });
  for (const sighting of sightings.processes) {
    const processor = processors.find(({ index }) => index === sighting.processor);
    if (processor === undefined) continue;
    const range = rangeOfProcess(
      sighting,
      named.flatMap(({ file, processor: of, range: its }) => (of === processor ? [{ file, range: its }] : [])),
    );
    const id = range === undefined ? `${processor.id}/${sighting.process.pid}` : idOf(processor, range);
    groupOf(id, processor, range).processes.push(sighting);
  }
  for (const { file, processor, range } of named) {
    const id = idOf(processor, range);
    if (!groups.has(id) && sightings.ownCalls.some((call) => isOf(call, processor, range, file.writtenAt))) continue;
    const group = groupOf(id, processor, range);
    // Two spellings of one job are one; the newest speaks.
    if (group.file === undefined || group.file.writtenAt < file.writtenAt) group.file = file;
  }
  for (const group of groups.values())
    group.others = [...groups.values()].filter((other) => other !== group && other.processor === group.processor);
  const jobs = [...groups.values()].map((group) => judge(group, sightings, coverage, now));
  jobs.sort((a, b) => Number(isLive(b)) - Number(isLive(a)) || lastSign(b) - lastSign(a) || (a.id < b.id ? -1 : 1));
  const checkpoints = named.flatMap(({ file: { checkpoint }, processor, range }) => {
    if (checkpoint === undefined) return [];
    return [{ processor: processor.id, range, resume: resumeOf(checkpoint, datesOf(coverage, processor, range)) }];
  });
  return { jobs, checkpoints, unknownJobs: [...unknownJobs].sort() };
}

/** What belongs together: the processes and the checkpoint of one processor and range. */
interface Group {
  readonly id: string;
  readonly processor: Processor;
  readonly range?: DayRange;
  readonly processes: JobProcess[];
  file?: CheckpointFile;
  others: readonly Group[];
}

function judge(
  { id, processor, range, processes, file, others }: Group,
  { processesKnown, files }: Sightings,
  coverage: KnownCoverage,
  now: number,
): ElsewhereJob {
  const checkpoint = file?.checkpoint;
  const wanted = processes.find(({ dates }) => dates !== undefined)?.dates;
  const dates = datesOf(coverage, processor, range);
  const within = (days: readonly Day[]) => days.filter((day) => range === undefined || (range.from <= day && day <= range.to));
  const done = new Set(within(checkpoint?.successful ?? []));
  const failed = sorted(within(checkpoint?.failed ?? [])).filter((day) => !done.has(day) && !isFull(coverage, processor, day));
  const noted = new Set([...done, ...within(checkpoint?.failed ?? []), ...within(checkpoint?.skipped ?? [])]);
  const lastNoted = noted.size === 0 ? undefined : Math.max(...noted);

  const startedAt = processes.length === 0 ? undefined : Math.min(...processes.map(({ process }) => process.startedAt));
  const wrote = file !== undefined && (startedAt === undefined || file.writtenAt >= startedAt);
  const resume = checkpoint === undefined ? undefined : resumeOf(checkpoint, dates);
  // Nothing is lost where nothing had succeeded.
  const isOver = resume?.kind === 'startsOver' && resume.why !== 'nothingSucceeded';
  const repeats = isOver && startedAt !== undefined && repeatsSince(file?.seen ?? [], startedAt);
  const startsAgain = isOver && startedAt !== undefined && (!wrote || repeats);
  const live = startedAt !== undefined;
  const left = live
    ? dates.expected.filter((day) =>
        startsAgain || lastNoted === undefined ? true : wrote ? day > lastNoted : day >= (resume?.at ?? day),
      )
    : dates.expected.filter((day) => !noted.has(day));

  const own = checkpoint === undefined || file === undefined ? [] : paceOf(checkpoint, file, startedAt);
  const siblings = files.flatMap((other) => {
    const isSibling = other !== file && other.checkpoint !== undefined && others.some((group) => group.file === other);
    return isSibling && other.checkpoint !== undefined ? (averageSeconds(other.checkpoint, other.writtenAt) ?? []) : [];
  });
  const secondsPerDate = median(own) ?? median(siblings);
  const sign = Math.max(file?.writtenAt ?? 0, startedAt ?? 0);
  const sinceSign = Math.max(0, (now - sign) / 1000);
  const state = stateOf();
  const isActive = state === 'running' || state === 'perhapsRunning';
  // Without a calendar the next day is the best guess.
  const next = left[0] ?? (dates.known || resume?.kind !== 'goesOn' ? undefined : resume.at);
  const at = isActive ? next : lastNoted;
  const total = dates.known && range !== undefined ? dates.expected.length : wanted?.length;
  const etaSeconds =
    isActive && secondsPerDate !== undefined && dates.known && left.length > 0
      ? left.length * secondsPerDate - Math.min(sinceSign, secondsPerDate)
      : undefined;
  const made = checkpoint === undefined || file === undefined ? undefined : madeAt(checkpoint, file.writtenAt);
  const job: ElsewhereFacts = {
    id,
    processor: processor.id,
    state,
    ...(range !== undefined && { range }),
    ...(wanted !== undefined && { dates: sorted(wanted) }),
    processes: processes.map(({ process: { pid, startedAt: since, argv } }) => ({ pid, startedAt: since, argv })),
    ...(file !== undefined && {
      checkpoint: { path: file.path, writtenAt: file.writtenAt, ...(made !== undefined && { madeAt: made }) },
    }),
    done: startsAgain
      ? 0
      : dates.known
        ? dates.expected.filter((day) => done.has(day) || (noted.has(day) && isFull(coverage, processor, day))).length
        : done.size,
    ...(total !== undefined && { total }),
    failed,
    left,
    ...(at !== undefined && { at }),
    ...(secondsPerDate !== undefined && { secondsPerDate }),
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(resume !== undefined && { resume }),
  };
  const readAt = coverage.input.observations.nodes.get(processor.id)?.readAt ?? 0;
  // Dates that were noted after the warehouse was read may have their rows by now.
  const isEmpty = (day: Day) =>
    file !== undefined && readAt >= file.writtenAt && dates.expected.includes(day) && isKnownEmpty(coverage, processor, day);
  const findings = findingsOf({
    job,
    checkpoint,
    problem: file?.problem,
    dates,
    startsAgain,
    everyDay: checkpoint !== undefined && worksOnEveryDay(checkpoint, dates),
    sinceSign,
    noRows: sorted([...done]).filter(isEmpty),
    held: heldBy(coverage, processor, wanted ?? dates.expected),
    others: others.flatMap(({ range: theirs, file: its, processes: running }) =>
      theirs === undefined
        ? []
        : [{ range: theirs, done: its?.checkpoint?.successful ?? [], pids: running.map(({ process }) => process.pid) }],
    ),
  });
  return { ...job, findings };

  function stateOf(): ElsewhereState {
    if (live) return 'running';
    if (file !== undefined && checkpoint === undefined) return 'unreadable';
    const isOverAsNoted = resume?.kind === 'startsOver' && (resume.why === 'complete' || resume.why === 'offDaysLeft');
    // A calendar without any date of the range says as little of its end as one that is not known.
    const isThrough = dates.known && dates.expected.length > 0 ? left.length === 0 : isOverAsNoted;
    if (isThrough) return failed.length > 0 ? 'failed' : 'complete';
    const lively = Math.max(LIVELY_MS, (secondsPerDate ?? 0) * 3000);
    return !processesKnown && now - sign < lively ? 'perhapsRunning' : 'stopped';
  }
}

function idOf({ id }: Processor, { from, to }: DayRange): string {
  return `${id}/${formatDay(from)}_${formatDay(to)}`;
}

function rangeOf({ name, checkpoint }: CheckpointFile): DayRange | undefined {
  const from = name.start ?? checkpoint?.from;
  const to = name.end ?? checkpoint?.to;
  return from === undefined || to === undefined || to < from ? undefined : { from, to };
}

/** The range that a process was told; what its command line leaves out, the checkpoint says that it has written since. */
function rangeOfProcess(
  { start, end, dates, process }: JobProcess,
  files: readonly { readonly file: CheckpointFile; readonly range: DayRange }[],
): DayRange | undefined {
  if (dates !== undefined) return undefined;
  if (start !== undefined && end !== undefined) return start <= end ? { from: start, to: end } : undefined;
  const written = files
    .filter(
      ({ file, range }) =>
        file.writtenAt >= process.startedAt && range.from === (start ?? range.from) && range.to === (end ?? range.to),
    )
    .sort((a, b) => b.file.writtenAt - a.file.writtenAt);
  return written[0]?.range;
}

function isOf({ processor, start, end, from, to }: OwnCall, { id }: Processor, range: DayRange, writtenAt: number): boolean {
  const inTime = writtenAt >= from - CALL_SLACK_MS && (to === undefined || writtenAt <= to + CALL_SLACK_MS);
  return processor === id && start === range.from && end === range.to && inTime;
}

/** One that was begun in this checkpoint tells its own pace; one that was stopped in between only where somebody watched. */
function paceOf(checkpoint: Checkpoint, file: CheckpointFile, startedAt: number | undefined): readonly number[] {
  const seen = seenSeconds(file.seen);
  if (seen.length > 0) return seen;
  const made = madeAt(checkpoint, file.writtenAt);
  if (startedAt !== undefined && (made === undefined || made < startedAt)) return [];
  const average = averageSeconds(checkpoint, file.writtenAt);
  return average === undefined ? [] : [average];
}

function sorted(days: readonly Day[]): readonly Day[] {
  return [...new Set(days)].sort((a, b) => a - b);
}
