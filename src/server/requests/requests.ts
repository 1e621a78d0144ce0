import type { Journal } from '../../app/journal';
import { cleanStatements, prepareClean } from '../../app/planning/prepareClean';
import { launchPlan, type PlanFiles, preparePlan } from '../../app/planning/preparePlan';
import type { PartitionWriter } from '../../app/ports';
import { billedText, type CoverageState } from '../../app/session/pipelineSession';
import { formatDay, parseDay } from '../../base/day';
import { formatInstant } from '../../base/figures';
import type { Plan } from '../../core/backfill/backfill';
import { withConflicts } from '../../core/checkpoints/planConflicts';
import { cleanedSelection } from '../../core/clean/cleanPlan';
import { explain } from '../../core/coverage/explain';
import type { PipelineNode, WarehouseConfig } from '../../core/pipeline';
import { runCommandLine } from '../../core/plan/commandLine';
import { confirmationOf } from '../../core/plan/confirmation';
import type { LaunchChoices, PlanPreview, Requests } from '../../protocol/messages';
import { type BackfillView, processorsOf } from '../backfills/backfillViews';
import { ELSEWHERE, elsewhereTooltip } from '../backfills/elsewhereNodes';
import { partitionText } from '../coverage/partitionText';
import { tallyOf, tallyText } from '../coverage/tally';
import { cleanPreview } from '../documents/cleanDocument';
import { explainDocument } from '../documents/explainDocument';
import { planDocument, planHeadline } from '../documents/planDocument';
import { failuresTooltip } from '../failures/failuresTree';
import type { LogHandlers } from '../logs/logHandlers';
import type { PipelineService } from '../pipelineService';
import { timingHandlers } from '../timing/timingRequests';
import { backfillTooltip, coverageTooltip } from '../trees/tooltips';
import { pathTo } from '../trees/treePath';
import type { RepairHandlers } from './repairRequests';
import type { ReportHandlers } from './reportRequests';
import { answerSelection, canonical } from './selections';

/** What the extension can ask, one plain function a request. They reject with an Error whose message is for people. */
export type Handlers = { readonly [M in keyof Requests]: (params: Requests[M]['params']) => Promise<Requests[M]['result']> };

export interface RequestDeps {
  readonly service: PipelineService;
  readonly journal: Journal;
  readonly logs: LogHandlers;
  readonly files: PlanFiles;
  /** What is asked for repairing. */
  readonly repairs: RepairHandlers;
  readonly reports: ReportHandlers;
  /** Who works here. */
  readonly personName: () => Promise<string>;
  /** For what it would write; only an executor writes. */
  readonly openWriter: (config: WarehouseConfig) => PartitionWriter;
  /** Versions and the last errors of this process, a line each. */
  readonly describe: () => readonly string[];
}

/** Plans are kept until they are launched; those that nobody confirmed make room. */
const KEPT_PLANS = 20;
const MOST_GAP_DATES = 100;

