import { formatDay, formatRange, rangesOf } from '../../base/day';
import { counted, formatCount } from '../../base/figures';
import { code, codeBlock, escaped, table } from '../../base/markdown';
import type { Mode } from '../../base/status';
import { causesText } from '../../core/impact/causes';
import type { Impact } from '../../core/impact/impact';
import { givenText, impactCommand, impactGroups, impactHeadline, unrepairedText } from '../../core/impact/impactReport';
import type { RepairDocument } from '../../protocol/messages';
import { commandLink } from '../commandLink';

/** More rows nobody reads: the plan has all of them. */
const MOST_ROWS = 500;

/** What has to be done again after a repair, and the way to the plan that does it. */
export function impactDocument(impact: Impact, mode: Mode): RepairDocument {
  const { redo, current, select } = impact;
  const command = impactCommand(impact, mode);
  const sections = [`# Downstream of ${escaped(givenText(impact))}`, `**${escaped(impactHeadline(impact))}**`];
  const first = unrepairedText(impact);
  if (first !== undefined) sections.push(`> ⚠ ${escaped(first)}`);
  if (command !== undefined) {
    sections.push(
      `**${commandLink(`Plan ${redo.length === 1 ? 'it' : `these ${counted(redo.length, 'partition')}`}`, 'backfill.launch', { select })}**`,
      '## Why',
      impactGroups(impact)
        .map(({ processor, days, why }) => {
          const ranges = rangesOf(days).map(formatRange).join(', ');
          return `- **${escaped(processor)}**, ${counted(days.length, 'date')}: ${escaped(why)}. ${ranges}`;
        })
        .join('\n'),
      '## In this order',
      table(
        ['#', 'processor', 'date', 'now', 'rows', 'why'],
        redo
          .slice(0, MOST_ROWS)
          .map(({ node, day, status, rows, causes }, index) => [
            formatCount(index + 1),
            escaped(node),
            formatDay(day),
            status,
            rows < 0 ? '?' : formatCount(rows),
            escaped(causesText(causes)),
          ]),
      ),
      redo.length > MOST_ROWS ? `and ${formatCount(redo.length - MOST_ROWS)} more: the plan names them all.` : '',
    );
  }
  if (current.length > 0) {
    sections.push(
      '## Nothing to do',
      `${counted(current.length, 'partition')} recorded what is there now when ${current.length === 1 ? 'it was' : 'they were'} built.`,
    );
  }
  if (command !== undefined) sections.push('## The same from a shell', codeBlock('sh', command));
  sections.push(`By what attempts recorded of their inputs, else by needs (${code(mode)} thresholds).`);
  return {
    title: `Downstream of ${givenText(impact)}`,
    markdown: `${sections.filter((section) => section !== '').join('\n\n')}\n`,
  };
}
