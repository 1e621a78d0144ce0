import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { linksFrom } from '../../app/fileLinks';
import { makeHandoff } from '../../app/handoff';
import { type DayRange, parseDay } from '../../base/day';
import { messageOf } from '../../base/logger';
import { handoffMarkdown } from '../../core/handoff/handoffMarkdown';
import { handoffReport } from '../../core/handoff/handoffReport';
import { monthRange, seasonRange } from '../../core/handoff/window';
import type { Pipeline } from '../../core/pipeline';
import { type Context, defineCommand, type OptionValues } from '../command';
import { coverageExit, readCoverage, requireDates } from '../coverageState';
import { judged } from '../elsewhere';
import { usageError } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { didYouMean } from '../parseCommandLine';
import { MANIFEST_OPTION, MODE_OPTION, REFRESH_OPTION, SCOPE_OPTIONS, scopeFrom } from '../sharedOptions';
import { plain } from '../textWidth';

const OPTIONS = {
  ...MANIFEST_OPTION,
  ...SCOPE_OPTIONS,
  season: { kind: 'text', value: 'NAME', help: 'the dates of a season, such as 2021-22' },
  month: { kind: 'text', value: 'YYYY-MM', help: 'the dates of a month' },
  out: { kind: 'text', value: 'FILE', help: 'write it there, with links to files; an older report is replaced' },
  for: { kind: 'text', value: 'TEXT', help: 'who is to read it (default: whoever takes over next)' },
  since: { kind: 'text', value: 'D|FILE', help: 'compare with the last report before the end of a date, or with a file' },
  days: { kind: 'flag', help: 'a row for each date, however many there are' },
  ...MODE_OPTION,
  format: { kind: 'choice', of: ['md', 'json'], help: 'how to print it (default: md)' },
  ...REFRESH_OPTION,
} as const;

type Options = OptionValues<typeof OPTIONS>;

const DAY_MS = 86_400_000;

export const reportCommand = defineCommand({
  name: 'report',
  summary: 'Write a handoff: coverage, gaps, work, failures, and what changed',
  details: `A Markdown document for whoever takes over: what changed since the last report, coverage by processor, season, month and date, gaps by cause with the commands that mend them, what runs and what was interrupted, failures, what is slowest, waivers.

Each report remembers what it found in .backfill/reports/, and the next one tells what is different. Ends as 'backfill coverage' does.`,
  options: OPTIONS,
  examples: [
    'backfill report --out handoff.md',
    'backfill report --month 2021-11 --for nights',
    'backfill report --since 2021-11-30 --format json',
  ],
  async run(context, options) {
    const { terminal, services, cwd } = context;
    const open = await openPipeline(context, options);
    const { pipeline, manifest, session } = open;
    const scope = scopeFrom(pipeline, { ...options, ...windowOf(pipeline, options) });
    const out = options.out === undefined ? undefined : resolve(cwd, options.out);
    if (out !== undefined) await requireReplaceable(out, options.out ?? '');
    const since = await sinceOf(context, options.since);
    const state = await readCoverage(context, open, options.refresh);
    requireDates(state, scope);
    const reports = services.reports(manifest);
    const request = {
      scope,
      audience: options.for ?? 'whoever takes over next',
      everyDate: options.days,
      ...(since !== undefined && { since }),
    };
    const { handoff, memory } = await makeHandoff(state, request, {
      session,
      journal: services.journal(manifest),
      elsewhere: async () => (await judged(context, manifest, state)).jobs,
      calls: async (record) => {
        const logs = await services.callLogs(manifest);
        await logs.look([{ record }]);
        return logs.of(record.plan.id);
      },
      reports,
      clock: services.clock,
      logger: { debug() {}, info() {}, warn() {}, error: (message) => terminal.warn(message) },
    }).catch((error: unknown) => {
      throw since === undefined ? error : usageError(messageOf(error));
    });
    // Commands find a manifest by its name in the folder and above it; any other has to be named.
    const layout = {
      manifest: basename(manifest),
      ...(out !== undefined && { link: linksFrom(dirname(out), dirname(manifest)) }),
    };
    const text =
      options.format === 'json'
        ? `${JSON.stringify(handoffReport(handoff, pipeline.processors), null, 2)}\n`
        : handoffMarkdown(handoff, layout);
    if (out === undefined) terminal.print(text.trimEnd());
    else {
      await replaceFile(out, text).catch((error: unknown) => {
        throw usageError(`The report cannot be written: ${messageOf(error)}.`);
      });
      terminal.print(`Wrote ${options.out}.`);
    }
    await reports.save(memory).catch((error: unknown) => {
      terminal.warn(`Warning: the next report cannot tell what is different from this one: ${plain(messageOf(error))}`);
    });
    return coverageExit(state, scope);
  },
});

function windowOf(pipeline: Pipeline, { season, month, from, to }: Options): Partial<DayRange> {
  const ways = [season !== undefined, month !== undefined, from !== undefined || to !== undefined];
  if (ways.filter(Boolean).length > 1) throw usageError('Give one of --season, --month, and --from with --to.');
  if (month !== undefined) {
    const range = monthRange(month);
    if (range === undefined) throw usageError(`--month ${month} is no month: write YYYY-MM.`);
    return range;
  }
  if (season === undefined) return {};
  const range = seasonRange(pipeline.seasons, season);
  if (range !== undefined) return range;
  const names = pipeline.seasons.map(({ name }) => name);
  if (names.length === 0) throw usageError('The manifest names no seasons: give --from and --to.');
  throw usageError(`There is no season '${season}'.${didYouMean(season, names)} Known: ${names.join(', ')}.`);
}

/** A date means the end of it by this machine's clock. */
async function sinceOf({ cwd }: Context, text: string | undefined) {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (day !== undefined) {
    const utc = new Date(day * DAY_MS);
    return { before: new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate() + 1).getTime() };
  }
  return { file: resolve(cwd, text) };
}

/** Only what is an earlier report is replaced. */
async function requireReplaceable(path: string, given: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw usageError(`There is no folder ${dirname(given)}: make it, or name another.`);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  const text = found.isFile() ? await readFile(path, 'utf8').catch(() => '') : '-';
  const isReport = text.trim() === '' || text.startsWith('# Handoff: ') || /^\{\s+"asOf": [\s\S]*"audience": /.test(text);
  if (!isReport) throw usageError(`${given} is there and no report: name another file.`);
}

/** Readers see the old report or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), '.report-'));
  try {
    await writeFile(join(folder, 'report'), text);
    await rename(join(folder, 'report'), path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
