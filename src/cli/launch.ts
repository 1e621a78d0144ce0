import { readFile } from 'node:fs/promises';
import type { CoverageState } from '../app/pipelineSession';
import { preparePlan } from '../app/preparePlan';
import { formatDay } from '../base/day';
import { CHOICES, type Plan, type PlanRequest } from '../core/backfill';
import { DEFAULT_CHOICES, POLICY_WORDS } from '../core/commandLine';
import type { Pipeline } from '../core/pipeline';
import type { Context, OptionSpecs, OptionValues } from './command';
import { readCoverage } from './coverageState';
import { CommandFailure, EXIT, usageError } from './exitCodes';
import { openPipeline } from './manifestFile';
import { planCsv, planMarkdown, planText } from './render/planText';
import { type Format, MANIFEST_OPTION, MODE_OPTION, processorOf, SCOPE_OPTIONS, scopeFrom } from './sharedOptions';
import type { Terminal } from './terminal';

const POLICIES = Object.values(POLICY_WORDS);

/** What `plan` and `run` share: which partitions, and how. */
export const LAUNCH_OPTIONS = {
  ...MANIFEST_OPTION,
  ...SCOPE_OPTIONS,
  processor: { kind: 'list', value: 'A,B', help: 'only these processors (default: all)' },
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
  override: { kind: 'list', value: 'NAME', help: "named overrides: skip-needs, or those of the processor's command" },
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
  if (state.problem !== undefined && state.problem.kind !== 'calendar') {
    throw new CommandFailure(EXIT.warehouse, 'Nothing was planned: a plan needs the warehouse as it is now.');
  }
  const plan = await preparePlan(state, request, { manifest: open.manifest, readText: (path) => readFile(path, 'utf8') });
  return { plan, state };
}

/** What was asked for, as every other surface asks for it. */
export function requestFrom(pipeline: Pipeline, options: LaunchValues): PlanRequest {
  const { from, to, dates, choose, slots, reason } = options;
  if (dates.length > 0 && (from !== undefined || to !== undefined))
    throw usageError('Give --dates, or --from and --to, not both.');
  if (slots === 0) throw usageError('--slots is at least 1.');
  for (const id of options.processor) processorOf(pipeline, id);
  const { processors = [] } = scopeFrom(pipeline, options);
  const policy = (Object.keys(POLICY_WORDS) as PlanRequest['policy'][]).find(
    (key) => POLICY_WORDS[key] === options['on-failure'],
  );
  return {
    processors: processors.flatMap((index) => pipeline.nodes[index]?.id ?? []),
    ...(dates.length > 0 && { dates: dates.map(formatDay) }),
    ...(from !== undefined && { from: formatDay(from) }),
    ...(to !== undefined && { to: formatDay(to) }),
    choices: choose.length > 0 ? choose : DEFAULT_CHOICES,
    withUpstream: options.upstream,
    withDownstream: options.downstream,
    order: options.order ?? 'oldest',
    slots: slots ?? 1,
    policy: policy ?? 'continue',
    overrides: options.override,
    ...(reason !== undefined && { reason }),
  };
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
