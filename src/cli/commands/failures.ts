import { failureOf, notReadText, origin } from '../../app/session/coverageOrigin';
import { type FailureCategory, failureCategories, failuresIn, failuresOf } from '../../core/records/failures';
import { failuresReport } from '../../core/records/noted';
import { failureTableName } from '../../core/records/records';
import { MOST_RECORDS } from '../../core/sql/records';
import { defineCommand } from '../command';
import { provenance, readCoverage, requireDates } from '../coverageState';
import { CommandFailure, EXIT, type ExitCode, usageError } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { recordsOf } from '../notedState';
import { didYouMean } from '../parseCommandLine';
import { failuresCsv, failuresMarkdown, failuresText } from '../render/failuresText';
import { FORMAT_OPTION, MANIFEST_OPTION, MODE_OPTION, REFRESH_OPTION, SCOPE_OPTIONS, scopeFrom } from '../sharedOptions';
import type { Terminal } from '../terminal';
import { plain, wrapped } from '../textWidth';

export const failuresCommand = defineCommand({
  name: 'failures',
  summary: 'Show what jobs noted as failed, by category: what stops first',
  details:
    'Reads the failure tables of the manifest. A failure is stale where the partition was written again after it was noted; where that is not known, or a whole date had failed, where it is complete now. Ends with 1 when there are failures of a category that stops which are not stale.',
  options: {
    ...MANIFEST_OPTION,
    ...SCOPE_OPTIONS,
    category: { kind: 'list', value: 'A,B', help: 'only these categories, in upper or lower case' },
    stop: { kind: 'flag', help: 'only categories that stop' },
    stale: { kind: 'flag', help: 'only failures that are stale' },
    all: { kind: 'flag', help: 'tell every date in full' },
    ...MODE_OPTION,
    ...FORMAT_OPTION,
    ...REFRESH_OPTION,
  },
  examples: ['backfill failures --stop', 'backfill failures --processor PSZA --from 2021-11-01 --to 2021-11-30 --format csv'],
  async run(context, options) {
    const { terminal } = context;
    const open = await openPipeline(context, options);
    const { pipeline } = open;
    if (pipeline.failures.length === 0)
      throw usageError("The manifest names no table in which jobs note what failed: name it under 'failures'.");
    const scope = scopeFrom(pipeline, options);
    const state = await readCoverage(context, open, options.refresh);
    requireDates(state, scope);
    const { grid, input } = state;
    const days = {
      from: scope.from ?? grid.firstDay,
      to: scope.to ?? grid.firstDay + Math.max(0, grid.dayCount - 1),
    };
    const known = await recordsOf(context, open).readFailures('read', days);
    const { reading, problem } = known ?? {};
    if (reading === undefined) throw new CommandFailure(EXIT.warehouse, problem?.message ?? 'The failures could not be read.');
    for (const [index, { message }] of reading.errors) {
      const table = pipeline.failures[index];
      terminal.warn(`Warning: ${plain(notReadText(table === undefined ? 'a table' : failureTableName(table), message))}`);
    }
    if (reading.truncated) terminal.warn(`Warning: only the newest ${MOST_RECORDS} groups were read: ask for fewer dates.`);

    const wanted = options.category.map((name) => name.toLowerCase());
    const all = failuresOf(reading.records, input, grid);
    warnOfUnknown(terminal, options.category, [
      ...all.map(({ category }) => category),
      ...pipeline.failures.flatMap(({ expected, stop, meanings }) => [...expected, ...stop, ...meanings.keys()]),
    ]);
    const failures = failuresIn(all, input, scope).filter(
      ({ category, kind, stale }) =>
        (wanted.length === 0 || wanted.includes(category.toLowerCase())) &&
        (!options.stop || kind === 'stop') &&
        (!options.stale || stale !== undefined),
    );
    const categories = failureCategories(failures);
    switch (options.format) {
      case 'json': {
        const notRead = [...reading.errors].map(([, { message }]) => message);
        const read = { readAt: new Date(reading.readAt).toISOString(), truncated: reading.truncated, notRead };
        terminal.print(JSON.stringify({ ...origin(state, scope), ...read, ...failuresReport(categories) }, null, 2));
        break;
      }
      case 'csv':
        terminal.print(failuresCsv(categories));
        break;
      case 'md':
        terminal.print(failuresMarkdown(categories));
        break;
      case 'table':
      case undefined:
        terminal.print(`${wrapped(`${plain(pipeline.name)}. ${provenance(state)}`, terminal.width).join('\n')}\n`);
        for (const line of failuresText(categories, options.all, terminal, reading.errors.size > 0)) terminal.print(line);
    }
    const unread = reading.errors.size > 0 || failureOf(state) !== undefined;
    return unread ? EXIT.warehouse : exitOf(categories);
  },
});

/** A category that neither a table nor the manifest has is likely mistyped. */
function warnOfUnknown(terminal: Terminal, asked: readonly string[], categories: readonly string[]): void {
  const known = [...new Set(categories.map((name) => name.toUpperCase()))];
  for (const name of asked) {
    const upper = name.toUpperCase();
    if (!known.includes(upper))
      terminal.warn(`Warning: no failure has the category '${plain(name)}'.${didYouMean(upper, known)}`);
  }
}

function exitOf(categories: readonly FailureCategory[]): ExitCode {
  const stops = categories.some(({ kind, failures }) => kind === 'stop' && failures.some(({ stale }) => stale === undefined));
  return stops ? EXIT.gaps : EXIT.fine;
}
