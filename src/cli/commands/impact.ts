import { origin } from '../../app/session/coverageOrigin';
import { impactOf } from '../../core/impact/impact';
import { impactReport } from '../../core/impact/impactReport';
import { defineCommand } from '../command';
import { provenance, readCoverage, requireDates } from '../coverageState';
import { DATES_OPERAND, datesOperand, daysOf } from '../datesOperand';
import { EXIT } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { impactCsv, impactMarkdown, impactText } from '../render/impactText';
import { FORMAT_OPTION, MANIFEST_OPTION, MODE_OPTION, nodeOf, REFRESH_OPTION } from '../sharedOptions';

export const impactCommand = defineCommand({
  name: 'impact',
  summary: 'Tell which partitions to do again after others were repaired',
  details: `Goes downstream from the dates of a processor or source, through others, and says why each partition has to be done again. What the journal recorded of an attempt's inputs decides; where it recorded nothing, what the processor needs.

Partitions that were built from the given ones as they are now are left out. --will-change takes them along: for dates that are about to be repaired.`,
  operands: [{ name: 'P', help: 'a processor or source, such as PDC' }, DATES_OPERAND],
  options: {
    ...MANIFEST_OPTION,
    'will-change': { kind: 'flag', help: 'the dates are yet to be repaired: also what was built from them as they are' },
    ...MODE_OPTION,
    ...FORMAT_OPTION,
    ...REFRESH_OPTION,
  },
  examples: ['backfill impact PDC 2021-11-05', 'backfill impact BOX 2021-11-01..2021-11-30 --will-change --format csv'],
  async run(context, options, [id = '', dates = '']) {
    const { terminal } = context;
    const days = daysOf(datesOperand(dates));
    const open = await openPipeline(context, options);
    const { id: node, index } = nodeOf(open.pipeline, id);
    const state = await readCoverage(context, open, options.refresh);
    const scope = { processors: [index], from: Math.min(...days), to: Math.max(...days) };
    requireDates(state, scope);
    const given = days.map((day) => ({ node, day }));
    const impact = impactOf(state.input, state.grid, given, options['will-change']);
    const { mode } = state.grid;
    switch (options.format) {
      case 'json':
        terminal.print(JSON.stringify({ ...origin(state, {}), ...impactReport(impact, mode) }, null, 2));
        break;
      case 'csv':
        terminal.print(impactCsv(impact));
        break;
      case 'md':
        terminal.print(impactMarkdown(impact, mode));
        break;
      case 'table':
      case undefined:
        for (const line of impactText(impact, mode, terminal)) terminal.print(line);
        terminal.print(`\n${provenance(state)}`);
    }
    return impact.redo.length > 0 ? EXIT.gaps : EXIT.fine;
  },
});
