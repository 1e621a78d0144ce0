import { troubleOf } from '../../app/session/coverageOrigin';
import { coverageReport } from '../../core/coverage/report';
import { defineCommand } from '../command';
import { coverageExit, provenance, readCoverage, requireDates } from '../coverageState';
import { openPipeline } from '../manifestFile';
import { coverageCsv, coverageMarkdown, coverageTable, datesText } from '../render/coverageText';
import {
  FORMAT_OPTION,
  MANIFEST_OPTION,
  MODE_OPTION,
  REFRESH_OPTION,
  SCOPE_OPTIONS,
  SELECT_OPTION,
  viewScopeFrom,
} from '../sharedOptions';
import { plain, wrapped } from '../textWidth';

export const coverageCommand = defineCommand({
  name: 'coverage',
  summary: 'Show what is covered and what is missing, by processor and date',
  options: {
    ...MANIFEST_OPTION,
    ...SCOPE_OPTIONS,
    ...SELECT_OPTION,
    ...MODE_OPTION,
    ...FORMAT_OPTION,
    all: { kind: 'flag', help: 'list every range without rows, however many there are' },
    ...REFRESH_OPTION,
  },
  details: `The table has a line a processor, with every run of dates without rows below it. The format md is a grid to paste: a row a date, a column a processor. The format csv is a row a partition, json is everything.`,
  examples: [
    'backfill coverage --from 2021-11-01 --to 2021-11-30',
    'backfill coverage --select MLFS,2021-11,gaps',
    'backfill coverage --processor MLFS --format json',
  ],
  async run(context, options) {
    const { terminal } = context;
    const open = await openPipeline(context, options);
    const scopeOf = viewScopeFrom(open.pipeline, options);
    const state = await readCoverage(context, open, options.refresh);
    const scope = scopeOf(state);
    requireDates(state, scope);
    const report = coverageReport(state.input, state.grid, scope, state.source, troubleOf(state, scope));
    const title = `${plain(open.pipeline.name)}, ${datesText(report.dates)}. ${provenance(state)}`;
    switch (options.format) {
      case 'json':
        terminal.print(JSON.stringify(report, null, 2));
        break;
      case 'csv':
        terminal.print(coverageCsv(report));
        break;
      case 'md':
        terminal.print(`${title}\n\n${coverageMarkdown(report)}`);
        break;
      case 'table':
      case undefined:
        terminal.print(wrapped(title, terminal.width).join('\n'));
        terminal.print('');
        for (const line of coverageTable(report, options.all, terminal)) terminal.print(line);
    }
    return coverageExit(state, scope);
  },
});
