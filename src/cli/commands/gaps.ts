import { origin } from '../../app/session/coverageOrigin';
import { gapsReport } from '../../core/coverage/fixes';
import { gapsByRoot } from '../../core/coverage/gaps';
import { defineCommand } from '../command';
import { coverageExit, provenance, readCoverage, requireDates } from '../coverageState';
import { openPipeline } from '../manifestFile';
import { gapsCsv, gapsMarkdown, gapsText } from '../render/gapsText';
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

export const gapsCommand = defineCommand({
  name: 'gaps',
  summary: 'Group the gaps by what causes them, with what mends each',
  options: {
    ...MANIFEST_OPTION,
    ...SCOPE_OPTIONS,
    ...SELECT_OPTION,
    ...MODE_OPTION,
    ...FORMAT_OPTION,
    ...REFRESH_OPTION,
  },
  details: 'The groups come in the order in which to mend them: a cause before what waits for it.',
  examples: ['backfill gaps', 'backfill gaps --select MLFS,failed', 'backfill gaps --processor MLFS --from 2021-11-01'],
  async run(context, options) {
    const { terminal } = context;
    const open = await openPipeline(context, options);
    const scopeOf = viewScopeFrom(open.pipeline, options);
    const state = await readCoverage(context, open, options.refresh);
    const scope = scopeOf(state);
    requireDates(state, scope);
    const groups = gapsByRoot(state.input, state.grid, scope);
    const { mode } = state.grid;
    switch (options.format) {
      case 'json':
        terminal.print(JSON.stringify({ ...origin(state, scope), ...gapsReport(groups, mode) }, null, 2));
        break;
      case 'csv':
        terminal.print(gapsCsv(groups, mode));
        break;
      case 'md':
        terminal.print(gapsMarkdown(groups, mode));
        break;
      case 'table':
      case undefined:
        terminal.print(`${wrapped(`${plain(open.pipeline.name)}. ${provenance(state)}`, terminal.width).join('\n')}\n`);
        for (const line of gapsText(groups, mode, terminal)) terminal.print(line);
    }
    return coverageExit(state, scope);
  },
});
