import type { Day } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import { type Pipeline, type Processor, RUN_STATUSES, type RunHistoryTable, type RunStages, type RunStatus } from '../pipeline';
import { processorNames } from './processorNames';
import type { HistoryRow } from './records';

/** `neverEnded`: it began, is too old to be running, and nobody noted its end. `other`: a word that the manifest does not know. */
export type RunOutcome = RunStatus | 'neverEnded' | 'other';

/** A run of a processor for a date, from however many rows it left. */
export interface NotedRun {
  /** Undefined for a name that no processor has. */
  readonly processor?: Processor;
  /** The processor's id, or the name as it stands in the table. */
  readonly name: string;
  readonly day: Day;
  readonly run?: string;
  readonly outcome: RunOutcome;
  /** The word in the table. */
  readonly status: string;
  /** Counts from 1 among the runs of its processor and date. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly seconds?: number;
  readonly rows?: number;
  readonly errors?: string;
  readonly reason?: string;
  /** In the order of the manifest; stages without a time are left out. */
  readonly stages: readonly RunStage[];
}

export interface RunStage {
  readonly name: string;
  readonly seconds: number;
}

const AT_LEAST_MS = 1_800_000;
const TIMES_LONGEST = 3;

/**
 * The runs of a history, each from all of its rows: by processor, then date, then attempt. Rows of one run share its id, or without
 * one the time at which it began; without either each row is a run.
 * @param now epoch milliseconds: how old a run may be before it counts as never ended depends on the longest known one.
 */
export function runsOf(rows: readonly HistoryRow[], pipeline: Pipeline, table: RunHistoryTable, now: number): NotedRun[] {
  const find = processorNames(pipeline);
  const named = rows.map((row) => ({ row, processor: find(row.processor) }));
  const partitions = groupBy(named, ({ row, processor }) => `${processor?.id ?? row.processor} ${row.day}`);
  const longest = new Map<string, number>();
  for (const { row, processor } of named) {
    const name = processor?.id ?? row.processor;
    const seconds = secondsOf(row) ?? 0;
    if (seconds > (longest.get(name) ?? 0)) longest.set(name, seconds);
  }
  const runs: NotedRun[] = [];
  for (const found of partitions.values()) {
    const [{ row: first, processor } = {}] = found;
    if (first === undefined) continue;
    const name = processor?.id ?? first.processor;
    const limit = Math.max(AT_LEAST_MS, (longest.get(name) ?? 0) * TIMES_LONGEST * 1000);
    const grouped = groupBy(found, ({ row }) => row.run ?? row.started ?? row);
    const drafts = [...grouped.values()].map((of) =>
      draftOf(
        of.map(({ row }) => row),
        table,
      ),
    );
    drafts.sort((a, b) => timeOf(a) - timeOf(b));
    for (const [index, draft] of drafts.entries()) {
      const ended = draft.outcome !== 'running';
      const isOver = index < drafts.length - 1 || now - (draft.startedAt ?? Number.NEGATIVE_INFINITY) > limit;
      const outcome = !ended && isOver ? 'neverEnded' : draft.outcome;
      const who = { ...(processor !== undefined && { processor }), name, day: first.day };
      runs.push({ ...who, attempt: index + 1, ...draft, outcome });
    }
  }
  return runs.sort(
    (a, b) =>
      placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || a.day - b.day || a.attempt - b.attempt,
  );
}

type Draft = Omit<NotedRun, 'processor' | 'name' | 'day' | 'attempt'>;

/** One run of its rows: the last that says how it ended tells that, and what it leaves out is taken from the others. */
function draftOf(rows: readonly HistoryRow[], table: RunHistoryTable): Draft {
  const byTime = rows.toSorted((a, b) => (a.finished ?? a.started ?? 0) - (b.finished ?? b.started ?? 0));
  const last = byTime.findLast(({ status }) => outcomeOf(status, table) !== 'running') ?? byTime.at(-1);
  const value = <K extends keyof HistoryRow>(key: K): HistoryRow[K] | undefined =>
    last?.[key] ?? byTime.find((row) => row[key] !== undefined)?.[key];
  const status = last?.status ?? '';
  const outcome = outcomeOf(status, table);
  const startedAt = value('started');
  const endedAt = outcome === 'running' ? undefined : last?.finished;
  const seconds =
    outcome === 'running' || last === undefined
      ? undefined
      : secondsOf({ ...last, ...(startedAt !== undefined && { started: startedAt }) });
  const [run, written, errors, reason] = [
    value('run'),
    outcome === 'running' ? undefined : value('rows'),
    value('errors'),
    value('reason'),
  ];
  const told = errors === undefined ? undefined : errorsText(errors);
  return {
    outcome,
    status,
    ...(run !== undefined && { run }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(seconds !== undefined && { seconds }),
    ...(written !== undefined && { rows: written }),
    ...(told !== undefined && { errors: told }),
    ...(reason !== undefined && { reason }),
    stages: table.stages === undefined ? [] : stagesOf(value('stages'), table.stages),
  };
}

/** What a status word says of a run. */
export function outcomeOf(word: string, { statuses }: Pick<RunHistoryTable, 'statuses'>): RunOutcome {
  const lowered = word.trim().toLowerCase();
  return RUN_STATUSES.find((status) => statuses[status].includes(lowered)) ?? 'other';
}

/** The seconds of stages out of JSON; nothing of a text that is none. */
export function stagesOf(text: string | undefined, { seconds }: RunStages): RunStage[] {
  const object = jsonOf(text);
  if (typeof object !== 'object' || object === null) return [];
  return [...seconds].flatMap(([name, key]): RunStage[] => {
    const value = Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? [{ name, seconds: number }] : [];
  });
}

/** The messages in a column of errors: a text, a JSON list of texts or objects, or one of these. Undefined where it says nothing. */
export function errorsText(text: string): string | undefined {
  const told = messagesOf(jsonOf(text) ?? text);
  return told.length === 0 ? undefined : told.join('; ');
}

function messagesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(messagesOf);
  if (typeof value === 'string') return value.trim() === '' || value === 'null' ? [] : [value.trim()];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  const { message, error } = value as Record<string, unknown>;
  const [told] = [message, error].filter((one) => typeof one === 'string' && one.trim() !== '');
  if (typeof told === 'string') return [told.trim()];
  return Object.keys(value).length === 0 ? [] : [JSON.stringify(value)];
}

/** JSON, also when it is a JSON text in a JSON text; undefined where it is none. */
function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? (jsonOf(value) ?? value) : value;
  } catch {
    return undefined;
  }
}

function secondsOf({ seconds, started, finished }: Pick<HistoryRow, 'seconds' | 'started' | 'finished'>): number | undefined {
  if (seconds !== undefined && seconds >= 0) return seconds;
  return started !== undefined && finished !== undefined && finished >= started ? (finished - started) / 1000 : undefined;
}

function timeOf({ startedAt, endedAt }: Draft): number {
  return startedAt ?? endedAt ?? 0;
}

function placeOf({ processor }: NotedRun): number {
  return processor?.index ?? Number.MAX_SAFE_INTEGER;
}
