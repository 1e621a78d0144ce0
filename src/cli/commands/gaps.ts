import { origin } from '../../app/coverageOrigin';
import { spanOfSelection } from '../../base/selection/resolve';
import { gapsReport } from '../../core/fixes';
import { gapsByRoot, meantBy } from '../../core/gaps';
import { selectedOf } from '../../core/planScope';
import { defineCommand } from '../command';
import { coverageExit, provenance, readCoverage, requireDates } from '../coverageState';
import { EXIT } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { gapsCsv, gapsMarkdown, gapsText } from '../render/gapsText';
import {
  FORMAT_OPTION,
  MANIFEST_OPTION,
  MODE_OPTION,
  REFRESH_OPTION,
  SCOPE_OPTIONS,
  scopeFrom,
  selectionFrom,
} from '../sharedOptions';
import { plain, wrapped } from '../textWidth';

export const gapsCommand = defineCommand({
  name: 'gaps',
  summary: 'Group the gaps by what causes them, with what mends each',
  options: {
    ...MANIFEST_OPTION,
    ...SCOPE_OPTIONS,
    select: { kind: 'text', value: 'TEXT', help: "which of them, such as 'phase:4 & 2021-11-* & failed'" },
    ...MODE_OPTION,
    ...FORMAT_OPTION,
    ...REFRESH_OPTION,
  },
  details: 'The groups come in the order in which to mend them: a cause before what waits for it.',
  examples: ['backfill gaps', 'backfill gaps --select MLFS,failed', 'backfill gaps --processor MLFS --from 2021-11-01'],
  async run(context, options) {
    const { terminal } = context;
    const open = await openPipeline(context, options);
    const asked = scopeFrom(open.pipeline, options);
    const select = options.select === undefined ? undefined : selectionFrom(open.pipeline, options.select);
    const scope = { ...(select !== undefined && spanOfSelection(selectedOf(open.pipeline, select))), ...asked };
    const state = await readCoverage(context, open, options.refresh);
    requireDates(state, scope);
    const isMeant = select === undefined ? undefined : meantBy(state.input, state.grid, select);
    const groups = gapsByRoot(state.input, state.grid, scope, isMeant);
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
    const code = coverageExit(state, scope);
    return code === EXIT.gaps && groups.length === 0 ? EXIT.fine : code;
  },
});
