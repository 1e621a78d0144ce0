import { origin, troubleOf } from '../../app/session/coverageOrigin';
import { parseDay } from '../../base/day';
import { explain } from '../../core/coverage/explain';
import { withStalled } from '../../core/coverage/report';
import { defineCommand } from '../command';
import { coverageExit, readCoverage } from '../coverageState';
import { usageError } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { readNoted } from '../notedState';
import { explainCsv, explainMarkdown, explainReport, explainText } from '../render/explainText';
import { FORMAT_OPTION, MANIFEST_OPTION, MODE_OPTION, nodeOf, REFRESH_OPTION } from '../sharedOptions';

export const PARTITION_OPERANDS = [
  { name: 'P', help: 'a processor or source, such as PDC' },
  { name: 'DATE', help: 'a date, such as 2021-11-05' },
] as const;

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Tell all about one partition: its status, why, what it needs, and what to do',
  operands: PARTITION_OPERANDS,
  options: { ...MANIFEST_OPTION, ...MODE_OPTION, ...FORMAT_OPTION, ...REFRESH_OPTION },
  examples: ['backfill explain PDC 2021-11-05'],
  async run(context, options, [id = '', date = '']) {
    const { terminal } = context;
    const day = dateOperand(date);
    const open = await openPipeline(context, options);
    const node = nodeOf(open.pipeline, id);
    const state = await readCoverage(context, open, options.refresh);
    const { mode } = state.grid;
    const scope = { processors: [node.index], from: day, to: day };
    const found = explain(state.input, state.grid, node.index, day);
    const noted = await readNoted(context, open, state, node, day);
    const explanation = { ...found, overlays: withStalled(found.overlays, troubleOf(state, scope).stalled) };
    switch (options.format) {
      case 'json':
        terminal.print(JSON.stringify({ ...origin(state, scope), ...explainReport(explanation, node, mode, noted) }, null, 2));
        break;
      case 'csv':
        terminal.print(explainCsv(explanation, mode, noted));
        break;
      case 'md':
        terminal.print(explainMarkdown(explanation, mode, noted));
        break;
      case 'table':
      case undefined:
        for (const line of explainText(explanation, node, mode, terminal, noted)) terminal.print(line);
    }
    return coverageExit(state, scope);
  },
});

/** A date that was typed. */
export function dateOperand(text: string): number {
  const day = parseDay(text);
  if (day === undefined) throw usageError(`'${text}' is no date. Dates are written YYYY-MM-DD.`);
  return day;
}
