import { formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { Mode } from '../../base/status';
import type { GapGroup } from '../../core/coverage/coverage';
import { fixesOf } from '../../core/coverage/fixes';
import { rangesText } from '../../core/words';
import { csv, markdownTable } from '../table';
import { type Terminal, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

const MOST_RANGES = 6;

/** The gaps by what causes them, what to mend first at the top, each with what to do. */
export function gapsText(
  groups: readonly GapGroup[],
  mode: Mode,
  terminal: Pick<Terminal, 'width' | 'color'>,
): readonly string[] {
  const total = groups.reduce((sum, { gaps }) => sum + gaps.length, 0);
  if (total === 0) return ['No gaps.'];
  const title = `${counted(total, 'gap')} in ${counted(groups.length, 'group')}, what to mend first at the top.`;
  const lines = [toned(terminal, 'strong', title)];
  for (const [index, { headline, roots, gaps }] of groups.entries()) {
    const number = `${index + 1}. `;
    const indent = ' '.repeat(number.length);
    const room = Math.max(20, terminal.width - number.length);
    const [head = '', ...rest] = wrapped(plain(headline), room);
    lines.push('', number + toned(terminal, 'bad', head), ...rest.map((line) => indent + toned(terminal, 'bad', line)));
    for (const [node, refs] of groupBy(gaps, (gap) => gap.node)) {
      lines.push(
        ...wrapped(
          `${node}: ${rangesText(
            refs.map(({ day }) => day),
            MOST_RANGES,
          )}`,
          room - 2,
        ).map((line, at) => `${indent}${at === 0 ? '' : '  '}${line}`),
      );
    }
    for (const { text, command } of fixesOf(roots, gaps, mode)) {
      lines.push(...wrapped(plain(text), room - 2).map((line, at) => `${indent}${at === 0 ? '→ ' : '  '}${line}`));
      if (command !== undefined) lines.push(`${indent}  ${command}`);
    }
  }
  return lines;
}

/** A row a gap. */
export function gapsCsv(groups: readonly GapGroup[], mode: Mode): string {
  return csv(
    ['processor', 'date', 'cause', 'fix', 'command'],
    groups.flatMap(({ headline, roots, gaps }) => {
      const fixes = fixesOf(roots, gaps, mode);
      const texts = fixes.map(({ text }) => text).join(' ');
      const commands = fixes.flatMap(({ command }) => command ?? []).join(' && ');
      return gaps.map(({ node, day }) => [node, formatDay(day), headline, texts, commands]);
    }),
  );
}

/** A row a group of gaps. */
export function gapsMarkdown(groups: readonly GapGroup[], mode: Mode): string {
  return markdownTable(
    [{ title: 'Gaps' }, { title: 'Cause' }, { title: 'Fix' }],
    groups.map(({ headline, roots, gaps }) => [
      [...groupBy(gaps, ({ node }) => node)]
        .map(
          ([node, refs]) =>
            `${node} ${rangesText(
              refs.map(({ day }) => day),
              MOST_RANGES,
            )}`,
        )
        .join('; '),
      headline,
      fixesOf(roots, gaps, mode)
        .map(({ text, command }) => (command === undefined ? text : `${text} \`${command}\``))
        .join(' '),
    ]),
  );
}
