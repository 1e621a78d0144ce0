import { counted, formatCount } from '../../base/figures';
import { code, codeBlock, escaped, table } from '../../base/markdown';
import type { Plan, PlannedPartition } from '../../core/backfill/backfill';
import { titleOf } from '../../core/backfill/progress';
import { cleanCommandLine, cleanConfirmation } from '../../core/clean/cleanPlan';
import type { PlanPreview } from '../../protocol/messages';
import { processorsOf } from '../backfills/backfillViews';
import { commandLink } from '../commandLink';

/** More statements nobody reads; the command line prints all of them. */
const MOST_STATEMENTS = 40;

/**
 * What would be deleted, to be read before its number is typed.
 * @param statements what is run for it.
 * @param select the same partitions as a selection, to be built again.
 */
export function cleanPreview(plan: Plan, statements: readonly string[], select: string): PlanPreview {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  const confirm = cleanConfirmation(plan);
  const headline = runs.length === 0 ? 'Nothing to delete' : titleOf(plan);
  return {
    planId: plan.id,
    processors: processorsOf(plan),
    headline,
    markdown: cleanDocument(plan, statements, select),
    runs: runs.length,
    deletes: true,
    ...(confirm !== undefined && { confirm }),
    select: plan.request.select,
    commandLine: cleanCommandLine(plan),
  };
}

function cleanDocument(plan: Plan, statements: readonly string[], select: string): string {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  const skips = plan.partitions.filter(({ action }) => action === 'skip');
  const confirm = cleanConfirmation(plan);
  const sections = [`# ${escaped(runs.length === 0 ? 'Nothing to delete' : titleOf(plan))}`];
  if (confirm !== undefined) {
    sections.push(
      `**${escaped(confirm.why)}** The number of partitions has to be typed before that. Each goes in one step, and only while it holds the rows that stand here.`,
      `**${commandLink('Delete in a terminal', 'backfill.deletePlanned', {})}**`,
    );
  }
  sections.push(plan.warnings.map((warning) => `> ⚠ ${escaped(warning)}`).join('\n>\n'));
  if (runs.length > 0) {
    const rows = runs.map((one, index) => [
      formatCount(index + 1),
      escaped(one.processor),
      one.date,
      formatCount(rowsOf(one)),
      one.status,
      one.why === one.status ? '' : escaped(one.why.slice(one.status.length + 2)),
    ]);
    sections.push(
      `## Deletes ${counted(runs.length, 'partition')}, in this order`,
      table(['#', 'processor', 'date', 'rows', 'now', 'why'], rows),
    );
  }
  if (skips.length > 0) {
    const lines = skips.map(({ processor, date, why }) => `- **${escaped(processor)}** ${date}: ${escaped(why)}.`);
    sections.push(`## Leaves ${counted(skips.length, 'partition')}`, lines.join('\n'));
  }
  if (select !== '')
    sections.push(
      '## Afterwards',
      commandLink('Plan to build them again', 'backfill.launch', { select }),
      'In the order of the needs.',
    );
  if (statements.length > 0) {
    const shown = statements.slice(0, MOST_STATEMENTS).map((statement) => `${statement};`);
    const more = statements.length - shown.length;
    sections.push('## The statements', codeBlock('sql', shown.join('\n')));
    if (more > 0) sections.push(`and ${counted(more, 'statement')} more: ${code('--statements')} prints them all.`);
  }
  sections.push('## The same from a shell', codeBlock('sh', cleanCommandLine(plan)));
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function rowsOf({ shown }: PlannedPartition): number {
  return shown?.rows.reduce((sum, one) => sum + one, 0) ?? 0;
}
