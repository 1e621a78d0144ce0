import { type Day, formatDay } from '../../base/day';
import { counted, namesText } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { STATUSES } from '../../base/status';
import type { Plan, PlanConflict, PlannedPartition, PlanRequest } from '../backfill/backfill';
import { tablesOf } from '../coverage/classify';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import { criticalNeeds, precedingCells } from '../coverage/dependencies';
import { IS_GAP } from '../coverage/expectations';
import { dayOfCell, heldOf, reasonsOf, refOfCell, tableOfCell } from '../coverage/reasons';
import type { Tables } from '../coverage/tables';
import { topologicalOrder } from '../manifest/order';
import type { Processor } from '../pipeline';
import { listText, offText, reasonText, refText } from '../words';
import { assumeFilled } from './assume';
import { shellText } from './commandLine';
import { estimateOf } from './estimate';
import { inOrder, planJob } from './planJobs';
import { chooseScope, downstreamCells, isOverridable, type PlanScope, upstreamCells } from './planScope';
import { OFF_DATES, overridesOf, SKIP_NEEDS } from './preflight';

/** All that a plan depends on. */
export interface PlanContext {
  readonly input: CoverageInput;
  /** `classify(input)`. */
  readonly grid: CoverageGrid;
  readonly request: PlanRequest;
  /** Absolute path. */
  readonly manifest: string;
  /** A few letters or digits that keep plans of one second apart. */
  readonly salt: string;
  /** The text of a processor's SQL file; undefined when it cannot be read. */
  readonly sqlText: (file: string) => string | undefined;
  /** SHA-256 in hexadecimal digits. */
  readonly digest: (text: string) => string;
  /** Absent where the warehouse refuses nothing. */
  readonly refusal?: RefusalOf | undefined;
}

/** Why the warehouse would not keep or make a partition, whatever is asked for, such as that it expires at once. */
export type RefusalOf = (processor: Processor, day: Day) => string | undefined;

/**
 * The exact partitions that a request means, in the order in which they run: by phase, upstream first, oldest or newest first. Nothing is
 * read, written or asked; what is wrong with the request is a warning in the plan.
 */
export function makePlan(context: PlanContext): Plan {
  const { input, grid, request, manifest, salt } = context;
  const t = tablesOf(input, grid);
  const scope = chooseScope(t, grid, request);
  const asked = scope.cells.filter((cell) => scope.isChosen(cell) && barOf(context, t, cell) === undefined);
  const added = addedCells(t, grid, asked, request).filter((cell) => barOf(context, t, cell) === undefined);
  const candidates = new Set([...asked, ...added]);
  const assumed = assumeFilled(t, grid, candidates);
  const after = tablesOf(assumed.input, assumed.grid);
  const feasible = new Set([...candidates].filter((cell) => needsOf(after, cell).verdict === 'met'));

  const skipNeeds = request.overrides.includes(SKIP_NEEDS);
  const asksFor = new Set(asked);
  const runs = [...candidates].filter((cell) => feasible.has(cell) || (skipNeeds && asksFor.has(cell)));
  const running = new Set(runs);
  const order = orderOf(t, running, [...new Set([...scope.cells, ...runs])], request.order);

  const partitions = [
    ...order.map((cell) => plannedPartition({ context, t, scope, after, feasible, candidates: asksFor, running }, cell)),
    ...scope.beyond,
  ];
  const planned = t.input.pipeline.processors.flatMap((processor) => {
    const base = processor.index * t.dayCount;
    const days = order
      .filter((cell) => running.has(cell) && cell >= base && cell < base + t.dayCount)
      .map((cell) => dayOfCell(t, cell));
    return days.length === 0 ? [] : [planJob(context, t, processor, days)];
  });
  const jobs = inOrder(t.input.pipeline, planned);
  const conflicts = activeConflicts(t, scope.cells);
  const estimate = estimateOf(jobs, partitions, { attempts: input.attempts, slots: request.slots });
  return {
    version: 1,
    id: planId(input.now, jobs[0]?.processor ?? scope.processors[0]?.id ?? 'none', salt),
    pipeline: input.pipeline.name,
    manifest,
    createdAt: new Date(input.now).toISOString(),
    mode: input.mode,
    request,
    jobs,
    partitions,
    ...(estimate !== undefined && { estimate }),
    overrides: overridesOf(input.pipeline, { jobs, partitions }, request),
    ...(conflicts.length > 0 && { conflicts }),
    warnings: [
      ...scope.warnings,
      ...warningsOf(
        context,
        t,
        runs,
        added.filter((cell) => running.has(cell)),
        jobs,
      ),
    ],
  };
}

