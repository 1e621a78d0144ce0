import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cleanStatements, prepareClean } from '../../app/planning/prepareClean';
import { launchPlan } from '../../app/planning/preparePlan';
import { failureOf } from '../../app/session/coverageOrigin';
import { formatDay, parseDay } from '../../base/day';
import { selectionText } from '../../base/selection/parts';
import { spanOfSelection } from '../../base/selection/resolve';
import { CHOICES, type Plan } from '../../core/backfill/backfill';
import { type CleanRequest, cleanConfirmation, cleanedSelection } from '../../core/clean/cleanPlan';
import { runCommandLine } from '../../core/plan/commandLine';
import { selectedOf } from '../../core/plan/planScope';
import { attach } from '../attach';
import { type Context, defineCommand, type OptionValues } from '../command';
import { readCoverage, requireDates } from '../coverageState';
import { DATES_OPERAND, datesOperand, daysOf } from '../datesOperand';
import { CommandFailure, EXIT, usageError } from '../exitCodes';
import { type OpenPipeline, openPipeline } from '../manifestFile';
import { cleanCsv, cleanMarkdown, cleanText } from '../render/cleanText';
import { FORMAT_OPTION, MANIFEST_OPTION, MODE_OPTION, processorOf, selectionFrom } from '../sharedOptions';
import { type Terminal, toned } from '../terminal';
import { runCommand } from './run';

const OPTIONS = {
  ...MANIFEST_OPTION,
  select: { kind: 'text', value: 'TEXT', help: "which partitions, in place of P and DATES, such as 'PDC & 2021-11-* & suspect'" },
  choose: { kind: 'choices', of: CHOICES, help: 'only those of them with these statuses (default: all)' },
  downstream: { kind: 'flag', help: 'also what was built from them, which is deleted first' },
  statements: { kind: 'flag', help: 'print the SQL statements instead, and delete nothing' },
  'dry-run': { kind: 'flag', help: 'only show what would be deleted' },
  reason: { kind: 'text', value: 'TEXT', help: 'why, for the journal' },
  author: { kind: 'text', value: 'NAME', help: 'who deletes them (default: who git says you are)' },
  yes: { kind: 'count', value: 'N', help: 'confirm that exactly this many partitions are deleted' },
  run: { kind: 'flag', help: 'then run what was deleted, in dependency order' },
  foreground: { kind: 'flag', help: 'execute in this process, which then must not be closed: for CI' },
  'keep-open': { kind: 'flag', help: 'wait for Enter after the summary, and then end without an error' },
  ...MODE_OPTION,
  ...FORMAT_OPTION,
} as const;

type Options = OptionValues<typeof OPTIONS>;

