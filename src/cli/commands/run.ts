import { readFile } from 'node:fs/promises';
import { launchPlan } from '../../app/planning/preparePlan';
import type { CoverageState } from '../../app/session/pipelineSession';
import { parseDay } from '../../base/day';
import type { Plan, PlannedPartition } from '../../core/backfill/backfill';
import { confirmationOf } from '../../core/plan/confirmation';
import { attach } from '../attach';
import { defineCommand } from '../command';
import { EXIT, usageError } from '../exitCodes';
import { LAUNCH_OPTIONS, planFor, showPlan } from '../launch';
import { FORMAT_OPTION } from '../sharedOptions';
import { type Terminal, toned } from '../terminal';

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Run a backfill and show it until it has ended',
  details: `Makes a plan, shows it, and starts it in a process of its own, which outlives the terminal. Ctrl+C asks it to end; closing the terminal leaves it running, and 'backfill attach' shows it again.

A plan of more than 60 dates or two hours, or one that replaces complete dates, is confirmed by typing the number of its dates; a script says it with --yes.`,
  options: {
    ...LAUNCH_OPTIONS,
    'dry-run': { kind: 'flag', help: "only show the plan, as 'backfill plan' does" },
    ...FORMAT_OPTION,
    yes: { kind: 'count', value: 'N', help: 'confirm a large plan that has exactly this many dates' },
    foreground: { kind: 'flag', help: 'execute in this process, which then must not be closed: for CI' },
    'keep-open': { kind: 'flag', help: 'wait for Enter after the summary, and then end without an error' },
  },
  examples: [
    'backfill run --processor PDC --dates 2021-11-05',
    'backfill run --phase phase4 --from 2021-10-19 --downstream --yes 240',
  ],
  async run(context, options) {
    const { terminal, services } = context;
    const { plan: asked, state } = await planFor(context, options);
    const plan = terminal.isTty ? asked : unasked(asked);
    if (options['dry-run']) {
      showPlan(plan, options.format, terminal);
      return EXIT.fine;
    }
    if (options.format !== undefined)
      throw usageError(
        "--format is for --dry-run: a backfill that runs is told in lines. 'backfill runs --format json' gives its state.",
      );
    showPlan(plan, undefined, terminal);
    terminal.print('');
    if (plan.partitions.every(({ action }) => action === 'skip')) {
      terminal.print('There is nothing to run.');
      return plan.partitions.some((partition) => isGapNow(state, partition)) ? EXIT.gaps : EXIT.fine;
    }
    if (!(await isConfirmed(plan, options.yes, terminal))) {
      terminal.print('Nothing was started.');
      return EXIT.interrupted;
    }
    await launchPlan(plan, services.journal(plan.manifest), (path) => readFile(path, 'utf8'));
    terminal.print(`Backfill ${plan.id}`);
    return attach(context, {
      manifest: plan.manifest,
      id: plan.id,
      keepOpen: options['keep-open'],
      foreground: options.foreground,
    });
  },
});

/** The same where nobody reads a question: what would ask stops. */
function unasked(plan: Plan): Plan {
  return { ...plan, request: { ...plan.request, onRepeat: plan.request.onRepeat ?? 'stop' } };
}

function isGapNow({ input, grid }: CoverageState, { processor, date }: PlannedPartition): boolean {
  const node = input.pipeline.nodes.find(({ id }) => id === processor);
  const offset = (parseDay(date) ?? Number.NaN) - grid.firstDay;
  if (node === undefined || !(offset >= 0 && offset < grid.dayCount)) return false;
  return (grid.rootSet[node.index * grid.dayCount + offset] ?? 0) !== 0;
}

async function isConfirmed(plan: Plan, yes: number | undefined, terminal: Terminal): Promise<boolean> {
  const confirmation = confirmationOf(plan);
  if (confirmation === undefined) return true;
  const { text, why } = confirmation;
  if (yes !== undefined) {
    if (String(yes) === text) return true;
    throw usageError(`--yes ${yes} does not confirm this plan: it has ${text} dates. Nothing was started.`);
  }
  if (!terminal.canAsk) throw usageError(`This is a large plan (${why}) Add --yes ${text} to confirm it. Nothing was started.`);
  const answer = await terminal.ask(`${toned(terminal, 'strong', why)} Type ${text} to start: `);
  return answer?.trim().replaceAll(',', '') === text;
}
