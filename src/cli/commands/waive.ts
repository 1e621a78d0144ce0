import { dirname } from 'node:path';
import type { WaiversFile } from '../../app/waiversFile';
import { type Day, formatRange, parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import { gapDays, type WaiverRequest, waivedText, waiverFacts, waiverProblem } from '../../core/waivers/waiverFacts';
import { type Context, defineCommand, type OptionValues } from '../command';
import { warnOfState } from '../coverageState';
import { DATES_OPERAND, datesOperand } from '../datesOperand';
import { CommandFailure, EXIT, type ExitCode, usageError } from '../exitCodes';
import { type OpenPipeline, openPipeline } from '../manifestFile';
import { waiversCsv, waiversJson, waiversMarkdown, waiversText } from '../render/waiversText';
import { FORMAT_OPTION, MANIFEST_OPTION, nodeOf } from '../sharedOptions';

const OPTIONS = {
  ...MANIFEST_OPTION,
  reason: { kind: 'text', value: 'TEXT', help: 'why the gaps are accepted' },
  until: { kind: 'text', value: 'D', help: "the last day on which it holds, or 'never' for one that does not end" },
  author: { kind: 'text', value: 'NAME', help: 'who accepts them (default: who git says you are)' },
  list: { kind: 'flag', help: 'list the waivers instead, with what each of them waives now' },
  remove: { kind: 'flag', help: 'remove what waives these dates instead' },
  ...FORMAT_OPTION,
} as const;

type Options = OptionValues<typeof OPTIONS>;

export const waiveCommand = defineCommand({
  name: 'waive',
  summary: 'Accept gaps on purpose, with a reason and an end',
  details: `Writes into .backfill/waivers.yaml, which belongs into version control: a waiver is reviewed like code. Comments and order of the file stay. A file with a mistake is left alone.

A waived gap counts as none, but does not meet the needs of others.`,
  operands: [
    { name: 'P', help: 'a processor or source, such as PDC', optional: true },
    { ...DATES_OPERAND, optional: true },
  ],
  options: OPTIONS,
  examples: [
    'backfill waive PDC 2021-11-05 --reason postponed --until 2022-03-01',
    'backfill waive --list',
    'backfill waive PDC 2021-11-05..2021-11-09 --remove',
  ],
  async run(context, options, [id, dates]) {
    const open = await openPipeline(context, options);
    if (options.list) return list(context, open, options, id);
    if (options.format !== undefined) throw usageError('--format is for --list.');
    if (id === undefined || dates === undefined)
      throw usageError("backfill waive needs a processor and dates, or --list: 'backfill waive --help' tells more.");
    const { id: node } = nodeOf(open.pipeline, id);
    const ranges = datesOperand(dates);
    const file = context.services.waivers(open.manifest);
    if (!options.remove) return add(context, open, file, { node, ranges, ...(await termsOf(context, open, options)) });
    if (options.reason !== undefined || options.until !== undefined || options.author !== undefined)
      throw usageError('--remove takes no --reason, --until or --author.');
    const change = await file.remove(node, ranges);
    const where = `${node}, ${ranges.map(formatRange).join(', ')}`;
    if (change === undefined) throw usageError(`Nothing waives ${where}: 'backfill waive --list' lists the waivers.`);
    context.terminal.print(`Nothing waives ${where} any more. ${counted(change.waivers.length, 'waiver')} left.`);
    return EXIT.fine;
  },
});

async function termsOf(
  { services }: Context,
  { manifest }: OpenPipeline,
  { reason, until, author }: Options,
): Promise<Pick<WaiverRequest, 'reason' | 'until' | 'author'>> {
  if (reason === undefined) throw usageError('A waiver needs a reason: --reason TEXT.');
  if (until === undefined) throw usageError('A waiver needs an end: --until D, or --until never for one that does not end.');
  return { reason, until: untilOf(until), author: author ?? (await services.personName(dirname(manifest))) };
}

function untilOf(text: string): Day | 'never' {
  const day = parseDay(text);
  if (day === undefined && text !== 'never') throw usageError(`--until is a date or 'never', not '${text}'.`);
  return day ?? 'never';
}

async function add(context: Context, open: OpenPipeline, file: WaiversFile, request: WaiverRequest): Promise<ExitCode> {
  // What the warehouse cannot say now keeps nobody from accepting a gap.
  const { input, grid } = await known(open);
  const problem = waiverProblem(request, input);
  if (problem !== undefined) throw usageError(problem);
  const { node, ranges, reason, author, until } = request;
  const kind = input.pipeline.sources.some(({ id }) => id === node) ? 'source' : 'processor';
  const terms = { kind, node, reason, author, ...(until !== 'never' && { until }) } as const;
  await file.add(ranges.map((range) => ({ ...terms, ...range })));
  const gaps = ranges.flatMap((range) => gapDays(input, grid, node, range)).length;
  context.terminal.print(waivedText(request, gaps));
  return EXIT.fine;
}

async function list(
  context: Context,
  open: OpenPipeline,
  { format, remove }: Options,
  id: string | undefined,
): Promise<ExitCode> {
  if (remove) throw usageError('Give --list or --remove, not both.');
  const node = id === undefined ? undefined : nodeOf(open.pipeline, id).id;
  const { input, grid } = await known(open);
  await warnOfState(context, open);
  const facts = waiverFacts(input, grid).filter((fact) => node === undefined || fact.node === node);
  const { terminal } = context;
  switch (format) {
    case 'json':
      terminal.print(JSON.stringify(waiversJson(facts), null, 2));
      break;
    case 'csv':
      terminal.print(waiversCsv(facts));
      break;
    case 'md':
      terminal.print(waiversMarkdown(facts));
      break;
    case 'table':
    case undefined:
      for (const line of waiversText(facts, terminal)) terminal.print(line);
  }
  return EXIT.fine;
}

async function known({ session }: OpenPipeline) {
  const state = await session.coverage('probe');
  if (state === undefined) throw new CommandFailure(EXIT.usage, 'The manifest could not be read.');
  return state;
}