export const cleanCommand = defineCommand({
  name: 'clean',
  summary: 'Delete partitions for a clean re-run, after showing what they hold',
  details: `Shows the rows of each partition, and deletes them once their number was typed: what was built from a partition before it, each in one transaction, and only while it holds the rows that were shown. It is a backfill like any other: claimed, in the journal, and ended by 'backfill cancel'.`,
  operands: [
    { name: 'P', help: 'a processor, such as PDC', optional: true },
    { ...DATES_OPERAND, optional: true },
  ],
  options: OPTIONS,
  examples: [
    'backfill clean PDC 2021-11-05 --downstream --run',
    'backfill clean --select suspect --statements',
    'backfill clean PDC 2021-11-01..2021-11-30 --choose suspect --yes 4',
  ],
  async run(context, options, [id, dates]) {
    const { terminal, services } = context;
    if (options.format !== undefined && !options['dry-run']) throw usageError('--format is for --dry-run.');
    const open = await openPipeline(context, options);
    const state = await readCoverage(context, open, true);
    if (failureOf(state) !== undefined)
      throw new CommandFailure(EXIT.warehouse, 'Nothing was deleted: that needs the warehouse as it is now.');
    const request = await requestFrom(context, open, options, id, dates);
    requireDates(state, spanOfSelection(selectedOf(open.pipeline, request.select)));
    const plan = await prepareClean({ ...state, request }, open.session.warehouse(), open.manifest);
    if (options.statements) {
      if (open.pipeline.warehouse.type === 'parquet') throw usageError('A folder of Parquet has no statements that delete.');
      const writer = services.writer(open.pipeline.warehouse, dirname(open.manifest));
      for (const statement of await cleanStatements(plan, state.input, writer)) terminal.print(`${statement};`);
      return EXIT.fine;
    }
    if (options['dry-run'] && options.format === 'json') terminal.print(JSON.stringify(plan, null, 2));
    else if (options['dry-run'] && options.format === 'csv') terminal.print(cleanCsv(plan));
    else if (options['dry-run'] && options.format === 'md') terminal.print(cleanMarkdown(plan));
    else for (const line of cleanText(plan, terminal)) terminal.print(line);
    if (options['dry-run']) return EXIT.fine;
    terminal.print('');
    const confirmation = cleanConfirmation(plan);
    if (confirmation === undefined) {
      terminal.print('There is nothing to delete.');
      return EXIT.fine;
    }
    if (!(await isConfirmed(confirmation, options.yes, terminal))) {
      terminal.print('Nothing was deleted.');
      return EXIT.interrupted;
    }
    await launchPlan(plan, services.journal(plan.manifest), (path) => readFile(path, 'utf8'));
    terminal.print(`Backfill ${plan.id}`);
    const how = { manifest: plan.manifest, foreground: options.foreground };
    const code = await attach(context, { ...how, id: plan.id, keepOpen: options['keep-open'] && !options.run });
    const select = cleanedSelection(plan, parseDay);
    if (!options.run || code === EXIT.interrupted) return code;
    const events = (await services.journal(plan.manifest).read(plan.id))?.events ?? [];
    const last = events.at(-1);
    if (last?.type !== 'ended' || last.result !== 'done') {
      terminal.print(`Nothing is run again, because not all was deleted. When it is: ${runCommandLine({ select }, plan.mode)}`);
      return code;
    }
    return runAgain(context, plan, select, options);
  },
});

/** Runs what was deleted. It was confirmed together with that, so that its own number of dates is not asked for. */
async function runAgain(context: Context, plan: Plan, select: string, options: Options) {
  const dates = new Set(plan.partitions.filter(({ action }) => action === 'run').map(({ date }) => date)).size;
  context.terminal.print('');
  return runCommand.run(
    context,
    {
      ...{ manifest: plan.manifest, select, mode: plan.mode, reason: options.reason, yes: dates },
      ...{
        foreground: options.foreground,
        'keep-open': options['keep-open'],
        'dry-run': false,
        upstream: false,
        downstream: false,
      },
      ...{ processor: [], phase: [], dates: [], choose: [], override: [] },
    },
    [],
  );
}

async function requestFrom(
  { services }: Context,
  { manifest, pipeline }: OpenPipeline,
  { select, choose, downstream, author, reason }: Options,
  id: string | undefined,
  dates: string | undefined,
): Promise<CleanRequest> {
  if (select !== undefined && (id !== undefined || choose.length > 0))
    throw usageError('--select says which partitions: leave out P, DATES and --choose.');
  if (select === undefined && id === undefined)
    throw usageError("backfill clean needs a processor and dates, or --select: 'backfill clean --help' tells more.");
  if (id !== undefined && dates === undefined)
    throw usageError('backfill clean needs dates: nobody deletes all of them by accident.');
  return {
    select:
      select !== undefined
        ? selectionFrom(pipeline, select)
        : selectionText({
            processors: [processorOf(pipeline, id ?? '').id],
            dates: daysOf(datesOperand(dates ?? '')).map(formatDay),
            choices: choose.length > 0 ? choose : ['all'],
          }),
    withDownstream: downstream,
    author: author ?? (await services.personName(dirname(manifest))),
    ...(reason !== undefined && { reason }),
  };
}

async function isConfirmed(
  { text, why }: { readonly text: string; readonly why: string },
  yes: number | undefined,
  terminal: Terminal,
): Promise<boolean> {
  if (yes !== undefined) {
    if (String(yes) === text) return true;
    throw usageError(`--yes ${yes} does not confirm this: ${why} Nothing was deleted.`);
  }
  if (!terminal.canAsk) throw usageError(`${why} Add --yes ${text} to confirm it. Nothing was deleted.`);
  const answer = await terminal.ask(`${toned(terminal, 'bad', why)} Type ${text} to delete: `);
  return answer?.trim().replaceAll(',', '') === text;
}