export function requestHandlers({
  service,
  journal,
  files,
  repairs,
  reports,
  logs,
  describe,
  personName,
  openWriter,
}: RequestDeps): Handlers {
  const plans = new Map<string, Plan>();
  const keep = (plan: Plan) => {
    plans.set(plan.id, plan);
    for (const id of [...plans.keys()].slice(0, -KEPT_PLANS)) plans.delete(id);
  };
  return {
    ...repairs,
    ...reports,
    ...logs,
    ...timingHandlers(service),
    'backfill/snapshot': async () => service.views.snapshot() ?? null,
    'backfill/refresh': async () => {
      await service.read('read');
      return null;
    },
    'backfill/tree': async ({ view, parent = '' }) => {
      await service.remembered;
      return service.views.children(view, parent);
    },
    'backfill/treePath': async ({ view, node, date }) => {
      await service.remembered;
      return pathTo((parent) => service.views.peek(view, parent), node, date);
    },
    'backfill/tooltip': async ({ view, id }) => {
      if (view === 'backfills') {
        if (id.startsWith(ELSEWHERE)) return elsewhereTooltip(service.elsewhere.view, id);
        const found = findBackfill(service, id.split('/')[1] ?? '');
        return found === undefined ? '' : backfillTooltip(found, Date.now());
      }
      if (view === 'failures') return failuresTooltip(service.failures, id);
      const state = service.state;
      const { problem } = state ?? {};
      if (id === 'coverage/@problem')
        return problem === undefined ? '' : `${problem.message}\n\nSince ${formatInstant(problem.since)}`;
      return state === undefined ? '' : coverageTooltip(id, state.input, state.grid, service.grouping);
    },
    'backfill/explain': async ({ node, date }) => {
      const { input, grid } = known(service);
      const found = nodeOf(input.pipeline.nodes, node);
      const day = dayOf(date);
      const noted = await service.noted(found, day);
      return explainDocument(explain(input, grid, found.index, day), {
        input,
        node: found,
        ...(noted !== undefined && { noted }),
      });
    },
    'backfill/choices': async () => choicesOf(known(service)),
    'backfill/gapDates': async ({ node }) => {
      const { input, grid } = known(service);
      const { index } = nodeOf(input.pipeline.nodes, node);
      const dates: { date: string; text: string }[] = [];
      for (let offset = grid.dayCount - 1; offset >= 0 && dates.length < MOST_GAP_DATES; offset--) {
        if ((grid.rootSet[index * grid.dayCount + offset] ?? 0) === 0) continue;
        const day = grid.firstDay + offset;
        dates.push({ date: formatDay(day), text: partitionText(explain(input, grid, index, day)) });
      }
      return dates;
    },
    'backfill/selection': async ({ select }) => answerSelection(known(service), select),
    'backfill/plan': async (request) => {
      // A plan that is made right after somebody started a job has to know of it.
      await service.elsewhere.look();
      const coverage = known(service);
      const made = await preparePlan(coverage, { ...request, select: canonical(coverage, request.select) }, files);
      const plan = withConflicts(made, service.elsewhere.report, coverage);
      keep(plan);
      return previewOf(plan);
    },
    'backfill/clean': async (asked) => {
      await service.read('read');
      const coverage = known(service);
      const request = { ...asked, author: await personName() };
      const plan = await prepareClean({ ...coverage, request }, service.session.warehouse(), files.manifest);
      keep(plan);
      const { warehouse } = coverage.input.pipeline;
      const statements = warehouse.type === 'parquet' ? [] : await cleanStatements(plan, coverage.input, openWriter(warehouse));
      return cleanPreview(plan, statements, cleanedSelection(plan, parseDay));
    },
    'backfill/launch': async ({ planId }) => {
      const plan = plans.get(planId);
      if (plan === undefined) throw new Error('This plan is not known any more: make it again.');
      // Asked for twice is launched once: the second terminal attaches to the first one's backfill.
      if (!service.views.summaries().some(({ id }) => id === planId)) await launchPlan(plan, journal, files.readText);
      await service.backfillChanged(planId);
      const summary = service.views.summaries().find(({ id }) => id === planId);
      if (summary === undefined) throw new Error(`The plan ${planId} was written, but cannot be read again.`);
      return summary;
    },
    'backfill/backfills': async () => service.views.summaries(),
    'backfill/cancel': async ({ id }) => {
      await journal.request(id, { kind: 'cancel' }, 'VS Code');
      return null;
    },
    'backfill/pause': async ({ id }) => {
      await journal.request(id, { kind: 'pause' }, 'VS Code');
      return null;
    },
    'backfill/continue': async ({ id }) => {
      await journal.request(id, { kind: 'continue' }, 'VS Code');
      return null;
    },
    'backfill/endJob': async ({ id, attempt }) => {
      await journal.request(id, { kind: 'endJob', attempt }, 'VS Code');
      return null;
    },
    'backfill/keepWaiting': async ({ id, attempt }) => {
      service.keepWaiting(id, attempt);
      return null;
    },
    'backfill/diagnostics': async () => [...describe(), ...diagnosticsOf(service)].join('\n'),
  };
}

