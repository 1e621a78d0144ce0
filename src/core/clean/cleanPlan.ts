import { formatDay } from '../../base/day';
import { counted, namesText } from '../../base/figures';
import { textOfCells } from '../../base/selection/cells';
import type { Plan, PlannedPartition, PlanRequest, ShownPartition } from '../backfill/backfill';
import { tablesOf } from '../coverage/classify';
import type { CoverageGrid, CoverageInput, PartitionKey, PartitionRef } from '../coverage/coverage';
import { heldOf, reasonsOf, refOfCell, tableOfCell } from '../coverage/reasons';
import { impactOf, upstreamFirst } from '../impact/impact';
import type { Processor } from '../pipeline';
import { shellText } from '../plan/commandLine';
import { oneWriterReason } from '../plan/planJobs';
import { planId } from '../plan/planner';
import { chooseScope } from '../plan/planScope';
import { reasonText, refText } from '../words';

/** Partitions that are to be deleted for a clean re-run. */
export interface CleanRequest {
  /** A selection (`base/selection`). */
  readonly select: string;
  /** Also what was built from them. */
  readonly withDownstream: boolean;
  readonly author: string;
  readonly reason?: string;
}

/** What is to be looked at exactly before anything can be shown. */
export interface CleanScope {
  /** What was built from a partition before the partition itself. */
  readonly cells: readonly number[];
  /** Partitions with rows that were built from these and stay. */
  readonly left: readonly PartitionRef[];
  readonly warnings: readonly string[];
}

export interface CleanContext {
  readonly input: CoverageInput;
  /** `classify(input)`. */
  readonly grid: CoverageGrid;
  readonly request: CleanRequest;
}

export function cleanScope({ input, grid, request }: CleanContext): CleanScope {
  const t = tablesOf(input, grid);
  const scope = chooseScope(t, grid, request);
  const chosen = scope.cells.filter((cell) => scope.isChosen(cell));
  const refs = chosen.map((cell) => refOfCell(t, cell));
  const built = impactOf(input, grid, refs, true).redo.filter(({ rows }) => rows > 0);
  const downstream = built.map(({ node, day }) => t.cellOf(node, day)).filter((cell) => cell >= 0);
  const all = request.withDownstream ? [...chosen, ...downstream] : chosen;
  return {
    cells: upstreamFirst(t, new Set(all)).reverse(),
    left: request.withDownstream ? [] : built,
    warnings: scope.warnings,
  };
}

export interface CleanPlanContext extends CleanContext {
  readonly scope: CleanScope;
  /** What partitions hold, read exactly; those that could not be read are left out. */
  readonly shown: ReadonlyMap<PartitionKey, ShownPartition>;
  /** Absolute path. */
  readonly manifest: string;
  readonly salt: string;
  readonly digest: (text: string) => string;
}

/** The plan that deletes them, downstream first, each only while it holds what is shown of it here. */
export function makeCleanPlan(context: CleanPlanContext): Plan {
  const { input, grid, request, scope, manifest, salt, digest } = context;
  const t = tablesOf(input, grid);
  const partitions = scope.cells.map((cell) => plannedPartition(context, cell));
  const runs = partitions.filter(({ action }) => action === 'run');
  const lane = oneWriterReason(input.pipeline.warehouse);
  const named = new Set(runs.map(({ processor }) => processor));
  const jobs = [...named].flatMap((id) => {
    const processor = input.pipeline.processors.find((one) => one.id === id);
    if (processor === undefined) return [];
    const sequential = [...(lane ?? []), 'what was built from a partition is deleted before it'].join('; ');
    return [
      {
        processor: id,
        method: 'clean' as const,
        command: processor.tables,
        slots: 1,
        sequential,
        hash: cleanHash(processor, digest),
      },
    ];
  });
  const planRequest: PlanRequest = {
    select: request.select,
    withUpstream: false,
    withDownstream: request.withDownstream,
    order: 'oldest',
    slots: 1,
    // What a partition was built from stays as long as the partition does.
    policy: 'stop',
    overrides: [],
    author: request.author,
    ...(request.reason !== undefined && { reason: request.reason }),
  };
  return {
    version: 1,
    id: planId(input.now, `clean ${runs[0]?.processor ?? 'none'}`, salt),
    pipeline: input.pipeline.name,
    manifest,
    createdAt: new Date(input.now).toISOString(),
    mode: input.mode,
    request: planRequest,
    jobs,
    partitions,
    warnings: [...scope.warnings, ...leftText(scope.left), ...(t.input.pipeline.warehouse.type === 'parquet' ? [PARQUET] : [])],
  };
}

