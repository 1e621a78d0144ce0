import type { DayRange } from '../base/day';
import { type Logger, messageOf } from '../base/logger';
import { forecastOf } from '../core/backfill/forecast';
import { progressOf } from '../core/backfill/progress';
import type { ElsewhereJob } from '../core/checkpoints/elsewhereJob';
import { type Scope, scopeNodes, scopeOffsets } from '../core/coverage/scope';
import { type Handoff, handoffOf, type NotedFailures, type NotedTiming } from '../core/handoff/handoff';
import { type CoverageMemory, rememberCoverage } from '../core/handoff/memory';
import { failureCategories, failuresIn, failuresOf } from '../core/records/failures';
import { failureTableName } from '../core/records/records';
import { MOST_RECORDS } from '../core/sql/records';
import { timingOf } from '../core/timing/processorTiming';
import { toldRuns } from './backfillRuns';
import type { BackfillRecord, Journal } from './journal';
import type { DamageReporter } from './journalDamage';
import type { CallLog } from './logs/callLogs';
import type { Clock } from './ports';
import type { EarlierReport, ReportStore } from './reportStore';
import { failureOf, notReadText, troubleOf } from './session/coverageOrigin';
import { NOT_READ_NOW, PipelineRecords } from './session/pipelineRecords';
import type { CoverageState, PipelineSession } from './session/pipelineSession';
import { readHistoryRuns, timedAttempts } from './timedRuns';