/** `20211105T101500-mlfs-ab12`: ids sort by the time at which the plan was made. */
export function planId(now: number, processor: string, salt: string): string {
  const at = new Date(now).toISOString().replace(/[-:]|\.\d+Z/g, '');
  const name = processor
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
    .slice(0, 20);
  return `${at}-${name === '' ? 'x' : name}-${salt}`;
}

function addedCells(t: Tables, grid: CoverageGrid, asked: readonly number[], request: PlanRequest): number[] {
  const up = request.withUpstream ? upstreamCells(t, asked) : [];
  const down = request.withDownstream ? downstreamCells(t, grid, [...asked, ...up]) : [];
  const known = new Set(asked);
  return [...new Set([...up, ...down])].filter((cell) => !known.has(cell)).sort((a, b) => a - b);
}

function needsOf(t: Tables, cell: number) {
  const table = tableOfCell(t, cell);
  return table === undefined ? { verdict: 'unknown' as const, offending: [] } : criticalNeeds(t, table, cell % t.dayCount);
}

/** What keeps a partition from running, whatever its needs: something final, or that its date is off and nobody overrides that. */
function barOf(
  context: PlanContext,
  t: Tables,
  cell: number,
): Pick<PlannedPartition, 'why' | 'preflight' | 'override'> | undefined {
  const never = neverReason(context, t, cell);
  if (never !== undefined) return { why: never, preflight: 'never' };
  const off = offOf(t, cell);
  if (off === undefined || context.request.overrides.includes(OFF_DATES)) return undefined;
  return { why: off, preflight: 'overrideNeeded', override: OFF_DATES };
}

/** Why nothing is expected of a partition; undefined where something is. */
function offOf(t: Tables, cell: number): string | undefined {
  const [reason] = reasonsOf(t, cell);
  return reason?.kind === 'off' ? offText(reason.off, reason.detail) : undefined;
}

/** Why a partition cannot be run whatever is asked for. */
function neverReason(context: PlanContext, t: Tables, cell: number): string | undefined {
  const node = tableOfCell(t, cell)?.node;
  if (node === undefined || node.kind === 'source') return 'it is a source, and no processor makes it';
  const held = t.input.attempts.active.get(refText(refOfCell(t, cell)));
  if (held !== undefined) return `backfill ${held.backfill} ${held.state === 'running' ? 'runs it now' : 'has it in its queue'}`;
  const [reason] = reasonsOf(t, cell);
  if (reason?.kind === 'off' && !isOverridable(t, reason.off, dayOfCell(t, cell))) return offText(reason.off, reason.detail);
  if (heldOf(t, cell) === 'unknown')
    return `nothing is known of it: ${reason === undefined ? 'it was never read' : reasonText(reason)}`;
  return unrunnable(context, node) ?? context.refusal?.(node, dayOfCell(t, cell));
}

function unrunnable({ sqlText, input }: PlanContext, { run }: Processor): string | undefined {
  const method = run[0];
  if (method === undefined) return 'the manifest names no way to run it';
  if (method.kind === 'sql' && input.pipeline.warehouse.type === 'parquet')
    return 'a folder of Parquet is written by commands only';
  if (method.kind === 'sql' && sqlText(method.file) === undefined) return `${method.file} cannot be read`;
  return undefined;
}

