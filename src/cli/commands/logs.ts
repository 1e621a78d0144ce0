import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackfillRecord, Journal } from '../../app/journal';
import { unknownBackfill } from '../attach';
import { type Context, defineCommand } from '../command';
import { CommandFailure, EXIT, type ExitCode, usageError } from '../exitCodes';
import { followBackfill } from '../followBackfill';
import { grepLogs } from '../grepLogs';
import { DatesReader } from '../logDates';
import { type LogChoice, LogReader } from '../logReader';
import { findManifest, isFile, openPipeline } from '../manifestFile';
import { logDatesCsv, logDatesMarkdown, logDatesReport, logDatesTable, type ReadLog } from '../render/logDatesText';
import { FORMAT_OPTION, type Format, MANIFEST_OPTION } from '../sharedOptions';

const LOOK_MS = 250;
const GREP_EXIT = { done: EXIT.fine, stopped: EXIT.interrupted, tooSlow: EXIT.usage } as const;

export const logsCommand = defineCommand({
  name: 'logs',
  summary: "Print what a backfill's jobs wrote, or what a log says by date",
  operands: [
    {
      name: 'ID',
      help: "the backfill, as 'backfill runs' lists it; or a processor, for the last attempt at its date; or a log file, with --dates",
    },
    { name: 'P', help: 'only the attempts at this processor', optional: true },
    { name: 'DATE', help: 'only the attempts at this date', optional: true },
  ],
  options: {
    ...MANIFEST_OPTION,
    follow: { kind: 'flag', help: 'go on until the backfill has ended or Ctrl+C' },
    grep: {
      kind: 'text',
      value: 'EXPR',
      help: 'only the lines that hold this regular expression; capitals count where there are some',
    },
    dates: { kind: 'flag', help: 'instead: what the log says of each date, as a table' },
    profile: { kind: 'text', value: 'NAME', help: 'with --dates: the log profile to read it with, such as nba-phase4' },
    ...FORMAT_OPTION,
  },
  details: `Without --dates the bytes are printed as they are. With it the logs are read by the log profile of their processor, or that of --profile, and each date is told with its outcome, rows, seconds by stage, and why it failed or was skipped. A file is one that somebody wrote elsewhere, such as with tee: without --profile it is read by the profile that knows it best.`,
  examples: [
    'backfill logs 20261123T140211-pdc-ab12',
    'backfill logs 20261123-140211-ab12 PDC 2021-11-05',
    'backfill logs PDC 2021-11-05',
    'backfill logs 20261123T140211-pdc-ab12 --grep keyerror',
    'backfill logs /tmp/tdza_nov_dec_2021.log --dates --profile nba-phase4',
  ],
  async run(context, options, [id = '', ...words]) {
    const { terminal, services, cwd } = context;
    // `PDC 2021-11-05` is one partition, whether the shell gives it as one word or as two.
    const [processor, date] = words.join(' ').split(' ');
    const choice: LogChoice = { id, processor: processor || undefined, date };
    if (options.dates) return printDates(context, options, choice);
    const named = options.profile !== undefined ? '--profile' : '--format';
    if (options.profile !== undefined || options.format !== undefined) throw usageError(`${named} is for --dates: add it.`);
    const journal = services.journal(await findManifest(cwd, options.manifest));
    const wanted = await chosenIn(journal, choice);
    const reader = new LogReader(terminal, journal, wanted);
    const stop = new AbortController();
    const stops = [terminal.onClosed(() => stop.abort()), terminal.onInterrupt(() => stop.abort())];
    try {
      const record = await journal.read(wanted.id);
      if (record === undefined) throw unknownBackfill(id);
      if (options.grep !== undefined) {
        if (options.follow) throw usageError('--grep looks at logs once, and --follow goes on: leave one of them out.');
        const how = { expression: options.grep, search: services.searchLogs, signal: stop.signal };
        const ended = await grepLogs(terminal, journal, record, wanted, how);
        if (ended !== 'noLog') return GREP_EXIT[ended];
      }
      await reader.print(record, stop.signal);
      if (options.follow && !stop.signal.aborted) await follow(reader, journal, wanted.id, services.clock, stop.signal);
    } finally {
      for (const end of stops) end();
    }
    if (!reader.foundAny && !stop.signal.aborted) {
      throw usageError(`Backfill ${id} has no log of ${words.length === 0 ? 'any attempt' : words.join(' ')} yet.`);
    }
    return stop.signal.aborted && options.follow ? EXIT.interrupted : EXIT.fine;
  },
});