export interface HandoffDeps {
  readonly session: Pick<PipelineSession, 'pipeline' | 'warehouse'>;
  readonly journal: Journal & DamageReporter;
  /** Jobs that no backfill started. */
  readonly elsewhere: () => Promise<readonly ElsewhereJob[]>;
  /** What the logs of calls for many dates say that run; their journal tells of their dates when they have ended. */
  readonly calls?: (record: BackfillRecord) => Promise<readonly CallLog[]>;
  readonly reports: ReportStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface HandoffRequest {
  readonly scope: Scope;
  /** Who is to read it. */
  readonly audience: string;
  /** A row for each date, however many there are. */
  readonly everyDate: boolean;
  /** What to compare with in place of the last report: one written before an instant (epoch milliseconds), or a file. */
  readonly since?: { readonly before: number } | { readonly file: string };
}

/** A handoff, and what the next one is to be compared with. */
export interface MadeHandoff {
  readonly handoff: Handoff;
  /** To be saved once somebody has the handoff. */
  readonly memory: CoverageMemory;
}

/**
 * Gathers what a handoff is made from. Coverage is as given; trouble with all else is told in the handoff and never rejects, but for a file to
 * compare with that is none.
 */
export async function makeHandoff(state: CoverageState, request: HandoffRequest, deps: HandoffDeps): Promise<MadeHandoff> {
  const { input, grid, source } = state;
  const { scope } = request;
  const now = deps.clock.now();
  const previous = await previousOf(state, request, deps);
  const records: BackfillRecord[] = [];
  for (const id of await deps.journal.list()) {
    const record = await deps.journal.read(id);
    if (record !== undefined) records.push(record);
  }
  const unread = await whyUnread(state, deps);
  const { problem } = troubleOf(state, scope);
  const memory = rememberCoverage(input, grid, now);
  const failures = await failuresNoted(state, scope, deps, unread);
  const handoff = handoffOf({
    input,
    grid,
    scope,
    source,
    ...(problem !== undefined && { problem }),
    now,
    audience: request.audience,
    everyDate: request.everyDate,
    backfills: await Promise.all(
      records.map(async (record) => {
        const progress = progressOf(record.plan, record.events, record.ownerAlive, record.jobsLeft);
        const calls = record.ownerAlive ? await deps.calls?.(record) : undefined;
        const told = toldRuns({ record, ...(calls !== undefined && { calls }) }, now);
        return { plan: record.plan, progress, forecast: forecastOf(record, progress, now, told) };
      }),
    ),
    damage: (await deps.journal.damage()).map(({ message }) => message),
    elsewhere: elsewhereIn(await deps.elsewhere(), state, scope),
    ...(failures !== undefined && { failures }),
    timing: await timingNoted(state, scope, deps, records, unread),
    memory,
    ...(previous.memory !== undefined && { previous: previous.memory }),
    ...(previous.problem !== undefined && { previousProblem: previous.problem }),
  });
  return { handoff, memory };
}

async function previousOf({ input, grid }: CoverageState, { since }: HandoffRequest, deps: HandoffDeps): Promise<EarlierReport> {
  if (since === undefined) return deps.reports.last(input.pipeline.name, grid.mode);
  if ('before' in since) {
    const found = await deps.reports.last(input.pipeline.name, grid.mode, since.before);
    const none = 'No report that is kept is as old as that.';
    return found.memory === undefined ? { problem: [found.problem, none].filter(Boolean).join(' ') } : found;
  }
  const memory = await deps.reports.read(since.file);
  const other =
    memory.mode === grid.mode ? '' : `It was made with the thresholds of mode ${memory.mode}: what differs may be due to that.`;
  return { memory, ...(other !== '' && { problem: other }) };
}

/** Why failure tables and run history are not asked: the warehouse could not be reached just now, or jobs need it for themselves. */
async function whyUnread(state: CoverageState, { session, journal }: HandoffDeps): Promise<string | undefined> {
  if (failureOf(state) !== undefined) return 'Failure tables and run history were not read, because the warehouse could not be.';
  try {
    const isHeld = session.warehouse().blocksWriters === true && (await journal.ledger()).active.size > 0;
    return isHeld ? NOT_READ_NOW : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function failuresNoted(
  { input, grid }: CoverageState,
  scope: Scope,
  { session, journal, clock, logger }: HandoffDeps,
  unread: string | undefined,
): Promise<NotedFailures | undefined> {
  const tables = input.pipeline.failures;
  if (tables.length === 0) return undefined;
  if (unread !== undefined) return { categories: [], problems: [unread] };
  // Not those of the views: they hold the dates that the views show.
  const noted = new PipelineRecords({
    session: () => session,
    backfillRuns: async () => (await journal.ledger()).active.size > 0,
    clock,
    logger,
  });
  const { reading, problem } = (await noted.readFailures('read', daysOf({ grid }, scope))) ?? {};
  if (reading === undefined) return { categories: [], problems: [problem?.message ?? 'The failures could not be read.'] };
  const failures = failuresIn(failuresOf(reading.records, input, grid), input, scope);
  return {
    categories: failureCategories(failures),
    readAt: new Date(reading.readAt).toISOString(),
    problems: [
      ...[...reading.errors].map(([index, { message }]) => {
        const table = tables[index];
        return notReadText(table === undefined ? 'a table' : failureTableName(table), message);
      }),
      ...(reading.truncated ? [`Only the newest ${MOST_RECORDS} groups of failures were read.`] : []),
    ],
  };
}

async function timingNoted(
  { input, grid }: CoverageState,
  scope: Scope,
  { session, clock }: HandoffDeps,
  records: readonly BackfillRecord[],
  unread: string | undefined,
): Promise<NotedTiming> {
  const { pipeline } = input;
  const days = daysOf({ grid }, scope);
  const history =
    unread !== undefined && pipeline.history !== undefined
      ? { runs: [], problem: unread }
      : await readHistoryRuns(session, pipeline, days, clock.now());
  const wanted = new Set(scopeNodes(pipeline, scope).map(({ id }) => id));
  const isWanted = (name: string) => scope.processors === undefined || wanted.has(name);
  const attempts = timedAttempts(records).filter(
    ({ processor, day }) => day >= days.from && day <= days.to && isWanted(processor),
  );
  const processors = timingOf(
    history.runs.filter(({ name }) => isWanted(name)),
    attempts,
    pipeline.processors.map(({ id }) => id),
  );
  const problems = [
    ...(history.problem === undefined ? [] : [`The run history was not read: ${history.problem}`]),
    ...('truncated' in history && history.truncated === true ? [`Only the newest ${MOST_RECORDS} runs were read.`] : []),
  ];
  return { processors, problems };
}

function elsewhereIn(jobs: readonly ElsewhereJob[], { input }: CoverageState, scope: Scope): readonly ElsewhereJob[] {
  if (scope.processors === undefined) return jobs;
  const wanted = new Set(scopeNodes(input.pipeline, scope).map(({ id }) => id));
  return jobs.filter(({ processor }) => wanted.has(processor));
}

function daysOf({ grid }: Pick<CoverageState, 'grid'>, scope: Scope): DayRange {
  const { from, end } = scopeOffsets(grid, scope);
  return { from: grid.firstDay + from, to: grid.firstDay + Math.max(from, end - 1) };
}