/** Why no partition of a folder of Parquet is deleted. */
const PARQUET =
  'Partitions of a folder of Parquet are not deleted here: their jobs write files, and only they know which belong together.';

function leftText(left: readonly PartitionRef[]): string[] {
  if (left.length === 0) return [];
  const nodes = namesText([...new Set(left.map(({ node }) => node))]);
  return [
    `${counted(left.length, 'partition')} of ${nodes} ${left.length === 1 ? 'was' : 'were'} built from these and would stay: with downstream they are deleted first.`,
  ];
}

function plannedPartition({ input, grid, shown }: CleanPlanContext, cell: number): PlannedPartition {
  const t = tablesOf(input, grid);
  const ref = refOfCell(t, cell);
  const found = shown.get(refText(ref));
  const status = heldOf(t, cell);
  const base = { processor: ref.node, date: formatDay(ref.day), status };
  const skip = (why: string, preflight: 'allowed' | 'never'): PlannedPartition => ({ ...base, action: 'skip', why, preflight });
  const held = input.attempts.active.get(refText(ref));
  if (tableOfCell(t, cell)?.node.kind !== 'processor') return skip('it is a source, and no processor makes it again', 'never');
  if (input.pipeline.warehouse.type === 'parquet') return skip('a folder of Parquet is written by its own jobs', 'never');
  if (held !== undefined) return skip(`backfill ${held.backfill} has it`, 'never');
  if (found === undefined) return skip('it could not be read, so that nobody knows what would be deleted', 'never');
  if (found.rows.every((rows) => rows === 0)) return skip('it has no rows', 'allowed');
  const [reason] = reasonsOf(t, cell);
  const why = reason === undefined ? status : `${status}: ${reasonText(reason)}`;
  return { ...base, action: 'run', why, preflight: 'allowed', shown: found };
}

/** What a later change of the manifest would make another partition of. */
export function cleanHash({ tables, dateColumn, where }: Processor, digest: (text: string) => string): string {
  return digest(JSON.stringify([tables, dateColumn, where ?? null]));
}

/** `by ann: rows of a torn run`. */
export function cleanedText({ author, reason }: Pick<PlanRequest, 'author' | 'reason'>): string {
  return [`by ${author ?? 'somebody'}`, ...(reason === undefined || reason === '' ? [] : [reason])].join(': ');
}

/** The partitions that a plan deletes, as a selection of exactly them; empty for none. */
export function cleanedSelection({ partitions }: Plan, days: (date: string) => number | undefined): string {
  const cells = partitions.flatMap(({ processor, date, action }) => {
    const day = days(date);
    return action === 'run' && day !== undefined ? [{ node: processor, day }] : [];
  });
  const known = new Set(cells.map(({ node, day }) => `${node} ${day}`));
  return textOfCells(cells, { isExpected: (node, day) => known.has(`${node} ${day}`) });
}

/** Whether a plan deletes partitions rather than to build them. */
export function isClean({ jobs }: Pick<Plan, 'jobs'>): boolean {
  return jobs.some(({ method }) => method === 'clean');
}

/** A plan to delete as the words of a shell, which make it anew. */
export function cleanCommandLine({ request, mode }: Plan): string {
  const { select, withDownstream, reason = '' } = request;
  return shellText([
    ...['backfill', 'clean', '--select', select],
    ...(withDownstream ? ['--downstream'] : []),
    ...(reason === '' ? [] : ['--reason', reason]),
    ...(mode === 'backfill' ? [] : ['--mode', mode]),
  ]);
}

/** What has to be typed before partitions are deleted: their number. */
export function cleanConfirmation({ partitions }: Plan): { readonly text: string; readonly why: string } | undefined {
  const runs = partitions.filter(({ action }) => action === 'run');
  if (runs.length === 0) return undefined;
  const rows = runs.reduce((sum, { shown }) => sum + (shown?.rows.reduce((all, one) => all + one, 0) ?? 0), 0);
  return { text: String(runs.length), why: `${counted(rows, 'row')} of ${counted(runs.length, 'partition')} will be deleted.` };
}
