import { readFile } from 'node:fs/promises';
import { preparePlan } from '../app/planning/preparePlan';
import { failureOf, unreadOf } from '../app/session/coverageOrigin';
import type { CoverageState } from '../app/session/pipelineSession';
import { formatDay } from '../base/day';
import { selectionText } from '../base/selection/parts';
import { spanOfSelection } from '../base/selection/resolve';
import { CHOICES, type Plan, type PlanRequest, REPEAT_POLICIES } from '../core/backfill/backfill';
import { withConflicts } from '../core/checkpoints/planConflicts';
import type { Pipeline, PipelineNode } from '../core/pipeline';
import { DEFAULT_CHOICES, POLICY_WORDS } from '../core/plan/commandLine';
import { selectedOf } from '../core/plan/planScope';
import type { Context, OptionSpecs, OptionValues } from './command';
import { readCoverage, requireDates } from './coverageState';
import { judged } from './elsewhere';
import { CommandFailure, EXIT, usageError } from './exitCodes';
import { openPipeline } from './manifestFile';
import { recordsOf } from './notedState';
import { planCsv, planMarkdown, planText } from './render/planText';
import { type Format, MANIFEST_OPTION, MODE_OPTION, processorOf, SCOPE_OPTIONS, scopeFrom, selectionFrom } from './sharedOptions';
import type { Terminal } from './terminal';

const POLICIES = Object.values(POLICY_WORDS);

/** What `plan` and `run` share: which partitions, and how. */
export const LAUNCH_OPTIONS = {
  ...MANIFEST_OPTION,
  ...SCOPE_OPTIONS,
  processor: { kind: 'list', value: 'A,B', help: 'only these processors (default: all)' },
  select: {
    kind: 'text',
    value: 'TEXT',
    help: "which partitions, in place of the options above, such as 'PDC & 2021-11-* & failed'",
  },
  dates: { kind: 'dates', value: 'D,D', help: 'these dates instead of a range' },
  choose: { kind: 'choices', of: CHOICES, help: `which of them by status (default: ${DEFAULT_CHOICES.join(',')})` },
  upstream: { kind: 'flag', help: 'also the gaps upstream that keep them from running' },
  downstream: { kind: 'flag', help: 'also the gaps downstream that wait for them' },
  order: { kind: 'choice', of: ['oldest', 'newest'], help: 'which dates first (default: oldest)' },
  slots: { kind: 'count', value: 'N', help: 'how many jobs at once, where the warehouse and the job allow it (default: 1)' },
  'on-failure': {
    kind: 'choice',
    of: POLICIES,
    help: 'continue with what does not depend on it, stop after what runs, or fail-fast and cancel that too (default: continue)',
  },
  'on-repeat': {
    kind: 'choice',
    of: REPEAT_POLICIES,
    help: 'when three attempts of a processor fail in one way: pause and ask, stop, or continue (default: pause; stop in the foreground without a terminal)',
  },
  override: { kind: 'list', value: 'NAME', help: "named overrides: skip-needs, off-dates, or those of the processor's command" },
  reason: { kind: 'text', value: 'TEXT', help: 'why, for the journal' },
  ...MODE_OPTION,
} as const satisfies OptionSpecs;

export type LaunchValues = OptionValues<typeof LAUNCH_OPTIONS>;

/** Makes a plan from the warehouse as it is now; where it cannot be read there is none. Nothing is written. */
export async function planFor(
  context: Context,
  options: LaunchValues,
): Promise<{ readonly plan: Plan; readonly state: CoverageState }> {
  const open = await openPipeline(context, options);
  const request = requestFrom(open.pipeline, options);
  const state = await readCoverage(context, open, true);
  if (failureOf(state) !== undefined) {
    throw new CommandFailure(EXIT.warehouse, 'Nothing was planned: a plan needs the warehouse as it is now.');
  }
  requireDates(state, spanOfSelection(selectedOf(open.pipeline, request.select)));
  const made = await preparePlan(state, request, {
    manifest: open.manifest,
    readText: (path) => readFile(path, 'utf8'),
    runTimes: () => recordsOf(context, open).runTimes(),
    warehouse: () => open.session.warehouse(),
  });
  const elsewhere = await judged(context, open.manifest, state);
  return {
    plan: withConflicts({ ...made, warnings: [...unreadWarnings(state, made), ...made.warnings] }, elsewhere, state),
    state,
  };
}