/** What an untrusted workspace gets: nothing is read, nothing is launched. */
export function untrustedHandlers(describe: () => readonly string[]): Handlers {
  const refuse = async (): Promise<never> => {
    throw new Error(
      'This workspace is not trusted: nothing of its manifest is read from a database or run. “Workspaces: Manage Workspace Trust” changes that.',
    );
  };
  return {
    'backfill/snapshot': async () => null,
    'backfill/timing': refuse,
    'backfill/refresh': refuse,
    'backfill/tree': async () => [],
    'backfill/treePath': async () => [],
    'backfill/tooltip': async () => '',
    'backfill/explain': refuse,
    'backfill/choices': refuse,
    'backfill/gapDates': refuse,
    'backfill/selection': refuse,
    'backfill/plan': refuse,
    'backfill/clean': refuse,
    'backfill/launch': refuse,
    'backfill/impact': refuse,
    'backfill/reportWindows': refuse,
    'backfill/report': refuse,
    'backfill/waivable': refuse,
    'backfill/waive': refuse,
    'backfill/removeWaiver': refuse,
    'backfill/undoWaivers': refuse,
    'backfill/backfills': async () => [],
    'backfill/cancel': refuse,
    'backfill/pause': refuse,
    'backfill/continue': refuse,
    'backfill/endJob': refuse,
    'backfill/log': refuse,
    'backfill/openLog': refuse,
    'backfill/moveLog': refuse,
    'backfill/logTokens': refuse,
    'backfill/logArrivals': refuse,
    'backfill/findInLogs': refuse,
    'backfill/keepWaiting': refuse,
    'backfill/diagnostics': async () => [...describe(), 'Workspace: not trusted'].join('\n'),
  };
}

function known({ state }: PipelineService): CoverageState {
  if (state === undefined) throw new Error('There is no coverage yet: correct the manifest, or wait until it was read.');
  return state;
}

function nodeOf(nodes: readonly PipelineNode[], id: string): PipelineNode {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new Error(`The manifest has no ${id}.`);
  return node;
}

function dayOf(date: string): number {
  const day = parseDay(date);
  if (day === undefined) throw new Error(`${date} is no date: write YYYY-MM-DD.`);
  return day;
}

function choicesOf({ input, grid }: CoverageState): LaunchChoices {
  const { pipeline } = input;
  return {
    processors: pipeline.processors.map((node) => {
      const tally = tallyOf(pipeline, grid, [node.index]);
      return {
        id: node.id,
        name: node.name,
        gaps: tally.gaps,
        summary: tallyText(tally),
        runnable: node.run.length > 0,
        // Several ways to run may have the same ones.
        overrides: [...new Set(node.run.flatMap((method) => (method.kind === 'command' ? Object.keys(method.overrides) : [])))],
      };
    }),
    sources: pipeline.sources.map(({ id, name }) => ({ id, name })),
    seasons: pipeline.seasons.toReversed().map(({ name, from, to }) => ({ name, from: formatDay(from), to: formatDay(to) })),
  };
}

function previewOf(plan: Plan): PlanPreview {
  const runs = plan.partitions.filter(({ action }) => action === 'run').length;
  const confirm = confirmationOf(plan);
  return {
    planId: plan.id,
    processors: processorsOf(plan),
    select: plan.request.select,
    headline: planHeadline(plan),
    markdown: planDocument(plan),
    runs,
    ...(confirm !== undefined && { confirm }),
    commandLine: runCommandLine(plan.request, plan.mode),
  };
}

function findBackfill({ backfills }: PipelineService, id: string): BackfillView | undefined {
  return backfills.views.find(({ progress }) => progress.id === id);
}

function diagnosticsOf({ state, session, mode, backfills, elsewhere }: PipelineService): string[] {
  const { pipeline, reading } = session;
  const lines = [`Mode: ${mode}`, `Mistakes in the manifest: ${reading?.problems.length ?? 0}`];
  if (pipeline !== undefined) {
    lines.push(
      `Pipeline: ${pipeline.sources.length} sources, ${pipeline.processors.length} processors, ${pipeline.warehouse.type}`,
    );
  }
  if (state !== undefined) {
    const { grid, source, asOf, cost, problem } = state;
    lines.push(
      `Coverage: ${grid.nodeCount} x ${grid.dayCount} partitions from ${source}, read ${asOf === undefined ? 'never' : formatInstant(asOf)}`,
    );
    if (cost !== undefined) lines.push(`Last read: ${billedText(cost)}`);
    if (problem !== undefined) lines.push(`Problem: ${problem.kind}: ${problem.message}`);
    for (const [node, { error }] of state.input.observations.unavailableNodes) lines.push(`Not readable: ${node}: ${error}`);
  }
  lines.push(`Backfills: ${backfills.views.length}, ${backfills.active.length} running`);
  lines.push(`Jobs elsewhere: ${elsewhere.report.jobs.length}, ${elsewhere.running.length} running`);
  return lines;
}