/** Every partition after those of the plan that it must not overtake, else by phase, the needs of processors, and date. */
function orderOf(t: Tables, running: ReadonlySet<number>, cells: readonly number[], direction: 'oldest' | 'newest'): number[] {
  const place = new Map(t.input.pipeline.order.map((node, index) => [node, index]));
  const rank = (cell: number): readonly [phase: number, place: number, day: number] => {
    const node = tableOfCell(t, cell)?.node;
    const offset = cell % t.dayCount;
    return [
      node?.kind === 'processor' ? node.phase : -1,
      place.get(node?.index ?? -1) ?? 0,
      direction === 'oldest' ? offset : -offset,
    ];
  };
  const ranked = cells
    .map((cell) => ({ cell, rank: rank(cell) }))
    .sort(({ rank: a }, { rank: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
    .map(({ cell }) => cell);
  const indexOf = new Map(ranked.map((cell, index) => [cell, index]));
  const upstream = ranked.map((cell) => {
    const table = tableOfCell(t, cell);
    if (table === undefined || !running.has(cell)) return [];
    return precedingCells(t, table, cell % t.dayCount)
      .filter((one) => running.has(one))
      .flatMap((one) => indexOf.get(one) ?? [])
      .sort((a, b) => a - b);
  });
  return topologicalOrder(upstream, () => undefined).flatMap((index) => ranked[index] ?? []);
}

interface Verdicts {
  readonly context: PlanContext;
  readonly t: Tables;
  readonly scope: PlanScope;
  /** As it would be after the plan. */
  readonly after: Tables;
  readonly feasible: ReadonlySet<number>;
  readonly candidates: ReadonlySet<number>;
  readonly running: ReadonlySet<number>;
}

function plannedPartition(verdicts: Verdicts, cell: number): PlannedPartition {
  const { context, t, scope, after, feasible, candidates, running } = verdicts;
  const { grid } = context;
  const { node, day } = refOfCell(t, cell);
  const status = STATUSES[grid.status[cell] ?? 0] ?? 'unknown';
  const planned = (action: 'run' | 'skip', preflight: PlannedPartition['preflight'], why: string): PlannedPartition => ({
    processor: node,
    date: formatDay(day),
    action,
    status,
    why,
    preflight,
    ...(preflight === 'overrideNeeded' && { override: SKIP_NEEDS }),
  });

  const bar = barOf(context, t, cell);
  if (bar !== undefined) return { ...planned('skip', 'never', bar.why), ...bar };
  if (!candidates.has(cell) && !running.has(cell)) {
    const why = skipReason(t, cell, scope.wordsOf(cell));
    return planned(
      'skip',
      IS_GAP[t.held[cell] ?? 0] === true && needsOf(t, cell).verdict !== 'met' ? 'overrideNeeded' : 'allowed',
      why,
    );
  }
  if (!feasible.has(cell)) {
    const { offending, verdict } = needsOf(after, cell);
    const unmet = verdict === 'unknown' ? 'whether its needs are met is unknown' : unmetText(t, cell, offending, feasible);
    return running.has(cell)
      ? planned('run', 'overrideNeeded', `${unmet}; ${SKIP_NEEDS} runs it nevertheless`)
      : planned('skip', 'overrideNeeded', unmet);
  }
  const awaited = needsOf(t, cell).offending.filter((one) => running.has(one));
  if (awaited.length > 0) return planned('run', 'allowed', `after ${awaitedText(t, awaited, day)} of this plan`);
  const [off] = reasonsOf(t, cell);
  if (off?.kind === 'off') {
    // Views sum up dates with the same reason.
    const kind = offText(off.off, off.off === 'bootstrap' ? '' : off.detail);
    return { ...planned('run', 'overrideNeeded', `${kind}; ${OFF_DATES} runs it nevertheless`), override: OFF_DATES };
  }
  return planned('run', 'allowed', runReason(t, cell, candidates.has(cell)));
}

function runReason(t: Tables, cell: number, asked: boolean): string {
  const [reason] = reasonsOf(t, cell);
  const why = reason === undefined ? 'run again, although it is complete' : reasonText(reason);
  return asked ? why : `${why}; added for what depends on it`;
}

function skipReason(t: Tables, cell: number, words: readonly string[]): string {
  const status = heldOf(t, cell);
  const waiver = t.input.waivers.find(({ node, from, to }) => {
    const ref = refOfCell(t, cell);
    return node === ref.node && from <= ref.day && ref.day <= to;
  });
  if (IS_GAP[t.held[cell] ?? 0] === true && waiver !== undefined) return `waived by ${waiver.author}: ${waiver.reason}`;
  const [reason] = reasonsOf(t, cell);
  const what = reason === undefined ? status : `${status}: ${reasonText(reason)}`;
  return `${what} (chosen: ${words.join(', ')})`;
}

/** The unmet needs that no partition of the plan fills. */
function unmetText(t: Tables, cell: number, offending: readonly number[], feasible: ReadonlySet<number>): string {
  const unfilled = new Set(offending.filter((one) => !feasible.has(one)).map((one) => refText(refOfCell(t, one))));
  const texts = reasonsOf(t, cell).flatMap((reason) =>
    reason.kind === 'upstream' && unfilled.has(refText(reason.partition)) ? [reasonText(reason)] : [],
  );
  return listText(texts.length > 0 ? texts : [...unfilled].map((ref) => `${ref} is not good enough`), 3);
}

/** Dates are named only where they are others, so that views can sum up dates with the same reason. */
function awaitedText(t: Tables, cells: readonly number[], day: Day): string {
  const refs = cells.map((cell) => refOfCell(t, cell));
  return listText(
    refs.map((ref) => (ref.day === day ? ref.node : refText(ref))),
    3,
  );
}

/** The active backfills that have partitions of what was asked for. */
function activeConflicts(t: Tables, asked: readonly number[]): PlanConflict[] {
  const held = asked.flatMap((cell) => {
    const active = t.input.attempts.active.get(refText(refOfCell(t, cell)));
    return active === undefined ? [] : [{ ...active, ...refOfCell(t, cell) }];
  });
  return [...groupBy(held, ({ backfill }) => backfill)].map(([backfill, cells]) => ({
    kind: 'backfill',
    who: `backfill ${backfill}`,
    partitions: [...groupBy(cells, ({ node }) => node)].map(([processor, own]) => ({
      processor,
      dates: own.map(({ day }) => formatDay(day)),
    })),
    effect: 'It has them, and this plan leaves them out.',
    advice: 'Wait until it has ended, or cancel it, and plan again.',
    command: shellText(['backfill', 'attach', backfill]),
  }));
}

function warningsOf(
  { request, input }: PlanContext,
  t: Tables,
  runs: readonly number[],
  added: readonly number[],
  jobs: Plan['jobs'],
): string[] {
  const warnings: string[] = [];
  if (added.length > 0) {
    const names = [...new Set(added.map((cell) => refOfCell(t, cell).node))];
    warnings.push(
      `${counted(added.length, 'partition')} of ${namesText(names)} were added: upstream or downstream of what was asked for.`,
    );
  }
  const again = runs.filter((cell) => heldOf(t, cell) === 'complete').length;
  if (again > 0)
    warnings.push(`${counted(again, 'complete partition')} will be replaced; what was built from them becomes stale.`);
  if (request.order === 'newest') {
    const backwards = jobs.filter((job) => job.sequential?.includes('own earlier dates') === true).map((job) => job.processor);
    if (backwards.length > 0) warnings.push(`${namesText(backwards)} needs its own earlier dates, and so runs oldest first.`);
  }
  const overrides = new Set(
    input.pipeline.processors.flatMap(({ run }) =>
      run.flatMap((method) => (method.kind === 'command' ? Object.keys(method.overrides) : [])),
    ),
  );
  for (const name of request.overrides) {
    if (name !== SKIP_NEEDS && name !== OFF_DATES && !overrides.has(name))
      warnings.push(`No processor has an override "${name}": it changes nothing.`);
  }
  return warnings;
}