/** What a plan rests on and the warehouse refused to tell: the plan was made from the last good answer, or from none. */
function unreadWarnings(state: CoverageState, { request, partitions }: Plan): string[] {
  const { nodes } = state.input.pipeline;
  const { groups } = selectedOf(state.input.pipeline, request.select);
  const asked = new Set([...groups.flatMap((group) => [...group.nodes]), ...partitions.map(({ processor }) => processor)]);
  const reached = new Set<number>();
  for (const { id, index } of nodes) if (asked.has(id)) reached.add(index);
  // A set yields what is added while it is walked.
  for (const index of reached) for (const upstream of upstreamOf(nodes[index])) reached.add(upstream);
  const rests = nodes.filter(({ index }) => reached.has(index));
  return [...unreadOf(state, rests)].map(([name, { error }]) => `${name} was not read, so this may be out of date: ${error}`);
}

function upstreamOf(node: PipelineNode | undefined): readonly number[] {
  const needs = node?.kind === 'processor' ? node.needs : [];
  const ratio = node?.expect.ratioOf;
  return [
    ...needs.flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need])).map((need) => need.node),
    ...(ratio === undefined ? [] : [ratio.node]),
  ];
}

/** What was asked for, as every other surface asks for it. */
export function requestFrom(pipeline: Pipeline, options: LaunchValues): PlanRequest {
  const { slots, reason } = options;
  if (slots === 0) throw usageError('--slots is at least 1.');
  const policy = (Object.keys(POLICY_WORDS) as PlanRequest['policy'][]).find(
    (key) => POLICY_WORDS[key] === options['on-failure'],
  );
  return {
    select: selectFrom(pipeline, options),
    withUpstream: options.upstream,
    withDownstream: options.downstream,
    order: options.order ?? 'oldest',
    slots: slots ?? 1,
    ...(options['on-repeat'] !== undefined && { onRepeat: options['on-repeat'] }),
    policy: policy ?? 'continue',
    overrides: options.override,
    ...(reason !== undefined && { reason }),
  };
}

/** The partitions that were asked for, as text: whichever way they were. */
function selectFrom(pipeline: Pipeline, options: LaunchValues): string {
  const { select, from, to, dates, choose, processor, phase } = options;
  if (select !== undefined) {
    const others = { processor, phase, dates, choose, from, to };
    const other = Object.entries(others).find(([, value]) =>
      Array.isArray(value) ? value.length > 0 : value !== undefined,
    )?.[0];
    if (other !== undefined) throw usageError(`--select says which partitions: leave out --${other}, or say it in --select.`);
    return selectionFrom(pipeline, select);
  }
  if (dates.length > 0 && (from !== undefined || to !== undefined))
    throw usageError('Give --dates, or --from and --to, not both.');
  for (const id of processor) processorOf(pipeline, id);
  scopeFrom(pipeline, options);
  return selectionText({
    processors: processor,
    phases: phase,
    dates: dates.map(formatDay),
    ...(from !== undefined && { from: formatDay(from) }),
    ...(to !== undefined && { to: formatDay(to) }),
    choices: choose,
  });
}

/** Prints a plan. */
export function showPlan(plan: Plan, format: Format | undefined, terminal: Terminal): void {
  switch (format) {
    case 'json':
      terminal.print(JSON.stringify(plan, null, 2));
      break;
    case 'csv':
      terminal.print(planCsv(plan));
      break;
    case 'md':
      terminal.print(planMarkdown(plan));
      break;
    case 'table':
    case undefined:
      for (const line of planText(plan, terminal)) terminal.print(line);
  }
}
