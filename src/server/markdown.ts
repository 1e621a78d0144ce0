import type { NodeTarget } from '../protocol/messages';

/** Text from a manifest, a database or a log as plain text in Markdown. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!<>|~$]/g, '\\$&').replaceAll('\n', ' ');
}

/** Text in a code span; a backtick cannot stand in one of these. */
export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Wider cells would push the columns after them out of sight. */
const WIDEST = 60;

/** A table with padded columns, so that it also reads well as plain text. Cells are Markdown already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.min(
      WIDEST,
      rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), Math.max(3, title.length)),
    ),
  );
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

/** A link that runs a command of the extension on a target; works only where the view trusts it. */
export function commandLink(text: string, command: string, target: NodeTarget): string {
  return `[${text}](command:${command}?${encodeURIComponent(JSON.stringify([target]))})`;
}

/** A code block whose fence the text cannot close. */
export function codeBlock(language: string, text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}