/** `PDC 2021-11-05` in place of a backfill is the last attempt at that partition. */
async function chosenIn(journal: Journal, choice: LogChoice): Promise<LogChoice> {
  const { id, processor: date } = choice;
  if (date === undefined || choice.date !== undefined || (await journal.read(id)) !== undefined) return choice;
  const last = (await journal.ledger()).last.get(`${id} ${date}`);
  return last === undefined ? choice : { id: last.backfill, processor: id, date };
}

interface DatesOptions {
  readonly manifest: string | undefined;
  readonly profile: string | undefined;
  readonly format: Format | undefined;
  readonly follow: boolean;
}

async function printDates(context: Context, options: DatesOptions, choice: LogChoice): Promise<ExitCode> {
  if (options.follow) throw usageError('--follow prints a log as it grows, and --dates reads it once: leave one of them out.');
  const logs = await readDates(context, options, choice);
  const { terminal } = context;
  switch (options.format) {
    case 'json':
      terminal.print(JSON.stringify(logDatesReport(logs), null, 2));
      break;
    case 'csv':
      terminal.print(logDatesCsv(logs));
      break;
    case 'md':
      terminal.print(logDatesMarkdown(logs));
      break;
    case 'table':
    case undefined:
      for (const line of logDatesTable(logs, terminal)) terminal.print(line);
  }
  return EXIT.fine;
}

/** What is wrong with a path that is no file. */
async function noFileText(path: string, id: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return `There is no file ${id}.`;
  return found.isDirectory() ? `${id} is a folder: name a log in it.` : `${id} is no file: save what it gives, and name that.`;
}

async function readDates(context: Context, options: DatesOptions, choice: LogChoice): Promise<readonly ReadLog[]> {
  const { services, cwd } = context;
  const { id, processor, date } = choice;
  if (await isFile(resolve(cwd, id))) {
    if (processor !== undefined) throw usageError(`${id} is a file: leave ${processor} out.`);
    return [await new DatesReader(services.readLogText, await profilesNearby(context, options), options.profile).file(id, cwd)];
  }
  // A name of a file that is not there is no id.
  if (/[/\\]|\.\w+$/.test(id)) throw usageError(await noFileText(resolve(cwd, id), id));
  const { manifest, pipeline } = await openPipeline(context, options);
  const journal = services.journal(manifest);
  const wanted = await chosenIn(journal, choice);
  const record = await journal.read(wanted.id);
  if (record === undefined) throw unknownBackfill(id);
  const logs = await new DatesReader(services.readLogText, pipeline, options.profile).backfill(record, journal, wanted, pipeline);
  if (logs.length > 0) return logs;
  const what = [processor, date].filter((word) => word !== undefined).join(' ') || 'any attempt';
  throw usageError(`Backfill ${id} has no log of ${what} yet.`);
}

/** A log can be read where there is no manifest, or a broken one: then only built-in profiles are known. */
async function profilesNearby(context: Context, options: DatesOptions) {
  try {
    return (await openPipeline(context, options)).pipeline;
  } catch (thrown) {
    if (options.manifest !== undefined || !(thrown instanceof CommandFailure)) throw thrown;
    return undefined;
  }
}

async function follow(
  reader: LogReader,
  journal: Journal,
  id: string,
  clock: { now(): number },
  signal: AbortSignal,
): Promise<void> {
  let last: BackfillRecord | undefined;
  let printing: Promise<void> = Promise.resolve();
  const print = (record: BackfillRecord) => {
    last = record;
    printing = printing.then(() => reader.print(record, signal));
  };
  // Logs grow without a word in the journal: they are looked at often.
  await followBackfill(id, { journal, clock, signal, tickMs: LOOK_MS, onSight: ({ record }) => print(record) });
  if (last !== undefined) print(last);
  await printing;
}
